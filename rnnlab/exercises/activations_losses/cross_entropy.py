"""cross_entropy: the mean surprise at the right classes, from logits."""

from __future__ import annotations

import numpy as np

from rnnlab.exercises.activations_losses.shared import (
    CLASS_BEFORE,
    ENTROPY,
    LOG_P,
    LOGARITHM_OF_ZERO,
    OVER_EVERYTHING,
    OVERFLOW,
    OVERFLOWING,
    QUOTIENT,
    SOFTMAX_TWICE,
    and_one_between,
    labeled_scores,
    tamed_logits,
)
from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.equivalents import NEVER_NEGATIVE, SAME_LENGTH
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result


def cross_entropy(logits, targets):
    largest = logits.max(axis=-1, keepdims=True)
    shifted = logits - largest
    log_p = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    surprise = -log_p[np.arange(len(targets)), targets]
    return surprise.mean()


MISTAKES = (
    OVERFLOWING,
    OVER_EVERYTHING,
    LOGARITHM_OF_ZERO,
    Mistake(
        name="zero_times_infinity",
        summary="the one-hot vector is multiplied by the logarithm of a finished softmax, and 0 times −∞ is NaN",
        tag="stability",
        hints=Hints(
            where="What is `np.log` of a probability that rounds to zero, and what is 0 times that?",
            idea=f"Take the logarithm on paper first: log(e^y/Σ) = y − log Σ is always finite ({OVERFLOW}).",
            fix="Compute `shifted - np.log(np.exp(shifted).sum(…))`, and no quotient.",
        ),
        edits=(
            (LOG_P, f"np.log({QUOTIENT})"),
            (
                "-log_p[np.arange(len(targets)), targets]",
                "-(np.eye(logits.shape[-1])[targets] * log_p).sum(axis=-1)",
            ),
        ),
    ),
    Mistake(
        name="small_number_added",
        summary="1e-12 is added before the logarithm, so that no surprise can be large",
        tag="stability",
        hints=Hints(
            where="How large can your loss become for the logits (0, 1000) and the class 0?",
            idea=f"With log(e^y/Σ) = y − log Σ there is no zero to protect from ({OVERFLOW}).",
            fix="Compute `shifted - np.log(np.exp(shifted).sum(…))`, without the small number.",
        ),
        edits=((LOG_P, f"np.log({QUOTIENT} + 1e-12)"),),
    ),
    Mistake(
        name="larger_number_added",
        summary="1e-8 is added before the logarithm, so that no surprise can be large",
        tag="stability",
        hints=Hints(
            where="How large can your loss become for the logits (0, 1000) and the class 0?",
            idea=f"With log(e^y/Σ) = y − log Σ there is no zero to protect from ({OVERFLOW}).",
            fix="Compute `shifted - np.log(np.exp(shifted).sum(…))`, without the small number.",
        ),
        edits=((LOG_P, f"np.log({QUOTIENT} + 1e-8)"),),
    ),
    SOFTMAX_TWICE,
    Mistake(
        name="logits_taken_for_logarithms",
        summary="the logits are taken for log-probabilities: there is no softmax at all",
        tag="probabilities for logits",
        hints=Hints(
            where="Does your loss change when you add 5 to all logits? It should not.",
            idea=f"log p_k = y_k − log Σ e^y: the second term belongs to it ({ENTROPY}).",
            fix="Subtract the log-sum-exp of the row from the logit of the right class.",
        ),
        edits=(("-log_p[", "-logits["),),
    ),
    Mistake(
        name="probability_for_logarithm",
        summary="the probability of the right class is used and not its logarithm",
        tag="dropped term",
        hints=Hints(
            where="How large can your loss become?",
            idea=f"The surprise −log p has no upper bound; −p and 1 − p have ({ENTROPY}).",
            fix="Use the log-probabilities.",
        ),
        edits=(("-log_p[", "-np.exp(log_p)["),),
    ),
    Mistake(
        name="sign",
        summary="the minus is missing, so that the loss is negative",
        tag="sign",
        hints=Hints(
            where="Is your loss negative?",
            idea=f"L = −log p, and p is at most 1, so L is at least 0 ({ENTROPY}).",
            fix="Put a minus before the log-probability.",
        ),
        edits=(("-log_p[", "log_p["),),
    ),
    Mistake(
        name="sum_for_mean",
        summary="the surprises are summed over the batch and not averaged",
        tag="sum for mean",
        hints=Hints(
            where="If you give the same batch twice over, does your loss double?",
            idea=f"The mean does not depend on the size of the batch ({ENTROPY}).",
            fix="Use `.mean()` in place of `.sum()`.",
        ),
        edits=(("surprise.mean()", "surprise.sum()"),),
    ),
    Mistake(
        name="divided_by_classes_too",
        summary="the sum is divided by B·K and not by B, as happens with a mean over the one-hot product",
        tag="factor",
        hints=Hints(
            where="Over how many numbers does your mean run: B, or B times K?",
            idea=f"One term of each row is not zero, and there are B rows ({ENTROPY}).",
            fix="Sum over the classes, then take the mean over the batch.",
        ),
        edits=(("surprise.mean()", "surprise.sum() / logits.size"),),
    ),
    Mistake(
        name="divided_by_classes",
        summary="the sum is divided by K, the number of classes, and not by B",
        tag="factor",
        hints=Hints(
            where="What is the length of `logits[0]`, and what is the length of `logits`?",
            idea=f"The loss is a mean over the B examples ({ENTROPY}).",
            fix="Use `.mean()` over the surprises, or divide by `len(targets)`.",
        ),
        edits=(("surprise.mean()", "surprise.sum() / logits.shape[1]"),),
    ),
    Mistake(
        name="not_averaged",
        summary="one loss for each example is returned, without a mean",
        tag="reduction",
        hints=Hints(
            where="How many numbers does your function return?",
            idea=f"The loss of a batch is one number, the mean over its examples ({ENTROPY}).",
            fix="Add `.mean()`.",
        ),
        edits=(("surprise.mean()", "surprise"),),
    ),
    Mistake(
        name="every_row_for_every_target",
        summary="each row is asked for all targets, (B, B) numbers, as `log_p[:, targets]` does",
        tag="indexing",
        hints=Hints(
            where="Which shape has `log_p[:, targets]`?",
            idea=f"Each row has one right class: row 0 that of target 0, row 1 that of target 1 ({ENTROPY}).",
            fix="Index with pairs: `log_p[np.arange(len(targets)), targets]`.",
        ),
        edits=(("np.arange(len(targets)), targets", ":, targets"),),
    ),
    CLASS_BEFORE,
    Mistake(
        name="likeliest_class",
        summary="the surprise at the likeliest class is taken; the targets have no effect",
        tag="indexing",
        hints=Hints(
            where="If you change the targets, does your loss change?",
            idea=f"The surprise is that at the *right* class, likely or not ({ENTROPY}).",
            fix="Look up the column `targets`, and not `argmax`.",
        ),
        edits=(("len(targets)), targets]", "len(targets)), logits.argmax(axis=-1)]"),),
    ),
    Mistake(
        name="all_classes",
        summary="the mean runs over the log-probabilities of all classes; the targets have no effect",
        tag="indexing",
        hints=Hints(
            where="If you change the targets, does your loss change?",
            idea=f"The surprise is that at the right class; the sum with the one-hot vector has one term ({ENTROPY}).",
            fix="Look up one entry of each row: `log_p[np.arange(len(targets)), targets]`.",
        ),
        edits=(("-log_p[np.arange(len(targets)), targets]", "-log_p"),),
    ),
    Mistake(
        name="squared_error",
        summary="the squared distance of p from the one-hot vector is computed",
        tag="formula",
        hints=Hints(
            where="How large can your loss become?",
            idea="A squared error lets go where the network is sure and wrong (chapter losses, “Confident and wrong”).",
            fix="Take the negative logarithm of the right class's probability.",
        ),
        edits=(
            (
                "-log_p[np.arange(len(targets)), targets]",
                "((np.exp(log_p) - np.eye(logits.shape[-1])[targets]) ** 2).sum(axis=-1)",
            ),
        ),
    ),
    Mistake(
        name="over_the_batch",
        summary="the softmax runs over the batch and not over the classes",
        tag="axes",
        hints=Hints(
            where="If you change the second example of the batch, does the surprise at the first one change?",
            idea=f"The K classes of one example are compared ({ENTROPY}).",
            fix="Use `axis=-1` in both places, for the largest logit and for the sum.",
        ),
        edits=(
            ("logits.max(axis=-1", "logits.max(axis=0"),
            ("np.exp(shifted).sum(axis=-1", "np.exp(shifted).sum(axis=0"),
        ),
    ),
    Mistake(
        name="bits",
        summary="the logarithm is to the base 2: the result is in bits and not in nats",
        tag="logarithm",
        hints=Hints(
            where="What does your function give for two classes with equal logits: 0.693, or 1?",
            idea=f"The natural logarithm gives nats, and its gradient is p − onehot ({ENTROPY}).",
            fix="Use `np.log`, and divide by no log 2.",
        ),
        edits=(("surprise.mean()", "surprise.mean() / np.log(2)"),),
    ),
)


def arguments(scene: Scene):
    return labeled_scores(scene, scene.B, scene.K)


CROSS_ENTROPY = Exercise(
    name="activations_losses.cross_entropy",
    reference=cross_entropy,
    probes=and_one_between(probes_from("BK", arguments), tamed_logits),
    results=(Result("loss", ()),),
    points=5,
    chapter="losses",
    mistakes=MISTAKES,
    equivalents={
        "return surprise.mean() → return abs(surprise.mean()) (line 6)": NEVER_NEGATIVE,
        "targets → logits (line 5)": SAME_LENGTH,
    },
)
