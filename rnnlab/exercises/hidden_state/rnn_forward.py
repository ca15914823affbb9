"""rnn_forward: the step applied along a sequence; all states are returned, time first."""

from __future__ import annotations

import numpy as np

from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.equivalents import ARRAY_STACKS
from rnnlab.exercises.hidden_state.shared import (
    BATCH_FIRST,
    NO_BIAS,
    TRANSPOSED_INPUT_WEIGHT,
    TRANSPOSED_RECURRENT_WEIGHT,
    ZERO_START,
)
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result


def rnn_forward(x, h_0, W_xh, W_hh, b_h):
    h_t = h_0
    states = []
    for x_t in x:
        h_t = np.tanh(x_t @ W_xh.T + h_t @ W_hh.T + b_h)
        states.append(h_t)
    return np.stack(states)


MISTAKES = (
    Mistake(
        name="start_at_every_step",
        summary="every step starts from h_0, so that nothing is carried along",
        tag="state not carried",
        hints=Hints(
            where="In the second turn of your loop, which state is multiplied by W_hh?",
            idea="Each state is computed from the one before it (chapter hidden-state, “Step and forward”).",
            fix=(
                "Inside the loop, use and overwrite one variable: `h_t = np.tanh(… + h_t @ W_hh.T "
                "…)`, with `h_t = h_0` before it."
            ),
        ),
        edits=(("h_t @ W_hh.T", "h_0 @ W_hh.T"),),
    ),
    ZERO_START,
    Mistake(
        name="no_recurrence",
        summary="the previous state is not used, so that nothing is remembered",
        tag="dropped term",
        hints=Hints(
            where="If you change `h_0`, does any of your states change?",
            idea=(
                "The term W_hh h_{t−1} is what makes the network recurrent (chapter hidden-state, "
                "“One equation, every shape”)."
            ),
            fix="Add `h_t @ W_hh.T` to the sum inside tanh.",
        ),
        edits=((" + h_t @ W_hh.T", ""),),
    ),
    Mistake(
        name="previous_states",
        summary="the states before each step are returned: h_0 … h_{T−1} in place of h_1 … h_T",
        tag="off by one",
        hints=Hints(
            where="Is your first returned state h_0 or h_1?",
            idea=(
                "After reading x_1 the network is in state h_1; that is the first one to return "
                "(chapter hidden-state, “Step and forward”)."
            ),
            fix="Append after the update: first `h_t = np.tanh(…)`, then `states.append(h_t)`.",
        ),
        edits=(
            ("        h_t = np.tanh(", "        states.append(h_t)\n        h_t = np.tanh("),
            ("b_h)\n        states.append(h_t)", "b_h)"),
        ),
    ),
    Mistake(
        name="start_included",
        summary="h_0 is returned too, so that there are T + 1 states",
        tag="off by one",
        hints=Hints(
            where="How many states do you return for a sequence of T steps?",
            idea="There is one state for each input, h_1 … h_T (chapter hidden-state, “Step and forward”).",
            fix="Begin with an empty list, and append only inside the loop.",
        ),
        edits=(("states = []", "states = [h_0]"),),
    ),
    Mistake(
        name="last_state_only",
        summary="only the last state is returned",
        tag="wrong result",
        hints=Hints(
            where="How many axes does your result have?",
            idea=(
                "All states are wanted, because a readout may use every one (chapter hidden-state, "
                "“Step and forward”)."
            ),
            fix="Collect the states in a list inside the loop, and return `np.stack(states)`.",
        ),
        edits=(("np.stack(states)", "h_t"),),
    ),
    Mistake(
        name="first_step_skipped",
        summary="the first input is left out",
        tag="off by one",
        hints=Hints(
            where="Which input does the first turn of your loop read?",
            idea=(
                "Every one of the T inputs changes the state, the first one too (chapter hidden-state, "
                "“Step and forward”)."
            ),
            fix="Loop over all of `x`: from index 0, and not from 1.",
        ),
        edits=(("in x:", "in x[1:]:"),),
    ),
    Mistake(
        name="inputs_one_late",
        summary="each step reads the input before its own",
        tag="shifted in time",
        hints=Hints(
            where="Which input does the step that makes h_1 read?",
            idea=(
                "h_t is made from x_t and h_{t−1}: it is the state that is one late, not the input "
                "(chapter hidden-state, “One equation, every shape”)."
            ),
            fix="In turn t of the loop use `x[t]`, and not `x[t - 1]`.",
        ),
        edits=(("in x:", "in np.roll(x, 1, axis=0):"),),
    ),
    Mistake(
        name="inputs_one_early",
        summary="each step reads the input after its own",
        tag="shifted in time",
        hints=Hints(
            where="Which input does the step that makes h_1 read?",
            idea=(
                "h_t is made from x_t, not from an input that is still to come (chapter hidden-state, "
                "“One equation, every shape”)."
            ),
            fix="In turn t of the loop use `x[t]`, and not `x[t + 1]`.",
        ),
        edits=(("in x:", "in np.roll(x, -1, axis=0):"),),
    ),
    Mistake(
        name="reads_backwards",
        summary="the sequence is read from its end",
        tag="order",
        hints=Hints(
            where="Which input does the first turn of your loop read?",
            idea="The state sums up what came before, so it reads from left to right (chapter sequences).",
            fix="Loop over `x` as it is, without `[::-1]` and without counting down.",
        ),
        edits=(("in x:", "in x[::-1]:"),),
    ),
    Mistake(
        name="states_reversed",
        summary="the states are right, but returned last one first",
        tag="order",
        hints=Hints(
            where="Is your first returned state the one after x_1?",
            idea=(
                "Time runs along axis 0, from h_1 to h_T (chapter hidden-state, “One equation, every shape”)."
            ),
            fix="Append to the end of the list, and return it in that order.",
        ),
        edits=(("np.stack(states)", "np.stack(states[::-1])"),),
    ),
    Mistake(
        name="one_buffer",
        summary="all entries of the list are one and the same array, so that all show the last state",
        tag="aliasing",
        hints=Hints(
            where="Are all your returned states equal? Print `h[0]` and `h[-1]`.",
            idea=(
                "`h_t[...] = …` and `out=h_t` change an array that is already in your list (chapter "
                "hidden-state, “Step and forward”)."
            ),
            fix="Make a new array at each step, `h_t = np.tanh(…)`, or append `h_t.copy()`.",
        ),
        edits=(("h_t = h_0", "h_t = h_0.copy()"), ("        h_t = np.tanh", "        h_t[...] = np.tanh")),
    ),
    BATCH_FIRST,
    Mistake(
        name="joined_not_stacked",
        summary="the states are joined into one long axis, (T·B, H)",
        tag="axes",
        hints=Hints(
            where="How many axes does your result have?",
            idea=(
                "Stacking makes a new axis for time; joining lengthens the batch (chapter hidden-state, "
                "“One equation, every shape”)."
            ),
            fix="Use `np.stack(states)` in place of `np.concatenate` or `np.vstack`.",
        ),
        edits=(("np.stack(states)", "np.concatenate(states)"),),
    ),
    Mistake(
        name="loops_over_batch",
        summary="the loop runs over the batch and not over time",
        tag="axes",
        hints=Hints(
            where="How many turns does your loop make: T or B?",
            idea=(
                "Time is the first axis. A step treats the whole batch at once (chapter hidden-state, "
                "“One equation, every shape”)."
            ),
            fix="Write `for x_t in x:`; each `x_t` is then (B, D).",
        ),
        edits=(("in x:", "in x.swapaxes(0, 1):"),),
    ),
    NO_BIAS,
    Mistake(
        name="no_tanh",
        summary="tanh is missing",
        tag="activation",
        hints=Hints(
            where="Can your states be larger than 1?",
            idea="Without the non-linearity all T steps collapse into one linear map (chapter activations).",
            fix="Wrap the sum at every step: `np.tanh(…)`.",
        ),
        edits=(("np.tanh(x_t", "(x_t"),),
    ),
    Mistake(
        name="tanh_after_loop",
        summary="the states run on without tanh, and tanh is applied once at the end",
        tag="activation",
        hints=Hints(
            where="Does tanh stand inside your loop or after it?",
            idea="The next step must see h_t after tanh (chapter hidden-state, “One equation, every shape”).",
            fix="Move `np.tanh` into the line that computes `h_t`.",
        ),
        edits=(("np.tanh(x_t", "(x_t"), ("np.stack(states)", "np.tanh(np.stack(states))")),
    ),
    TRANSPOSED_RECURRENT_WEIGHT,
    TRANSPOSED_INPUT_WEIGHT,
)


def arguments(scene: Scene):
    T, B, D, H = scene.T, scene.B, scene.D, scene.H
    return scene.values(T, B, D), scene.state(B, H), scene.weight(H, D), scene.weight(H, H), scene.state(H)


RNN_FORWARD = Exercise(
    name="hidden_state.rnn_forward",
    reference=rnn_forward,
    probes=probes_from("TBDH", arguments),
    results=(Result("h", ("T", "B", "H")),),
    points=4,
    chapter="hidden-state",
    mistakes=MISTAKES,
    equivalents={
        "np.stack → np.array (line 7)": ARRAY_STACKS,
    },
)
