"""softmax: scores of any sign become probabilities, row by row."""

from __future__ import annotations

import numpy as np

from rnnlab.exercises.activations_losses.shared import OVERFLOW, OVERFLOWING, SCORES, scores
from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.equivalents import NEVER_NEGATIVE
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result


def softmax(logits):
    largest = logits.max(axis=-1, keepdims=True)
    shifted = logits - largest
    e = np.exp(shifted)
    return e / e.sum(axis=-1, keepdims=True)


MISTAKES = (
    OVERFLOWING,
    Mistake(
        name="one_shift_for_all",
        summary="the largest logit of the whole array is subtracted, so that low rows vanish and give 0/0",
        tag="stability",
        hints=Hints(
            where="What is left of a row whose logits are all 2000 below the largest of the batch?",
            idea=f"Each row has its own softmax, so each row has its own largest logit ({OVERFLOW}).",
            fix="Write `logits.max(axis=-1, keepdims=True)`.",
        ),
        edits=(("logits - largest", "logits - logits.max()"),),
    ),
    Mistake(
        name="over_everything",
        summary="the sum runs over the whole array, so that all rows together sum to 1",
        tag="axes",
        hints=Hints(
            where="What is the sum of `result[0, 0]`?",
            idea=f"Each step of each sequence has probabilities of its own, which sum to 1 ({SCORES}).",
            fix="Write `e.sum(axis=-1, keepdims=True)`.",
        ),
        edits=(
            ("logits.max(axis=-1, keepdims=True)", "logits.max()"),
            ("e.sum(axis=-1, keepdims=True)", "e.sum()"),
        ),
    ),
    Mistake(
        name="one_sum_for_all",
        summary="each row has a shift of its own, but the sum below the line runs over the whole array",
        tag="axes",
        hints=Hints(
            where="What is the sum of `result[0, 0]`?",
            idea=f"Each step of each sequence has probabilities of its own, which sum to 1 ({SCORES}).",
            fix="Write `e.sum(axis=-1, keepdims=True)`.",
        ),
        edits=(("e.sum(axis=-1, keepdims=True)", "e.sum()"),),
    ),
    Mistake(
        name="sum_over_time",
        summary="each row has a shift of its own, but the sum below the line runs over time",
        tag="axes",
        hints=Hints(
            where="What is the sum of `result[0, 0]`?",
            idea=f"The softmax compares the K classes of one step ({SCORES}).",
            fix="Write `e.sum(axis=-1, keepdims=True)`.",
        ),
        edits=(("e.sum(axis=-1", "e.sum(axis=0"),),
    ),
    Mistake(
        name="over_time",
        summary="the probabilities sum to 1 over time and not over the classes",
        tag="axes",
        hints=Hints(
            where="Which axis of (T, B, K) numbers the classes?",
            idea=f"The softmax compares the K classes of one step ({SCORES}).",
            fix="Use `axis=-1` in both places, for the largest logit and for the sum.",
        ),
        edits=(("logits.max(axis=-1", "logits.max(axis=0"), ("e.sum(axis=-1", "e.sum(axis=0")),
    ),
    Mistake(
        name="over_the_batch",
        summary="the probabilities sum to 1 over the sequences of the batch and not over the classes",
        tag="axes",
        hints=Hints(
            where="If you change the second sequence of the batch, does the result of the first one change?",
            idea=f"The softmax compares the K classes of one step ({SCORES}).",
            fix="Use `axis=-1` in both places: with a time axis in front, `axis=1` is the batch.",
        ),
        edits=(("logits.max(axis=-1", "logits.max(axis=1"), ("e.sum(axis=-1", "e.sum(axis=1")),
    ),
    Mistake(
        name="not_normalized",
        summary="the exponentials are not divided by their sum",
        tag="dropped term",
        hints=Hints(
            where="What is the sum of `result[0, 0]`?",
            idea=f"Probabilities sum to 1: that is what the denominator is for ({SCORES}).",
            fix="Divide by `e.sum(axis=-1, keepdims=True)`.",
        ),
        edits=(("return e / e.sum(axis=-1, keepdims=True)", "return e"),),
    ),
    Mistake(
        name="mean_for_sum",
        summary="the exponentials are divided by their mean and not by their sum",
        tag="mean for sum",
        hints=Hints(
            where="What is the sum of `result[0, 0]`: 1, or K?",
            idea=f"Probabilities sum to 1, so the denominator is a sum ({SCORES}).",
            fix="Write `e.sum(…)` in place of `e.mean(…)`.",
        ),
        edits=(("e.sum(axis=-1, keepdims=True)", "e.mean(axis=-1, keepdims=True)"),),
    ),
    Mistake(
        name="logarithm",
        summary="the logarithms of the probabilities are returned",
        tag="wrong result",
        hints=Hints(
            where="Can a probability be negative?",
            idea=f"The softmax gives probabilities between 0 and 1; their logarithm comes later ({SCORES}).",
            fix="Return the quotient itself, without the logarithm.",
        ),
        edits=(
            (
                "return e / e.sum(axis=-1, keepdims=True)",
                "return shifted - np.log(e.sum(axis=-1, keepdims=True))",
            ),
        ),
    ),
    Mistake(
        name="sign",
        summary="the sign of the logits is turned, so that the lowest one gets the largest probability",
        tag="sign",
        hints=Hints(
            where="Which class gets the largest probability: that with the highest logit?",
            idea=f"The exponential grows with the logit ({SCORES}).",
            fix="Write `np.exp(logits - largest)`, without a minus before the logits.",
        ),
        edits=(("logits - largest", "logits.min(axis=-1, keepdims=True) - logits"),),
    ),
    Mistake(
        name="powers_of_two",
        summary="powers of 2 are taken and not of e",
        tag="formula",
        hints=Hints(
            where="By which factor do the probabilities of the logits 1 and 0 differ in your result?",
            idea=f"One more in the logit multiplies the probability by e = 2.718… ({SCORES}).",
            fix="Use `np.exp`.",
        ),
        edits=(("np.exp(shifted)", "np.exp2(shifted)"),),
    ),
    Mistake(
        name="exponential_forgotten",
        summary="the exponential is missing: the shifted logits themselves are divided by their sum",
        tag="dropped term",
        hints=Hints(
            where="Which function makes a positive number of a logit of any sign?",
            idea=f"First e to the power of each logit, then division by the sum ({SCORES}).",
            fix="Apply `np.exp` before you sum.",
        ),
        edits=(("np.exp(shifted)", "shifted"),),
    ),
    Mistake(
        name="sigmoid",
        summary="each number goes through a sigmoid by itself, so that a row does not sum to 1",
        tag="activation",
        hints=Hints(
            where="If one logit of a row changes, do the probabilities of the other classes change?",
            idea=f"The classes share one budget of probability ({SCORES}).",
            fix="Divide each exponential by the sum of its row.",
        ),
        edits=(("return e / e.sum(axis=-1, keepdims=True)", "return (1 + np.tanh(logits / 2)) / 2"),),
    ),
    Mistake(
        name="winner_takes_all",
        summary="the largest class gets 1 and the others 0",
        tag="formula",
        hints=Hints(
            where="Has your result other numbers than 0 and 1?",
            idea=f"The softmax is soft: a class that scores a little less gets a little less ({SCORES}).",
            fix="Compute exponentials, and leave out the comparison with the largest.",
        ),
        edits=(("np.exp(shifted)", "np.where(shifted == 0, 1.0, 0.0)"),),
    ),
)


def arguments(scene: Scene):
    return (scores(scene, scene.T, scene.B, scene.K),)


SOFTMAX = Exercise(
    name="activations_losses.softmax",
    reference=softmax,
    probes=probes_from("TBK", arguments),
    results=(Result("p", ("T", "B", "K")),),
    points=4,
    chapter="losses",
    mistakes=MISTAKES,
    equivalents={
        "return e / e.sum(axis=-1, keepdims=True) → return abs(e / e.sum(axis=-1, keepdims=True)) (line 5)": (
            NEVER_NEGATIVE
        ),
    },
)
