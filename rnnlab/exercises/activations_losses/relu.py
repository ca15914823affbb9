"""relu: what is positive passes, the rest becomes zero."""

from __future__ import annotations

import numpy as np

from rnnlab.exercises.activations_losses.shared import ENTRY_BY_ENTRY, FUNCTIONS
from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.equivalents import NEVER_NEGATIVE
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result


def relu(a):
    passes = a > 0
    return np.where(passes, a, 0)


MISTAKES = (
    Mistake(
        name="absolute_value",
        summary="negative numbers are turned positive and not set to zero",
        tag="activation",
        hints=Hints(
            where="What does your function give for −2?",
            idea=f"The ReLU is max(a, 0): for a negative number that is 0 ({FUNCTIONS}).",
            fix="Use `np.maximum(a, 0)` in place of `np.abs(a)`.",
        ),
        edits=(("np.where(passes, a, 0)", "np.abs(a)"),),
    ),
    Mistake(
        name="largest_of_each_column",
        summary="the largest number of each column is returned, because `np.max(a, 0)` takes 0 for an axis",
        tag="axes",
        hints=Hints(
            where="What does the second argument of `np.max` mean?",
            idea=f"The ReLU compares each number with 0, and keeps the shape ({FUNCTIONS}).",
            fix="Use `np.maximum(a, 0)`, which compares entry by entry; `np.max(a, 0)` reduces axis 0.",
        ),
        edits=(("np.where(passes, a, 0)", "np.max(a, 0)"),),
    ),
    Mistake(
        name="minimum",
        summary="the smaller of a and 0 is taken, so that the negative numbers pass",
        tag="inverted",
        hints=Hints(
            where="What does your function give for +2?",
            idea=f"The ReLU is max(a, 0): positive numbers pass ({FUNCTIONS}).",
            fix="Use `np.maximum`, or exchange the two choices of your `np.where`.",
        ),
        edits=(("a > 0", "a < 0"),),
    ),
    Mistake(
        name="step",
        summary="positive numbers become 1 and do not keep their size",
        tag="activation",
        hints=Hints(
            where="What does your function give for 2 and for 3?",
            idea=f"The ReLU passes a positive number as it is; 1 is its slope there ({FUNCTIONS}).",
            fix="Return `a` where a > 0, and not 1.",
        ),
        edits=(("np.where(passes, a, 0)", "np.where(passes, 1.0, 0.0)"),),
    ),
    Mistake(
        name="leaky",
        summary="negative numbers are made small and not zero: that is the leaky ReLU",
        tag="activation",
        hints=Hints(
            where="What does your function give for −2?",
            idea=f"The plain ReLU is exactly 0 for negative numbers ({FUNCTIONS}).",
            fix="Replace the factor 0.01 by 0.",
        ),
        edits=(("np.where(passes, a, 0)", "np.where(passes, a, 0.01 * a)"),),
    ),
    Mistake(
        name="softplus",
        summary="log(1 + eᵃ) is computed, a rounded relative of the ReLU",
        tag="activation",
        hints=Hints(
            where="What does your function give for 0?",
            idea=f"The ReLU has a kink at 0 and is exactly 0 to the left of it ({FUNCTIONS}).",
            fix="Use `np.maximum(a, 0)`, without exponentials.",
        ),
        edits=(("np.where(passes, a, 0)", "np.log1p(np.exp(-np.abs(a))) + np.maximum(a, 0)"),),
    ),
    Mistake(
        name="cut_at_one",
        summary="numbers above 1 are cut off",
        tag="activation",
        hints=Hints(
            where="What does your function give for 3?",
            idea=f"The ReLU's range has no upper end, [0, ∞) ({FUNCTIONS}).",
            fix="Bound the numbers from below only: `np.maximum(a, 0)`.",
        ),
        edits=(("np.where(passes, a, 0)", "np.clip(a, 0, 1)"),),
    ),
    Mistake(
        name="zeros_left_out",
        summary="the negative numbers are left out, and the result is one long vector",
        tag="axes",
        hints=Hints(
            where="Has your result as many entries as `a`?",
            idea=f"Each number is replaced by its image, so the shape stays ({FUNCTIONS}).",
            fix="Do not select with `a[a > 0]`; use `np.where(a > 0, a, 0)`.",
        ),
        edits=(("np.where(passes, a, 0)", "a[passes]"),),
    ),
    Mistake(
        name="whole_rows",
        summary="a row passes only if all its numbers are positive",
        tag="axes",
        hints=Hints(
            where="If one unit of a row is negative, what happens to its neighbors?",
            idea=f"f works on each of the numbers by itself ({FUNCTIONS}).",
            fix="Compare entry by entry, `a > 0`, without `.all(…)` or `.any(…)`.",
        ),
        edits=(("a > 0", "(a > 0).all(axis=-1, keepdims=True)"),),
    ),
    Mistake(
        name="threshold_at_one",
        summary="only numbers above 1 pass",
        tag="constant",
        hints=Hints(
            where="What does your function give for 0.5?",
            idea=f"The kink of the ReLU lies at 0 ({FUNCTIONS}).",
            fix="Compare with 0.",
        ),
        edits=(("a > 0", "a > 1"),),
    ),
)


def arguments(scene: Scene):
    a = np.array(scene.values(scene.B, scene.H))
    a[-1, -1], a[0, 0], a[1 % len(a), 0] = 1.3, 0.4, -0.7
    return (scene.given(a),)


WITHOUT = {"square": ENTRY_BY_ENTRY}

RELU = Exercise(
    name="activations_losses.relu",
    reference=relu,
    probes=probes_from("BH", arguments, without=WITHOUT),
    results=(Result("h", ("B", "H")),),
    points=1,
    chapter="activations",
    mistakes=MISTAKES,
    equivalents={
        "a > 0 → a >= 0 (line 2)": "at 0 both choices of np.where are 0",
        "return np.where(passes, a, 0) → return abs(np.where(passes, a, 0)) (line 3)": NEVER_NEGATIVE,
    },
    without=WITHOUT,
)
