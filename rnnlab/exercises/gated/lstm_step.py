"""lstm_step: one step of an LSTM, from (h_{t−1}, c_{t−1}) to (h_t, c_t)."""

from __future__ import annotations

import numpy as np

from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.gated.shared import (
    CANDIDATE_LAST,
    CANDIDATE_SECOND,
    COUPLED_GATES,
    FORGET_BIAS_ADDED,
    INPUT_AND_FORGET_SWAPPED,
    NO_BIAS,
    NO_FORGET_GATE,
    NO_INPUT_GATE,
    NO_OUTPUT_GATE,
    NO_TANH_OF_CELL,
    SHARED_BIAS,
    SIGMOID_ON_CANDIDATE,
    SIGMOID_OVERFLOWS,
    STEP,
    cell,
    lstm_weights,
)
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result


def lstm_step(x_t, h_prev, c_prev, W_xh, W_hh, b_h):
    a_i, a_f, a_g, a_o = np.split(x_t @ W_xh.T + h_prev @ W_hh.T + b_h, 4, axis=1)
    i = 1 / (1 + np.exp(-a_i))
    f = 1 / (1 + np.exp(-a_f))
    g = np.tanh(a_g)
    o = 1 / (1 + np.exp(-a_o))
    c_t = f * c_prev + i * g
    h_t = o * np.tanh(c_t)
    return h_t, c_t


MISTAKES = (
    INPUT_AND_FORGET_SWAPPED,
    CANDIDATE_LAST,
    CANDIDATE_SECOND,
    SIGMOID_ON_CANDIDATE,
    Mistake(
        name="tanh_on_output_gate",
        summary="the output gate goes through tanh, as the candidate does, and not through the sigmoid",
        tag="activation",
        hints=Hints(
            where="Can your output gate be negative, and what would that do to h_t?",
            idea=f"A gate is a share between 0 and 1, so i, f and o are sigmoids; only g is a tanh ({STEP}).",
            fix="Write `o = 1 / (1 + np.exp(-a_o))`.",
        ),
        edits=(("1 / (1 + np.exp(-a_o))", "np.tanh(a_o)"),),
    ),
    FORGET_BIAS_ADDED,
    COUPLED_GATES,
    NO_INPUT_GATE,
    NO_FORGET_GATE,
    NO_TANH_OF_CELL,
    NO_OUTPUT_GATE,
    Mistake(
        name="hidden_from_old_cell",
        summary="the hidden state is made from the cell before the step, c_{t−1}",
        tag="off by one",
        hints=Hints(
            where="Which cell stands inside your last tanh: the one before the step, or the new one?",
            idea=f"First the cell is renewed, then it is shown: h_t = o ⊙ tanh(c_t) ({STEP}).",
            fix="Compute `c_t` first, then write `o * np.tanh(c_t)`.",
        ),
        edits=(("np.tanh(c_t)", "np.tanh(c_prev)"),),
    ),
    Mistake(
        name="cell_not_carried",
        summary="the new cell is i ⊙ g alone: nothing of the old cell is kept",
        tag="dropped term",
        hints=Hints(
            where="If you change `c_prev`, does your result change?",
            idea=f"The cell is a sum of what is kept and what is written: f ⊙ c_{{t−1}} + i ⊙ g ({STEP}).",
            fix="Add `f * c_prev`.",
        ),
        edits=(("f * c_prev + i * g", "i * g"),),
    ),
    Mistake(
        name="hidden_state_kept",
        summary="the forget gate keeps the old hidden state, where the old cell is wanted",
        tag="wrong operand",
        hints=Hints(
            where="Which of the two old states does your forget gate multiply?",
            idea=f"The cell keeps itself: c_t = f ⊙ c_{{t−1}} + i ⊙ g ({STEP}).",
            fix="Write `f * c_prev` in place of `f * h_prev`.",
        ),
        edits=(("f * c_prev", "f * h_prev"),),
    ),
    Mistake(
        name="gates_see_the_cell",
        summary="the blocks are computed from the old cell, where the old hidden state is wanted",
        tag="wrong operand",
        hints=Hints(
            where="Which of the two old states does W_hh multiply in your code?",
            idea=f"The gates see h_{{t−1}}, what the cell showed, and not the cell itself ({STEP}).",
            fix="Write `h_prev @ W_hh.T`.",
        ),
        edits=(("h_prev @ W_hh.T", "c_prev @ W_hh.T"),),
    ),
    Mistake(
        name="cell_through_tanh",
        summary="the new cell itself goes through tanh",
        tag="extra term",
        hints=Hints(
            where="Can your c_t become larger than 1?",
            idea=f"The cell is a plain sum, and that is why it can keep and count; only h_t sees tanh of it ({STEP}).",
            fix="Write `c_t = f * c_prev + i * g`, without tanh.",
        ),
        edits=(("f * c_prev + i * g", "np.tanh(f * c_prev + i * g)"),),
    ),
    Mistake(
        name="no_recurrence",
        summary="the blocks do not depend on the old hidden state",
        tag="dropped term",
        hints=Hints(
            where="If you change `h_prev`, does your result change?",
            idea=f"Every block sees the input and the hidden state before the step ({STEP}).",
            fix="Add `h_prev @ W_hh.T` to `x_t @ W_xh.T`.",
        ),
        edits=((" + h_prev @ W_hh.T", ""),),
    ),
    NO_BIAS,
    SHARED_BIAS,
    Mistake(
        name="gates_interleaved",
        summary="every fourth column is taken for a gate, as if the gates of each unit stood side by side",
        tag="gate order",
        hints=Hints(
            where="With H = 2 there are 8 rows. Which of them belong to the input gate: 0 and 1, or 0 and 4?",
            idea=f"Blocks of H rows stand one below the other: all units of i, then all of f ({STEP}).",
            fix="Take slices of H columns, or `np.split(a, 4, axis=1)`; a reshape is to (B, 4, H), not (B, H, 4).",
        ),
        edits=(
            (
                "np.split(x_t @ W_xh.T + h_prev @ W_hh.T + b_h, 4, axis=1)",
                "((x_t @ W_xh.T + h_prev @ W_hh.T + b_h)[:, k::4] for k in range(4))",
            ),
        ),
    ),
    Mistake(
        name="results_swapped",
        summary="c_t is returned first and h_t second",
        tag="wrong result",
        hints=Hints(
            where="In which order stand the two states after `return`?",
            idea=f"The hidden state, which the rest of the network sees, comes first ({STEP}).",
            fix="Write `return h_t, c_t`.",
        ),
        edits=(("return h_t, c_t", "return c_t, h_t"),),
    ),
    SIGMOID_OVERFLOWS,
)


def arguments(scene: Scene):
    B, D, H = scene.B, scene.D, scene.H
    return scene.values(B, D), scene.state(B, H), cell(scene, B, H), *lstm_weights(scene)


LSTM_STEP = Exercise(
    name="gated.lstm_step",
    reference=lstm_step,
    probes=probes_from("BDH", arguments),
    results=(Result("h_t", ("B", "H")), Result("c_t", ("B", "H"))),
    points=5,
    chapter="lstm",
    mistakes=MISTAKES,
)
