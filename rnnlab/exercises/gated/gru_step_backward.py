"""gru_step_backward: one step back through a GRU, from the gradient at h_t to those at all that went into the step."""

from __future__ import annotations

import numpy as np

from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.gated.gru_shared import BACKWARD, EQUATIONS, RESET, gru_weights
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result


def gru_step_backward(d_h_t, x_t, h_prev, gates, m_t, W_xh, W_hh):
    r, z, n = np.split(gates, 3, axis=1)
    d_n = d_h_t * (1 - z) * (1 - n**2)
    d_z = d_h_t * (h_prev - n) * z * (1 - z)
    d_r = d_n * m_t * r * (1 - r)
    d_m = d_n * r
    at_x = np.concatenate([d_r, d_z, d_n], axis=1)
    at_h = np.concatenate([d_r, d_z, d_m], axis=1)
    d_h_prev = d_h_t * z + at_h @ W_hh
    return at_x @ W_xh, d_h_prev, at_x.T @ x_t, at_h.T @ h_prev, at_x.sum(axis=0), d_m.sum(axis=0)


MISTAKES = (
    Mistake(
        name="direct_path_dropped",
        summary="the direct path from h_t to h_{t−1}, the gradient times z, is missing",
        tag="dropped term",
        hints=Hints(
            where="If all weights were zero, would a gradient still reach h_{t−1}?",
            idea=f"h_t holds z ⊙ h_{{t−1}}, so a part of the gradient goes straight back ({BACKWARD}).",
            fix="Add `d_h_t * z` to the gradient at h_{t−1}.",
        ),
        edits=(("d_h_t * z + at_h", "at_h"),),
    ),
    Mistake(
        name="direct_path_without_gate",
        summary="the direct path to h_{t−1} lacks the update gate z",
        tag="dropped factor",
        hints=Hints(
            where="What multiplied h_{t−1} in the last line of the forward step?",
            idea=f"h_t holds z ⊙ h_{{t−1}}, so the direct part of the gradient is δ ⊙ z ({BACKWARD}).",
            fix="Write `d_h_t * z` in place of `d_h_t`.",
        ),
        edits=(("d_h_t * z + at_h", "d_h_t + at_h"),),
    ),
    Mistake(
        name="only_the_direct_path",
        summary="only the direct path reaches h_{t−1}: the ways through the three blocks are missing",
        tag="dropped term",
        hints=Hints(
            where="How many times does h_{t−1} occur in the forward step?",
            idea=f"h_{{t−1}} occurs four times: in the mean, in both gates and in m ({BACKWARD}).",
            fix="Add the product of the blocks' gradients with `W_hh`.",
        ),
        edits=(("d_h_t * z + at_h @ W_hh", "d_h_t * z"),),
    ),
    Mistake(
        name="update_gate_replaces",
        summary="z and 1 − z are exchanged, as if z were the share that is replaced",
        tag="convention",
        hints=Hints(
            where="With z = 1, does your gradient go to the old state or to the candidate?",
            idea=f"In this equation, as in PyTorch, z is the share that is kept ({EQUATIONS}).",
            fix="The candidate gets `1 - z`, the old state `z`, and the gate itself `h_prev - n`.",
        ),
        edits=(
            ("d_h_t * (1 - z) * (1 - n", "d_h_t * z * (1 - n"),
            ("(h_prev - n)", "(n - h_prev)"),
            ("d_h_t * z + at_h", "d_h_t * (1 - z) + at_h"),
        ),
    ),
    Mistake(
        name="update_gate_sign",
        summary="the gradient of the update gate has the opposite sign: n − h_{t−1} stands for h_{t−1} − n",
        tag="sign",
        hints=Hints(
            where="When z grows, does the new state move toward the old state or toward the candidate?",
            idea=f"h_t = (1 − z) ⊙ n + z ⊙ h_{{t−1}}, so ∂h_t/∂z = h_{{t−1}} − n ({BACKWARD}).",
            fix="Write `(h_prev - n)`.",
        ),
        edits=(("(h_prev - n)", "(n - h_prev)"),),
    ),
    Mistake(
        name="update_gate_sees_old_state_only",
        summary="the gradient of the update gate holds h_{t−1} alone, without −n",
        tag="dropped term",
        hints=Hints(
            where="In how many places of h_t does z occur?",
            idea=f"z occurs twice, in z ⊙ h_{{t−1}} and in (1 − z) ⊙ n, which gives h_{{t−1}} − n ({BACKWARD}).",
            fix="Write `(h_prev - n)`.",
        ),
        edits=(("(h_prev - n)", "h_prev"),),
    ),
    Mistake(
        name="reset_not_on_the_way_back",
        summary="W_hn gets the gradient at the candidate's sum, without the reset gate r",
        tag="dropped factor",
        hints=Hints(
            where="Through which gate did W_hn h_{t−1} come on its way into the candidate?",
            idea=f"The candidate sees r ⊙ m, so m gets the gradient times r ({BACKWARD}).",
            fix="Use `d_m = d_n * r` for W_hn, b_hn and the way back to h_{t−1}.",
        ),
        edits=(("d_m = d_n * r", "d_m = d_n * 1"),),
    ),
    Mistake(
        name="reset_on_the_input_path",
        summary="W_xn gets the gradient at m, with the reset gate r, though r does not scale the input's part",
        tag="extra factor",
        hints=Hints(
            where="Does r multiply W_xn x_t in the forward step?",
            idea=f"r scales m alone; the input's part enters the candidate as it is ({BACKWARD}).",
            fix="Use `d_n` for W_xn and b_n, and `d_m` for W_hn and b_hn.",
        ),
        edits=(("at_x = np.concatenate([d_r, d_z, d_n]", "at_x = np.concatenate([d_r, d_z, d_m]"),),
    ),
    Mistake(
        name="reset_gate_sees_the_state",
        summary="the gradient of the reset gate holds h_{t−1} where m = W_hn h_{t−1} + b_hn is wanted",
        tag="wrong operand",
        hints=Hints(
            where="What does r multiply in the forward step: h_{t−1}, or m?",
            idea=f"With the reset gate after the product, ∂L/∂r is the candidate's gradient times m ({RESET}).",
            fix="Write `d_n * m_t * r * (1 - r)`.",
        ),
        edits=(("d_n * m_t", "d_n * h_prev"),),
    ),
    Mistake(
        name="reset_gate_dropped",
        summary="no gradient goes through the reset gate",
        tag="dropped term",
        hints=Hints(
            where="How does a change of W_hr reach h_t, and where is that way in your code?",
            idea=f"r scales m inside the candidate, so it gets the candidate's gradient times m ({BACKWARD}).",
            fix="Write `d_r = d_n * m_t * r * (1 - r)`.",
        ),
        edits=(("d_r = d_n * m_t * r * (1 - r)", "d_r = 0 * d_n"),),
    ),
    Mistake(
        name="no_candidate_slope",
        summary="the slope of tanh at the candidate, 1 − n², is missing",
        tag="dropped term",
        hints=Hints(
            where="Is your `d_n` the gradient at n, or at the sum inside its tanh?",
            idea=f"W_xn and b_n stand inside tanh, whose slope is 1 − n² ({BACKWARD}).",
            fix="Multiply by `(1 - n**2)`.",
        ),
        edits=((" * (1 - n**2)", ""),),
    ),
    Mistake(
        name="no_sigmoid_slopes",
        summary="the slopes of the two sigmoids are missing",
        tag="dropped term",
        hints=Hints(
            where="Is your `d_z` the gradient at the gate z, or at the sum inside its sigmoid?",
            idea=f"The weights stand inside the sigmoid, whose slope is z (1 − z) ({BACKWARD}).",
            fix="Multiply by `z * (1 - z)` and by `r * (1 - r)`.",
        ),
        edits=(("(h_prev - n) * z * (1 - z)", "(h_prev - n)"), (" * r * (1 - r)", "")),
    ),
    Mistake(
        name="candidate_slope_of_sigmoid",
        summary="the candidate's slope is n (1 − n), which is the sigmoid's and not that of tanh",
        tag="activation",
        hints=Hints(
            where="Which of the three blocks went through tanh, and what is the slope of tanh?",
            idea=f"n = tanh(a), so its slope is 1 − n² ({BACKWARD}).",
            fix="Write `(1 - n**2)` for the candidate.",
        ),
        edits=(("(1 - n**2)", "n * (1 - n)"),),
    ),
    Mistake(
        name="blocks_joined_in_another_order",
        summary="the gradients are joined in the order z, r, n",
        tag="gate order",
        hints=Hints(
            where="In which order do you join the three gradients, and in which order did the gates come?",
            idea=f"The rows of the weights are stacked as r, z, n, and so are their gradients ({EQUATIONS}).",
            fix="Join them as r, z, n.",
        ),
        edits=(("[d_r, d_z, d_n]", "[d_z, d_r, d_n]"), ("[d_r, d_z, d_m]", "[d_z, d_r, d_m]")),
    ),
    Mistake(
        name="one_bias_gradient_for_both",
        summary="b_hn gets the gradient of b_n, the candidate's other bias",
        tag="dropped factor",
        hints=Hints(
            where="Which of the candidate's two biases does the reset gate scale?",
            idea=f"b_hn stands inside m, beside W_hn h, and b_n beside W_xn x: only m goes through r ({BACKWARD}).",
            fix="Sum `d_m` over the batch for b_hn.",
        ),
        edits=(("d_m.sum(axis=0)", "d_n.sum(axis=0)"),),
    ),
    Mistake(
        name="averaged_over_batch",
        summary="the gradients of the weights are means over the batch, and not sums",
        tag="mean for sum",
        hints=Hints(
            where="Does a `mean`, or a division by the batch size, stand in your code?",
            idea=f"The chain rule adds; whether the loss is a mean is already in d_h_t ({BACKWARD}).",
            fix="Leave out the division, and write `.sum(axis=0)` for the biases.",
        ),
        edits=(
            ("at_x.T @ x_t", "at_x.T @ x_t / len(x_t)"),
            ("at_h.T @ h_prev", "at_h.T @ h_prev / len(x_t)"),
            ("at_x.sum(axis=0)", "at_x.mean(axis=0)"),
            ("d_m.sum(axis=0)", "d_m.mean(axis=0)"),
        ),
    ),
)


def arguments(scene: Scene):
    B, D, H = scene.B, scene.D, scene.H
    d_h_t, x_t, h_prev = scene.values(B, H), scene.state(B, D), scene.state(B, H)
    W_xh, W_hh, b_h, b_hn = gru_weights(scene)
    from_x, from_h = x_t @ W_xh.T + b_h, h_prev @ W_hh.T
    r, z = np.split(1 / (1 + np.exp(-(from_x + from_h)[:, : 2 * H])), 2, axis=1)
    m_t = from_h[:, 2 * H :] + b_hn
    n = np.tanh(from_x[:, 2 * H :] + r * m_t)
    gates = scene.given(np.concatenate([r, z, n], axis=1))
    return d_h_t, x_t, h_prev, gates, scene.given(m_t), W_xh, W_hh


GRU_STEP_BACKWARD = Exercise(
    name="gated.gru_step_backward",
    reference=gru_step_backward,
    probes=probes_from("BDH", arguments),
    results=(
        Result("d_x_t", ("B", "D")),
        Result("d_h_prev", ("B", "H")),
        Result("d_W_xh", ("3H", "D")),
        Result("d_W_hh", ("3H", "H")),
        Result("d_b_h", ("3H",)),
        Result("d_b_hn", ("H",)),
    ),
    points=5,
    chapter="gru",
    mistakes=MISTAKES,
)
