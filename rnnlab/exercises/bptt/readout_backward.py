"""readout_backward: the gradients at states and weights of the readout y_t = W_hy h_t + b_y."""

from __future__ import annotations

import numpy as np

from rnnlab.exercises.bptt.shared import DERIVATION
from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result


def readout_backward(d_y, h, W_hy):
    d_h = d_y @ W_hy
    d_W_hy = np.einsum("tbk,tbh->kh", d_y, h)
    d_b_y = d_y.sum(axis=(0, 1))
    return d_h, d_W_hy, d_b_y


MISTAKES = (
    Mistake(
        name="last_step_only",
        summary="the gradients of the weights take the last step alone",
        tag="missing sum",
        hints=Hints(
            where="At how many steps was W_hy used, and how many terms has your gradient?",
            idea=f"A weight that is used at every step collects a gradient at every step ({DERIVATION}).",
            fix="Sum over time as well: over the first two axes, T and B.",
        ),
        edits=(
            ('("tbk,tbh->kh", d_y, h)', '("bk,bh->kh", d_y[-1], h[-1])'),
            ("d_y.sum(axis=(0, 1))", "d_y[-1].sum(axis=0)"),
        ),
    ),
    Mistake(
        name="bias_not_summed_over_batch",
        summary="the gradient of b_y is summed over time only, so that each sequence has one of its own",
        tag="missing sum",
        hints=Hints(
            where="b_y has the shape (K,). Which shape has your gradient?",
            idea=f"Every sequence of the batch uses the same b_y, so their gradients add up ({DERIVATION}).",
            fix="Sum over both axes: `d_y.sum(axis=(0, 1))`.",
        ),
        edits=(("axis=(0, 1)", "axis=0"),),
    ),
    Mistake(
        name="bias_not_summed_over_time",
        summary="the gradient of b_y is summed over the batch only, so that each step has one of its own",
        tag="missing sum",
        hints=Hints(
            where="b_y has the shape (K,). Which shape has your gradient?",
            idea=f"Every step uses the same b_y, so the gradients of all steps add up ({DERIVATION}).",
            fix="Sum over both axes: `d_y.sum(axis=(0, 1))`.",
        ),
        edits=(("axis=(0, 1)", "axis=1"),),
    ),
    Mistake(
        name="averaged",
        summary="the gradients of the weights are means over steps and sequences, and not sums",
        tag="mean for sum",
        hints=Hints(
            where="Does a `mean`, or a division by T or B, stand in your code?",
            idea=f"The chain rule adds; whether the loss is a mean is already in d_y ({DERIVATION}).",
            fix="Use sums only: `np.einsum` or `.sum(axis=(0, 1))` without a division.",
        ),
        edits=(
            ("d_y, h)", "d_y, h) / (len(h) * len(h[0]))"),
            ("d_y.sum(axis=(0, 1))", "d_y.mean(axis=(0, 1))"),
        ),
    ),
    Mistake(
        name="averaged_over_batch",
        summary="the gradients of the weights are divided by the size of the batch",
        tag="mean for sum",
        hints=Hints(
            where="Does your code divide by `h.shape[1]`?",
            idea=f"The chain rule adds; whether the loss is a mean is already in d_y ({DERIVATION}).",
            fix="Leave out the division by B.",
        ),
        edits=(
            ("d_y, h)", "d_y, h) / len(h[0])"),
            ("d_y.sum(axis=(0, 1))", "d_y.sum(axis=(0, 1)) / len(h[0])"),
        ),
    ),
    Mistake(
        name="weight_transposed",
        summary="the gradient of W_hy is transposed, (H, K)",
        tag="transposed",
        hints=Hints(
            where="W_hy has the shape (K, H). Which shape has your gradient?",
            idea=f"A gradient has the shape of what it is the gradient of ({DERIVATION}).",
            fix="Exchange the two factors, or transpose the product: (K, H) is wanted.",
        ),
        edits=(("->kh", "->hk"),),
    ),
    Mistake(
        name="through_the_transpose",
        summary="the gradient goes back to the states through W_hy.T where W_hy is wanted",
        tag="transposed",
        hints=Hints(
            where="d_y is (T, B, K), and the gradient at h must be (T, B, H). Which shape must stand between them?",
            idea=f"Forward it was `h @ W_hy.T`; the way back is `d_y @ W_hy` ({DERIVATION}).",
            fix="Write `d_y @ W_hy`, without `.T`.",
        ),
        edits=(("d_y @ W_hy", "d_y @ W_hy.T"),),
    ),
    Mistake(
        name="only_from_the_last_step",
        summary="the gradient reaches the last state only, and is zero at all others",
        tag="missing term",
        hints=Hints(
            where="Which of the states did the readout see?",
            idea="A loss at every step sends a gradient to every state (chapter bptt, “What is wanted”).",
            fix="Compute `d_h` for all steps: `d_y @ W_hy`, without an index of time.",
        ),
        edits=(("d_h = d_y @ W_hy", "d_h = np.zeros_like(h)\n    d_h[-1] = d_y[-1] @ W_hy"),),
    ),
)


def arguments(scene: Scene):
    T, B, H, K = scene.T, scene.B, scene.H, scene.K
    return scene.values(T, B, K), scene.state(T, B, H), scene.weight(K, H)


READOUT_BACKWARD = Exercise(
    name="bptt.readout_backward",
    reference=readout_backward,
    probes=probes_from("TBHK", arguments),
    results=(Result("d_h", ("T", "B", "H")), Result("d_W_hy", ("K", "H")), Result("d_b_y", ("K",))),
    points=3,
    chapter="bptt",
    mistakes=MISTAKES,
)
