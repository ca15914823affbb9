"""stacked_forward: two recurrent layers, the second of which reads the first and adds to what it read."""

from __future__ import annotations

import numpy as np

from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.equivalents import ARRAY_STACKS
from rnnlab.exercises.sequences.shared import TRANSPOSED_RECURRENT_WEIGHT
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result

LAYERS = "chapter deep, “One layer on top of another”"
RESIDUAL = "chapter deep, “Residual connections”"


def stacked_forward(x, h_0, W_xh_1, W_xh_2, W_hh, b_h):
    below = x
    for layer, W_xh in enumerate((W_xh_1, W_xh_2)):
        h_t, states = h_0[layer], []
        for v_t in below:
            h_t = np.tanh(v_t @ W_xh.T + h_t @ W_hh[layer].T + b_h[layer])
            states.append(h_t)
        h = np.stack(states)
        below = below + h if layer else h
    return below


MISTAKES = (
    Mistake(
        name="no_residual",
        summary="the residual connection is missing: the second layer's states are returned alone",
        tag="dropped term",
        hints=Hints(
            where="Can your result be larger than 1?",
            idea=f"What goes up is the second layer's state plus what the layer read ({RESIDUAL}).",
            fix="Return the sum of both layers' states, `below + h`.",
        ),
        edits=(("below + h if layer else h", "h"),),
    ),
    Mistake(
        name="residual_in_the_recurrence",
        summary="the sum is carried to the next step, where the state alone should be carried",
        tag="wrong place",
        hints=Hints(
            where="Which of the two multiplies W_hh at the next step: h_t or u_t?",
            idea=f"The residual connection leads upward, at one step; through time runs h_t alone ({RESIDUAL}).",
            fix="Compute all `h_t` of the second layer first, and add afterwards.",
        ),
        edits=(
            ("states.append(h_t)", "h_t = h_t + v_t if layer else h_t\n            states.append(h_t)"),
            ("below + h if layer else h", "h"),
        ),
    ),
    Mistake(
        name="residual_inside_tanh",
        summary="what the second layer reads is added inside tanh, and not to its result",
        tag="order of operations",
        hints=Hints(
            where="Does your addition stand inside the parentheses of tanh?",
            idea=f"The way around the layer must not pass its tanh ({RESIDUAL}).",
            fix="Add after tanh: `u = h + below`.",
        ),
        edits=(
            ("+ b_h[layer])", "+ b_h[layer] + (v_t if layer == 1 else 0))"),
            ("below + h if layer else h", "h"),
        ),
    ),
    Mistake(
        name="last_state_read",
        summary="the second layer reads the first one's last state at every step",
        tag="wrong input",
        hints=Hints(
            where="What does the second layer read at step 1?",
            idea=f"Layer 2 reads at step t what layer 1 wrote at step t ({LAYERS}).",
            fix="Give the second layer all states of the first, (T, B, H).",
        ),
        edits=(("in below:", "in (below if layer == 0 else [below[-1]] * len(x)):"),),
    ),
    Mistake(
        name="goes_on_from_the_first",
        summary="the second layer starts from the state with which the first one ended",
        tag="initial state",
        hints=Hints(
            where="How many initial states does a stack of two layers need?",
            idea=f"Each layer has a state of its own, and a start of its own ({LAYERS}).",
            fix="Start the second layer from `h_0[1]`.",
        ),
        edits=(("h_0[layer]", "(h_0[0] if layer == 0 else h_t)"),),
    ),
    Mistake(
        name="start_shared",
        summary="both layers start from the first one's h_0",
        tag="initial state",
        hints=Hints(
            where="Where does your code read `h_0[1]`?",
            idea=f"Each layer has a start of its own ({LAYERS}).",
            fix="Start the second layer from `h_0[1]`.",
        ),
        edits=(("h_0[layer]", "h_0[0]"),),
    ),
    Mistake(
        name="zero_start",
        summary="both layers start from zeros, and the argument h_0 is not used",
        tag="initial state",
        hints=Hints(
            where="If you change `h_0`, does your result change?",
            idea=f"Each layer has a start of its own, an input like any other ({LAYERS}).",
            fix="Start from `h_0[0]` and `h_0[1]`.",
        ),
        edits=(("h_0[layer]", "0 * h_0[layer]"),),
    ),
    Mistake(
        name="recurrent_weight_shared",
        summary="both layers use the first one's recurrent weight",
        tag="mixed up",
        hints=Hints(
            where="Where does your code read `W_hh[1]`?",
            idea=f"The layers share nothing ({LAYERS}).",
            fix="Take `W_hh[1]` in the second layer.",
        ),
        edits=(("W_hh[layer]", "W_hh[0]"),),
    ),
    Mistake(
        name="bias_shared",
        summary="both layers use the first one's bias",
        tag="mixed up",
        hints=Hints(
            where="Where does your code read `b_h[1]`?",
            idea=f"The layers share nothing ({LAYERS}).",
            fix="Take `b_h[1]` in the second layer.",
        ),
        edits=(("b_h[layer]", "b_h[0]"),),
    ),
    Mistake(
        name="no_bias",
        summary="the biases b_h are missing",
        tag="dropped term",
        hints=Hints(
            where="Which of its arguments does your function never use?",
            idea=f"Three terms go into each tanh: what is read, past and bias ({LAYERS}).",
            fix="Add `b_h[0]` or `b_h[1]` to the sum inside tanh.",
        ),
        edits=((" + b_h[layer]", ""),),
    ),
    Mistake(
        name="transposed_recurrent_weight",
        summary=TRANSPOSED_RECURRENT_WEIGHT.summary,
        tag="transposed",
        hints=TRANSPOSED_RECURRENT_WEIGHT.hints,
        edits=(("W_hh[layer].T", "W_hh[layer]"),),
    ),
    Mistake(
        name="transposed_weight_between_layers",
        summary="the first layer's states are multiplied by W_xh_2 where its transpose is wanted",
        tag="transposed",
        hints=Hints(
            where="W_xh_2 is square, so both products run. Which of its axes is the output?",
            idea=f"Weights are (out, in) in every layer: row vector times W.T ({LAYERS}).",
            fix="Write `h @ W_xh_2.T`.",
        ),
        edits=(("(W_xh_1, W_xh_2)", "(W_xh_1, W_xh_2.T)"),),
    ),
    Mistake(
        name="no_tanh_on_top",
        summary="tanh is missing in the second layer",
        tag="activation",
        hints=Hints(
            where="How many times does tanh stand in your code, or how often does the loop pass it?",
            idea=f"Both layers are the same kind of cell ({LAYERS}).",
            fix="Wrap the second layer's sum as well: `np.tanh(…)`.",
        ),
        edits=(("np.tanh(v_t", "(np.tanh if layer == 0 else np.array)(v_t"),),
    ),
    Mistake(
        name="first_layer_only",
        summary="the first layer's states are returned",
        tag="wrong result",
        hints=Hints(
            where="Where does `W_xh_2` enter your result?",
            idea=f"The stack's output is that of the layer on top ({LAYERS}).",
            fix="Run a second loop over the first layer's states.",
        ),
        edits=(("enumerate((W_xh_1, W_xh_2))", "enumerate((W_xh_1,))"),),
    ),
    Mistake(
        name="last_step_only",
        summary="the last step is returned, and not all of them",
        tag="wrong result",
        hints=Hints(
            where="Has your result an axis of time?",
            idea=f"A stack writes one vector at every step, as one layer does ({LAYERS}).",
            fix="Collect the second layer's states, and stack them along axis 0.",
        ),
        edits=(("return below", "return below[-1]"),),
    ),
)


def arguments(scene: Scene):
    T, B, D, H = scene.T, scene.B, scene.D, scene.H
    W_hh = scene.given(np.stack([scene.weight(H, H), scene.weight(H, H)]))
    weights = scene.weight(H, D), scene.weight(H, H), W_hh, scene.state(2, H)
    return scene.values(T, B, D), scene.state(2, B, H), *weights


STACKED_FORWARD = Exercise(
    name="sequences.stacked_forward",
    reference=stacked_forward,
    probes=probes_from("TBDH", arguments),
    results=(Result("u", ("T", "B", "H")),),
    points=4,
    chapter="deep",
    mistakes=MISTAKES,
    equivalents={"np.stack → np.array (line 8)": ARRAY_STACKS},
)
