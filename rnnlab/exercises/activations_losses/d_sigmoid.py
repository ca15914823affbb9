"""d_sigmoid: the slope of the sigmoid, from what the sigmoid gave."""

from __future__ import annotations

from rnnlab.exercises.activations_losses.shared import ENTRY_BY_ENTRY, SLOPES
from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.equivalents import NEVER_NEGATIVE
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result


def d_sigmoid(h):
    rest = 1 - h
    return h * rest


MISTAKES = (
    Mistake(
        name="sigmoid_once_more",
        summary="h is put through the sigmoid once more, as if it were the pre-activation a",
        tag="wrong place",
        hints=Hints(
            where="Is your argument a, or is it already h = σ(a)?",
            idea=f"dh/da = σ(a) (1 − σ(a)), and σ(a) is what you are given: h ({SLOPES}).",
            fix="Leave out the sigmoid: `h * (1 - h)`.",
        ),
        edits=(("rest = 1 - h", "h = 1 / (1 + np.exp(-h))\n    rest = 1 - h"),),
    ),
    Mistake(
        name="slope_of_tanh",
        summary="1 − h² is computed, which is the slope of tanh",
        tag="activation",
        hints=Hints(
            where="The largest slope of the sigmoid is a quarter. What does your function give for h = 0.5?",
            idea=f"tanh′ = 1 − tanh², but σ′ = σ (1 − σ) ({SLOPES}).",
            fix="Write `h * (1 - h)`.",
        ),
        edits=(("h * rest", "(1 + h) * rest"),),
    ),
    Mistake(
        name="sign",
        summary="the sign is wrong: h (h − 1)",
        tag="sign",
        hints=Hints(
            where="The sigmoid rises everywhere. Is your slope positive?",
            idea=f"Both factors, h and 1 − h, lie between 0 and 1 ({SLOPES}).",
            fix="Write `1 - h`, and not `h - 1`.",
        ),
        edits=(("1 - h", "h - 1"),),
    ),
    Mistake(
        name="plus",
        summary="h (1 + h) is computed: a plus stands where a minus is wanted",
        tag="sign",
        hints=Hints(
            where="What does your function give for h = 1, where the sigmoid is flat?",
            idea=f"At both ends the slope goes to zero: h (1 − h) ({SLOPES}).",
            fix="Write `1 - h` in the second factor.",
        ),
        edits=(("1 - h", "1 + h"),),
    ),
    Mistake(
        name="factor_missing",
        summary="the factor h is missing: only 1 − h is left",
        tag="dropped term",
        hints=Hints(
            where="What does your function give for h = 0, where the sigmoid is flat?",
            idea=f"At both ends the slope goes to zero: h (1 − h) ({SLOPES}).",
            fix="Multiply by `h`.",
        ),
        edits=(("return h * rest", "return rest"),),
    ),
    Mistake(
        name="square",
        summary="h is squared; the factor 1 − h is missing",
        tag="dropped term",
        hints=Hints(
            where="What does your function give for h = 1, where the sigmoid is flat?",
            idea=f"The slope is a product of two different factors, h and 1 − h ({SLOPES}).",
            fix="Multiply `h` by `1 - h`.",
        ),
        edits=(("return h * rest", "return h * h"),),
    ),
    Mistake(
        name="precedence",
        summary="h · 1 − h is computed, which is zero everywhere, as parentheses are missing",
        tag="order of operations",
        hints=Hints(
            where="In which order does Python compute `h * 1 - h`?",
            idea=f"The difference comes first: h times (1 − h) ({SLOPES}).",
            fix="Put parentheses around `1 - h`.",
        ),
        edits=(("return h * rest", "return h * 1 - h"),),
    ),
    Mistake(
        name="four_times",
        summary="the slope is scaled so that its largest value is 1",
        tag="factor",
        hints=Hints(
            where="What is your largest possible result: 1, or a quarter?",
            idea=f"h (1 − h) = ¼ − (h − ½)²: a quarter at most ({SLOPES}).",
            fix="Leave out the factor 4.",
        ),
        edits=(("return h * rest", "return 4 * h * rest"),),
    ),
    Mistake(
        name="rest_squared",
        summary="the second factor is squared",
        tag="formula",
        hints=Hints(
            where="Are your results for h = 0.2 and h = 0.8 the same?",
            idea=f"The slope h (1 − h) is symmetric around one half ({SLOPES}).",
            fix="Leave out the square.",
        ),
        edits=(("return h * rest", "return h * rest**2"),),
    ),
    Mistake(
        name="root",
        summary="the root is taken: √(h (1 − h))",
        tag="formula",
        hints=Hints(
            where="What does your function give for h = 0.5: a quarter, or a half?",
            idea=f"The slope is the product h (1 − h) itself ({SLOPES}).",
            fix="Leave out the square root.",
        ),
        edits=(("return h * rest", "return (h * rest) ** 0.5"),),
    ),
)


def arguments(scene: Scene):
    """Values of a sigmoid of every size; at the edge some are saturated."""
    h = 0.5 + 0.53 * scene.state(scene.B, scene.H)
    if scene.edge:
        h[0, 0], h[-1, -1] = 0.0, 1.0
    return (scene.given(h),)


WITHOUT = {
    "square": ENTRY_BY_ENTRY,
    "large": "the sigmoid never leaves the interval from 0 to 1",
}

D_SIGMOID = Exercise(
    name="activations_losses.d_sigmoid",
    reference=d_sigmoid,
    probes=probes_from("BH", arguments, without=WITHOUT),
    results=(Result("slope", ("B", "H")),),
    points=1,
    chapter="activations",
    mistakes=MISTAKES,
    equivalents={"return h * rest → return abs(h * rest) (line 3)": NEVER_NEGATIVE},
    without=WITHOUT,
)
