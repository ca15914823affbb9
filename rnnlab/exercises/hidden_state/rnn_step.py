"""rnn_step: one update of the hidden state, h_t = tanh(W_xh x_t + W_hh h_{t−1} + b_h)."""

from __future__ import annotations

import numpy as np

from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.hidden_state.shared import NO_BIAS, TRANSPOSED_INPUT_WEIGHT, TRANSPOSED_RECURRENT_WEIGHT
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result


def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):
    from_input = x_t @ W_xh.T
    from_past = h_prev @ W_hh.T
    return np.tanh(from_input + from_past + b_h)


MISTAKES = (
    NO_BIAS,
    Mistake(
        name="bias_twice",
        summary="the bias b_h is added twice",
        tag="repeated term",
        hints=Hints(
            where="How often does `b_h` reach the sum inside tanh?",
            idea=(
                "This network has one bias for the sum of both products, not one for each (chapter "
                "hidden-state, “One equation, every shape”)."
            ),
            fix="Add `b_h` once, to the sum of the two products.",
        ),
        edits=((" + b_h", " + 2 * b_h"),),
    ),
    Mistake(
        name="bias_outside",
        summary="the bias b_h is added after tanh",
        tag="order of operations",
        hints=Hints(
            where="Can your result be larger than 1?",
            idea=(
                "tanh comes last, so that every state lies between −1 and 1 (chapter hidden-state, "
                "“One equation, every shape”)."
            ),
            fix="Move `+ b_h` inside the parentheses of tanh.",
        ),
        edits=(("+ b_h)", ") + b_h"),),
    ),
    Mistake(
        name="no_tanh",
        summary="tanh is missing",
        tag="activation",
        hints=Hints(
            where="Can your result be larger than 1?",
            idea="Without the non-linearity many steps collapse into one linear map (chapter activations).",
            fix="Wrap the whole sum: `np.tanh(…)`.",
        ),
        edits=(("np.tanh(from_input + from_past + b_h)", "from_input + from_past + b_h"),),
    ),
    Mistake(
        name="sigmoid",
        summary="the sigmoid stands in the place of tanh",
        tag="activation",
        hints=Hints(
            where="Can your result be negative?",
            idea=(
                "A plain RNN uses tanh, from −1 to 1. The sigmoid, from 0 to 1, is for gates (chapter "
                "activations)."
            ),
            fix="Replace `1 / (1 + np.exp(-a))` by `np.tanh(a)`.",
        ),
        edits=(
            ("np.tanh(from_input + from_past + b_h)", "1 / (1 + np.exp(-(from_input + from_past + b_h)))"),
        ),
    ),
    Mistake(
        name="relu",
        summary="ReLU stands in the place of tanh",
        tag="activation",
        hints=Hints(
            where="Can your result be negative?",
            idea="A plain RNN uses tanh, from −1 to 1; ReLU is a variant (chapter activations).",
            fix="Replace `np.maximum(0, a)` by `np.tanh(a)`.",
        ),
        edits=(("np.tanh(from_input", "np.maximum(0, from_input"),),
    ),
    Mistake(
        name="tanh_of_each_term",
        summary="tanh is applied to the two products one by one, and then they are added",
        tag="order of operations",
        hints=Hints(
            where="Can your result be larger than 1?",
            idea=(
                "The terms are added first; tanh is applied once, to their sum (chapter hidden-state, "
                "“One equation, every shape”)."
            ),
            fix="Collect the products and the bias in one sum, and apply `np.tanh` to that sum.",
        ),
        edits=(("np.tanh(from_input + from_past + b_h)", "np.tanh(from_input) + np.tanh(from_past + b_h)"),),
    ),
    Mistake(
        name="overflowing_tanh",
        summary="tanh is computed from exponentials, which overflow for large inputs and give NaN",
        tag="stability",
        hints=Hints(
            where="What is `np.exp(1000)`, and what is it divided by itself?",
            idea=(
                "tanh of a large number is 1, but its formula with exponentials gives ∞/∞ (chapter "
                "activations, saturation)."
            ),
            fix="Call `np.tanh(a)`: it is written so that nothing overflows.",
        ),
        edits=(
            (
                "return np.tanh(from_input + from_past + b_h)",
                "e = np.exp(from_input + from_past + b_h)\n    return (e - 1 / e) / (e + 1 / e)",
            ),
        ),
    ),
    TRANSPOSED_RECURRENT_WEIGHT,
    TRANSPOSED_INPUT_WEIGHT,
    Mistake(
        name="weights_exchanged",
        summary="W_hh multiplies the input and W_xh the state",
        tag="mixed up",
        hints=Hints(
            where=(
                "Read the letters: what does the first letter after W_ say about where the numbers come from?"
            ),
            idea=(
                "W_xh leads from x to h, W_hh from h to h (chapter hidden-state, “One equation, "
                "every shape”)."
            ),
            fix="Pair `x_t` with `W_xh`, and `h_prev` with `W_hh`.",
        ),
        edits=(("x_t @ W_xh.T", "x_t @ W_hh.T"), ("h_prev @ W_hh.T", "h_prev @ W_xh.T")),
    ),
    Mistake(
        name="no_recurrence",
        summary="the previous state is not used, so that nothing is remembered",
        tag="dropped term",
        hints=Hints(
            where="If you change `h_prev`, does your result change?",
            idea=(
                "The term W_hh h_{t−1} is what makes the network recurrent (chapter hidden-state, "
                "“One equation, every shape”)."
            ),
            fix="Add `h_prev @ W_hh.T` to the sum inside tanh.",
        ),
        edits=(("from_input + from_past", "from_input"),),
    ),
    Mistake(
        name="no_input",
        summary="the input x_t is not used",
        tag="dropped term",
        hints=Hints(
            where="If you change `x_t`, does your result change?",
            idea=(
                "Each step mixes what is new with what is remembered (chapter hidden-state, “One "
                "equation, every shape”)."
            ),
            fix="Add `x_t @ W_xh.T` to the sum inside tanh.",
        ),
        edits=(("from_input + from_past", "from_past"),),
    ),
    Mistake(
        name="previous_returned",
        summary="the old state h_prev is returned, and not the new one",
        tag="wrong result",
        hints=Hints(
            where="Which variable stands after `return`?",
            idea="A step takes h_{t−1} and gives h_t (chapter hidden-state, “Step and forward”).",
            fix="Return the result of tanh.",
        ),
        edits=(("return np.tanh(from_input + from_past + b_h)", "return h_prev.copy()"),),
    ),
    Mistake(
        name="state_added",
        summary="the old state is added to the new one, as in a residual connection",
        tag="extra term",
        hints=Hints(
            where="Does h_prev enter your result outside tanh too?",
            idea="A plain RNN replaces the state. Adding to it is a residual connection (chapter deep).",
            fix="Return `np.tanh(…)` alone, without `h_prev +`.",
        ),
        edits=(("return np.tanh", "return h_prev + np.tanh"),),
    ),
    Mistake(
        name="batch_mixed",
        summary="the sum is averaged over the batch, so that one sequence hears the others",
        tag="batch",
        hints=Hints(
            where="If you change the second sequence of the batch, does the state of the first one change?",
            idea=(
                "The sequences of a batch are computed side by side and never meet (chapter hidden-state, "
                "“One equation, every shape”)."
            ),
            fix="Leave out every mean or sum over axis 0.",
        ),
        edits=(("from_past + b_h", "from_past.mean(axis=0) + b_h"),),
    ),
)


def arguments(scene: Scene):
    B, D, H = scene.B, scene.D, scene.H
    return scene.values(B, D), scene.state(B, H), scene.weight(H, D), scene.weight(H, H), scene.state(H)


RNN_STEP = Exercise(
    name="hidden_state.rnn_step",
    reference=rnn_step,
    probes=probes_from("BDH", arguments),
    results=(Result("h_t", ("B", "H")),),
    points=3,
    chapter="hidden-state",
    mistakes=MISTAKES,
)
