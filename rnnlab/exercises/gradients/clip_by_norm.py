"""clip_by_norm: a gradient of several arrays made shorter as a whole, without turning it."""

from __future__ import annotations

import numpy as np

from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.gradients.shared import CLIPPED, CLIPPING, gradients, length
from rnnlab.exercises.spec import Exercise, Hints, Mistake


def clip_by_norm(d_W_xh, d_W_hh, d_b_h, threshold):
    square = np.sum(d_W_xh**2) + np.sum(d_W_hh**2) + np.sum(d_b_h**2)
    norm = np.sqrt(square)
    factor = threshold / norm if norm > threshold else 1.0
    return factor * d_W_xh, factor * d_W_hh, factor * d_b_h


def clip_as_torch_does(d_W_xh, d_W_hh, d_b_h, threshold):
    """The convention of torch.nn.utils.clip_grad_norm_, whose result is smaller by a millionth or less."""
    norm = np.sqrt(np.sum(d_W_xh**2) + np.sum(d_W_hh**2) + np.sum(d_b_h**2))
    factor = min(1.0, threshold / (norm + 1e-6))
    return factor * d_W_xh, factor * d_W_hh, factor * d_b_h


MISTAKES = (
    Mistake(
        name="each_array_by_its_own_norm",
        summary="each array is clipped by its own norm, which turns the gradient as a whole",
        tag="norm",
        hints=Hints(
            where="How many norms does your code compute: one, or three?",
            idea=f"The gradient at all weights is one long vector, and has one norm ({CLIPPING}).",
            fix="Add up the squares of all three arrays, take one root, and multiply all by one factor.",
        ),
        edits=(
            (
                "return factor * d_W_xh, factor * d_W_hh, factor * d_b_h",
                "return tuple(d * min(1.0, threshold / max(np.sqrt(np.sum(d**2)), 1e-300))"
                " for d in (d_W_xh, d_W_hh, d_b_h))",
            ),
        ),
    ),
    Mistake(
        name="always_rescaled",
        summary="a gradient that is short enough is made longer: every gradient gets the norm of the threshold",
        tag="missing case",
        hints=Hints(
            where="What does your function make of a gradient with norm 0.1 and a threshold of 1?",
            idea=f"The factor is min(1, c/‖g‖): clipping never makes a gradient longer ({CLIPPING}).",
            fix="Multiply only where `norm > threshold`, or by `min(1, threshold / norm)`.",
        ),
        edits=(("threshold / norm if norm > threshold else 1.0", "threshold / norm"),),
    ),
    Mistake(
        name="zero_by_zero",
        summary="a gradient of zero gives 0/0, which is NaN",
        tag="stability",
        hints=Hints(
            where="What does your function make of a gradient that is zero everywhere?",
            idea=f"A gradient of zero is shorter than any threshold, and it stays zero ({CLIPPING}).",
            fix="Divide only where `norm > threshold`.",
        ),
        edits=(("threshold / norm if norm > threshold else 1.0", "min(threshold, norm) / norm"),),
    ),
    Mistake(
        name="root_missing",
        summary="the sum of squares is taken for the norm: its root is missing",
        tag="formula",
        hints=Hints(
            where="Which norm does your code give to the vector (3, 4): 5 or 25?",
            idea=f"‖g‖ = √(Σ g²) ({CLIPPING}).",
            fix="Take `np.sqrt` of the sum of all squares.",
        ),
        edits=(("np.sqrt(square)", "square"),),
    ),
    Mistake(
        name="sum_of_norms",
        summary="the norms of the three arrays are added, which is longer than the whole gradient",
        tag="norm",
        hints=Hints(
            where="How long is a vector whose two parts have the lengths 3 and 4: 7 or 5?",
            idea=f"Squares add up, and lengths do not: ‖g‖ = √(Σ g²) over all entries ({CLIPPING}).",
            fix="Add the squares of all three arrays first, and take the root once.",
        ),
        edits=(
            (
                "np.sqrt(square)",
                "np.sqrt(np.sum(d_W_xh * d_W_xh)) + np.sqrt(np.sum(d_W_hh * d_W_hh)) + np.sqrt(np.sum(d_b_h * d_b_h))",
            ),
        ),
    ),
    Mistake(
        name="spectral_norms",
        summary="the largest singular value of a matrix is taken for the length of its gradient",
        tag="wrong norm",
        hints=Hints(
            where="Which `ord` has your `np.linalg.norm`?",
            idea=f"Here the norm is the length of one long vector: √(Σ g²) over all entries ({CLIPPING}).",
            fix="Sum the squares of all entries; leave out `ord=2`.",
        ),
        edits=(
            ("np.sum(d_W_xh**2)", "np.linalg.norm(d_W_xh, ord=2) ** 2"),
            ("np.sum(d_W_hh**2)", "np.linalg.norm(d_W_hh, ord=2) ** 2"),
        ),
    ),
    Mistake(
        name="sum_of_sizes",
        summary="the sizes of the entries are added and not their squares",
        tag="wrong norm",
        hints=Hints(
            where="Which norm does your code give to the vector (3, 4): 5 or 7?",
            idea=f"‖g‖ = √(Σ g²) ({CLIPPING}).",
            fix="Sum the squares, and take the root.",
        ),
        edits=(("np.sqrt(square)", "sum(np.abs(d).sum() for d in (d_W_xh, d_W_hh, d_b_h))"),),
    ),
    Mistake(
        name="mean_of_squares",
        summary="the mean of the squares is taken and not their sum, so that the norm is too small",
        tag="mean for sum",
        hints=Hints(
            where="Which norm does your code give to the vector (3, 4): 5 or 3.5?",
            idea=f"‖g‖ = √(Σ g²): a sum, so that it grows with the number of entries ({CLIPPING}).",
            fix="Write `np.sum` in place of `np.mean`.",
        ),
        edits=(("np.sqrt(square)", "np.sqrt(square / (d_W_xh.size + d_W_hh.size + d_b_h.size))"),),
    ),
    Mistake(
        name="largest_entry",
        summary="the largest entry is taken for the norm",
        tag="wrong norm",
        hints=Hints(
            where="Which norm does your code give to the vector (3, 4): 5 or 4?",
            idea=f"‖g‖ = √(Σ g²) over all entries ({CLIPPING}).",
            fix="Sum the squares of all entries, and take the root.",
        ),
        edits=(("np.sqrt(square)", "max(np.abs(d).max() for d in (d_W_xh, d_W_hh, d_b_h))"),),
    ),
    Mistake(
        name="bias_not_in_the_norm",
        summary="the norm leaves out the gradient of the bias",
        tag="forgotten",
        hints=Hints(
            where="If only the bias has a gradient, which norm does your code compute?",
            idea=f"The norm is that of the gradient at *all* weights ({CLIPPING}).",
            fix="Add `np.sum(d_b_h**2)` before you take the root.",
        ),
        edits=((" + np.sum(d_b_h**2)", ""),),
    ),
    Mistake(
        name="input_weight_not_in_the_norm",
        summary="the norm leaves out the gradient of W_xh",
        tag="forgotten",
        hints=Hints(
            where="If only W_xh has a gradient, which norm does your code compute?",
            idea=f"The norm is that of the gradient at *all* weights ({CLIPPING}).",
            fix="Add `np.sum(d_W_xh**2)` before you take the root.",
        ),
        edits=(("np.sum(d_W_xh**2) + ", ""),),
    ),
    Mistake(
        name="bias_not_clipped",
        summary="the gradient of the bias is handed back unclipped",
        tag="forgotten",
        hints=Hints(
            where="Which of the three arrays are multiplied by the factor?",
            idea=f"Only if all entries are multiplied by one factor does the direction stay ({CLIPPING}).",
            fix="Multiply `d_b_h` by the factor, too.",
        ),
        edits=(("factor * d_b_h", "1.0 * d_b_h"),),
    ),
    Mistake(
        name="every_entry_by_value",
        summary="every entry is cut to ±threshold: that is clipping by value",
        tag="other method",
        hints=Hints(
            where="Are some of your entries exactly the threshold?",
            idea=f"By norm the whole vector is multiplied by one number; by value it may turn ({CLIPPING}).",
            fix="Compute one norm and one factor, and multiply all three arrays by it.",
        ),
        edits=(
            (
                "return factor * d_W_xh, factor * d_W_hh, factor * d_b_h",
                "return tuple(np.clip(d, -threshold, threshold) for d in (d_W_xh, d_W_hh, d_b_h))",
            ),
        ),
    ),
    Mistake(
        name="length_of_one",
        summary="a gradient that is too long gets the norm 1, and not that of the threshold",
        tag="dropped term",
        hints=Hints(
            where="Which norm has your result for a threshold of 5?",
            idea=f"The factor is c/‖g‖: a clipped gradient has the norm c ({CLIPPING}).",
            fix="Write `threshold / norm` in place of `1 / norm`.",
        ),
        edits=(("threshold / norm if", "1.0 / norm if"),),
    ),
    Mistake(
        name="set_to_zero",
        summary="a gradient that is too long becomes zero",
        tag="formula",
        hints=Hints(
            where="What does your function return when the norm is twice the threshold?",
            idea=f"A long gradient is made shorter and keeps its direction; a step is still taken ({CLIPPING}).",
            fix="Multiply by `threshold / norm`.",
        ),
        edits=(("threshold / norm if", "0.0 if"),),
    ),
)


def arguments(scene: Scene):
    """At the edge nothing is to be clipped: once because the gradient is short, and once because it is zero."""
    given = gradients(scene)
    norm = length(*given)
    if not scene.edge:
        return *given, norm * float(scene.rng.uniform(0.2, 0.6))
    if scene.trait == "":
        given = tuple(scene.given(0 * array) for array in given)
    return *given, norm * float(scene.rng.uniform(1.5, 3.0))


WITHOUT = {"single": "the gradient of a weight has no batch"}

CLIP_BY_NORM = Exercise(
    name="gradients.clip_by_norm",
    reference=clip_by_norm,
    probes=probes_from("HD", arguments, without=WITHOUT),
    results=CLIPPED,
    points=4,
    chapter="gradients",
    mistakes=MISTAKES,
    alternatives=(clip_as_torch_does,),
    equivalents={
        "norm > threshold → norm >= threshold (line 4)": "where the two are equal the factor is 1 either way",
    },
    without=WITHOUT,
)
