"""perceptron_update: one pass of Rosenblatt's rule over the examples, in their order."""

from __future__ import annotations

import numpy as np

from rnnlab.exercises.architectures.shared import RULE, probes_with, whole_numbers
from rnnlab.exercises.draw import Scene
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result

SIGN_ALONE = "only the sign of the sum is used"
TWO_VECTORS = "the product of two vectors does not mind their order, and a vector is its own transpose"


def perceptron_update(w, b, x, y, rate):
    for x_n, y_n in zip(x, y):  # noqa: B905 — one label for each example
        total = x_n @ w + b
        answer = np.where(total >= 0, 1, -1)
        change = rate * (y_n - answer) / 2
        w = w + change * x_n
        b = b + change
    return w, b


MISTAKES = (
    Mistake(
        name="always_updated",
        summary="every example changes the weights, also those that were answered right",
        tag="condition",
        hints=Hints(
            where="What is y − ŷ when the answer is right, and what do your weights do then?",
            idea=f"If the answer is right, y − ŷ = 0 and nothing changes ({RULE}).",
            fix="Change w and b only where ŷ differs from y.",
        ),
        edits=(("(y_n - answer) / 2", "y_n"),),
    ),
    Mistake(
        name="updated_when_right",
        summary="the examples that were answered right change the weights, and the wrong ones do not",
        tag="inverted",
        hints=Hints(
            where="In which case does your condition let the weights change?",
            idea=f"The rule learns from its mistakes ({RULE}).",
            fix="Change w and b where ŷ differs from y.",
        ),
        edits=(("(y_n - answer) / 2", "(y_n + answer) / 2"),),
    ),
    Mistake(
        name="twice_the_step",
        summary="the step is twice too large: y − ŷ is ±2, and it is not halved",
        tag="factor",
        hints=Hints(
            where="What is y − ŷ for y = 1 and ŷ = −1?",
            idea=f"(y − ŷ)/2 is y itself where the answer is wrong ({RULE}).",
            fix="Divide y − ŷ by 2, or add `rate * y * x` where the answer is wrong.",
        ),
        edits=(("(y_n - answer) / 2", "(y_n - answer)"),),
    ),
    Mistake(
        name="sign_of_the_step",
        summary="the step goes the wrong way: ŷ − y in place of y − ŷ",
        tag="sign",
        hints=Hints(
            where="The answer should have been +1. Should x then be added to w, or subtracted?",
            idea=f"An example of the class +1 is added, one of the class −1 subtracted ({RULE}).",
            fix="Use y − ŷ.",
        ),
        edits=(("(y_n - answer)", "(answer - y_n)"),),
    ),
    Mistake(
        name="answers_zero_or_one",
        summary="the answers are 0 and 1, while the labels are −1 and +1",
        tag="labels",
        hints=Hints(
            where="Which two values can your ŷ have, and which can y have?",
            idea=f"Both classes are called −1 and +1 here ({RULE}).",
            fix="Let ŷ be −1, and not 0, where the sum is negative.",
        ),
        edits=(("total >= 0, 1, -1", "total >= 0, 1, 0"),),
    ),
    Mistake(
        name="zero_is_negative",
        summary="a sum of exactly 0 is answered with −1",
        tag="boundary",
        hints=Hints(
            where="What does your code answer when w · x + b is exactly 0?",
            idea=f"sign(0) is +1 ({RULE}).",
            fix="Compare with `>= 0`.",
        ),
        edits=((">= 0", "> 0"),),
    ),
    Mistake(
        name="zero_is_always_wrong",
        summary="a sum of exactly 0 counts as wrong for both classes, as in the test y·(w·x + b) ≤ 0",
        tag="boundary",
        hints=Hints(
            where="What does your code do with an example of the class +1 whose sum is exactly 0?",
            idea=f"sign(0) is +1, so that this answer is right, and nothing changes ({RULE}).",
            fix="Compute ŷ first, and compare it with y.",
        ),
        edits=(("np.where(total >= 0, 1, -1)", "np.where(total == 0, -y_n, np.sign(total))"),),
    ),
    Mistake(
        name="zero_is_always_right",
        summary="a sum of exactly 0 counts as right for both classes, as in the test y·(w·x + b) < 0",
        tag="boundary",
        hints=Hints(
            where="What does your code do with an example of the class −1 whose sum is exactly 0?",
            idea=f"sign(0) is +1, so that this answer is wrong, and the weights change ({RULE}).",
            fix="Compute ŷ first, with `>= 0`, and compare it with y.",
        ),
        edits=(("np.where(total >= 0, 1, -1)", "np.where(total == 0, y_n, np.sign(total))"),),
    ),
    Mistake(
        name="zero_answered_with_zero",
        summary="a sum of exactly 0 is answered with 0, as `np.sign` does, which makes a step of half the size",
        tag="boundary",
        hints=Hints(
            where="What is `np.sign(0.0)`?",
            idea=f"There are two answers, −1 and +1, and sign(0) is +1 ({RULE}).",
            fix="Write `1 if w @ x + b >= 0 else -1` in place of `np.sign`.",
        ),
        edits=(("np.where(total >= 0, 1, -1)", "np.sign(total)"),),
    ),
    Mistake(
        name="linear_answer",
        summary="the sum itself is used as the answer, without its sign",
        tag="activation",
        hints=Hints(
            where="Which values can your ŷ have?",
            idea=f"ŷ is the sign of w · x + b, so it is −1 or +1 ({RULE}).",
            fix="Take the sign of the sum before you compare it with y.",
        ),
        edits=(("np.where(total >= 0, 1, -1)", "total"),),
    ),
    Mistake(
        name="bias_not_used",
        summary="the answer is the sign of w · x alone, without b",
        tag="dropped term",
        hints=Hints(
            where="If you change `b`, do your answers change?",
            idea=f"The sum is w · x + b ({RULE}).",
            fix="Add `b` before you take the sign.",
        ),
        edits=(("x_n @ w + b", "x_n @ w"),),
    ),
    Mistake(
        name="bias_not_learned",
        summary="b is never changed",
        tag="dropped term",
        hints=Hints(
            where="Is the b that you return another one than the b that you were given?",
            idea=f"b is learned like the weight of an input that is always 1 ({RULE}).",
            fix="Add `rate * (y - answer) / 2` to b.",
        ),
        edits=(("b = b + change", "b = b + 0 * change"),),
    ),
    Mistake(
        name="weights_not_learned",
        summary="w is never changed",
        tag="dropped term",
        hints=Hints(
            where="Is the w that you return another one than the w that you were given?",
            idea=f"A wrong answer adds the example to the weights, or subtracts it ({RULE}).",
            fix="Add `rate * (y - answer) / 2 * x` to w.",
        ),
        edits=(("w = w + change * x_n", "w = w + 0 * x_n"),),
    ),
    Mistake(
        name="rate_ignored",
        summary="the rate has no effect",
        tag="dropped term",
        hints=Hints(
            where="If you change `rate`, does your result change?",
            idea=f"The step is η (y − ŷ)/2 times x ({RULE}).",
            fix="Multiply both steps, that of w and that of b, by `rate`.",
        ),
        edits=(("rate * (y_n", "(y_n"),),
    ),
    Mistake(
        name="all_at_once",
        summary="all answers are given with the first weights, and the changes are added afterwards",
        tag="order",
        hints=Hints(
            where="With which weights do you answer the second example?",
            idea=f"The rule looks at one example at a time, and the next one meets the changed weights ({RULE}).",
            fix="Go through the examples in a loop, and change w and b inside it.",
        ),
        edits=(
            ("for x_n", "w_0, b_0 = w, b\n    for x_n"),
            ("x_n @ w + b", "x_n @ w_0 + b_0"),
        ),
    ),
    Mistake(
        name="stops_at_the_first",
        summary="only the first mistake changes the weights",
        tag="loop",
        hints=Hints(
            where="Does a `return` or `break` stand inside your loop?",
            idea=f"A pass looks at all examples, one after the other ({RULE}).",
            fix="Return after the loop, and not in it.",
        ),
        edits=(("b = b + change", "b = b + change\n        if change != 0:\n            break"),),
    ),
    Mistake(
        name="last_example_skipped",
        summary="the last example is left out",
        tag="off by one",
        hints=Hints(
            where="Which example does the last turn of your loop take?",
            idea=f"A pass looks at all examples ({RULE}).",
            fix="Loop over `range(len(x))`, or over `zip(x, y)`.",
        ),
        edits=(("zip(x, y)", "zip(x[:-1], y[:-1])"),),
    ),
    Mistake(
        name="reversed_order",
        summary="the examples are taken from the last one to the first",
        tag="order",
        hints=Hints(
            where="Which example does the first turn of your loop take?",
            idea=f"Each example meets the weights that the ones before it have left, so order counts ({RULE}).",
            fix="Go through the examples in the order in which they are given.",
        ),
        edits=(("zip(x, y)", "zip(x[::-1], y[::-1])"),),
    ),
    Mistake(
        name="averaged_over_examples",
        summary="each step is divided by the number of examples",
        tag="mean for sum",
        hints=Hints(
            where="Does a division by the number of examples stand in your code?",
            idea=f"Each mistake adds its example with the factor η ({RULE}).",
            fix="Leave out the division.",
        ),
        edits=(("(y_n - answer) / 2", "(y_n - answer) / 2 / len(x)"),),
    ),
)


def examples(scene: Scene) -> int:
    """More examples than a sequence would have steps, so that several of them are answered wrong."""
    return scene.T + 8


def arguments(scene: Scene):
    """Small whole numbers, so that sums are exact, with an example on the line.

    The first example lies on the line of the first weights and is of the class −1, at the edge of the class +1.
    """
    N, D = examples(scene), scene.D
    w, b = scene.rng.integers(-3, 4, D).astype(float), float(scene.rng.choice([-2, -1, 1, 2]))
    w[0] = scene.rng.choice([-1.0, 1.0])
    x = scene.rng.integers(-4, 5, (N, D)).astype(float)
    y = scene.rng.choice([-1, 1], N)
    x[0] = 0
    x[0, 0] = -b * w[0]
    y[0] = 1 if scene.edge else -1
    rate = 0.5 if scene.trait in ("float32", "strided") else 0.25 if scene.edge else 2.0
    return scene.given(w), b, scene.given(x), whole_numbers(scene, y), rate


WITHOUT = {
    "single": "examples come one at a time, and there is no batch",
    "square": "there is one vector of weights and no matrix",
    "large": "nothing but sums and products occurs, and the sign of a large sum is as good as another",
}

PERCEPTRON_UPDATE = Exercise(
    name="architectures.perceptron_update",
    reference=perceptron_update,
    probes=probes_with({"N": examples, "D": lambda scene: scene.D}, arguments, without=WITHOUT),
    results=(Result("w", ("D",)), Result("b", ())),
    points=3,
    chapter="perceptron",
    mistakes=MISTAKES,
    equivalents={
        "x_n @ w + b → 2 * (x_n @ w + b) (line 3)": SIGN_ALONE,
        "x_n @ w → x_n.T @ w (line 3)": TWO_VECTORS,
        "x_n @ w → w @ x_n (line 3)": TWO_VECTORS,
    },
    without=WITHOUT,
)
