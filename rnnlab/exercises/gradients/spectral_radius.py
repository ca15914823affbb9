"""spectral_radius: the size of the largest eigenvalue."""

from __future__ import annotations

import numpy as np

from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.equivalents import NEVER_NEGATIVE
from rnnlab.exercises.gradients.shared import OF_ALL_EIGENVALUES, RADIUS, recurrent_matrix
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result


def spectral_radius(W):
    eigenvalues = np.linalg.eigvals(W)
    sizes = np.abs(eigenvalues)
    return float(sizes.max())


MISTAKES = (
    *OF_ALL_EIGENVALUES,
    Mistake(
        name="eigenvalue_itself",
        summary="the largest eigenvalue itself is returned, which may be complex, and not its size",
        tag="eigenvalues",
        hints=Hints(
            where="Is your result a real number for a rotation, whose eigenvalues are complex?",
            idea=f"ρ = max |λ_i| is a distance from zero: a real number, and never negative ({RADIUS}).",
            fix="Take `np.abs` of all eigenvalues, then the largest.",
        ),
        edits=(("np.abs(eigenvalues)", "eigenvalues"), ("float(sizes.max())", "sizes.max()")),
    ),
    Mistake(
        name="size_after_the_maximum",
        summary="the largest eigenvalue is chosen before its size is taken, so that a large negative one is not seen",
        tag="order",
        hints=Hints(
            where="Which of the eigenvalues −2 and 1 does `.max()` choose?",
            idea=f"What is compared is the distance from zero, so the sizes come first ({RADIUS}).",
            fix="Write `np.abs(eigenvalues).max()`, and not `np.abs(eigenvalues.max())`.",
        ),
        edits=(("np.abs(eigenvalues)", "eigenvalues"), ("float(sizes.max())", "float(np.abs(sizes.max()))")),
    ),
    Mistake(
        name="first_eigenvalue",
        summary="the first eigenvalue is taken, as if they were sorted",
        tag="order",
        hints=Hints(
            where="In which order does NumPy return the eigenvalues?",
            idea=f"`eigvals` sorts nothing, so the largest may stand anywhere ({RADIUS}).",
            fix="Take `.max()` of the sizes, and not the entry `[0]`.",
        ),
        edits=(("sizes.max()", "sizes[0]"),),
    ),
    Mistake(
        name="last_eigenvalue",
        summary="the last eigenvalue is taken, as if they were sorted",
        tag="order",
        hints=Hints(
            where="In which order does NumPy return the eigenvalues?",
            idea=f"`eigvals` sorts nothing, so the largest may stand anywhere ({RADIUS}).",
            fix="Take `.max()` of the sizes, and not the entry `[-1]`.",
        ),
        edits=(("sizes.max()", "sizes[-1]"),),
    ),
    Mistake(
        name="mean_size",
        summary="the mean size of the eigenvalues is taken and not the largest",
        tag="mean for max",
        hints=Hints(
            where="If one eigenvalue is 2 and nine are 0, what grows when you multiply again and again?",
            idea=f"After many products the largest eigenvalue decides alone ({RADIUS}).",
            fix="Use `.max()` in place of `.mean()`.",
        ),
        edits=(("sizes.max()", "sizes.mean()"),),
    ),
    Mistake(
        name="smallest_size",
        summary="the smallest eigenvalue is taken and not the largest",
        tag="wrong end",
        hints=Hints(
            where="Is your result larger or smaller than the size of the other eigenvalues?",
            idea=f"The radius is that of the smallest circle around zero that holds all eigenvalues ({RADIUS}).",
            fix="Use `.max()` in place of `.min()`.",
        ),
        edits=(("sizes.max()", "sizes.min()"),),
    ),
    Mistake(
        name="squared",
        summary="the result is the square of the radius",
        tag="formula",
        hints=Hints(
            where="If you double W, does your result double, or is it four times as large?",
            idea=f"ρ is a length in the complex plane, not its square ({RADIUS}).",
            fix="Take the root of re² + im², or use `np.abs`.",
        ),
        edits=(("float(sizes.max())", "float(sizes.max() ** 2)"),),
    ),
    Mistake(
        name="norm_of_all",
        summary="the sizes of all eigenvalues are put together by root and squares, where the largest is wanted",
        tag="wrong norm",
        hints=Hints(
            where="What does your function give for the identity matrix of 4 × 4: 1 or 2?",
            idea=f"ρ is the size of one eigenvalue, the largest ({RADIUS}).",
            fix="Use `np.abs(eigenvalues).max()`.",
        ),
        edits=(("sizes.max()", "np.sqrt(np.sum(sizes**2))"),),
    ),
)


def arguments(scene: Scene):
    return (recurrent_matrix(scene),)


WITHOUT = {
    "large": "a factor of 1000 would multiply the radius by 1000 and nothing else",
    "single": "a matrix of weights has no batch",
    "square": "a recurrent matrix is always square",
}

SPECTRAL_RADIUS = Exercise(
    name="gradients.spectral_radius",
    reference=spectral_radius,
    probes=probes_from("H", arguments, without=WITHOUT),
    results=(Result("radius", ()),),
    points=2,
    chapter="gradients",
    mistakes=MISTAKES,
    equivalents={"return float(sizes.max()) → return abs(float(sizes.max())) (line 4)": NEVER_NEGATIVE},
    without=WITHOUT,
)
