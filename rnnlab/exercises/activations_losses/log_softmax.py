"""log_softmax: the logarithms of the probabilities, finite even where a probability rounds to zero."""

from __future__ import annotations

import numpy as np

from rnnlab.exercises.activations_losses.shared import OVERFLOW, OVERFLOWING, SCORES, scores
from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result


def log_softmax(logits):
    largest = logits.max(axis=-1, keepdims=True)
    shifted = logits - largest
    total = np.exp(shifted).sum(axis=-1, keepdims=True)
    return shifted - np.log(total)


MISTAKES = (
    OVERFLOWING,
    Mistake(
        name="logarithm_of_zero",
        summary="the logarithm of a finished softmax is taken, which is −∞ where a probability rounds to zero",
        tag="stability",
        hints=Hints(
            where="What is the softmax of (0, 1000), and what is the logarithm of its first entry?",
            idea=f"Take the logarithm on paper first: log(e^y/Σ) = y − log Σ ({OVERFLOW}).",
            fix="Return `shifted - np.log(total)`, and never a logarithm of a quotient.",
        ),
        edits=(("shifted - np.log(total)", "np.log(np.exp(shifted) / total)"),),
    ),
    Mistake(
        name="small_number_added",
        summary="1e-12 is added before the logarithm, which changes unlikely classes",
        tag="stability",
        hints=Hints(
            where="What does your function give for the first entry of (0, 1000)?",
            idea=f"With log(e^y/Σ) = y − log Σ there is no zero to protect from ({OVERFLOW}).",
            fix="Return `shifted - np.log(total)`, and leave out the small number.",
        ),
        edits=(("shifted - np.log(total)", "np.log(np.exp(shifted) / total + 1e-12)"),),
    ),
    Mistake(
        name="shift_forgotten",
        summary="the largest logit is subtracted in the sum only, and not from the logit before it",
        tag="dropped term",
        hints=Hints(
            where="Where does the largest logit stand in your formula: once, or twice?",
            idea=f"log p = (y − μ) − log Σ e^(y − μ): the same μ in both places ({OVERFLOW}).",
            fix="Return `shifted - np.log(total)`, with the shifted logits in both terms.",
        ),
        edits=(("return shifted - np.log(total)", "return logits - np.log(total)"),),
    ),
    Mistake(
        name="over_time",
        summary="the sum runs over time and not over the classes",
        tag="axes",
        hints=Hints(
            where="Which axis of (T, B, K) numbers the classes?",
            idea=f"The K classes of one step are compared ({SCORES}).",
            fix="Use `axis=-1` in both places, for the largest logit and for the sum.",
        ),
        edits=(
            ("logits.max(axis=-1", "logits.max(axis=0"),
            ("np.exp(shifted).sum(axis=-1", "np.exp(shifted).sum(axis=0"),
        ),
    ),
    Mistake(
        name="over_the_batch",
        summary="the sum runs over the sequences of the batch and not over the classes",
        tag="axes",
        hints=Hints(
            where="If you change the second sequence of the batch, does the result of the first one change?",
            idea=f"The K classes of one step are compared ({SCORES}).",
            fix="Use `axis=-1` in both places: with a time axis in front, `axis=1` is the batch.",
        ),
        edits=(
            ("logits.max(axis=-1", "logits.max(axis=1"),
            ("np.exp(shifted).sum(axis=-1", "np.exp(shifted).sum(axis=1"),
        ),
    ),
    Mistake(
        name="over_everything",
        summary="the sum runs over the whole array",
        tag="axes",
        hints=Hints(
            where="What is the sum of `np.exp(result[0, 0])`?",
            idea=f"Each step of each sequence has probabilities of its own, which sum to 1 ({SCORES}).",
            fix="Write `.sum(axis=-1, keepdims=True)`.",
        ),
        edits=(
            ("logits.max(axis=-1, keepdims=True)", "logits.max()"),
            (".sum(axis=-1, keepdims=True)", ".sum()"),
        ),
    ),
    Mistake(
        name="one_sum_for_all",
        summary="each row has a shift of its own, but the sum runs over the whole array",
        tag="axes",
        hints=Hints(
            where="What is the sum of `np.exp(result[0, 0])`?",
            idea=f"Each step of each sequence has probabilities of its own, which sum to 1 ({SCORES}).",
            fix="Write `.sum(axis=-1, keepdims=True)`.",
        ),
        edits=((".sum(axis=-1, keepdims=True)", ".sum()"),),
    ),
    Mistake(
        name="larger_number_added",
        summary="1e-8 is added before the logarithm, which changes unlikely classes",
        tag="stability",
        hints=Hints(
            where="What does your function give for the first entry of (0, 1000)?",
            idea=f"With log(e^y/Σ) = y − log Σ there is no zero to protect from ({OVERFLOW}).",
            fix="Return `shifted - np.log(total)`, and leave out the small number.",
        ),
        edits=(("shifted - np.log(total)", "np.log(np.exp(shifted) / total + 1e-8)"),),
    ),
    Mistake(
        name="mean_for_sum",
        summary="the mean of the exponentials stands where their sum is wanted",
        tag="mean for sum",
        hints=Hints(
            where="What is the sum of `np.exp(result[0, 0])`: 1, or K?",
            idea=f"The denominator of the softmax is a sum over the classes ({OVERFLOW}).",
            fix="Write `.sum(…)` in place of `.mean(…)`.",
        ),
        edits=((".sum(axis=-1, keepdims=True)", ".mean(axis=-1, keepdims=True)"),),
    ),
    Mistake(
        name="logarithm_to_base_two",
        summary="the logarithm is to the base 2 and not the natural one",
        tag="logarithm",
        hints=Hints(
            where="Is `np.exp(result)` a probability that you know?",
            idea=f"The exponential was to the base e, and so must be the logarithm ({OVERFLOW}).",
            fix="Use `np.log`.",
        ),
        edits=(("np.log(total)", "np.log2(total)"),),
    ),
    Mistake(
        name="logarithm_forgotten",
        summary="the sum itself is subtracted and not its logarithm",
        tag="dropped term",
        hints=Hints(
            where="What does the logarithm make of the denominator of a fraction?",
            idea=f"log(a/b) = log a − log b ({OVERFLOW}).",
            fix="Subtract `np.log(total)`.",
        ),
        edits=(("np.log(total)", "total"),),
    ),
    Mistake(
        name="sign_of_the_sum",
        summary="the logarithm of the sum is added and not subtracted",
        tag="sign",
        hints=Hints(
            where="Can the logarithm of a probability be positive?",
            idea=f"log(a/b) = log a − log b ({OVERFLOW}).",
            fix="Put a minus before `np.log(total)`.",
        ),
        edits=(("shifted - np.log(total)", "shifted + np.log(total)"),),
    ),
    Mistake(
        name="probabilities",
        summary="the probabilities are returned and not their logarithms",
        tag="wrong result",
        hints=Hints(
            where="Are your results positive?",
            idea=f"The logarithm of a probability is never above 0 ({OVERFLOW}).",
            fix="Return `shifted - np.log(total)`.",
        ),
        edits=(("shifted - np.log(total)", "np.exp(shifted) / total"),),
    ),
    Mistake(
        name="negative",
        summary="the sign of the whole result is turned: that is the surprise, −log p",
        tag="sign",
        hints=Hints(
            where="Are your results positive?",
            idea=f"The logarithm of a probability is never above 0; the loss turns the sign later ({OVERFLOW}).",
            fix="Leave out the minus in front.",
        ),
        edits=(("shifted - np.log(total)", "np.log(total) - shifted"),),
    ),
)


def arguments(scene: Scene):
    return (scores(scene, scene.T, scene.B, scene.K),)


LOG_SOFTMAX = Exercise(
    name="activations_losses.log_softmax",
    reference=log_softmax,
    probes=probes_from("TBK", arguments),
    results=(Result("log_p", ("T", "B", "K")),),
    points=4,
    chapter="losses",
    mistakes=MISTAKES,
)
