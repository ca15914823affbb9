"""orthogonal_init: a recurrent matrix that keeps the length of every vector, from a matrix of random numbers."""

from __future__ import annotations

import numpy as np

from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.gradients.shared import STARTS
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result


def orthogonal_init(A, gain):
    Q, R = np.linalg.qr(A)
    signs = np.sign(np.diag(R))
    unique = Q * signs
    return gain * unique


def nearest_orthogonal(A, gain):
    """The orthogonal matrix nearest to A: as random as the factor Q, and as good a start."""
    U, _, V = np.linalg.svd(A)
    return gain * (U @ V)


MISTAKES = (
    Mistake(
        name="signs_left_to_the_library",
        summary="the signs are as the library leaves them, so that two libraries give two answers",
        tag="dropped term",
        hints=Hints(
            where="Does your Q belong to an R whose diagonal is positive?",
            idea=f"Q R = (Q D)(D R) for any D of signs; a positive diagonal makes Q unique and uniform ({STARTS}).",
            fix="Multiply column j of Q by the sign of R[j, j]: `Q * np.sign(np.diag(R))`.",
        ),
        edits=(("np.sign(np.diag(R))", "np.ones(len(R))"),),
    ),
    Mistake(
        name="signs_of_rows",
        summary="the signs are multiplied to the rows of Q, where they belong to its columns",
        tag="axes",
        hints=Hints(
            where="In Q R: does R[j, j] multiply row j or column j of Q?",
            idea=f"Column j of Q and row j of R change their signs together, so that Q R stays A ({STARTS}).",
            fix="Write `Q * np.sign(np.diag(R))`: a vector is stretched over the columns.",
        ),
        edits=(("Q * signs", "signs[:, np.newaxis] * Q"),),
    ),
    Mistake(
        name="signs_of_q",
        summary="the signs are those of the diagonal of Q, where those of R are wanted",
        tag="wrong variable",
        hints=Hints(
            where="Which of the two diagonals is to become positive?",
            idea=f"The factorization is unique when R has a positive diagonal ({STARTS}).",
            fix="Write `np.sign(np.diag(R))`.",
        ),
        edits=(("np.sign(np.diag(R))", "np.sign(np.diag(Q))"),),
    ),
    Mistake(
        name="whole_diagonal",
        summary="the columns of Q are multiplied by the diagonal of R, and not by its signs",
        tag="formula",
        hints=Hints(
            where="Has every column of your result the same length?",
            idea=f"Columns of an orthogonal matrix have the length 1 before the gain; a sign keeps it ({STARTS}).",
            fix="Take `np.sign` of the diagonal.",
        ),
        edits=(("np.sign(np.diag(R))", "np.diag(R)"),),
    ),
    Mistake(
        name="triangular_factor",
        summary="the triangular factor R is returned, and not Q",
        tag="wrong result",
        hints=Hints(
            where="Is one half of your matrix zero?",
            idea=f"Of A = Q R, the factor Q is the orthogonal one ({STARTS}).",
            fix="Keep the first of the two that `np.linalg.qr` returns.",
        ),
        edits=(("Q * signs", "R * signs[:, np.newaxis]"),),
    ),
    Mistake(
        name="transposed",
        summary="the transpose of Q is returned",
        tag="transposed",
        hints=Hints(
            where="Is there a `.T` in your code?",
            idea=f"The transpose is orthogonal, too, but it is another matrix, and Qᵀ R is not A ({STARTS}).",
            fix="Return `Q * signs`, without `.T`.",
        ),
        edits=(("unique = Q * signs", "unique = (Q * signs).T.copy()"),),
    ),
    Mistake(
        name="factor_of_the_transpose",
        summary="Aᵀ is taken apart, and not A",
        tag="transposed",
        hints=Hints(
            where="Which matrix do you hand to `np.linalg.qr`?",
            idea=f"The columns of A are made orthogonal one after the other, and not its rows ({STARTS}).",
            fix="Write `np.linalg.qr(A)`.",
        ),
        edits=(("np.linalg.qr(A)", "np.linalg.qr(A.T)"),),
    ),
    Mistake(
        name="columns_of_length_one",
        summary="the columns of A get the length 1, but are not orthogonal to each other",
        tag="missing step",
        hints=Hints(
            where="What is the product of two different columns of your result?",
            idea=f"Orthogonal means W Wᵀ = I: length 1 and right angles ({STARTS}).",
            fix="Use Q of `np.linalg.qr(A)`.",
        ),
        edits=(("Q * signs", "A / np.sqrt(np.sum(A**2, axis=0))"),),
    ),
    Mistake(
        name="scaled_only",
        summary="A is divided by its largest singular value: only one direction keeps its length",
        tag="missing step",
        hints=Hints(
            where="What are the singular values of your result: all 1, or at most 1?",
            idea=f"An orthogonal matrix keeps the length of every vector; all its singular values are 1 ({STARTS}).",
            fix="Use Q of `np.linalg.qr(A)`.",
        ),
        edits=(("Q * signs", "A / np.linalg.norm(A, ord=2)"),),
    ),
    Mistake(
        name="gain_missing",
        summary="the gain has no effect",
        tag="dropped term",
        hints=Hints(
            where="If you change `gain`, does your result change?",
            idea=f"An orthogonal matrix times a gain stretches every vector by the gain ({STARTS}).",
            fix="Multiply by `gain` at the end.",
        ),
        edits=(("return gain * unique", "return unique"),),
    ),
    Mistake(
        name="left_singular_vectors",
        summary="the left singular vectors of A are returned, whose signs are as the library leaves them",
        tag="other method",
        hints=Hints(
            where="Which of the factors of `np.linalg.svd` do you use: one, or two?",
            idea=f"U is orthogonal, but each of its columns may have either sign; U V is unique ({STARTS}).",
            fix="Use `np.linalg.qr` with the signs of R, or the product `U @ V` of both factors.",
        ),
        edits=(("Q * signs", "np.linalg.svd(A)[0]"),),
    ),
    Mistake(
        name="right_singular_vectors",
        summary="the right singular vectors of A are returned, whose signs are as the library leaves them",
        tag="other method",
        hints=Hints(
            where="Which of the factors of `np.linalg.svd` do you use: one, or two?",
            idea=f"V is orthogonal, but each of its rows may have either sign; U V is unique ({STARTS}).",
            fix="Use `np.linalg.qr` with the signs of R, or the product `U @ V` of both factors.",
        ),
        edits=(("Q * signs", "np.linalg.svd(A)[2]"),),
    ),
    Mistake(
        name="root_of_the_gain",
        summary="the result is multiplied by the root of the gain",
        tag="factor",
        hints=Hints(
            where="By how much does your matrix stretch a vector for a gain of 4?",
            idea=f"A gain g stretches every vector by g ({STARTS}).",
            fix="Multiply by `gain` itself.",
        ),
        edits=(("return gain * unique", "return np.sqrt(gain) * unique"),),
    ),
)


def arguments(scene: Scene):
    """A matrix with moderate singular values, so that float32 is enough for it, and a gain on either side of 1."""
    H, rng = scene.H, scene.rng
    left, right = (np.linalg.qr(rng.normal(size=(H, H)))[0] for _ in range(2))
    A = (left * rng.uniform(0.5, 2.0, H)) @ right
    return scene.given(A), float(rng.uniform(0.5, 0.9) if scene.edge else rng.uniform(1.2, 2.0))


WITHOUT = {
    "large": "a factor of 1000 in A does not change Q",
    "single": "a matrix of weights has no batch",
    "square": "a recurrent matrix is always square",
}

ORTHOGONAL_INIT = Exercise(
    name="gradients.orthogonal_init",
    reference=orthogonal_init,
    probes=probes_from("H", arguments, without=WITHOUT),
    results=(Result("W", ("H", "H")),),
    points=3,
    chapter="gradients",
    mistakes=MISTAKES,
    equivalents={"Q * signs → Q / signs (line 4)": "1 and −1 are their own inverses"},
    alternatives=(nearest_orthogonal,),
    without=WITHOUT,
)
