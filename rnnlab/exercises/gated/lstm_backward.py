"""lstm_backward: back-propagation through time along both states of an LSTM."""

from __future__ import annotations

import numpy as np

from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.equivalents import SAME_LENGTH
from rnnlab.exercises.gated.shared import (
    BACKWARD,
    CELL_AFTER_THE_STEP,
    CELL_GRADIENT_DROPPED,
    CELL_GRADIENT_NOT_FORGOTTEN,
    CELL_WITHOUT_TANH_SLOPE,
    EXCHANGED,
    LSTM_WEIGHTS,
    NO_SIGMOID_SLOPES,
    ORDER_OF_BLOCKS,
    SAME_SHAPE,
    cell,
    lstm_run,
    lstm_weights,
)
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result


def lstm_backward(d_h, x, gates, h, c, h_0, c_0, W_xh, W_hh):
    B, H = h_0.shape
    d_x = np.zeros(x.shape)
    d_W_xh, d_W_hh, d_b_h = np.zeros(W_xh.shape), np.zeros(W_hh.shape), np.zeros(len(W_hh))
    from_later, d_c_t = np.zeros((B, H)), np.zeros((B, H))
    for t in reversed(range(len(x))):
        h_prev, c_prev = (h[t - 1], c[t - 1]) if t > 0 else (h_0, c_0)
        i, f, g, o = gates[t].reshape(B, 4, H).swapaxes(0, 1)
        c_t = c[t]
        d_h_t = d_h[t] + from_later
        d_cell = d_c_t + d_h_t * o * (1 - np.tanh(c_t) ** 2)
        d_i = d_cell * g * i * (1 - i)
        d_f = d_cell * c_prev * f * (1 - f)
        d_g = d_cell * i * (1 - g**2)
        d_o = d_h_t * np.tanh(c_t) * o * (1 - o)
        d_a = np.concatenate([d_i, d_f, d_g, d_o], axis=1)
        d_x[t] = d_a @ W_xh
        d_W_xh += d_a.T @ x[t]
        d_W_hh += d_a.T @ h_prev
        d_b_h += d_a.sum(axis=0)
        d_c_t, from_later = d_cell * f, d_a @ W_hh
    return d_x, from_later, d_c_t, d_W_xh, d_W_hh, d_b_h


MISTAKES = (
    CELL_GRADIENT_DROPPED,
    CELL_GRADIENT_NOT_FORGOTTEN,
    Mistake(
        name="cell_gradient_piles_up",
        summary="the gradient that goes back along the cell is added to the old one, and counts twice and more",
        tag="extra term",
        hints=Hints(
            where="After a turn of your loop, does the gradient at the cell hold that of this step or of all so far?",
            idea=f"What goes on to c_{{t−1}} is the whole gradient at c_t times f, and nothing else ({BACKWARD}).",
            fix="Write `d_c = d_cell * f`, and not `+=`.",
        ),
        edits=(("= d_cell * f,", "= d_c_t + d_cell * f,"),),
    ),
    Mistake(
        name="hidden_path_dropped",
        summary="nothing comes back along the hidden state: d_a @ W_hh is not handed to the step before",
        tag="dropped term",
        hints=Hints(
            where="h_{t−1} goes into all four blocks of step t. Where is that path in your loop?",
            idea=f"δ_t has two parts: from the loss at t, and from the blocks of step t + 1 ({BACKWARD}).",
            fix="Add what the step after handed back: `d_h[t] + from_later`.",
        ),
        edits=(("d_h_t = d_h[t] + from_later", "d_h_t = d_h[t]"),),
    ),
    Mistake(
        name="own_loss_dropped",
        summary="only the last step's loss is used: the gradients d_h[t] of the other steps are dropped",
        tag="dropped term",
        hints=Hints(
            where="How many of the T slices of `d_h` does your code read?",
            idea=f"δ_t has two parts: from the loss at t, and from the blocks of step t + 1 ({BACKWARD}).",
            fix="Add `d_h[t]` at every step, and not only before the loop.",
        ),
        edits=(("d_h_t = d_h[t]", "d_h_t = (d_h[t] if t == len(x) - 1 else 0)"),),
    ),
    CELL_WITHOUT_TANH_SLOPE,
    NO_SIGMOID_SLOPES,
    CELL_AFTER_THE_STEP,
    ORDER_OF_BLOCKS,
    Mistake(
        name="state_after_the_step",
        summary="the gradient of W_hh uses h_t, the state after the step, where the state before it is wanted",
        tag="off by one",
        hints=Hints(
            where="Which hidden state did W_hh multiply when the blocks of step t were computed?",
            idea=f"∂L/∂W_hh = Σ_t d_a h_{{t−1}}ᵀ: the input of the product, and not its result ({BACKWARD}).",
            fix="Use the state before the step; for the first step that is `h_0`.",
        ),
        edits=(("d_a.T @ h_prev", "d_a.T @ h[t]"),),
    ),
    Mistake(
        name="starts_wrap_around",
        summary="the first step uses the last states as those before it, because h[t - 1] is h[-1] at t = 0",
        tag="off by one",
        hints=Hints(
            where="What are `h[t - 1]` and `c[t - 1]` in Python when t is 0?",
            idea=f"A negative index counts from the end; before the first step stand h_0 and c_0 ({BACKWARD}).",
            fix="Use `h_0` and `c_0` at the first step.",
        ),
        edits=((" if t > 0 else (h_0, c_0)", ""),),
    ),
    Mistake(
        name="starts_ignored",
        summary="the first step uses zeros as the states before it, and not h_0 and c_0",
        tag="initial state",
        hints=Hints(
            where="What stands before the first step in your gradients of W_hh and of the forget gate?",
            idea=f"At t = 1 the sums have terms with h_0 and c_0 ({BACKWARD}).",
            fix="Use `h_0` and `c_0` at the first step.",
        ),
        edits=(("else (h_0, c_0)", "else (0 * h_0, 0 * c_0)"),),
    ),
    Mistake(
        name="weights_overwritten",
        summary="each step overwrites the gradients of the weights, so that only the first step's are left",
        tag="missing sum",
        hints=Hints(
            where="After the loop, of how many steps does your `d_W_hh` know?",
            idea=f"The same weights are used at every step, so the gradients of all steps add up ({BACKWARD}).",
            fix="Write `+=` in place of `=` for the three gradients of the weights.",
        ),
        edits=(("d_W_xh +=", "d_W_xh ="), ("d_W_hh +=", "d_W_hh ="), ("d_b_h +=", "d_b_h =")),
    ),
    Mistake(
        name="forward_in_time",
        summary="the loop runs forward in time, so that the gradients are carried to the wrong neighbor",
        tag="order",
        hints=Hints(
            where="Which step's gradient must be known first: that of the first step, or that of the last?",
            idea=f"The gradients at step t need those at step t + 1, so the loop starts at the end ({BACKWARD}).",
            fix="Write `for t in reversed(range(len(x))):`.",
        ),
        edits=(("reversed(range(len(x)))", "range(len(x))"),),
    ),
)


def arguments(scene: Scene):
    T, B, D, H = scene.T, scene.B, scene.D, scene.H
    d_h, x, h_0, c_0 = scene.values(T, B, H), scene.state(T, B, D), scene.state(B, H), cell(scene, B, H)
    W_xh, W_hh, b_h = lstm_weights(scene)
    gates, c, h = (scene.given(each) for each in lstm_run(x, h_0, c_0, W_xh, W_hh, b_h))
    return d_h, x, gates, h, c, h_0, c_0, W_xh, W_hh


RESULTS = (
    Result("d_x", ("T", "B", "D")),
    Result("d_h_0", ("B", "H")),
    Result("d_c_0", ("B", "H")),
    *LSTM_WEIGHTS,
)

LSTM_BACKWARD = Exercise(
    name="gated.lstm_backward",
    reference=lstm_backward,
    probes=probes_from("TBDH", arguments),
    results=RESULTS,
    points=6,
    chapter="lstm",
    mistakes=MISTAKES,
    equivalents={
        "h_0 → c_0 (line 2)": SAME_SHAPE,
        "W_hh → W_xh (line 4)": SAME_LENGTH,
        "x → d_h (line 6)": SAME_LENGTH,
        "x → gates (line 6)": SAME_LENGTH,
        "x → h (line 6)": SAME_LENGTH,
        "x → c (line 6)": SAME_LENGTH,
        "gates[t].reshape(B, 4, H).swapaxes(0, 1) → gates[t].reshape(B, 4, H).swapaxes(1, 0) (line 8)": EXCHANGED,
    },
)
