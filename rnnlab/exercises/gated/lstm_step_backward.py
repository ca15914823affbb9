"""lstm_step_backward: one step back, from the gradients at h_t and c_t to those at all that went into the step."""

from __future__ import annotations

import numpy as np

from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.gated.shared import (
    BACKWARD,
    CANDIDATE_SLOPE_OF_SIGMOID,
    CELL_AFTER_THE_STEP,
    CELL_GRADIENT_DROPPED,
    CELL_GRADIENT_NOT_FORGOTTEN,
    CELL_WITHOUT_OUTPUT_GATE,
    CELL_WITHOUT_TANH_SLOPE,
    GATES_EXCHANGED,
    HIDDEN_STATE_NOT_IN_CELL,
    LSTM_WEIGHTS,
    NO_SIGMOID_SLOPES,
    ORDER_OF_BLOCKS,
    OUTPUT_GATE_WITHOUT_TANH,
    SLOPES_TWICE,
    TRANSPOSED,
    cell,
    lstm_run,
    lstm_weights,
)
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result


def lstm_step_backward(d_h_t, d_c_t, x_t, h_prev, c_prev, gates, c_t, W_xh, W_hh):
    i, f, g, o = np.split(gates, 4, axis=1)
    d_cell = d_c_t + d_h_t * o * (1 - np.tanh(c_t) ** 2)
    d_i = d_cell * g * i * (1 - i)
    d_f = d_cell * c_prev * f * (1 - f)
    d_g = d_cell * i * (1 - g**2)
    d_o = d_h_t * np.tanh(c_t) * o * (1 - o)
    d_a = np.concatenate([d_i, d_f, d_g, d_o], axis=1)
    return d_a @ W_xh, d_a @ W_hh, d_cell * f, d_a.T @ x_t, d_a.T @ h_prev, d_a.sum(axis=0)


MISTAKES = (
    CELL_WITHOUT_OUTPUT_GATE,
    CELL_WITHOUT_TANH_SLOPE,
    CELL_GRADIENT_DROPPED,
    HIDDEN_STATE_NOT_IN_CELL,
    CELL_GRADIENT_NOT_FORGOTTEN,
    Mistake(
        name="only_direct_gradient_to_the_old_cell",
        summary="the old cell gets d_c_t ⊙ f alone, without what reached c_t by way of h_t",
        tag="dropped term",
        hints=Hints(
            where="Does your gradient at c_{t−1} change when `d_h_t` does?",
            idea=f"c_{{t−1}} acts on h_t too, by way of c_t: the whole gradient at c_t goes on ({BACKWARD}).",
            fix="Multiply the sum of both parts by f, and not `d_c_t` alone.",
        ),
        edits=(("d_cell * f,", "d_c_t * f,"),),
    ),
    NO_SIGMOID_SLOPES,
    SLOPES_TWICE,
    CANDIDATE_SLOPE_OF_SIGMOID,
    OUTPUT_GATE_WITHOUT_TANH,
    CELL_AFTER_THE_STEP,
    GATES_EXCHANGED,
    ORDER_OF_BLOCKS,
    TRANSPOSED,
    Mistake(
        name="state_after_the_step",
        summary="the gradient of W_hh uses o ⊙ tanh(c_t), the state after the step, where h_{t−1} is wanted",
        tag="off by one",
        hints=Hints(
            where="Which hidden state did W_hh multiply when the blocks were computed?",
            idea=f"∂L/∂W_hh = Σ d_a h_{{t−1}}ᵀ: the input of the product, and not its result ({BACKWARD}).",
            fix="Write `d_a.T @ h_prev`.",
        ),
        edits=(("d_a.T @ h_prev", "d_a.T @ (o * np.tanh(c_t))"),),
    ),
    Mistake(
        name="averaged_over_batch",
        summary="the gradients of the weights are means over the batch, and not sums",
        tag="mean for sum",
        hints=Hints(
            where="Does a `mean`, or a division by the batch size, stand in your code?",
            idea=f"The chain rule adds; whether the loss is a mean is already in d_h_t ({BACKWARD}).",
            fix="Leave out the division, and write `.sum(axis=0)` for the bias.",
        ),
        edits=(
            ("d_a.T @ x_t", "d_a.T @ x_t / len(x_t)"),
            ("d_a.T @ h_prev", "d_a.T @ h_prev / len(x_t)"),
            ("d_a.sum(axis=0)", "d_a.mean(axis=0)"),
        ),
    ),
    Mistake(
        name="bias_not_summed",
        summary="the gradient of b_h is not summed over the batch",
        tag="missing sum",
        hints=Hints(
            where="b_h has the shape (4H,). Which shape has your gradient?",
            idea=f"Every sequence uses the same b_h, so their gradients add up ({BACKWARD}).",
            fix="Write `d_a.sum(axis=0)`.",
        ),
        edits=(("d_a.sum(axis=0)", "d_a.copy()"),),
    ),
)


def arguments(scene: Scene):
    B, D, H = scene.B, scene.D, scene.H
    x_t, h_prev, c_prev = scene.state(B, D), scene.state(B, H), cell(scene, B, H)
    W_xh, W_hh, b_h = lstm_weights(scene)
    gates, c, _ = lstm_run(x_t[np.newaxis], h_prev, c_prev, W_xh, W_hh, b_h)
    d_h_t, d_c_t = scene.values(B, H), scene.values(B, H)
    return d_h_t, d_c_t, x_t, h_prev, c_prev, scene.given(gates[0]), scene.given(c[0]), W_xh, W_hh


RESULTS = (
    Result("d_x_t", ("B", "D")),
    Result("d_h_prev", ("B", "H")),
    Result("d_c_prev", ("B", "H")),
    *LSTM_WEIGHTS,
)

LSTM_STEP_BACKWARD = Exercise(
    name="gated.lstm_step_backward",
    reference=lstm_step_backward,
    probes=probes_from("BDH", arguments),
    results=RESULTS,
    points=6,
    chapter="lstm",
    mistakes=MISTAKES,
)
