"""gradient_check: one number that says how far a gradient is from the numerical one."""

from __future__ import annotations

import numpy as np

from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.equivalents import ABSOLUTE, NEVER_NEGATIVE, SYMMETRIC
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result

CHECKS = "chapter bptt, “Is it right? Two checks that do not trust us”"


def gradient_check(analytic, numerical):
    difference = np.abs(analytic - numerical).max()
    scale = max(np.abs(analytic).max(), np.abs(numerical).max())
    return float(difference / scale) if difference > 0 else 0.0


MISTAKES = (
    Mistake(
        name="not_relative",
        summary="the difference is not divided by the size of the gradients",
        tag="dropped term",
        hints=Hints(
            where="If both gradients were a thousand times larger, would your number be the same?",
            idea=f"A difference of 0.001 is much for a gradient of 0.01 and nothing for one of 1000 ({CHECKS}).",
            fix="Divide by the larger of max |analytic| and max |numerical|.",
        ),
        edits=(("difference / scale", "difference"),),
    ),
    Mistake(
        name="sign_kept",
        summary="the largest difference is taken with its sign, so that a large negative one is not seen",
        tag="sign",
        hints=Hints(
            where="What does your function give for analytic = −1 and numerical = 1?",
            idea=f"What counts is the size of the difference, max |a − n| ({CHECKS}).",
            fix="Take `np.abs` of the difference before `.max()`.",
        ),
        edits=(("np.abs(analytic - numerical).max()", "(analytic - numerical).max()"),),
    ),
    Mistake(
        name="mean_difference",
        summary="the mean difference is taken and not the largest",
        tag="mean for max",
        hints=Hints(
            where="If one entry of a thousand is wrong, how large is your number?",
            idea=f"One wrong entry is a bug; a mean hides it among the right ones ({CHECKS}).",
            fix="Use `.max()` in place of `.mean()`.",
        ),
        edits=(("np.abs(analytic - numerical).max()", "np.abs(analytic - numerical).mean()"),),
    ),
    Mistake(
        name="entry_by_entry",
        summary="each entry is divided by its own size, so that one entry near zero spoils the verdict",
        tag="formula",
        hints=Hints(
            where="What does an entry of size 1e-12 do to your number?",
            idea=f"The scale is the whole array's largest entry, so that tiny ones cannot spoil it ({CHECKS}).",
            fix="Compute the two maxima first, and divide one number by one number.",
        ),
        edits=(
            (
                "float(difference / scale)",
                "float((np.abs(analytic - numerical) / np.maximum(np.abs(analytic), np.abs(numerical))).max())",
            ),
        ),
    ),
    Mistake(
        name="scale_of_one",
        summary="the scale is the size of the analytic gradient alone",
        tag="formula",
        hints=Hints(
            where="What does your function give when the analytic gradient is all zeros and the other is not?",
            idea=f"A forgotten gradient is zero; the larger of the two is the scale, so that it shows ({CHECKS}).",
            fix="Divide by `max(np.abs(analytic).max(), np.abs(numerical).max())`.",
        ),
        edits=(("max(np.abs(analytic).max(), np.abs(numerical).max())", "np.abs(analytic).max()"),),
    ),
    Mistake(
        name="scale_of_the_other",
        summary="the scale is the size of the numerical gradient alone",
        tag="formula",
        hints=Hints(
            where="If you exchange the two arguments, does your number stay the same?",
            idea=f"The scale is the larger of the two, so that neither can be zero alone ({CHECKS}).",
            fix="Divide by `max(np.abs(analytic).max(), np.abs(numerical).max())`.",
        ),
        edits=(("max(np.abs(analytic).max(), np.abs(numerical).max())", "np.abs(numerical).max()"),),
    ),
    Mistake(
        name="scale_is_the_sum",
        summary="the scale is the sum of both sizes, so that the number is about half of what is asked for",
        tag="factor",
        hints=Hints(
            where="What should come out for analytic = 1 and numerical = 0, and what does yours give for 2 and 1?",
            idea=f"Here the scale is the larger of the two, and not their sum ({CHECKS}).",
            fix="Write `max(…, …)` in place of `… + …`.",
        ),
        edits=(
            (
                "max(np.abs(analytic).max(), np.abs(numerical).max())",
                "np.abs(analytic).max() + np.abs(numerical).max()",
            ),
        ),
    ),
    Mistake(
        name="zero_by_zero",
        summary="two gradients of zero give 0/0, which is NaN",
        tag="stability",
        hints=Hints(
            where="What does your function give when both gradients are all zeros?",
            idea=f"Two gradients of zero agree, so their difference is 0 ({CHECKS}).",
            fix="Return 0.0 where the difference is 0, before you divide.",
        ),
        edits=((" if difference > 0 else 0.0", ""),),
    ),
    Mistake(
        name="answer_yes_or_no",
        summary="True or False is returned and not the number",
        tag="wrong result",
        hints=Hints(
            where="Which type has your result?",
            idea=f"The number says more than yes or no: 1e-9 and 1e-3 are both small ({CHECKS}).",
            fix="Return the relative error itself, without comparing it.",
        ),
        edits=(
            (
                "return float(difference / scale) if difference > 0 else 0.0",
                "return bool(difference < 1e-6 * scale)",
            ),
        ),
    ),
)


def arguments(scene: Scene):
    """A pair that differs much or a little, whose largest numbers are negative; at the edge one or both are zero."""
    analytic = scene.rng.normal(size=(scene.H, scene.D))
    analytic.flat[scene.rng.integers(analytic.size)] = -4.0
    if scene.edge:
        return scene.given(0 * analytic), scene.given((0 if scene.trait == "" else 1) * analytic)
    factor = {"strided": 2.0, "float32": 1.001}.get(scene.trait, 0.3)
    return scene.given(analytic), scene.given(
        factor * analytic + 0.0001 * scene.rng.normal(size=analytic.shape)
    )


WITHOUT = {
    "single": "a gradient has no batch",
    "large": "numbers are compared, and nothing can overflow",
}

GRADIENT_CHECK = Exercise(
    name="bptt.gradient_check",
    reference=gradient_check,
    probes=probes_from("HD", arguments, without=WITHOUT),
    results=(Result("error", ()),),
    points=2,
    chapter="bptt",
    mistakes=MISTAKES,
    equivalents={
        "return float(difference / scale) if difference > 0 else 0.0 → "
        "return abs(float(difference / scale) if difference > 0 else 0.0) (line 4)": NEVER_NEGATIVE,
        "max(np.abs(analytic).max(), np.abs(numerical).max()) → "
        "max(np.abs(numerical).max(), np.abs(analytic).max()) (line 3)": SYMMETRIC,
        "analytic - numerical → -(analytic - numerical) (line 2)": ABSOLUTE,
    },
    without=WITHOUT,
)
