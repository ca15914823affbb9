"""bits_per_character: how surprised a model is by a text, in bits for each of its characters."""

from __future__ import annotations

import numpy as np

from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.equivalents import NEVER_NEGATIVE
from rnnlab.exercises.project.shared import whole_numbers
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result

BITS = "chapter losses, “Bits and perplexity”"
MASKED = "chapter losses, “A loss for a sequence”"


def bits_per_character(log_p, targets, mask):
    of_target = np.take_along_axis(log_p, targets[:, :, np.newaxis], axis=2)[:, :, 0]
    nats = -np.sum(np.where(mask, of_target, 0)) / np.sum(mask)
    return float(nats / np.log(2))


MISTAKES = (
    Mistake(
        name="nats",
        summary="the natural logarithm's unit is returned, nats, and not bits",
        tag="factor",
        hints=Hints(
            where="What is your result for a model that gives every target the probability 1/2?",
            idea=f"A bit is the surprise of a coin, log 2 in natural logarithms ({BITS}).",
            fix="Divide by `np.log(2)`.",
        ),
        edits=(("nats / np.log(2)", "nats"),),
    ),
    Mistake(
        name="converted_the_wrong_way",
        summary="nats are multiplied by log 2, where they should be divided",
        tag="factor",
        hints=Hints(
            where="What is your result for a model that gives every target the probability 1/2?",
            idea=f"One bit is 0.69 nats, so there are more bits than nats ({BITS}).",
            fix="Divide by `np.log(2)`.",
        ),
        edits=(("nats / np.log(2)", "nats * np.log(2)"),),
    ),
    Mistake(
        name="perplexity",
        summary="the perplexity is returned",
        tag="wrong result",
        hints=Hints(
            where="Does your function take an exponential?",
            idea=f"Perplexity is 2 to the power of the bits ({BITS}).",
            fix="Return the mean surprise itself.",
        ),
        edits=(("nats / np.log(2)", "np.exp(nats)"),),
    ),
    Mistake(
        name="sign",
        summary="the sign is missing: the result is negative",
        tag="sign",
        hints=Hints(
            where="Is the logarithm of a probability positive?",
            idea=f"Surprise is the *negative* logarithm ({BITS}).",
            fix="Put a minus in front of the sum.",
        ),
        edits=(("-np.sum(np.where", "np.sum(np.where"),),
    ),
    Mistake(
        name="padding_counted",
        summary="padding is counted like real characters",
        tag="mask",
        hints=Hints(
            where="If you change the mask, does your result change?",
            idea=f"Padding is no text, and a model must not be judged by it ({MASKED}).",
            fix="Use the mask twice: for the sum, and for the number by which you divide.",
        ),
        edits=(("np.where(mask, of_target, 0)", "of_target"), ("np.sum(mask)", "mask.size")),
    ),
    Mistake(
        name="divided_by_all",
        summary="the sum over the real characters is divided by the number of all places, padding included",
        tag="wrong denominator",
        hints=Hints(
            where="By which number do you divide?",
            idea=f"With much padding such a mean would look better than it is ({MASKED}).",
            fix="Divide by `np.sum(mask)`.",
        ),
        edits=(("np.sum(mask)", "mask.size"),),
    ),
    Mistake(
        name="mask_inverted",
        summary="the mask is read the wrong way round: only padding is counted",
        tag="inverted",
        hints=Hints(
            where="Does True in the mask mean a real character or padding?",
            idea=f"True marks a real step ({MASKED}).",
            fix="Sum where the mask is True.",
        ),
        edits=(
            ("np.where(mask, of_target, 0)", "np.where(mask, 0, of_target)"),
            ("np.sum(mask)", "max(np.sum(~mask), 1)"),
        ),
    ),
    Mistake(
        name="summed",
        summary="the surprises are summed, and not divided by the number of characters",
        tag="factor",
        hints=Hints(
            where="Is your result twice as large for a text of twice the length?",
            idea=f"Bits *per character* is a mean ({BITS}).",
            fix="Divide by the number of real characters.",
        ),
        edits=((" / np.sum(mask)", ""),),
    ),
    Mistake(
        name="mean_of_means",
        summary="each sequence is averaged first, so that a short one weighs as much as a long one",
        tag="wrong denominator",
        hints=Hints(
            where="How many means does your function take?",
            idea=f"Every real character counts the same, in whichever sequence it stands ({MASKED}).",
            fix="Sum over everything first, and divide once.",
        ),
        edits=(
            (
                "-np.sum(np.where(mask, of_target, 0)) / np.sum(mask)",
                "-np.mean(np.sum(np.where(mask, of_target, 0), axis=0) / np.maximum(np.sum(mask, axis=0), 1))",
            ),
        ),
    ),
    Mistake(
        name="best_guess",
        summary="the surprise of the most probable character is taken, and not that of the target",
        tag="wrong input",
        hints=Hints(
            where="If you change `targets`, does your result change?",
            idea=f"What counts is the probability that was given to what really came ({BITS}).",
            fix="Pick the entries of `targets`, for instance by `np.take_along_axis`.",
        ),
        edits=(
            ("np.take_along_axis(log_p, targets[:, :, np.newaxis], axis=2)[:, :, 0]", "log_p.max(axis=2)"),
        ),
    ),
    Mistake(
        name="entropy",
        summary="the model's own entropy is returned, which does not look at the targets",
        tag="wrong input",
        hints=Hints(
            where="If you change `targets`, does your result change?",
            idea=f"A model can be certain and wrong; only the targets show it ({BITS}).",
            fix="Pick the entries of `targets`, for instance by `np.take_along_axis`.",
        ),
        edits=(
            (
                "np.take_along_axis(log_p, targets[:, :, np.newaxis], axis=2)[:, :, 0]",
                "np.sum(np.exp(log_p) * log_p, axis=2)",
            ),
        ),
    ),
    Mistake(
        name="one_step_early",
        summary="each target is looked up one step early, in the prediction for the character before it",
        tag="shift",
        hints=Hints(
            where="Do you shift `targets` inside your function?",
            idea=f"`log_p[t]` and `targets[t]` belong together already ({MASKED}).",
            fix="Use `log_p` and `targets` as they are, without slices in time.",
        ),
        edits=(("np.take_along_axis(log_p,", "np.take_along_axis(np.roll(log_p, 1, axis=0),"),),
    ),
    Mistake(
        name="mean_of_probabilities",
        summary="the logarithm is taken of the mean probability, where the mean of the logarithms is asked for",
        tag="order",
        hints=Hints(
            where="What comes first in your function, the mean or the logarithm?",
            idea=f"The surprises are averaged, so one character held to be impossible costs much ({BITS}).",
            fix="Average the entries of `log_p`, without `np.exp`.",
        ),
        edits=(
            (
                "-np.sum(np.where(mask, of_target, 0)) / np.sum(mask)",
                "-np.log(np.sum(np.where(mask, np.exp(of_target), 0)) / np.sum(mask))",
            ),
        ),
    ),
)


def arguments(scene: Scene):
    """Log-probabilities that differ much between characters, targets, and a mask with holes."""
    T, B, K = scene.T, scene.B, scene.K
    logits = scene.rng.uniform(0, 4, (T, B, K))
    log_p = logits - np.log(np.exp(logits).sum(axis=2, keepdims=True))
    return scene.given(log_p), whole_numbers(scene, scene.rng.integers(0, K, (T, B))), scene.mask()


WITHOUT = {
    "square": "there are no weights",
    "large": "log-probabilities are not that large, and a sum of some cannot overflow",
}

BITS_PER_CHARACTER = Exercise(
    name="project.bits_per_character",
    reference=bits_per_character,
    probes=probes_from("TBK", arguments, without=WITHOUT),
    equivalents={
        "return float(nats / np.log(2)) → return abs(float(nats / np.log(2))) (line 4)": NEVER_NEGATIVE,
        "0 → -1 (line 2)": "that axis has length 1",
    },
    results=(Result("bits", ()),),
    points=3,
    chapter="losses",
    mistakes=MISTAKES,
    without=WITHOUT,
)
