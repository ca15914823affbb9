"""gru_step: one step of a GRU, from h_{t−1} to h_t, with the reset gate after the product and z that keeps."""

from __future__ import annotations

import numpy as np

from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.gated.gru_shared import (
    EQUATIONS,
    NO_BIAS,
    NO_RESET,
    RESET,
    RESET_AND_UPDATE_SWAPPED,
    RESET_BIAS_MISSING,
    RESET_BIAS_OUTSIDE,
    SHARED_BIAS,
    SIGMOID_ON_CANDIDATE,
    WEIGHT_NOT_COMPLEMENTED,
    Z_REPLACES,
    gru_weights,
)
from rnnlab.exercises.gated.shared import SIGMOID
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result


def gru_step(x_t, h_prev, W_xh, W_hh, b_h, b_hn):
    x_r, x_z, x_n = np.split(x_t @ W_xh.T + b_h, 3, axis=1)
    h_r, h_z, h_n = np.split(h_prev @ W_hh.T, 3, axis=1)
    r = 1 / (1 + np.exp(-(x_r + h_r)))
    z = 1 / (1 + np.exp(-(x_z + h_z)))
    n = np.tanh(x_n + r * (h_n + b_hn))
    return (1 - z) * n + z * h_prev


MISTAKES = (
    Z_REPLACES,
    Mistake(
        name="reset_before_the_product",
        summary="the reset gate scales the old state before the product with W_hn, and not the product",
        tag="convention",
        hints=Hints(
            where="Does your r multiply h_{t−1}, or W_hn h_{t−1} + b_hn?",
            idea=f"Both conventions are in use; in this equation, as in PyTorch, r comes after ({RESET}).",
            fix="Write `r * (h_prev @ W_hn.T + b_hn)`.",
        ),
        edits=(("r * (h_n + b_hn)", "(r * h_prev) @ W_hh[2 * len(b_hn) :].T + b_hn"),),
    ),
    RESET_BIAS_OUTSIDE,
    RESET_BIAS_MISSING,
    NO_RESET,
    Mistake(
        name="reset_on_the_input",
        summary="the reset gate scales the part from the input, and not the part from the old state",
        tag="wrong operand",
        hints=Hints(
            where="What does the candidate see when r is 0: the input alone, or the old state alone?",
            idea=f"r = 0 lets the candidate start anew, from the input alone ({EQUATIONS}).",
            fix="Write `x_n + r * (h_n + b_hn)`.",
        ),
        edits=(("x_n + r * (h_n + b_hn)", "r * x_n + h_n + b_hn"),),
    ),
    Mistake(
        name="reset_on_everything",
        summary="the reset gate scales the whole sum inside tanh, the part from the input too",
        tag="wrong operand",
        hints=Hints(
            where="When r is 0, does your candidate still see the input?",
            idea=f"r = 0 lets the candidate start anew, from the input alone ({EQUATIONS}).",
            fix="Write `x_n + r * (h_n + b_hn)`.",
        ),
        edits=(("x_n + r * (h_n + b_hn)", "r * (x_n + h_n + b_hn)"),),
    ),
    Mistake(
        name="reset_on_the_kept_state",
        summary="the old state that is kept is scaled by the reset gate as well",
        tag="extra term",
        hints=Hints(
            where="With z = 1, does your state stay exactly as it was?",
            idea=f"The reset gate acts on the candidate alone; what is kept is z ⊙ h_{{t−1}} ({EQUATIONS}).",
            fix="Write `z * h_prev`, without r.",
        ),
        edits=(("z * h_prev", "z * r * h_prev"),),
    ),
    RESET_AND_UPDATE_SWAPPED,
    Mistake(
        name="candidate_first",
        summary="the blocks are read in the order n, r, z",
        tag="gate order",
        hints=Hints(
            where="Which H of the 3H rows go through tanh in your code: the first, or the last?",
            idea=f"The rows are stacked as r, z, n: the candidate comes last ({EQUATIONS}).",
            fix="Take the last H rows for the candidate.",
        ),
        edits=(("x_r, x_z, x_n = ", "x_n, x_r, x_z = "), ("h_r, h_z, h_n = ", "h_n, h_r, h_z = ")),
    ),
    SIGMOID_ON_CANDIDATE,
    Mistake(
        name="candidate_returned",
        summary="the new state is the candidate alone: nothing of the old state is kept",
        tag="dropped term",
        hints=Hints(
            where="Where in your code is the update gate z used?",
            idea=f"The new state is a weighted mean of candidate and old state ({EQUATIONS}).",
            fix="Return `(1 - z) * n + z * h_prev`.",
        ),
        edits=(("return (1 - z) * n + z * h_prev", "return n"),),
    ),
    WEIGHT_NOT_COMPLEMENTED,
    Mistake(
        name="candidate_added_whole",
        summary="the whole candidate is added, without the share 1 − z",
        tag="dropped factor",
        hints=Hints(
            where="Can your h_t become larger than 1, though h_{t−1} and n are below it?",
            idea=f"The new state is a weighted mean, so the two shares add up to 1 ({EQUATIONS}).",
            fix="Multiply the candidate by `(1 - z)`.",
        ),
        edits=(("(1 - z) * n", "n"),),
    ),
    Mistake(
        name="gates_without_recurrence",
        summary="the two gates are computed from the input alone, without the old state",
        tag="dropped term",
        hints=Hints(
            where="Which of the three blocks of W_hh does your code use?",
            idea=f"Both gates see the input and the old state ({EQUATIONS}).",
            fix="Add `h_r` inside the first sigmoid and `h_z` inside the second.",
        ),
        edits=(("(x_r + h_r)", "x_r"), ("(x_z + h_z)", "x_z")),
    ),
    NO_BIAS,
    SHARED_BIAS,
    Mistake(
        name="sigmoid_overflows",
        summary="the sigmoid is computed as exp(a) / (1 + exp(a)), which is NaN for large a",
        tag="stability",
        hints=Hints(
            where="What does your sigmoid give for a = 1000?",
            idea=f"exp(1000) is infinite, and ∞/∞ is NaN; 1/(1 + exp(−a)) never divides ∞ by ∞ ({SIGMOID}).",
            fix="Write `1 / (1 + np.exp(-a))`.",
        ),
        edits=(
            ("1 / (1 + np.exp(-(x_r + h_r)))", "np.exp(x_r + h_r) / (1 + np.exp(x_r + h_r))"),
            ("1 / (1 + np.exp(-(x_z + h_z)))", "np.exp(x_z + h_z) / (1 + np.exp(x_z + h_z))"),
        ),
    ),
)


def arguments(scene: Scene):
    B, D, H = scene.B, scene.D, scene.H
    return scene.values(B, D), scene.state(B, H), *gru_weights(scene)


GRU_STEP = Exercise(
    name="gated.gru_step",
    reference=gru_step,
    probes=probes_from("BDH", arguments),
    results=(Result("h_t", ("B", "H")),),
    points=4,
    chapter="gru",
    mistakes=MISTAKES,
)
