"""jacobian_product_norms: how strongly the last state depends on each state before it."""

from __future__ import annotations

import numpy as np

from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.equivalents import NEVER_NEGATIVE
from rnnlab.exercises.gradients.shared import BOUND, JACOBIANS, RADIUS
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result


def jacobian_product_norms(J):
    norms = np.zeros(len(J))
    product = np.eye(J.shape[1])
    for t in reversed(range(len(J))):
        product = product @ J[t]
        norms[t] = np.linalg.norm(product, ord=2)
    return norms


SQUARE = "a Jacobian of the state is square, so both of its axes have the same length"

MISTAKES = (
    Mistake(
        name="wrong_order",
        summary="the Jacobians are multiplied in the wrong order: earlier ones stand on the left",
        tag="order",
        hints=Hints(
            where="A column vector comes from the right. Which Jacobian must it meet first, J_1 or J_T?",
            idea=f"∂h_T/∂h_0 = J_T ⋯ J_1: the latest stands on the left ({JACOBIANS}).",
            fix="Going back, put the new factor on the right: `product @ J[t]`.",
        ),
        edits=(("product @ J[t]", "J[t] @ product"),),
    ),
    Mistake(
        name="from_the_start",
        summary="the products run forward from the first state, and not back from the last",
        tag="order",
        hints=Hints(
            where="Of which state does your last number tell the influence, and on which state?",
            idea=f"A gradient starts at h_T and goes back, so each product begins with J_T ({JACOBIANS}).",
            fix="Loop over `reversed(range(len(J)))`, and write `product @ J[t]`.",
        ),
        edits=(("reversed(range(len(J)))", "range(len(J))"), ("product @ J[t]", "J[t] @ product")),
    ),
    Mistake(
        name="forward_loop",
        summary="the loop runs forward in time, so that the product is J_1 J_2 ⋯ and means nothing",
        tag="order",
        hints=Hints(
            where="Which Jacobian is the first one in your product?",
            idea=f"∂h_T/∂h_T−k = J_T J_T−1 ⋯: the way back begins with the last Jacobian ({JACOBIANS}).",
            fix="Loop over `reversed(range(len(J)))`.",
        ),
        edits=(("reversed(range(len(J)))", "range(len(J))"),),
    ),
    Mistake(
        name="by_lag",
        summary="the norms are sorted by lag, so that the one nearest to the end comes first",
        tag="order",
        hints=Hints(
            where="Is your first number that of the longest product or of the shortest?",
            idea=f"Entry t belongs to h_t: entry 0 is the whole way back, J_T ⋯ J_1 ({JACOBIANS}).",
            fix="Store it at its own place, `norms[t]`, or return `norms[::-1]`.",
        ),
        edits=(("return norms", "return norms[::-1].copy()"),),
    ),
    Mistake(
        name="one_factor_short",
        summary="each product lacks its last factor: the norm is taken before J[t] is multiplied in",
        tag="off by one",
        hints=Hints(
            where="Is your last number 1, the norm of no product at all?",
            idea=f"From h_T back to h_T−1 it is one factor, J_T ({JACOBIANS}).",
            fix="Multiply first, and take the norm then.",
        ),
        edits=(
            (
                "        product = product @ J[t]\n        norms[t] = np.linalg.norm(product, ord=2)\n",
                "        norms[t] = np.linalg.norm(product, ord=2)\n        product = product @ J[t]\n",
            ),
        ),
    ),
    Mistake(
        name="nothing_accumulated",
        summary="each Jacobian is measured by itself, and nothing is multiplied",
        tag="dropped term",
        hints=Hints(
            where="Does entry 0 of your result depend on the last Jacobian?",
            idea=f"Over k steps the chain rule multiplies k Jacobians ({JACOBIANS}).",
            fix="Keep the product from turn to turn: `product = product @ J[t]`.",
        ),
        edits=(("product @ J[t]", "J[t]"),),
    ),
    Mistake(
        name="product_of_norms",
        summary="the norms are multiplied, and not the matrices: that is the bound and not the norm",
        tag="formula",
        hints=Hints(
            where="What does your function give for J_1 = diag(1, 0) and J_2 = diag(0, 1), whose product is 0?",
            idea=f"‖M N‖ ≤ ‖M‖ ‖N‖, and often it is much smaller ({BOUND}).",
            fix="Multiply the matrices, then take the norm of the product.",
        ),
        edits=(("product @ J[t]", "np.linalg.norm(J[t], ord=2) * product"),),
    ),
    Mistake(
        name="entry_by_entry",
        summary="the Jacobians are multiplied entry by entry with `*`",
        tag="product",
        hints=Hints(
            where="Which product does `*` make of two arrays?",
            idea=f"The chain rule sums over all units in between: that is the matrix product ({JACOBIANS}).",
            fix="Write `product @ J[t]`.",
        ),
        edits=(
            ("np.eye(J.shape[1])", "np.ones(J.shape[1:])"),
            ("product @ J[t]", "product * J[t]"),
        ),
    ),
    Mistake(
        name="frobenius",
        summary="the norm is the Frobenius norm, the root of the sum of all squares",
        tag="wrong norm",
        hints=Hints(
            where="What does your function give for a single identity matrix: 1 or √H?",
            idea=f"‖M‖ is the most by which M can stretch a vector: its largest singular value ({BOUND}).",
            fix="Write `np.linalg.norm(product, ord=2)`; without `ord` it is the Frobenius norm.",
        ),
        edits=(("np.linalg.norm(product, ord=2)", "np.linalg.norm(product)"),),
    ),
    Mistake(
        name="radius_of_the_product",
        summary="the spectral radius of each product is taken, and not its norm",
        tag="wrong norm",
        hints=Hints(
            where="What does your function give for [[0, 3], [0, 0]], which stretches a vector by 3?",
            idea=f"An eigenvalue tells how eigenvectors are stretched; others may be stretched more ({RADIUS}).",
            fix="Write `np.linalg.norm(product, ord=2)`.",
        ),
        edits=(("np.linalg.norm(product, ord=2)", "np.abs(np.linalg.eigvals(product)).max()"),),
    ),
    Mistake(
        name="largest_entry",
        summary="the largest entry of each product is taken, and not its norm",
        tag="wrong norm",
        hints=Hints(
            where="By how much does a matrix of 4 × 4 ones stretch the vector (1, 1, 1, 1)?",
            idea=f"‖M‖ is the largest singular value: many entries stretch together ({BOUND}).",
            fix="Write `np.linalg.norm(product, ord=2)`.",
        ),
        edits=(("np.linalg.norm(product, ord=2)", "np.abs(product).max()"),),
    ),
    Mistake(
        name="column_sums",
        summary="the norm is the largest column sum (ord=1), and not the largest singular value",
        tag="wrong norm",
        hints=Hints(
            where="Which `ord` do you give to `np.linalg.norm`?",
            idea=f"Lengths are Euclidean here, so the norm is the largest singular value ({BOUND}).",
            fix="Write `ord=2`.",
        ),
        edits=(("ord=2", "ord=1"),),
    ),
)


def arguments(scene: Scene):
    """Jacobians of order one that do not commute."""
    T, H = scene.T, scene.H
    weight, slopes = scene.weight(H, H), 1 - scene.rng.uniform(0.1, 0.9, (T, H, 1))
    noise = 0.3 * scene.rng.normal(size=(T, H, H))
    return (scene.given(slopes * (1.5 * weight + noise)),)


WITHOUT = {
    "large": "the Jacobians of a tanh network are of order one",
    "single": "the Jacobians are those of one sequence",
    "square": "a Jacobian is always square",
}

JACOBIAN_PRODUCT_NORMS = Exercise(
    name="gradients.jacobian_product_norms",
    reference=jacobian_product_norms,
    probes=probes_from("TH", arguments, without=WITHOUT),
    results=(Result("norms", ("T",)),),
    points=4,
    chapter="gradients",
    mistakes=MISTAKES,
    equivalents={
        "return norms → return abs(norms) (line 7)": NEVER_NEGATIVE,
        "J.shape[1] → J.shape[1 + 1] (line 3)": SQUARE,
        "1 → 2 (line 3)": SQUARE,
        "product @ J[t] → -(product @ J[t]) (line 5)": "a matrix and its negative have the same norm",
    },
    without=WITHOUT,
)
