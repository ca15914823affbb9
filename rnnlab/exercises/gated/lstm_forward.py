"""lstm_forward: all hidden states and all cells of a sequence."""

from __future__ import annotations

import numpy as np

from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.equivalents import ARRAY_STACKS
from rnnlab.exercises.gated.shared import (
    BACKWARD,
    CANDIDATE_LAST,
    EXCHANGED,
    INPUT_AND_FORGET_SWAPPED,
    NO_BIAS,
    NO_TANH_OF_CELL,
    SAME_SHAPE,
    SHARED_BIAS,
    SIGMOID_ON_CANDIDATE,
    STEP,
    cell,
    lstm_weights,
)
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result


def lstm_forward(x, h_0, c_0, W_xh, W_hh, b_h):
    B, H = h_0.shape
    h_t, c_t, h, c = h_0, c_0, [], []
    for x_t in x:
        a = x_t @ W_xh.T + h_t @ W_hh.T + b_h
        a_i, a_f, a_g, a_o = a.reshape(B, 4, H).swapaxes(0, 1)
        i = 1 / (1 + np.exp(-a_i))
        f = 1 / (1 + np.exp(-a_f))
        g = np.tanh(a_g)
        o = 1 / (1 + np.exp(-a_o))
        c_t = f * c_t + i * g
        h_t = o * np.tanh(c_t)
        h.append(h_t)
        c.append(c_t)
    return np.stack(h), np.stack(c)


MISTAKES = (
    Mistake(
        name="cell_reset",
        summary="every step starts from c_0: the cell is not carried over",
        tag="initial state",
        hints=Hints(
            where="Which cell does the second turn of your loop multiply by f?",
            idea=f"Two states are carried from step to step, h and c ({STEP}).",
            fix="Start with `c_t = c_0` before the loop, and give each step the `c_t` of the one before.",
        ),
        edits=(("f * c_t", "f * c_0"),),
    ),
    Mistake(
        name="hidden_state_reset",
        summary="every step starts from h_0: the hidden state is not carried over",
        tag="initial state",
        hints=Hints(
            where="Which hidden state does the second turn of your loop multiply by W_hh?",
            idea=f"Two states are carried from step to step, h and c ({STEP}).",
            fix="Start with `h_t = h_0` before the loop, and give each step the `h_t` of the one before.",
        ),
        edits=(("h_t @ W_hh", "h_0 @ W_hh"),),
    ),
    Mistake(
        name="cell_starts_at_zero",
        summary="the cell starts from zeros and not from c_0",
        tag="initial state",
        hints=Hints(
            where="If you change `c_0`, does your result change?",
            idea=f"c_0 is the cell before the first step, such as the last one of the text before ({STEP}).",
            fix="Start with `c_t = c_0`.",
        ),
        edits=(("h_t, c_t, h, c = h_0, c_0", "h_t, c_t, h, c = h_0, 0 * c_0"),),
    ),
    Mistake(
        name="hidden_state_starts_at_zero",
        summary="the hidden state starts from zeros and not from h_0",
        tag="initial state",
        hints=Hints(
            where="If you change `h_0`, does your result change?",
            idea=f"h_0 is the hidden state before the first step, and W_hh multiplies it there ({STEP}).",
            fix="Start with `h_t = h_0`.",
        ),
        edits=(("h_t, c_t, h, c = h_0", "h_t, c_t, h, c = 0 * h_0"),),
    ),
    Mistake(
        name="starts_exchanged",
        summary="the hidden state starts from c_0 and the cell from h_0",
        tag="initial state",
        hints=Hints(
            where="Which of the two initial states does your W_hh multiply at the first step?",
            idea=f"h is what W_hh sees, c is what the forget gate keeps ({STEP}).",
            fix="Start with `h_t, c_t = h_0, c_0`.",
        ),
        edits=(("h, c = h_0, c_0", "h, c = c_0, h_0"),),
    ),
    Mistake(
        name="cell_fed_back",
        summary="the blocks are computed from the cell, where the hidden state is wanted",
        tag="wrong operand",
        hints=Hints(
            where="Which of the two states does W_hh multiply in your loop?",
            idea=f"The gates see what the cell showed, h_{{t−1}}, and not the cell itself ({STEP}).",
            fix="Write `h_t @ W_hh.T`.",
        ),
        edits=(("h_t @ W_hh", "c_t @ W_hh"),),
    ),
    Mistake(
        name="no_recurrence",
        summary="the blocks do not depend on the hidden state",
        tag="dropped term",
        hints=Hints(
            where="Where in your loop does W_hh stand?",
            idea=f"Every block sees the input and the hidden state before the step ({STEP}).",
            fix="Add `h_t @ W_hh.T` to `x_t @ W_xh.T`.",
        ),
        edits=((" + h_t @ W_hh.T", ""),),
    ),
    Mistake(
        name="reversed_in_time",
        summary="the sequence is read from its end to its start",
        tag="order",
        hints=Hints(
            where="Which input does the first turn of your loop read?",
            idea=f"The first step reads x_1, which is `x[0]`, and starts from h_0 and c_0 ({STEP}).",
            fix="Loop over `x` as it is, without `reversed` or `[::-1]`.",
        ),
        edits=(("in x:", "in x[::-1]:"),),
    ),
    Mistake(
        name="states_before_the_step",
        summary="the states before each step are stored: the result starts with h_0 and c_0 and lacks the last ones",
        tag="off by one",
        hints=Hints(
            where="Is what your first turn stores h_0 or h_1?",
            idea=f"The results are h_1 … h_T and c_1 … c_T, the states after each step ({STEP}).",
            fix="Store `h_t` and `c_t` at the end of the turn, after you have computed them.",
        ),
        edits=(
            ("return np.stack(h), np.stack(c)", "return np.stack([h_0, *h[:-1]]), np.stack([c_0, *c[:-1]])"),
        ),
    ),
    Mistake(
        name="last_states_only",
        summary="only the states after the last step are returned",
        tag="wrong result",
        hints=Hints(
            where="Which shape has your result, and where is its time axis?",
            idea=f"A loss may ask for every state, so all T of them are wanted ({STEP}).",
            fix="Collect the states in two lists, and join them with `np.stack`.",
        ),
        edits=(("return np.stack(h), np.stack(c)", "return h_t, c_t"),),
    ),
    Mistake(
        name="last_cell_only",
        summary="all hidden states are returned, but only the last cell",
        tag="wrong result",
        hints=Hints(
            where="Which shapes have your two results?",
            idea=f"The way back needs the cell of every step ({BACKWARD}).",
            fix="Collect `c_t` in a list as you collect `h_t`, and join it with `np.stack`.",
        ),
        edits=(("np.stack(c)", "c_t"),),
    ),
    Mistake(
        name="batch_first",
        summary="the states come batch-first, (B, T, H)",
        tag="axes",
        hints=Hints(
            where="Which axis of your result is time?",
            idea=f"Sequences are time-first here, (T, B, H), inputs and results alike ({STEP}).",
            fix="Write `np.stack(h)`, which puts the steps on a new first axis.",
        ),
        edits=(("return np.stack(h), np.stack(c)", "return np.stack(h, axis=1), np.stack(c, axis=1)"),),
    ),
    Mistake(
        name="results_swapped",
        summary="the cells are returned first and the hidden states second",
        tag="wrong result",
        hints=Hints(
            where="In which order stand the two results after `return`?",
            idea=f"The hidden states, which the rest of the network sees, come first ({STEP}).",
            fix="Return the hidden states first, then the cells.",
        ),
        edits=(("return np.stack(h), np.stack(c)", "return np.stack(c), np.stack(h)"),),
    ),
    Mistake(
        name="one_buffer",
        summary="all steps hold the same array, so that every one shows the last step's states",
        tag="aliasing",
        hints=Hints(
            where="Does a line write into one array at every step, and do you store that array itself?",
            idea=f"A list of one array, T times, holds T names of the same numbers ({STEP}).",
            fix="Make a new `h_t` and `c_t` at each step, or store a `.copy()`.",
        ),
        edits=(
            (
                "return np.stack(h), np.stack(c)",
                "return np.stack([h_t for _ in h]), np.stack([c_t for _ in c])",
            ),
        ),
    ),
    INPUT_AND_FORGET_SWAPPED,
    CANDIDATE_LAST,
    SIGMOID_ON_CANDIDATE,
    NO_TANH_OF_CELL,
    NO_BIAS,
    SHARED_BIAS,
)


def arguments(scene: Scene):
    T, B, D, H = scene.T, scene.B, scene.D, scene.H
    return scene.values(T, B, D), scene.state(B, H), cell(scene, B, H), *lstm_weights(scene)


LSTM_FORWARD = Exercise(
    name="gated.lstm_forward",
    reference=lstm_forward,
    probes=probes_from("TBDH", arguments),
    results=(Result("h", ("T", "B", "H")), Result("c", ("T", "B", "H"))),
    points=4,
    chapter="lstm",
    mistakes=MISTAKES,
    equivalents={
        "h_0 → c_0 (line 2)": SAME_SHAPE,
        "a.reshape(B, 4, H).swapaxes(0, 1) → a.reshape(B, 4, H).swapaxes(1, 0) (line 6)": EXCHANGED,
        "np.stack → np.array (line 15)": ARRAY_STACKS,
    },
)
