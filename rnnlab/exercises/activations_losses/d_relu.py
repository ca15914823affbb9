"""d_relu: the slope of the ReLU, from what the ReLU gave."""

from __future__ import annotations

import numpy as np

from rnnlab.exercises.activations_losses.shared import ENTRY_BY_ENTRY, SLOPES
from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.equivalents import NEVER_NEGATIVE
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result


def d_relu(h):
    active = h > 0
    return active.astype(h.dtype)


MISTAKES = (
    Mistake(
        name="one_at_zero",
        summary="zeros get the slope 1, so that no unit is ever off",
        tag="boundary",
        hints=Hints(
            where="What does your function give for h = 0, and which a can have led to it?",
            idea=f"The ReLU gave 0 for every negative a, and there it is flat ({SLOPES}).",
            fix="Compare with `>` and not with `>=`.",
        ),
        edits=(("h > 0", "h >= 0"),),
    ),
    Mistake(
        name="half_at_zero",
        summary="zeros get the slope one half",
        tag="boundary",
        hints=Hints(
            where="What does your function give for h = 0, and which a can have led to it?",
            idea=f"The ReLU gave 0 for every negative a, and there it is flat ({SLOPES}).",
            fix="Give zeros the slope 0: the second argument of `np.heaviside` is 0.",
        ),
        edits=(("active.astype(h.dtype)", "np.heaviside(h, h.dtype.type(0.5))"),),
    ),
    Mistake(
        name="boolean",
        summary="True and False are returned and not 1.0 and 0.0",
        tag="dtype",
        hints=Hints(
            where="What does `result.dtype` print?",
            idea=f"A slope is a number; gradients are multiplied by it ({SLOPES}).",
            fix="Add `.astype(h.dtype)` to the comparison.",
        ),
        edits=(("active.astype(h.dtype)", "active"),),
    ),
    Mistake(
        name="integer",
        summary="the slopes are integers",
        tag="dtype",
        hints=Hints(
            where="What does `result.dtype` print?",
            idea=f"Slopes are floats like the states; PyTorch refuses to mix them ({SLOPES}).",
            fix="Use `.astype(h.dtype)`, or write 1.0 and 0.0 in `np.where`.",
        ),
        edits=(("active.astype(h.dtype)", "active.astype(int)"),),
    ),
    Mistake(
        name="relu_once_more",
        summary="h itself is returned where its slope is wanted",
        tag="wrong result",
        hints=Hints(
            where="What does your function give for h = 3?",
            idea=f"For positive numbers the ReLU is a line of slope 1, however large they are ({SLOPES}).",
            fix="Return 1 where h > 0, and not h.",
        ),
        edits=(("active.astype(h.dtype)", "np.where(active, h, 0)"),),
    ),
    Mistake(
        name="leaky",
        summary="zeros get the slope 0.01: that is the leaky ReLU",
        tag="activation",
        hints=Hints(
            where="What does your function give for h = 0?",
            idea=f"To the left of the kink the plain ReLU is exactly flat ({SLOPES}).",
            fix="Replace 0.01 by 0.",
        ),
        edits=(("active.astype(h.dtype)", "np.where(active, 1.0, 0.01)"),),
    ),
    Mistake(
        name="inverted",
        summary="0 and 1 are exchanged",
        tag="inverted",
        hints=Hints(
            where="What does your function give for h = 3?",
            idea=f"Where h is positive, the ReLU passes changes on: slope 1 ({SLOPES}).",
            fix="Return 1 where h > 0, and 0 elsewhere.",
        ),
        edits=(("active.astype(h.dtype)", "1.0 - active"),),
    ),
    Mistake(
        name="threshold_at_one",
        summary="only numbers above 1 get the slope 1",
        tag="constant",
        hints=Hints(
            where="What does your function give for h = 0.5?",
            idea=f"The kink lies at 0: the slope is 1 as soon as h > 0 ({SLOPES}).",
            fix="Compare with 0.",
        ),
        edits=(("h > 0", "h > 1"),),
    ),
    Mistake(
        name="whole_rows",
        summary="a row gets the slope 1 only if all its units are on",
        tag="axes",
        hints=Hints(
            where="If one unit of a row is off, what happens to its neighbors?",
            idea=f"Each unit has its own slope ({SLOPES}).",
            fix="Compare entry by entry, `h > 0`, without `.all(…)`.",
        ),
        edits=(("h > 0", "(h > 0).all(axis=-1, keepdims=True) | (h < 0)"),),
    ),
    Mistake(
        name="slope_of_tanh",
        summary="1 − h² is computed, which is the slope of tanh",
        tag="activation",
        hints=Hints(
            where="Of which function is 1 − h² the slope?",
            idea=f"The ReLU has two slopes only: 0 and 1 ({SLOPES}).",
            fix="Write `(h > 0).astype(h.dtype)`.",
        ),
        edits=(("active.astype(h.dtype)", "1 - h * h"),),
    ),
)


def arguments(scene: Scene):
    """What a ReLU gave: zeros and positive numbers below and above 1, side by side in every row that has room."""
    h = np.maximum(scene.values(scene.B, scene.H), 0)
    h[-1, -1], h[0, 0], h[-1, 0] = 0.6, 1.7, 0.0 if scene.H > 1 else 0.6
    return (scene.given(h),)


WITHOUT = {"square": ENTRY_BY_ENTRY}

D_RELU = Exercise(
    name="activations_losses.d_relu",
    reference=d_relu,
    probes=probes_from("BH", arguments, without=WITHOUT),
    results=(Result("slope", ("B", "H")),),
    points=1,
    chapter="activations",
    mistakes=MISTAKES,
    equivalents={
        "return active.astype(h.dtype) → return abs(active.astype(h.dtype)) (line 3)": NEVER_NEGATIVE
    },
    without=WITHOUT,
)
