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

SAME_SHAPE = "h_0 and c_0 have the same shape, and only the shape is asked for"
EXCHANGED = "two axes are exchanged, in whichever order they are named"

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

CELL_WITHOUT_OUTPUT_GATE = Mistake(
    name="cell_without_output_gate",
    summary="on the way from h_t to the cell the output gate o is missing",
    tag="dropped factor",
    hints=Hints(
        where="h_t = o ⊙ tanh(c_t). What does a change of c_t meet on its way to h_t?",
        idea=f"The gradient at c_t is what came from later plus δ_t ⊙ o ⊙ (1 − tanh²(c_t)) ({BACKWARD}).",
        fix="Multiply by `o` as well as by the slope of tanh.",
    ),
    edits=((" * o * (1 - np.tanh", " * (1 - np.tanh"),),
)

CELL_WITHOUT_TANH_SLOPE = Mistake(
    name="cell_without_tanh_slope",
    summary="on the way from h_t to the cell the slope of tanh, 1 − tanh²(c_t), is missing",
    tag="dropped factor",
    hints=Hints(
        where="h_t = o ⊙ tanh(c_t). What does a change of c_t meet on its way to h_t?",
        idea=f"The gradient at c_t is what came from later plus δ_t ⊙ o ⊙ (1 − tanh²(c_t)) ({BACKWARD}).",
        fix="Multiply by `(1 - np.tanh(c_t) ** 2)`.",
    ),
    edits=((" * o * (1 - np.tanh(c_t) ** 2)", " * o"),),
)

CELL_GRADIENT_DROPPED = Mistake(
    name="cell_gradient_dropped",
    summary="the gradient that arrives at the cell from later is dropped",
    tag="dropped term",
    hints=Hints(
        where="c_t goes on to c_{t+1} by the forget gate. Where is that path in your gradient at c_t?",
        idea=f"The cell acts on the loss in two ways, by h_t and by c_{{t+1}}: both add up ({BACKWARD}).",
        fix="Add what came back to the cell to `d_h * o * (1 - np.tanh(c) ** 2)`.",
    ),
    edits=(("d_cell = d_c_t + ", "d_cell = "),),
)

HIDDEN_STATE_NOT_IN_CELL = Mistake(
    name="hidden_state_not_in_cell",
    summary="the gradient at h_t does not reach the cell: only the one from later does",
    tag="dropped term",
    hints=Hints(
        where="h_t is made from c_t. Does your gradient at c_t change when that at h_t does?",
        idea=f"The cell acts on the loss in two ways, by h_t and by c_{{t+1}}: both add up ({BACKWARD}).",
        fix="Add the gradient at h_t times `o * (1 - np.tanh(c) ** 2)`.",
    ),
    edits=(("d_cell = d_c_t + d_h_t * o * (1 - np.tanh(c_t) ** 2)", "d_cell = 1 * d_c_t"),),
)

CELL_GRADIENT_NOT_FORGOTTEN = Mistake(
    name="cell_gradient_not_forgotten",
    summary="the gradient goes on to the old cell without the forget gate f",
    tag="dropped factor",
    hints=Hints(
        where="What multiplied c_{t−1} in the forward step?",
        idea=f"c_t = f ⊙ c_{{t−1}} + …, so the old cell gets the gradient at c_t times f ({BACKWARD}).",
        fix="Multiply the gradient at the cell by `f` before you hand it back.",
    ),
    edits=(("d_cell * f,", "d_cell,"),),
)

NO_SIGMOID_SLOPES = Mistake(
    name="no_sigmoid_slopes",
    summary="the slopes of the three sigmoids are missing: the gradients stop at the gates",
    tag="dropped term",
    hints=Hints(
        where="Is your `d_i` the gradient at the gate i, or at the sum inside its sigmoid?",
        idea=f"W and b stand inside the sigmoid, whose slope is i (1 − i) ({BACKWARD}).",
        fix="Multiply by `i * (1 - i)`, and by the like for f and o.",
    ),
    edits=((" * i * (1 - i)", ""), (" * f * (1 - f)", ""), (" * o * (1 - o)", "")),
)

SLOPES_TWICE = Mistake(
    name="slopes_of_the_gates",
    summary="the slopes are taken at σ(gate), as if the gates were the sums inside the sigmoids",
    tag="wrong place",
    hints=Hints(
        where="Do your `gates` hold what goes into the sigmoid, or what comes out?",
        idea=f"σ′(a) = σ(a) (1 − σ(a)), and σ(a) is already there: it is the gate ({BACKWARD}).",
        fix="Write `i * (1 - i)`, without another sigmoid.",
    ),
    edits=(
        (" * i * (1 - i)", " / (1 + np.exp(-i)) * (1 - 1 / (1 + np.exp(-i)))"),
        (" * f * (1 - f)", " / (1 + np.exp(-f)) * (1 - 1 / (1 + np.exp(-f)))"),
        (" * o * (1 - o)", " / (1 + np.exp(-o)) * (1 - 1 / (1 + np.exp(-o)))"),
    ),
)

CANDIDATE_SLOPE_OF_SIGMOID = Mistake(
    name="candidate_slope_of_sigmoid",
    summary="the candidate's slope is g (1 − g), which is the sigmoid's and not that of tanh",
    tag="activation",
    hints=Hints(
        where="Which of the four blocks went through tanh, and what is the slope of tanh?",
        idea=f"g = tanh(a), so its slope is 1 − g² ({BACKWARD}).",
        fix="Write `(1 - g**2)` for the candidate.",
    ),
    edits=(("(1 - g**2)", "g * (1 - g)"),),
)

OUTPUT_GATE_WITHOUT_TANH = Mistake(
    name="output_gate_sees_the_cell",
    summary="the gradient of the output gate is multiplied by c_t where tanh(c_t) is wanted",
    tag="wrong operand",
    hints=Hints(
        where="What did o multiply in the forward step: c_t, or tanh(c_t)?",
        idea=f"h_t = o ⊙ tanh(c_t) is a product; each factor's gradient holds the other ({BACKWARD}).",
        fix="Multiply by `np.tanh(c_t)`.",
    ),
    edits=((" * np.tanh(c_t) * o", " * c_t * o"),),
)

CELL_AFTER_THE_STEP = Mistake(
    name="cell_after_the_step",
    summary="the gradient of the forget gate uses c_t, the cell after the step, where c_{t−1} is wanted",
    tag="off by one",
    hints=Hints(
        where="What did the forget gate multiply in the forward step?",
        idea=f"c_t = f ⊙ c_{{t−1}} + i ⊙ g, so the gradient at f is that at c_t times c_{{t−1}} ({BACKWARD}).",
        fix="Use the cell before the step.",
    ),
    edits=(("d_cell * c_prev", "d_cell * c_t"),),
)

GATES_EXCHANGED = Mistake(
    name="input_gate_and_candidate_exchanged",
    summary="the input gate's gradient holds i and the candidate's holds g: each has itself and not the other factor",
    tag="wrong operand",
    hints=Hints(
        where="The cell holds the product i ⊙ g. By which factor is the gradient at i multiplied?",
        idea=f"∂L/∂i = ∂L/∂c ⊙ g and ∂L/∂g = ∂L/∂c ⊙ i: each gets the other ({BACKWARD}).",
        fix="Write `d_cell * g * …` for the input gate, and `d_cell * i * …` for the candidate.",
    ),
    edits=(("d_cell * g * i", "d_cell * i * i"), ("d_cell * i * (1 - g", "d_cell * g * (1 - g")),
)

ORDER_OF_BLOCKS = Mistake(
    name="blocks_joined_in_another_order",
    summary="the four gradients are joined in the order i, f, o, g",
    tag="gate order",
    hints=Hints(
        where="In which order do you join the four gradients, and in which order did the gates come?",
        idea=f"The rows of the weights are stacked as i, f, g, o, and so are their gradients ({STEP}).",
        fix="Join them as i, f, g, o.",
    ),
    edits=(("[d_i, d_f, d_g, d_o]", "[d_i, d_f, d_o, d_g]"),),
)

TRANSPOSED = Mistake(
    name="transposed_weight_gradients",
    summary="the gradients of the two weights are transposed",
    tag="transposed",
    hints=Hints(
        where="W_xh has the shape (4H, D). Which shape has your gradient?",
        idea=f"A gradient has the shape of what it is the gradient of ({BACKWARD}).",
        fix="Write `d_a.T @ …` with the gradient first.",
    ),
    edits=(("d_a.T @ x_t", "x_t.T @ d_a"), ("d_a.T @ h_prev", "h_prev.T @ d_a")),
)
