"""rescale_spectral_radius: a recurrent matrix times the number that gives it the spectral radius asked for."""

from __future__ import annotations

import numpy as np

from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.gradients.shared import OF_ALL_EIGENVALUES, RADIUS, recurrent_matrix
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result


def rescale_spectral_radius(W, radius):
    eigenvalues = np.linalg.eigvals(W)
    largest = np.abs(eigenvalues).max()
    factor = radius / largest
    return factor * W


MISTAKES = (
    *OF_ALL_EIGENVALUES,
    Mistake(
        name="eigenvalue_itself",
        summary="W is divided by the largest eigenvalue itself, which may be complex, and not by its size",
        tag="eigenvalues",
        hints=Hints(
            where="Are the entries of your result real numbers for a rotation, whose eigenvalues are complex?",
            idea=f"ρ = max |λ_i| is a distance from zero: a real number, and never negative ({RADIUS}).",
            fix="Take `np.abs` of all eigenvalues, then the largest.",
        ),
        edits=(("np.abs(eigenvalues)", "eigenvalues"),),
    ),
    Mistake(
        name="not_divided",
        summary="W is multiplied by the new radius, but not divided by the old one",
        tag="dropped term",
        hints=Hints(
            where="Which radius has your result if W had the radius 2?",
            idea=f"Multiplying W by c multiplies every eigenvalue by c: ρ(c W) = c ρ(W) ({RADIUS}).",
            fix="Multiply by `radius / largest`.",
        ),
        edits=(("radius / largest", "radius"),),
    ),
    Mistake(
        name="radius_of_one",
        summary="W is divided by its radius, but not multiplied by the new one",
        tag="dropped term",
        hints=Hints(
            where="If you change `radius`, does your result change?",
            idea=f"Divided by its radius W has the radius 1; one factor is missing ({RADIUS}).",
            fix="Multiply by `radius / largest`.",
        ),
        edits=(("radius / largest", "1 / largest"),),
    ),
    Mistake(
        name="upside_down",
        summary="the factor is the old radius by the new one, upside down",
        tag="inverted",
        hints=Hints(
            where="For a radius twice that of W, do your entries become larger or smaller?",
            idea=f"ρ(c W) = c ρ(W), so c must be the new radius by the old one ({RADIUS}).",
            fix="Write `radius / largest`, and not `largest / radius`.",
        ),
        edits=(("radius / largest", "largest / radius"),),
    ),
    Mistake(
        name="only_made_smaller",
        summary="a matrix whose radius is below the one asked for is left as it is",
        tag="min for both",
        hints=Hints(
            where="What does your function return if W has the radius 0.5 and 0.9 is asked for?",
            idea=f"A start with too small a radius loses its gradient; it is scaled up as well ({RADIUS}).",
            fix="Leave out the `if` or the `min`: always multiply by `radius / largest`.",
        ),
        edits=(("radius / largest", "min(1.0, radius / largest)"),),
    ),
    Mistake(
        name="only_made_larger",
        summary="a matrix whose radius is above the one asked for is left as it is",
        tag="max for both",
        hints=Hints(
            where="What does your function return if W has the radius 2 and 0.9 is asked for?",
            idea=f"The result has exactly the radius asked for, whichever the one before was ({RADIUS}).",
            fix="Leave out the `if` or the `max`: always multiply by `radius / largest`.",
        ),
        edits=(("radius / largest", "max(1.0, radius / largest)"),),
    ),
    Mistake(
        name="shifted",
        summary="the difference of the two radii is added to the diagonal, which moves all eigenvalues to one side",
        tag="formula",
        hints=Hints(
            where="Is your result a number times W?",
            idea=f"Adding c I moves every eigenvalue by c; a negative one may come nearer to zero ({RADIUS}).",
            fix="Multiply the whole matrix: `W * (radius / largest)`.",
        ),
        edits=(("return factor * W", "return W + (radius - largest) * np.eye(len(W))"),),
    ),
    Mistake(
        name="divided_by_the_root",
        summary="the factor is the root of what it should be",
        tag="formula",
        hints=Hints(
            where="If W has the radius 4 and you want 1, which is your factor: 1/2 or 1/4?",
            idea=f"Multiplying W by c multiplies every eigenvalue by c, and not by c² ({RADIUS}).",
            fix="Leave out the root: the factor is `radius / largest`.",
        ),
        edits=(("return factor * W", "return np.sqrt(factor) * W"),),
    ),
    Mistake(
        name="mean_size",
        summary="the mean size of the eigenvalues is taken for the radius",
        tag="mean for max",
        hints=Hints(
            where="Which of the eigenvalues has the size that you divide by?",
            idea=f"The radius is the size of the largest eigenvalue ({RADIUS}).",
            fix="Use `.max()` in place of `.mean()`.",
        ),
        edits=(("np.abs(eigenvalues).max()", "np.abs(eigenvalues).mean()"),),
    ),
)


def arguments(scene: Scene):
    """Half of the matrices are to become larger, the others smaller."""
    W = recurrent_matrix(scene)
    growth = (
        scene.rng.uniform(1.3, 2.0) if scene.edge or scene.trait == "float32" else scene.rng.uniform(0.4, 0.8)
    )
    return W, float(np.abs(np.linalg.eigvals(W)).max() * growth)


WITHOUT = {
    "large": "the result would be the same but for rounding",
    "single": "a matrix of weights has no batch",
    "square": "a recurrent matrix is always square",
}

RESCALE_SPECTRAL_RADIUS = Exercise(
    name="gradients.rescale_spectral_radius",
    reference=rescale_spectral_radius,
    probes=probes_from("H", arguments, without=WITHOUT),
    results=(Result("W", ("H", "H")),),
    points=2,
    chapter="gradients",
    mistakes=MISTAKES,
    without=WITHOUT,
)
