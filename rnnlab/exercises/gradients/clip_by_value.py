"""clip_by_value: every entry of a gradient cut to ±threshold."""

from __future__ import annotations

import numpy as np

from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.gradients.shared import CLIPPED, CLIPPING, gradients
from rnnlab.exercises.spec import Exercise, Hints, Mistake


def clip_by_value(d_W_xh, d_W_hh, d_b_h, threshold):
    low, high = -threshold, threshold
    clipped_W_xh = np.clip(d_W_xh, low, high)
    clipped_W_hh = np.clip(d_W_hh, low, high)
    clipped_b_h = np.clip(d_b_h, low, high)
    return clipped_W_xh, clipped_W_hh, clipped_b_h


def _everywhere(call: str) -> tuple[tuple[str, str], ...]:
    """The edits that clip each array in another way, `call` with {} for the array."""
    return tuple((f"np.clip({name}, low, high)", call.format(name)) for name in ("d_W_xh", "d_W_hh", "d_b_h"))


MISTAKES = (
    Mistake(
        name="upper_side_only",
        summary="only large positive entries are cut, and large negative ones stay",
        tag="one side",
        hints=Hints(
            where="What does your function make of −100 with a threshold of 1?",
            idea=f"Both sides are cut: max(−c, min(c, g)) ({CLIPPING}).",
            fix="Write `np.clip(g, -threshold, threshold)`, or add `np.maximum(-threshold, …)`.",
        ),
        edits=(("low, high = -threshold, threshold", "low, high = -np.inf, threshold"),),
    ),
    Mistake(
        name="lower_side_only",
        summary="only large negative entries are cut, and large positive ones stay",
        tag="one side",
        hints=Hints(
            where="What does your function make of 100 with a threshold of 1?",
            idea=f"Both sides are cut: max(−c, min(c, g)) ({CLIPPING}).",
            fix="Write `np.clip(g, -threshold, threshold)`, or add `np.minimum(threshold, …)`.",
        ),
        edits=(("low, high = -threshold, threshold", "low, high = -threshold, np.inf"),),
    ),
    Mistake(
        name="negative_to_zero",
        summary="negative entries become 0: the lower limit is 0 and not −threshold",
        tag="one side",
        hints=Hints(
            where="What does your function make of −0.1 with a threshold of 1?",
            idea=f"Entries between −c and c stay as they are ({CLIPPING}).",
            fix="The limits are `-threshold` and `threshold`.",
        ),
        edits=(("low, high = -threshold, threshold", "low, high = 0.0, threshold"),),
    ),
    Mistake(
        name="limits_of_one",
        summary="the limits are always −1 and 1, whatever the threshold is",
        tag="constant",
        hints=Hints(
            where="If you change `threshold`, does your result change?",
            idea=f"The limits are −c and c ({CLIPPING}).",
            fix="Write `np.clip(g, -threshold, threshold)`.",
        ),
        edits=(("low, high = -threshold, threshold", "low, high = -1.0, 1.0"),),
    ),
    Mistake(
        name="large_ones_dropped",
        summary="entries beyond the threshold become 0, and not ±threshold",
        tag="formula",
        hints=Hints(
            where="What does your function make of 5 with a threshold of 1: 0 or 1?",
            idea=f"Clipping makes a large entry smaller; it does not forget it ({CLIPPING}).",
            fix="Write `np.clip(g, -threshold, threshold)`.",
        ),
        edits=_everywhere("np.where(np.abs({0}) > threshold, 0.0, {0})"),
    ),
    Mistake(
        name="sign_lost",
        summary="entries beyond the threshold become +threshold, also the negative ones",
        tag="sign",
        hints=Hints(
            where="What does your function make of −5 with a threshold of 1?",
            idea=f"No entry changes its sign, so that the step still goes downhill ({CLIPPING}).",
            fix="Write `np.clip(g, -threshold, threshold)`.",
        ),
        edits=_everywhere("np.where(np.abs({0}) > threshold, threshold, {0})"),
    ),
    Mistake(
        name="only_the_signs",
        summary="every entry becomes ±threshold, also the small ones",
        tag="formula",
        hints=Hints(
            where="What does your function make of 0.1 with a threshold of 1?",
            idea=f"Entries between −c and c stay as they are ({CLIPPING}).",
            fix="Write `np.clip(g, -threshold, threshold)`, without `np.sign`.",
        ),
        edits=_everywhere("threshold * np.sign({0})"),
    ),
    Mistake(
        name="scaled_by_the_largest",
        summary="each array is multiplied so that its largest entry is the threshold, which cuts the small ones too",
        tag="other method",
        hints=Hints(
            where="What becomes of an entry of 0.1 beside one of 100, with a threshold of 1?",
            idea=f"By value every entry is cut for itself, and those within the limits stay ({CLIPPING}).",
            fix="Write `np.clip(g, -threshold, threshold)`, without a division.",
        ),
        edits=_everywhere("{0} * min(1.0, threshold / np.abs({0}).max())"),
    ),
    Mistake(
        name="norm_of_each_array",
        summary="each array is clipped by its norm, and not every entry by its value",
        tag="other method",
        hints=Hints(
            where="Does a norm stand in your code?",
            idea=f"By value every entry is cut for itself; by norm a vector keeps its direction ({CLIPPING}).",
            fix="Write `np.clip(g, -threshold, threshold)`.",
        ),
        edits=_everywhere("{0} * min(1.0, threshold / np.sqrt(np.sum({0}**2)))"),
    ),
    Mistake(
        name="bias_not_clipped",
        summary="the gradient of the bias is handed back unclipped",
        tag="forgotten",
        hints=Hints(
            where="Which of the three arrays does your code change?",
            idea=f"The bias is a weight as well: all entries of the whole gradient are cut ({CLIPPING}).",
            fix="Clip `d_b_h`, too.",
        ),
        edits=(("np.clip(d_b_h, low, high)", "d_b_h.copy()"),),
    ),
    Mistake(
        name="input_weight_not_clipped",
        summary="the gradient of W_xh is handed back unclipped",
        tag="forgotten",
        hints=Hints(
            where="Which of the three arrays does your code change?",
            idea=f"W_xh is used at every step as well, and its gradient may explode, too ({CLIPPING}).",
            fix="Clip `d_W_xh`, too.",
        ),
        edits=(("np.clip(d_W_xh, low, high)", "d_W_xh.copy()"),),
    ),
    Mistake(
        name="recurrent_weight_not_clipped",
        summary="the gradient of W_hh is handed back unclipped",
        tag="forgotten",
        hints=Hints(
            where="Which of the three arrays does your code change?",
            idea=f"All entries of the whole gradient are cut ({CLIPPING}).",
            fix="Clip `d_W_hh`, too.",
        ),
        edits=(("np.clip(d_W_hh, low, high)", "d_W_hh.copy()"),),
    ),
)


def arguments(scene: Scene):
    """A threshold that cuts some of the entries."""
    given = gradients(scene)
    largest = max(float(np.abs(array).max()) for array in given)
    return *given, 0.4 * largest


SAME_LIMITS = "the larger of limit and entry does not depend on their order"
EQUIVALENTS = {
    change: reason
    for line, name in enumerate(("d_W_xh", "d_W_hh", "d_b_h"), start=3)
    for change, reason in (
        (f"np.clip({name}, low, high) → np.clip(low, {name}, high) (line {line})", SAME_LIMITS),
        (f"high → threshold (line {line})", "the upper limit is the threshold"),
    )
}

WITHOUT = {"single": "the gradient of a weight has no batch"}

CLIP_BY_VALUE = Exercise(
    name="gradients.clip_by_value",
    reference=clip_by_value,
    probes=probes_from("HD", arguments, without=WITHOUT),
    results=CLIPPED,
    points=2,
    chapter="gradients",
    mistakes=MISTAKES,
    equivalents=EQUIVALENTS,
    without=WITHOUT,
)
