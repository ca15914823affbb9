"""d_tanh: the slope of tanh, from what tanh gave."""

from __future__ import annotations

from rnnlab.exercises.activations_losses.shared import ENTRY_BY_ENTRY, SLOPES
from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.equivalents import NEVER_NEGATIVE
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result


def d_tanh(h):
    square = h * h
    return 1 - square


MISTAKES = (
    Mistake(
        name="tanh_once_more",
        summary="h is put through tanh once more, as if it were the pre-activation a",
        tag="wrong place",
        hints=Hints(
            where="Is your argument a, or is it already h = tanh(a)?",
            idea=f"dh/da = 1 − tanh²(a), and tanh(a) is what you are given: h ({SLOPES}).",
            fix="Leave out `np.tanh`: `1 - h**2`.",
        ),
        edits=(("h * h", "np.tanh(h) ** 2"),),
    ),
    Mistake(
        name="slope_of_the_sigmoid",
        summary="h (1 − h) is computed, which is the sigmoid's slope",
        tag="activation",
        hints=Hints(
            where="What does your function give for h = 0, where tanh is steepest?",
            idea=f"σ′ = σ (1 − σ), but tanh′ = 1 − tanh² ({SLOPES}).",
            fix="Write `1 - h**2`.",
        ),
        edits=(("return 1 - square", "return h - square"),),
    ),
    Mistake(
        name="not_squared",
        summary="h is not squared",
        tag="formula",
        hints=Hints(
            where="Are your results for h = −0.5 and h = 0.5 the same?",
            idea=f"The slope of tanh is symmetric: 1 − h² ({SLOPES}).",
            fix="Write `h**2` or `h * h`.",
        ),
        edits=(("h * h", "h"),),
    ),
    Mistake(
        name="absolute_value",
        summary="the size of h stands where its square is wanted",
        tag="formula",
        hints=Hints(
            where="What does your function give for h = 0.5?",
            idea=f"The slope of tanh at h = 0.5 is 1 − 0.25 ({SLOPES}).",
            fix="Write `h**2` in place of `np.abs(h)`.",
        ),
        edits=(("h * h", "np.abs(h)"),),
    ),
    Mistake(
        name="doubled",
        summary="h is doubled and not squared",
        tag="formula",
        hints=Hints(
            where="Is `h * 2` the same as `h ** 2`?",
            idea=f"The slope of tanh is 1 − h² ({SLOPES}).",
            fix="Write `h**2`, with two stars.",
        ),
        edits=(("h * h", "h * 2"),),
    ),
    Mistake(
        name="sign",
        summary="the sign is wrong: h² − 1",
        tag="sign",
        hints=Hints(
            where="tanh rises everywhere. Is your slope positive?",
            idea=f"The slope of tanh lies between 0 and 1: 1 − h² ({SLOPES}).",
            fix="Subtract the square from 1, and not 1 from the square.",
        ),
        edits=(("return 1 - square", "return square - 1"),),
    ),
    Mistake(
        name="one_missing",
        summary="the 1 is missing: −h²",
        tag="dropped term",
        hints=Hints(
            where="What does your function give for h = 0, where tanh is steepest?",
            idea=f"The largest slope of tanh is 1, at h = 0 ({SLOPES}).",
            fix="Write `1 - h**2`.",
        ),
        edits=(("return 1 - square", "return -square"),),
    ),
    Mistake(
        name="plus",
        summary="the square is added and not subtracted",
        tag="sign",
        hints=Hints(
            where="Can the slope of tanh be larger than 1?",
            idea=f"The farther h is from 0, the flatter tanh: 1 − h² ({SLOPES}).",
            fix="Write a minus before the square.",
        ),
        edits=(("1 - square", "1 + square"),),
    ),
    Mistake(
        name="difference_squared",
        summary="the square stands around the whole, (1 − h)²",
        tag="order of operations",
        hints=Hints(
            where="What is squared in your code: h, or 1 − h?",
            idea=f"1 − h² = (1 − h)(1 + h), and not (1 − h)² ({SLOPES}).",
            fix="Square `h` first, and then subtract it from 1.",
        ),
        edits=(("return 1 - square", "return (1 - h) ** 2"),),
    ),
    Mistake(
        name="root",
        summary="the root is taken: √(1 − h²)",
        tag="formula",
        hints=Hints(
            where="What does your function give for h = 0.6?",
            idea=f"The slope at h = 0.6 is 1 − 0.36 = 0.64 ({SLOPES}).",
            fix="Leave out the square root.",
        ),
        edits=(("return 1 - square", "return (1 - square) ** 0.5"),),
    ),
)


def arguments(scene: Scene):
    """States of every size; at the edge some are saturated, and one is zero."""
    h = 0.98 * scene.state(scene.B, scene.H)
    if scene.edge:
        h[0, 0], h[-1, -1] = 0.0, -1.0
    return (scene.given(h),)


WITHOUT = {
    "square": ENTRY_BY_ENTRY,
    "large": "tanh never leaves the interval from −1 to 1",
}

D_TANH = Exercise(
    name="activations_losses.d_tanh",
    reference=d_tanh,
    probes=probes_from("BH", arguments, without=WITHOUT),
    results=(Result("slope", ("B", "H")),),
    points=1,
    chapter="activations",
    mistakes=MISTAKES,
    equivalents={"return 1 - square → return abs(1 - square) (line 3)": NEVER_NEGATIVE},
    without=WITHOUT,
)
