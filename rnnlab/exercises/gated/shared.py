"""What the functions of this assignment share: chapters, their results, real forward passes, and mistakes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnlab.exercises.draw import Scene
from rnnlab.exercises.spec import Hints, Mistake, Result

Array = NDArray[Any]

STEP = "chapter lstm, “Two states and four blocks”"
FORGETTING = "chapter lstm, “Why there is a forget gate”"
BACKWARD = "chapter lstm, “The gradient, line by line”"
START = "chapter lstm, “How an LSTM starts”"
SIGMOID = "chapter activations, “The slopes, derived”"

LSTM_WEIGHTS = (Result("d_W_xh", ("4H", "D")), Result("d_W_hh", ("4H", "H")), Result("d_b_h", ("4H",)))


def cell(scene: Scene, *shape: int) -> Array:
    """A cell state: outside (−1, 1) for most units, as cells are, so that tanh of it is something else."""
    return scene.given(2 * scene.state(*shape))


def lstm_weights(scene: Scene) -> tuple[Array, Array, Array]:
    """W_xh (4H, D), W_hh (4H, H), b_h (4H)."""
    D, H = scene.D, scene.H
    return scene.weight(4 * H, D), scene.weight(4 * H, H), scene.state(4 * H)


def lstm_run(x: Array, h_0: Array, c_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> tuple[Array, ...]:
    """Gates (T, B, 4H) in the order i, f, g, o, cells (T, B, H) and states (T, B, H) of a forward pass."""
    h_t, c_t, kept = h_0, c_0, []
    for x_t in x:
        a_i, a_f, a_g, a_o = np.split(x_t @ W_xh.T + h_t @ W_hh.T + b_h, 4, axis=1)
        i, f, g, o = _sigmoid(a_i), _sigmoid(a_f), np.tanh(a_g), _sigmoid(a_o)
        c_t = f * c_t + i * g
        h_t = o * np.tanh(c_t)
        kept.append((np.concatenate([i, f, g, o], axis=1), c_t, h_t))
    return tuple(np.stack(each) for each in zip(*kept, strict=True))


def _sigmoid(a: Array) -> Array:
    return 1 / (1 + np.exp(-a))


INPUT_AND_FORGET_SWAPPED = Mistake(
    name="input_and_forget_swapped",
    summary="the blocks are read in the order f, i, g, o: input gate and forget gate have changed places",
    tag="gate order",
    hints=Hints(
        where="Which H of the 4H rows belong to the input gate here, and which to the forget gate?",
        idea=f"The rows are stacked as i, f, g, o: the input gate comes first ({STEP}).",
        fix="Read the four blocks as `i, f, g, o`, in this order.",
    ),
    edits=(("a_i, a_f, a_g, a_o = ", "a_f, a_i, a_g, a_o = "),),
)

CANDIDATE_LAST = Mistake(
    name="candidate_last",
    summary="the blocks are read in the order i, f, o, g: candidate and output gate have changed places",
    tag="gate order",
    hints=Hints(
        where="Which H of the 4H rows go through tanh in your code: the third block, or the last?",
        idea=f"The rows are stacked as i, f, g, o: the candidate is the third block ({STEP}).",
        fix="Take rows 2H to 3H for the candidate g, and the last H for the output gate o.",
    ),
    edits=(("a_i, a_f, a_g, a_o = ", "a_i, a_f, a_o, a_g = "),),
)

CANDIDATE_SECOND = Mistake(
    name="candidate_second",
    summary="the blocks are read in the order i, g, f, o: candidate and forget gate have changed places",
    tag="gate order",
    hints=Hints(
        where="Which H of the 4H rows go through tanh in your code: the second block, or the third?",
        idea=f"The rows are stacked as i, f, g, o; some libraries use another order ({STEP}).",
        fix="Take rows H to 2H for the forget gate f, and 2H to 3H for the candidate g.",
    ),
    edits=(("a_i, a_f, a_g, a_o = ", "a_i, a_g, a_f, a_o = "),),
)

SIGMOID_ON_CANDIDATE = Mistake(
    name="sigmoid_on_candidate",
    summary="the candidate g goes through the sigmoid, as the gates do, and not through tanh",
    tag="activation",
    hints=Hints(
        where="Which of the four blocks is no gate, and can your version of it be negative?",
        idea=f"The candidate is what could be written, and must be able to lower the cell: g = tanh ({STEP}).",
        fix="Write `g = np.tanh(a_g)`.",
    ),
    edits=(("np.tanh(a_g)", "1 / (1 + np.exp(-a_g))"),),
)

FORGET_BIAS_ADDED = Mistake(
    name="forget_bias_added",
    summary="1 is added inside the forget gate, on top of its bias",
    tag="extra term",
    hints=Hints(
        where="Does a constant stand inside your forget gate?",
        idea=f"A forget bias of 1 is a way to *start* b_h; the step uses b_h as it is ({START}).",
        fix="Leave out the 1: the forget gate is the sigmoid of its block alone.",
    ),
    edits=(("np.exp(-a_f)", "np.exp(-(a_f + 1))"),),
)

COUPLED_GATES = Mistake(
    name="coupled_gates",
    summary="1 − f stands where the input gate i is wanted: the two gates are coupled",
    tag="formula",
    hints=Hints(
        where="By what does your code multiply the candidate?",
        idea=f"An LSTM decides about keeping and writing apart, with two gates ({STEP}).",
        fix="Write `f * c_prev + i * g`.",
    ),
    edits=(("+ i * g", "+ (1 - f) * g"),),
)

NO_INPUT_GATE = Mistake(
    name="no_input_gate",
    summary="the candidate is added to the cell without the input gate",
    tag="dropped factor",
    hints=Hints(
        where="Where in your code is the input gate i used?",
        idea=f"i says how much of the candidate is written: c_t = f ⊙ c_{{t−1}} + i ⊙ g ({STEP}).",
        fix="Write `i * g` in place of `g`.",
    ),
    edits=(("+ i * g", "+ g"),),
)

NO_FORGET_GATE = Mistake(
    name="no_forget_gate",
    summary="the old cell is kept whole: the forget gate is missing",
    tag="dropped factor",
    hints=Hints(
        where="Where in your code is the forget gate f used?",
        idea=f"Without f the cell can only grow; that was the LSTM before 2000 ({FORGETTING}).",
        fix="Multiply the cell before the step by f: `f * c_prev + i * g`.",
    ),
    edits=(("f * c", "c"),),
)

NO_TANH_OF_CELL = Mistake(
    name="no_tanh_of_cell",
    summary="the hidden state is o ⊙ c_t: tanh of the cell is missing",
    tag="dropped term",
    hints=Hints(
        where="Can your h_t become larger than 1?",
        idea=f"The cell has no bound; tanh keeps what is shown inside (−1, 1): h_t = o ⊙ tanh(c_t) ({STEP}).",
        fix="Write `o * np.tanh(c_t)`.",
    ),
    edits=(("o * np.tanh(c_t)", "o * c_t"),),
)

NO_OUTPUT_GATE = Mistake(
    name="no_output_gate",
    summary="the hidden state is tanh(c_t): the output gate is missing",
    tag="dropped factor",
    hints=Hints(
        where="Where in your code is the output gate o used?",
        idea=f"o says how much of the cell is shown: h_t = o ⊙ tanh(c_t) ({STEP}).",
        fix="Write `o * np.tanh(c_t)`.",
    ),
    edits=(("o * np.tanh(c_t)", "np.tanh(c_t)"),),
)

NO_BIAS = Mistake(
    name="no_bias",
    summary="the bias b_h is missing",
    tag="dropped term",
    hints=Hints(
        where="Which of the arguments does your code never use?",
        idea=f"Each block has its own bias, H of the 4H numbers of b_h ({STEP}).",
        fix="Add `b_h` to the two products.",
    ),
    edits=((" + b_h", ""),),
)

SHARED_BIAS = Mistake(
    name="shared_bias",
    summary="the first H numbers of b_h are used for all four blocks",
    tag="one for all",
    hints=Hints(
        where="How many of the 4H numbers of `b_h` does your code read?",
        idea=f"Each block has its own bias; else the forget gate could not start open alone ({STEP}).",
        fix="Add the whole `b_h` before you split into blocks, or split it in the same way.",
    ),
    edits=((" + b_h", " + np.tile(b_h[: len(b_h) // 4], 4)"),),
)

SIGMOID_OVERFLOWS = Mistake(
    name="sigmoid_overflows",
    summary="the sigmoid is computed as exp(a) / (1 + exp(a)), which is NaN for large a",
    tag="stability",
    hints=Hints(
        where="What does your sigmoid give for a = 1000?",
        idea=f"exp(1000) is infinite, and ∞/∞ is NaN; 1/(1 + exp(−a)) never divides ∞ by ∞ ({SIGMOID}).",
        fix="Write `1 / (1 + np.exp(-a))`.",
    ),
    edits=(
        ("1 / (1 + np.exp(-a_i))", "np.exp(a_i) / (1 + np.exp(a_i))"),
        ("1 / (1 + np.exp(-a_f))", "np.exp(a_f) / (1 + np.exp(a_f))"),
        ("1 / (1 + np.exp(-a_o))", "np.exp(a_o) / (1 + np.exp(a_o))"),
    ),
)
