"""sigmoid: any number becomes one between 0 and 1, and no number is too large for it."""

from __future__ import annotations

import numpy as np

from rnnlab.exercises.activations_losses.shared import ENTRY_BY_ENTRY, FUNCTIONS, OVERFLOW, SLOPES
from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.equivalents import NEVER_NEGATIVE
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result


def sigmoid(a):
    e = np.exp(-np.abs(a))
    numerator = np.where(a >= 0, 1, e)
    return numerator / (1 + e)


MISTAKES = (
    Mistake(
        name="overflow",
        summary="eᵃ is divided by 1 + eᵃ, which is ∞/∞ = NaN for a = 1000",
        tag="stability",
        hints=Hints(
            where="What is `np.exp(1000.0)`, and what is it divided by itself plus 1?",
            idea=f"The exponential of a large number overflows, that of a negative one does not ({OVERFLOW}).",
            fix="Compute `e = np.exp(-np.abs(a))` once; the result is 1/(1 + e) for a ≥ 0, and e/(1 + e) below.",
        ),
        edits=(("np.exp(-np.abs(a))", "np.exp(a)"), ("np.where(a >= 0, 1, e)", "e")),
    ),
    Mistake(
        name="sign",
        summary="the sign in the exponent is wrong, so that the function falls where it should rise",
        tag="sign",
        hints=Hints(
            where="Is your result for a = 2 larger or smaller than one half?",
            idea=f"σ(a) = 1/(1 + e⁻ᵃ): for large a it goes to 1 ({FUNCTIONS}).",
            fix="Put a minus before `a` in the exponent, or exchange the two choices of `np.where`.",
        ),
        edits=(("a >= 0", "a < 0"),),
    ),
    Mistake(
        name="never_below_half",
        summary="negative numbers get the result of positive ones, as the size of a is used and not its sign",
        tag="stability",
        hints=Hints(
            where="Are your results for −2 and +2 the same?",
            idea=f"With e = e^−|a|, the sigmoid is 1/(1 + e) for a ≥ 0, and e/(1 + e) for a < 0 ({FUNCTIONS}).",
            fix="Choose the numerator by the sign: `np.where(a >= 0, 1, e)`.",
        ),
        edits=(("np.where(a >= 0, 1, e)", "1"),),
    ),
    Mistake(
        name="minus_in_denominator",
        summary="e is subtracted in the denominator and not added",
        tag="sign",
        hints=Hints(
            where="What does your function give for a = 0.001?",
            idea=f"The denominator 1 + e⁻ᵃ is never below 1 ({FUNCTIONS}).",
            fix="Write `1 + e` below the line.",
        ),
        edits=(("(1 + e)", "(1 - e)"),),
    ),
    Mistake(
        name="precedence",
        summary="1 is divided by 1, and then e⁻ᵃ is added, as parentheses are missing",
        tag="formula",
        hints=Hints(
            where="In which order does Python compute `1 / 1 + x`?",
            idea=f"The whole of 1 + e⁻ᵃ belongs below the line ({FUNCTIONS}).",
            fix="Put parentheses around the denominator: `1 / (1 + …)`.",
        ),
        edits=(("return numerator / (1 + e)", "return 1 / 1 + np.exp(-a)"),),
    ),
    Mistake(
        name="tanh",
        summary="tanh stands in the place of the sigmoid",
        tag="activation",
        hints=Hints(
            where="Can your result be negative?",
            idea=f"The sigmoid lies between 0 and 1, tanh between −1 and 1 ({FUNCTIONS}).",
            fix="Write 1/(1 + e⁻ᵃ), or `(1 + np.tanh(a / 2)) / 2`.",
        ),
        edits=(("return numerator / (1 + e)", "return np.tanh(a)"),),
    ),
    Mistake(
        name="half_missing",
        summary="the way through tanh lacks the half inside, so that σ(2a) comes out",
        tag="factor",
        hints=Hints(
            where="Which slope has your function at 0: a quarter, or a half?",
            idea=f"σ(a) = (1 + tanh(a/2))/2, with a half in two places ({SLOPES}).",
            fix="Write `(1 + np.tanh(a / 2)) / 2`.",
        ),
        edits=(("return numerator / (1 + e)", "return (1 + np.tanh(a)) / 2"),),
    ),
    Mistake(
        name="cut_off",
        summary="a is cut off at ±5 to avoid an overflow, which changes the result",
        tag="stability",
        hints=Hints(
            where="What does your function give for a = 20, and is that 1 to nine digits?",
            idea=f"It is enough that nothing overflows; no number needs to be changed ({OVERFLOW}).",
            fix="Leave out the `np.clip`, and compute `np.exp(-np.abs(a))`, which is never above 1.",
        ),
        edits=(("return numerator / (1 + e)", "return 1 / (1 + np.exp(-np.clip(a, -5, 5)))"),),
    ),
    Mistake(
        name="hard_sigmoid",
        summary="a straight line cut off at 0 and 1 stands in the place of the curve",
        tag="activation",
        hints=Hints(
            where="Does your formula contain an exponential?",
            idea=f"The hard sigmoid is a cheap stand-in; here the real one is asked for ({FUNCTIONS}).",
            fix="Write 1/(1 + e⁻ᵃ).",
        ),
        edits=(("return numerator / (1 + e)", "return np.clip(0.2 * a + 0.5, 0, 1)"),),
    ),
    Mistake(
        name="slope_returned",
        summary="the slope σ(1 − σ) is returned and not σ",
        tag="wrong result",
        hints=Hints(
            where="Is your largest result a quarter?",
            idea=f"σ(1 − σ) is the derivative, which comes later ({SLOPES}).",
            fix="Return σ itself.",
        ),
        edits=(("return numerator / (1 + e)", "return numerator / (1 + e) * (1 - numerator / (1 + e))"),),
    ),
    Mistake(
        name="shares_of_a_row",
        summary="the numbers of a row are made to sum to 1: that is a softmax",
        tag="activation",
        hints=Hints(
            where="If one number of a row changes, do the others' results change?",
            idea=f"The sigmoid works on each number by itself ({FUNCTIONS}).",
            fix="Divide by `1 + e`, and by no sum.",
        ),
        edits=(
            (
                "return numerator / (1 + e)",
                "share = np.exp(a - a.max(axis=-1, keepdims=True))\n"
                "    return share / share.sum(axis=-1, keepdims=True)",
            ),
        ),
    ),
)


def arguments(scene: Scene):
    a = np.array(scene.values(scene.B, scene.H))
    if scene.edge:
        a[0, 0] = 0.0
    return (scene.given(a),)


WITHOUT = {"square": ENTRY_BY_ENTRY}

SIGMOID = Exercise(
    name="activations_losses.sigmoid",
    reference=sigmoid,
    probes=probes_from("BH", arguments, without=WITHOUT),
    results=(Result("h", ("B", "H")),),
    points=3,
    chapter="activations",
    mistakes=MISTAKES,
    equivalents={
        "a >= 0 → a > 0 (line 3)": "at 0 the exponential is 1, so both choices of np.where are the same",
        "return numerator / (1 + e) → return abs(numerator / (1 + e)) (line 4)": NEVER_NEGATIVE,
    },
    without=WITHOUT,
)
