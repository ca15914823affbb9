"""temperature_probabilities: a softmax that can be made bolder or more careful."""

from __future__ import annotations

import numpy as np

from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.equivalents import NEVER_NEGATIVE
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result

TEMPERATURE = "chapter task-shapes, “One-to-many: write a name”"
OVERFLOW = "chapter losses, “Exponentials overflow”"


def temperature_probabilities(logits, temperature):
    scaled = logits / temperature
    e = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


MISTAKES = (
    Mistake(
        name="multiplied",
        summary="the logits are multiplied by the temperature, where they should be divided",
        tag="inverted",
        hints=Hints(
            where="Does a temperature near 0 make your probabilities more unequal, or more equal?",
            idea=f"Cold is certain: a small temperature makes large differences larger ({TEMPERATURE}).",
            fix="Write `logits / temperature`.",
        ),
        edits=(("logits / temperature", "logits * temperature"),),
    ),
    Mistake(
        name="temperature_ignored",
        summary="the temperature has no effect",
        tag="dropped term",
        hints=Hints(
            where="If you change the temperature, does your result change?",
            idea=f"The logits are divided by it *before* the softmax; a factor after it cancels ({TEMPERATURE}).",
            fix="Write `logits / temperature` inside the exponential.",
        ),
        edits=(("logits / temperature", "logits"),),
    ),
    Mistake(
        name="divided_afterwards",
        summary="the probabilities are divided by the temperature, so that they no longer add up to one",
        tag="order",
        hints=Hints(
            where="What is the sum of each of your rows?",
            idea=f"The temperature acts on the logits, before the softmax ({TEMPERATURE}).",
            fix="Divide the logits, and leave the probabilities alone.",
        ),
        edits=(
            ("logits / temperature", "logits"),
            ("e / e.sum(axis=1, keepdims=True)", "e / e.sum(axis=1, keepdims=True) / temperature"),
        ),
    ),
    Mistake(
        name="not_normalized",
        summary="the probabilities do not add up to one: the division by the sum is missing",
        tag="dropped term",
        hints=Hints(
            where="What is the sum of each of your rows?",
            idea="A softmax divides by the sum of the exponentials (chapter losses, “Scores and probabilities”).",
            fix="Divide by `e.sum(axis=1, keepdims=True)`.",
        ),
        edits=(("e / e.sum(axis=1, keepdims=True)", "e"),),
    ),
    Mistake(
        name="normalized_over_the_batch",
        summary="the columns add up to one, and not the rows",
        tag="axes",
        hints=Hints(
            where="Which of your sums is 1: that of a row, or that of a column?",
            idea="Each row is one distribution over all characters (chapter losses, “Scores and probabilities”).",
            fix="Sum over `axis=1`, with `keepdims=True`.",
        ),
        edits=(
            ("scaled.max(axis=1, keepdims=True)", "scaled.max(axis=0, keepdims=True)"),
            ("e.sum(axis=1, keepdims=True)", "e.sum(axis=0, keepdims=True)"),
        ),
    ),
    Mistake(
        name="overflow",
        summary="the exponential of a large logit overflows",
        tag="stability",
        hints=Hints(
            where="What is `np.exp(1000)`?",
            idea=f"Subtracting the largest logit changes no probability, and nothing overflows ({OVERFLOW}).",
            fix="Subtract the largest entry of each row first: `.max(axis=1, keepdims=True)`.",
        ),
        edits=(("scaled - scaled.max(axis=1, keepdims=True)", "scaled"),),
    ),
    Mistake(
        name="one_maximum_for_all",
        summary="the largest logit of the whole batch is subtracted, so that rows far below it become 0 / 0",
        tag="stability",
        hints=Hints(
            where="What becomes of a row whose logits are all far below those of another row?",
            idea=f"Each row is a softmax of its own, and needs its own maximum ({OVERFLOW}).",
            fix="Take the maximum of each row: `.max(axis=1, keepdims=True)`.",
        ),
        edits=(("scaled.max(axis=1, keepdims=True)", "scaled.max()"),),
    ),
    Mistake(
        name="maximum_not_scaled",
        summary="the largest logit is subtracted undivided, so that large inputs overflow or vanish",
        tag="stability",
        hints=Hints(
            where="Which maximum do you subtract: that of `logits`, or that of `logits / temperature`?",
            idea=f"Only the maximum of what is in the exponential keeps it at or below 1 ({OVERFLOW}).",
            fix="Divide first, and take the maximum afterwards.",
        ),
        edits=(("scaled - scaled.max(", "scaled - logits.max("),),
    ),
    Mistake(
        name="squared",
        summary="the logits are divided by the square of the temperature",
        tag="factor",
        hints=Hints(
            where="How often do you divide by the temperature?",
            idea=f"The logits are divided by τ once ({TEMPERATURE}).",
            fix="Write `logits / temperature` once.",
        ),
        edits=(("logits / temperature", "logits / temperature**2"),),
    ),
    Mistake(
        name="greedy",
        summary="the most probable character gets everything, whatever the temperature",
        tag="wrong result",
        hints=Hints(
            where="How many entries of each row are not zero?",
            idea=f"Only at temperature 0 does the largest logit take all ({TEMPERATURE}).",
            fix="Return the softmax, without `argmax`.",
        ),
        edits=(
            (
                "return e / e.sum(axis=1, keepdims=True)",
                "return (e == 1) / np.sum(e == 1, axis=1, keepdims=True)",
            ),
        ),
    ),
    Mistake(
        name="logarithms",
        summary="log-probabilities are returned, and not probabilities",
        tag="wrong result",
        hints=Hints(
            where="Are your results between 0 and 1?",
            idea="Drawing needs the probabilities themselves (chapter losses, “Scores and probabilities”).",
            fix="Leave out the logarithm.",
        ),
        edits=(
            ("return e / e.sum(axis=1, keepdims=True)", "return np.log(e / e.sum(axis=1, keepdims=True))"),
        ),
    ),
)


def arguments(scene: Scene):
    """Logits, and a temperature that is clearly not 1.

    Large ones go up in one row and down in the next; the last row overflows only after the division.
    """
    rng, B, K = scene.rng, scene.B, scene.K
    low = rng.random() < 0.5 if scene.trait != "large" else True
    temperature = float(rng.uniform(0.3, 0.7) if low else rng.uniform(1.5, 2.5))
    if scene.trait != "large":
        return scene.values(B, K), temperature
    rows = np.where(np.arange(B) % 2 == 0, 1, -1)[:, np.newaxis] * rng.uniform(1000, 3000, (B, 1))
    rows[-1] = 800 * temperature
    return scene.given(rows + rng.uniform(-2, 2, (B, K))), temperature


WITHOUT = {"square": "there are no weights", "small": "there is no time, and there are no units"}

SOFTMAX = "e / e.sum(axis=1, keepdims=True)"

TEMPERATURE_PROBABILITIES = Exercise(
    name="project.temperature_probabilities",
    reference=temperature_probabilities,
    probes=probes_from("BK", arguments, without=WITHOUT),
    equivalents={f"return {SOFTMAX} → return abs({SOFTMAX}) (line 4)": NEVER_NEGATIVE},
    results=(Result("p", ("B", "K")),),
    points=3,
    chapter="task-shapes",
    mistakes=MISTAKES,
    without=WITHOUT,
)
