"""power_norms: how far many equal steps of a linear network can stretch a gradient."""

from __future__ import annotations

import numpy as np

from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.equivalents import NEVER_NEGATIVE
from rnnlab.exercises.gradients.shared import BOUND, RADIUS, recurrent_matrix
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result


def power_norms(W, steps):
    norms = np.zeros(steps)
    power = np.eye(len(W))
    for k in range(steps):
        power = W @ power
        norms[k] = np.linalg.norm(power, ord=2)
    return norms


MISTAKES = (
    Mistake(
        name="powers_of_the_radius",
        summary="the powers of the spectral radius are returned, ρ^k, and not the norms of the powers",
        tag="formula",
        hints=Hints(
            where="What does your function give for [[0, 3], [0, 0]] and one step?",
            idea=f"ρ^k ≤ ‖W^k‖, with equality for normal matrices only ({RADIUS}).",
            fix="Multiply the matrices, and take `np.linalg.norm(power, ord=2)` of the product.",
        ),
        edits=(("np.linalg.norm(power, ord=2)", "np.abs(np.linalg.eigvals(power)).max()"),),
    ),
    Mistake(
        name="powers_of_the_norm",
        summary="the powers of the norm are returned, ‖W‖^k: that is the bound, and not the norm of the power",
        tag="formula",
        hints=Hints(
            where="What does your function give for [[0, 3], [0, 0]] and two steps, where W² = 0?",
            idea=f"‖W^k‖ ≤ ‖W‖^k, and it may be much smaller ({BOUND}).",
            fix="Multiply the matrices first, and take the norm of the product.",
        ),
        edits=(("W @ power", "np.linalg.norm(W, ord=2) * power"),),
    ),
    Mistake(
        name="entry_by_entry",
        summary="each entry is raised to the power k by itself",
        tag="product",
        hints=Hints(
            where="What does `W**2` do to the entries of an array?",
            idea=f"W^k is W times W times …, with the matrix product ({RADIUS}).",
            fix="Write `W @ power`, or `np.linalg.matrix_power(W, k)`.",
        ),
        edits=(("np.eye(len(W))", "np.ones(W.shape)"), ("W @ power", "W * power")),
    ),
    Mistake(
        name="starts_at_zero",
        summary="the first number belongs to W⁰ = I: all stand one place too late",
        tag="off by one",
        hints=Hints(
            where="Is your first number always 1?",
            idea=f"The first number is ‖W‖, the most that one step can do ({BOUND}).",
            fix="Multiply first, and take the norm then; or use the powers 1 … steps.",
        ),
        edits=(
            (
                "        power = W @ power\n        norms[k] = np.linalg.norm(power, ord=2)\n",
                "        norms[k] = np.linalg.norm(power, ord=2)\n        power = W @ power\n",
            ),
        ),
    ),
    Mistake(
        name="starts_at_two",
        summary="the first number belongs to W²: all stand one place too early",
        tag="off by one",
        hints=Hints(
            where="Is your first number the norm of W itself?",
            idea=f"The first number is ‖W‖, the most that one step can do ({BOUND}).",
            fix="Start from the identity, so that the first product is W.",
        ),
        edits=(("np.eye(len(W))", "W"),),
    ),
    Mistake(
        name="squared_again_and_again",
        summary="the power is multiplied by itself in each turn, which gives W, W², W⁴, W⁸ …",
        tag="formula",
        hints=Hints(
            where="Which power of W does your third number belong to: 3 or 4?",
            idea=f"One step more is one factor W more ({RADIUS}).",
            fix="Multiply by `W` in each turn, and not by `power`.",
        ),
        edits=(("W @ power", "power @ power if k > 0 else 1.0 * W"),),
    ),
    Mistake(
        name="transposed_every_time",
        summary="W and its transpose are multiplied in turn, which gives powers of the norm",
        tag="transposed",
        hints=Hints(
            where="Is there a `.T` in your loop?",
            idea=f"Forward every factor is W, and backward every factor is Wᵀ; they are not mixed ({RADIUS}).",
            fix="Write `W @ power`, without `.T`.",
        ),
        edits=(("W @ power", "W @ power.T"),),
    ),
    Mistake(
        name="frobenius",
        summary="the norm is the Frobenius norm, the root of the sum of all squares",
        tag="wrong norm",
        hints=Hints(
            where="What does your function give for the identity matrix of 4 × 4: 1 or 2?",
            idea=f"‖M‖ is the most by which M can stretch a vector: its largest singular value ({BOUND}).",
            fix="Write `np.linalg.norm(power, ord=2)`; without `ord` it is the Frobenius norm.",
        ),
        edits=(("np.linalg.norm(power, ord=2)", "np.linalg.norm(power)"),),
    ),
    Mistake(
        name="largest_entry",
        summary="the largest entry of each power is taken, and not its norm",
        tag="wrong norm",
        hints=Hints(
            where="By how much does a matrix of 4 × 4 ones stretch the vector (1, 1, 1, 1)?",
            idea=f"‖M‖ is the largest singular value: many entries stretch together ({BOUND}).",
            fix="Write `np.linalg.norm(power, ord=2)`.",
        ),
        edits=(("np.linalg.norm(power, ord=2)", "np.abs(power).max()"),),
    ),
    Mistake(
        name="rate_per_step",
        summary="the root of each norm is taken: that is the rate per step, ‖W^k‖^(1/k), and not the norm",
        tag="formula",
        hints=Hints(
            where="Do your numbers come near to the spectral radius as k grows?",
            idea=f"‖W^k‖^(1/k) → ρ: a useful number, but the norm itself is asked for ({RADIUS}).",
            fix="Leave out `** (1 / k)`.",
        ),
        edits=(
            (
                "norms[k] = np.linalg.norm(power, ord=2)",
                "norms[k] = np.linalg.norm(power, ord=2) ** (1 / (k + 1))",
            ),
        ),
    ),
    Mistake(
        name="last_only",
        summary="only the norm of the last power is stored",
        tag="missing step",
        hints=Hints(
            where="How many numbers of your result are not zero?",
            idea=f"Growth and decay show only along the way, so every step has its number ({RADIUS}).",
            fix="Store a norm in every turn of the loop: indent the line `norms[k] = …`.",
        ),
        edits=(
            (
                "        norms[k] = np.linalg.norm(power, ord=2)",
                "    norms[k] = np.linalg.norm(power, ord=2)",
            ),
        ),
    ),
)


def arguments(scene: Scene):
    return recurrent_matrix(scene), scene.T


WITHOUT = {
    "large": "powers of large numbers say nothing that small ones do not",
    "single": "a matrix of weights has no batch",
    "square": "a recurrent matrix is always square",
}

POWER_NORMS = Exercise(
    name="gradients.power_norms",
    reference=power_norms,
    probes=probes_from("TH", arguments, without=WITHOUT),
    results=(Result("norms", ("T",)),),
    points=3,
    chapter="gradients",
    mistakes=MISTAKES,
    equivalents={
        "return norms → return abs(norms) (line 7)": NEVER_NEGATIVE,
        "W @ power → power @ W (line 5)": "a matrix commutes with its powers",
        "W @ power → W.T @ power (line 5)": "the powers of the transpose are the transposed powers, of equal norm",
        "W @ power → -(W @ power) (line 5)": "a matrix and its negative have the same norm",
    },
    without=WITHOUT,
)
