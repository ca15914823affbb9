"""What the functions of this assignment share: sections to read, matrices with known eigenvalues, and mistakes."""

from __future__ import annotations

import numpy as np

from rnnlab.exercises.draw import Scene
from rnnlab.exercises.spec import Hints, Mistake, Result

JACOBIANS = "chapter gradients, “One step back, and many”"
BOUND = "chapter gradients, “A bound that always holds”"
RADIUS = "chapter gradients, “What the spectral radius does say”"
STARTS = "chapter gradients, “How a network starts”"
CLIPPING = "chapter gradients, “The cliff, and clipping”"

CLIPPED = (Result("d_W_xh", ("H", "D")), Result("d_W_hh", ("H", "H")), Result("d_b_h", ("H",)))


def recurrent_matrix(scene: Scene):
    """A matrix (H, H), neither symmetric nor normal, whose largest eigenvalue is complex, negative or positive.

    At the edge it is triangular, so that the eigenvalues come in the order of the diagonal, the largest not first.
    """
    H, rng = scene.H, scene.rng
    largest = rng.uniform(1.1, 1.6)
    eigenvalues = np.diag(largest * rng.uniform(0.3, 0.7, H) * rng.choice([-1, 1], H))
    # Eigenvectors that are far from orthogonal: singular values and eigenvalues differ, and so do rows and columns.
    upper = np.triu(rng.uniform(0.8, 1.4, (H, H)), k=1) / np.sqrt(H)
    lower = np.tril(rng.uniform(-0.6, -0.3, (H, H)), k=-1) / np.sqrt(H)
    basis = (np.eye(H) + upper) @ (np.eye(H) + lower)
    if scene.edge and H > 1:
        eigenvalues[0, 0], eigenvalues[1, 1] = abs(eigenvalues[0, 0]), -largest
        return scene.given(eigenvalues + 2 * upper)
    if H == 1 or scene.trait == "strided":
        eigenvalues[-1, -1], eigenvalues[0, 0] = abs(eigenvalues[-1, -1]), -largest
    elif scene.trait == "float32":
        eigenvalues[0, 0] = largest
    else:
        angle = rng.uniform(0.8, 1.3)
        cosine, sine = largest * np.cos(angle), largest * np.sin(angle)
        eigenvalues[:2, :2] = [[cosine, -sine], [sine, cosine]]
    return scene.given(basis @ eigenvalues @ np.linalg.inv(basis))


def gradients(scene: Scene):
    """The gradients of W_xh, W_hh and b_h, of order one, or beyond ±1000 where they have exploded."""
    return scene.values(scene.H, scene.D), scene.values(scene.H, scene.H), scene.values(scene.H)


def length(*arrays) -> float:
    """The norm of all arrays together."""
    return float(np.sqrt(sum(np.sum(np.square(array, dtype=float)) for array in arrays)))


SINGULAR_VALUE = Mistake(
    name="singular_value",
    summary="the largest singular value is taken for the size of the largest eigenvalue",
    tag="eigenvalues",
    hints=Hints(
        where="What does your function give for [[0, 3], [0, 0]], whose eigenvalues are both 0?",
        idea=f"σ_max is what one product can do at most, ρ what many do in the end; ρ ≤ σ_max ({RADIUS}).",
        fix="Use `np.linalg.eigvals(W)`, and neither `svd` nor `norm(W, 2)`.",
    ),
    edits=(("np.linalg.eigvals(W)", "np.linalg.svd(W)[1]"),),
)

SYMMETRIC_SOLVER = Mistake(
    name="symmetric_solver",
    summary="`eigvalsh` is used, which takes W for symmetric and reads only one half of it",
    tag="eigenvalues",
    hints=Hints(
        where="If you change an entry above the diagonal of W, does your result change?",
        idea=f"A recurrent matrix is not symmetric, and its eigenvalues may be complex ({RADIUS}).",
        fix="Use `np.linalg.eigvals`, without the h.",
    ),
    edits=(("np.linalg.eigvals(W)", "np.linalg.eigvalsh(W)"),),
)

ENTRIES = Mistake(
    name="entries",
    summary="the entries of W are taken for its eigenvalues",
    tag="eigenvalues",
    hints=Hints(
        where="What does your function give for a matrix of 100 × 100 entries that are all 0.1?",
        idea=f"Many small entries together stretch a vector much: 100 times 0.1 gives an eigenvalue of 10 ({RADIUS}).",
        fix="Compute the eigenvalues first: `np.linalg.eigvals(W)`.",
    ),
    edits=(("np.linalg.eigvals(W)", "W.ravel()"),),
)

DIAGONAL = Mistake(
    name="diagonal",
    summary="the diagonal of W is taken for its eigenvalues",
    tag="eigenvalues",
    hints=Hints(
        where="For which matrices do the eigenvalues stand on the diagonal?",
        idea=f"Only a triangular matrix has its eigenvalues on its diagonal ({RADIUS}).",
        fix="Compute them: `np.linalg.eigvals(W)`.",
    ),
    edits=(("np.linalg.eigvals(W)", "np.diag(W)"),),
)

REAL_PART = Mistake(
    name="real_part",
    summary="only the real part of each eigenvalue counts, so that a rotation has a radius that is too small",
    tag="eigenvalues",
    hints=Hints(
        where="A rotation by 90° has the eigenvalues i and −i. Which radius does your function give it?",
        idea=f"ρ is the largest distance from zero in the complex plane, √(re² + im²) ({RADIUS}).",
        fix="Take `np.abs` of the complex numbers themselves, without `.real`.",
    ),
    edits=(("np.abs(eigenvalues)", "np.abs(eigenvalues.real)"),),
)

NO_ABSOLUTE_VALUE = Mistake(
    name="no_absolute_value",
    summary="the eigenvalue with the largest real part is taken, so that a large negative one is not seen",
    tag="eigenvalues",
    hints=Hints(
        where="What does your function give for a matrix with the eigenvalues −2 and 1?",
        idea=f"ρ = max |λ_i|: what counts is the distance from zero ({RADIUS}).",
        fix="Take `np.abs` of all eigenvalues, then the largest.",
    ),
    edits=(("np.abs(eigenvalues)", "eigenvalues.real"),),
)

IMAGINARY_PART = Mistake(
    name="sum_of_parts",
    summary="the size of a complex eigenvalue is taken as |re| + |im|",
    tag="eigenvalues",
    hints=Hints(
        where="How far from zero is 3 + 4i: 5 or 7?",
        idea=f"The size of a complex number is √(re² + im²) ({RADIUS}).",
        fix="Let `np.abs(eigenvalues)` do it: for complex numbers it gives the distance from zero.",
    ),
    edits=(("np.abs(eigenvalues)", "(np.abs(eigenvalues.real) + np.abs(eigenvalues.imag))"),),
)

FROBENIUS = Mistake(
    name="frobenius",
    summary="the Frobenius norm, the root of the sum of all squared entries, is taken for the radius",
    tag="eigenvalues",
    hints=Hints(
        where="What does your function give for the identity matrix of 4 × 4: 1 or 2?",
        idea=f"A norm says how far W can stretch a vector; ρ is the size of an eigenvalue, never above it ({RADIUS}).",
        fix="Use `np.linalg.eigvals(W)` in place of `np.linalg.norm(W)`.",
    ),
    edits=(("np.linalg.eigvals(W)", "np.array([np.linalg.norm(W)])"),),
)

OF_ALL_EIGENVALUES = (
    SINGULAR_VALUE,
    FROBENIUS,
    SYMMETRIC_SOLVER,
    ENTRIES,
    DIAGONAL,
    REAL_PART,
    NO_ABSOLUTE_VALUE,
    IMAGINARY_PART,
)
