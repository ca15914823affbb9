"""rnn_step_backward: one step back, from ∂L/∂h_t to the gradients at all that went into h_t."""

from __future__ import annotations

from rnnlab.exercises.bptt.shared import DERIVATION, WEIGHTS
from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result


def rnn_step_backward(d_h_t, x_t, h_prev, h_t, W_xh, W_hh):
    d_a = d_h_t * (1 - h_t**2)
    d_x_t = d_a @ W_xh
    d_h_prev = d_a @ W_hh
    d_W_xh = d_a.T @ x_t
    d_W_hh = d_a.T @ h_prev
    d_b_h = d_a.sum(axis=0)
    return d_x_t, d_h_prev, d_W_xh, d_W_hh, d_b_h


MISTAKES = (
    Mistake(
        name="no_slope",
        summary="the slope of tanh, 1 − h_t², is missing",
        tag="dropped term",
        hints=Hints(
            where="The gradient arrives at h_t. What must it pass before it reaches a_t, the sum inside tanh?",
            idea=f"h_t = tanh(a_t), so ∂L/∂a_t is ∂L/∂h_t times the slope of tanh at a_t ({DERIVATION}).",
            fix="Start with `d_a = d_h_t * (1 - h_t**2)`.",
        ),
        edits=((" * (1 - h_t**2)", ""),),
    ),
    Mistake(
        name="slope_of_the_state",
        summary="the slope is taken at tanh(h_t), as if h_t were the sum inside tanh",
        tag="wrong place",
        hints=Hints(
            where="Is the formula 1 − tanh²(·) meant for a_t or for h_t, and which of them do you have?",
            idea=f"tanh′(a_t) = 1 − tanh²(a_t), and tanh(a_t) is already there: it is h_t ({DERIVATION}).",
            fix="Write `1 - h_t**2`, without another tanh.",
        ),
        edits=(("h_t**2", "np.tanh(h_t) ** 2"),),
    ),
    Mistake(
        name="slope_of_the_sigmoid",
        summary="the slope is h_t (1 − h_t), which is the sigmoid's and not that of tanh",
        tag="activation",
        hints=Hints(
            where="Of which function is s (1 − s) the derivative?",
            idea="σ′ = σ (1 − σ), but tanh′ = 1 − tanh² (chapter activations, “The slopes, derived”).",
            fix="Write `1 - h_t**2` in place of `h_t * (1 - h_t)`.",
        ),
        edits=(("(1 - h_t**2)", "(h_t * (1 - h_t))"),),
    ),
    Mistake(
        name="slope_not_squared",
        summary="the slope is 1 − h_t, without the square",
        tag="formula",
        hints=Hints(
            where="What does your slope give at h_t = −1, where tanh is flat?",
            idea="tanh′ = 1 − tanh², which is zero at both ends (chapter activations, “The slopes, derived”).",
            fix="Square the state: `1 - h_t**2`.",
        ),
        edits=(("h_t**2", "h_t"),),
    ),
    Mistake(
        name="slope_at_the_state_before",
        summary="the slope is taken at h_{t−1} and not at h_t",
        tag="off by one",
        hints=Hints(
            where="Which tanh does the gradient go through: the one that made h_t, or the one before?",
            idea=f"a_t lies between h_{{t−1}} and h_t, and its tanh is h_t ({DERIVATION}).",
            fix="Write `1 - h_t**2` in place of `1 - h_prev**2`.",
        ),
        edits=(("h_t**2", "h_prev**2"),),
    ),
    Mistake(
        name="transposed_recurrent_weight",
        summary="the gradient goes back through W_hh.T where W_hh is wanted",
        tag="transposed",
        hints=Hints(
            where="Forward you wrote `h_prev @ W_hh.T`. Which matrix carries rows back the other way?",
            idea=f"∂L/∂h_{{t−1}} = W_hhᵀ ∂L/∂a_t for a column; for rows that is `d_a @ W_hh` ({DERIVATION}).",
            fix="Write `d_a @ W_hh`, without `.T`.",
        ),
        edits=(("d_a @ W_hh", "d_a @ W_hh.T"),),
    ),
    Mistake(
        name="transposed_input_weight",
        summary="the gradient goes back to the input through W_xh.T where W_xh is wanted",
        tag="transposed",
        hints=Hints(
            where="d_a is (B, H), and the gradient at x_t must be (B, D). Which shape must stand between them?",
            idea=f"∂L/∂x_t = W_xhᵀ ∂L/∂a_t for a column; for rows that is `d_a @ W_xh` ({DERIVATION}).",
            fix="Write `d_a @ W_xh`, without `.T`.",
        ),
        edits=(("d_a @ W_xh", "d_a @ W_xh.T"),),
    ),
    Mistake(
        name="slope_skipped_on_the_way_back",
        summary="the gradient at h_{t−1} and x_t is made of ∂L/∂h_t, without the slope of tanh",
        tag="dropped term",
        hints=Hints(
            where="Which of your lines use `d_h_t`, and which use the gradient at a_t?",
            idea=f"Everything before tanh sees the gradient at a_t, never the one at h_t ({DERIVATION}).",
            fix="Compute `d_a` once, and use it in all five lines.",
        ),
        edits=(("d_x_t = d_a", "d_x_t = d_h_t"), ("d_h_prev = d_a", "d_h_prev = d_h_t")),
    ),
    Mistake(
        name="slope_skipped_in_the_weights",
        summary="the gradients of the weights are made of ∂L/∂h_t, without the slope of tanh",
        tag="dropped term",
        hints=Hints(
            where="Which of your lines use `d_h_t`, and which use the gradient at a_t?",
            idea=f"Everything before tanh sees the gradient at a_t, never the one at h_t ({DERIVATION}).",
            fix="Compute `d_a` once, and use it in all five lines.",
        ),
        edits=(
            ("d_W_xh = d_a", "d_W_xh = d_h_t"),
            ("d_W_hh = d_a", "d_W_hh = d_h_t"),
            ("d_b_h = d_a", "d_b_h = d_h_t"),
        ),
    ),
    Mistake(
        name="state_after_the_step",
        summary="the gradient of W_hh uses h_t, the state after the step, where h_{t−1} is wanted",
        tag="off by one",
        hints=Hints(
            where="Which state did W_hh multiply when a_t was computed?",
            idea=f"∂L/∂W_hh = ∂L/∂a_t h_{{t−1}}ᵀ: the input of the product, and not its result ({DERIVATION}).",
            fix="Write `d_a.T @ h_prev`.",
        ),
        edits=(("d_a.T @ h_prev", "d_a.T @ h_t"),),
    ),
    Mistake(
        name="weights_transposed",
        summary="the gradients of the weights are transposed, (in, out)",
        tag="transposed",
        hints=Hints(
            where="W_xh has the shape (H, D). Which shape has your gradient?",
            idea=f"A gradient has the shape of what it is the gradient of ({DERIVATION}).",
            fix="Write `d_a.T @ x_t`: (H, B) times (B, D) is (H, D). The same for `h_prev`.",
        ),
        edits=(("d_a.T @ x_t", "x_t.T @ d_a"), ("d_a.T @ h_prev", "h_prev.T @ d_a")),
    ),
    Mistake(
        name="averaged_over_batch",
        summary="the gradients of the weights are divided by the size of the batch",
        tag="mean for sum",
        hints=Hints(
            where="Does a `mean` or a division by B stand in your code?",
            idea=f"The chain rule adds; whether the loss is a mean is already in d_h_t ({DERIVATION}).",
            fix="Leave out the division, and write `.sum(axis=0)` in place of `.mean(axis=0)`.",
        ),
        edits=(
            ("d_a.T @ x_t", "d_a.T @ x_t / len(x_t)"),
            ("d_a.T @ h_prev", "d_a.T @ h_prev / len(x_t)"),
            ("d_a.sum(axis=0)", "d_a.mean(axis=0)"),
        ),
    ),
    Mistake(
        name="bias_averaged",
        summary="the gradient of b_h is a mean over the batch, and not a sum",
        tag="mean for sum",
        hints=Hints(
            where="Does a `mean` stand in your code?",
            idea=f"Every sequence uses the same b_h, so their gradients add up ({DERIVATION}).",
            fix="Write `d_a.sum(axis=0)`.",
        ),
        edits=(("d_a.sum(axis=0)", "d_a.mean(axis=0)"),),
    ),
    Mistake(
        name="bias_not_summed",
        summary="the gradient of b_h is not summed over the batch",
        tag="missing sum",
        hints=Hints(
            where="b_h has the shape (H,). Which shape has your gradient?",
            idea=f"Every sequence uses the same b_h, so their gradients add up ({DERIVATION}).",
            fix="Write `d_a.sum(axis=0)`.",
        ),
        edits=(("d_a.sum(axis=0)", "d_a.copy()"),),
    ),
    Mistake(
        name="bias_summed_over_units",
        summary="the gradient of b_h is summed over the units and not over the batch",
        tag="axes",
        hints=Hints(
            where="Which axis of d_a is the batch, and which holds the units?",
            idea=f"One bias for each unit, shared by all sequences: the sum runs over the batch ({DERIVATION}).",
            fix="Write `axis=0`.",
        ),
        edits=(("d_a.sum(axis=0)", "d_a.sum(axis=1)"),),
    ),
)


def arguments(scene: Scene):
    B, D, H = scene.B, scene.D, scene.H
    return (
        scene.values(B, H),
        scene.state(B, D),
        scene.state(B, H),
        scene.state(B, H),
        scene.weight(H, D),
        scene.weight(H, H),
    )


RNN_STEP_BACKWARD = Exercise(
    name="bptt.rnn_step_backward",
    reference=rnn_step_backward,
    probes=probes_from("BDH", arguments),
    results=(Result("d_x_t", ("B", "D")), Result("d_h_prev", ("B", "H")), *WEIGHTS),
    points=5,
    chapter="bptt",
    mistakes=MISTAKES,
)
