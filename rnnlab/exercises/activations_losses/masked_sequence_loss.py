"""masked_sequence_loss: the mean surprise at the real steps of padded sequences."""

from __future__ import annotations

import numpy as np

from rnnlab.exercises.activations_losses.shared import (
    ENTROPY,
    LOG_P,
    LOGARITHM_OF_ZERO,
    OVER_EVERYTHING,
    OVERFLOW,
    OVERFLOWING,
    QUOTIENT,
    SCORES,
    SEQUENCES,
    SOFTMAX_TWICE,
    and_one_between,
    labeled_scores,
    tamed_logits,
)
from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.equivalents import NEVER_NEGATIVE
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result


def masked_sequence_loss(logits, targets, mask):
    largest = logits.max(axis=-1, keepdims=True)
    shifted = logits - largest
    log_p = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    surprise = -np.take_along_axis(log_p, targets[..., np.newaxis], axis=-1)[..., 0]
    return surprise[mask].sum() / mask.sum()


MEAN = "surprise[mask].sum() / mask.sum()"

MISTAKES = (
    Mistake(
        name="mask_ignored",
        summary="the mask has no effect: padding counts like real steps",
        tag="mask",
        hints=Hints(
            where="If you change the mask, does your loss change?",
            idea=f"What stands at padding is no prediction of anything ({SEQUENCES}).",
            fix="Keep `surprise[mask]` only, and take its mean.",
        ),
        edits=((MEAN, "surprise.mean()"),),
    ),
    Mistake(
        name="padding_in_the_count",
        summary="padding is left out of the sum, but the sum is divided by all T·B steps",
        tag="padding counted",
        hints=Hints(
            where="By how many steps do you divide: by all, or by the real ones?",
            idea=f"A mean over real steps divides by their number, Σ m ({SEQUENCES}).",
            fix="Divide by `mask.sum()`, and not by `mask.size`.",
        ),
        edits=(("/ mask.sum()", "/ mask.size"),),
    ),
    Mistake(
        name="padding_in_the_sum",
        summary="the sum is divided by the number of real steps, but padding is still in the sum",
        tag="padding counted",
        hints=Hints(
            where="If you change the logits at a padded step, does your loss change?",
            idea=f"The mask belongs above the line and below it: Σ m L / Σ m ({SEQUENCES}).",
            fix="Sum `surprise[mask]`, or `surprise * mask`.",
        ),
        edits=(("surprise[mask].sum()", "surprise.sum()"),),
    ),
    Mistake(
        name="mask_inverted",
        summary="the mask is read the wrong way round: the mean runs over the padding",
        tag="inverted",
        hints=Hints(
            where="Does True in the mask mean a real step or padding?",
            idea=f"True marks a real step ({SEQUENCES}).",
            fix="Leave out the `~`.",
        ),
        edits=((MEAN, "surprise[~mask].sum() / (~mask).sum()"),),
    ),
    Mistake(
        name="logits_masked",
        summary="the logits at padding are set to zero, so that each padded step costs log K and counts",
        tag="padding counted",
        hints=Hints(
            where="What is the loss of K equal logits?",
            idea=f"The mask belongs to the losses of the steps, and not to the logits ({SEQUENCES}).",
            fix="Compute all losses first, and then keep those at real steps.",
        ),
        edits=(
            ("shifted = logits - largest", "shifted = (logits - largest) * mask[..., np.newaxis]"),
            (MEAN, "surprise.mean()"),
        ),
    ),
    Mistake(
        name="logits_masked_in_the_sum",
        summary="the logits at padding are set to zero: each padded step adds log K to a sum over real steps",
        tag="padding counted",
        hints=Hints(
            where="What is the loss of K equal logits?",
            idea=f"The mask belongs to the losses of the steps, and not to the logits ({SEQUENCES}).",
            fix="Compute all losses first, and then sum those at real steps.",
        ),
        edits=(
            ("shifted = logits - largest", "shifted = (logits - largest) * mask[..., np.newaxis]"),
            (MEAN, "surprise.sum() / mask.sum()"),
        ),
    ),
    Mistake(
        name="mean_of_means",
        summary="each sequence is averaged by itself, and then the means: short sequences count too much",
        tag="mean of means",
        hints=Hints(
            where="Has a step of a short sequence the same weight in your loss as one of a long sequence?",
            idea=f"One mean over all real steps of the batch ({SEQUENCES}).",
            fix="Add up everything first, and divide once, by `mask.sum()`.",
        ),
        edits=(
            (
                MEAN,
                "((surprise * mask).sum(axis=0) / np.maximum(mask.sum(axis=0), 1))[mask.any(axis=0)].mean()",
            ),
        ),
    ),
    Mistake(
        name="mean_of_means_with_nothing",
        summary="each sequence is averaged by itself, which is 0/0 for one that is padded throughout",
        tag="mean of means",
        hints=Hints(
            where="What do you divide by for a sequence without a real step?",
            idea=f"One mean over all real steps of the batch ({SEQUENCES}).",
            fix="Add up everything first, and divide once, by `mask.sum()`.",
        ),
        edits=((MEAN, "((surprise * mask).sum(axis=0) / mask.sum(axis=0)).mean()"),),
    ),
    Mistake(
        name="mean_of_means_with_zeros",
        summary="each sequence is averaged by itself, one without a real step counts as 0, and then the means are",
        tag="mean of means",
        hints=Hints(
            where="Has a step of a short sequence the same weight in your loss as one of a long sequence?",
            idea=f"One mean over all real steps of the batch ({SEQUENCES}).",
            fix="Add up everything first, and divide once, by `mask.sum()`.",
        ),
        edits=((MEAN, "((surprise * mask).sum(axis=0) / np.maximum(mask.sum(axis=0), 1)).mean()"),),
    ),
    Mistake(
        name="mean_of_steps",
        summary="each time step is averaged by itself, and then the means: late steps count too much",
        tag="mean of means",
        hints=Hints(
            where="When only one sequence is left at the last step, how much does that step weigh?",
            idea=f"One mean over all real steps of the batch ({SEQUENCES}).",
            fix="Add up everything first, and divide once, by `mask.sum()`.",
        ),
        edits=(
            (
                MEAN,
                "((surprise * mask).sum(axis=1) / np.maximum(mask.sum(axis=1), 1))[mask.any(axis=1)].mean()",
            ),
        ),
    ),
    Mistake(
        name="sum_for_mean",
        summary="the surprises at the real steps are summed and not averaged",
        tag="sum for mean",
        hints=Hints(
            where="Does your loss grow with the length of the sequences?",
            idea=f"The mean makes batches of different lengths comparable ({SEQUENCES}).",
            fix="Divide by `mask.sum()`.",
        ),
        edits=(("surprise[mask].sum() / mask.sum()", "surprise[mask].sum()"),),
    ),
    Mistake(
        name="divided_by_sequences",
        summary="the sum is divided by the number of sequences: a loss for each sequence and not for each step",
        tag="factor",
        hints=Hints(
            where="By what do you divide: by B, or by the number of real steps?",
            idea=f"The loss is a mean over real steps, Σ m L / Σ m ({SEQUENCES}).",
            fix="Divide by `mask.sum()`.",
        ),
        edits=(("/ mask.sum()", "/ mask.shape[1]"),),
    ),
    Mistake(
        name="divided_by_steps",
        summary="the sum is divided by T, the number of time steps",
        tag="factor",
        hints=Hints(
            where="By what do you divide: by T, or by the number of real steps?",
            idea=f"The loss is a mean over real steps of all sequences, Σ m L / Σ m ({SEQUENCES}).",
            fix="Divide by `mask.sum()`.",
        ),
        edits=(("/ mask.sum()", "/ mask.shape[0]"),),
    ),
    Mistake(
        name="one_loss_for_each_sequence",
        summary="one loss for each sequence is returned, (B,), and not one for the batch",
        tag="reduction",
        hints=Hints(
            where="How many numbers does your function return?",
            idea=f"One mean over all real steps of the batch ({SEQUENCES}).",
            fix="Sum over both axes.",
        ),
        edits=((MEAN, "(surprise * mask).sum(axis=0) / np.maximum(mask.sum(axis=0), 1)"),),
    ),
    Mistake(
        name="targets_shifted",
        summary="the targets are shifted by one step: each step is asked for the target of the next",
        tag="off by one",
        hints=Hints(
            where="Do `logits[3]` and `targets[3]` meet in your code?",
            idea=f"targets[t] is already the right answer at step t ({SEQUENCES}).",
            fix="Use the targets as they are, without a shift in time.",
        ),
        edits=(("targets[...", "np.roll(targets, -1, axis=0)[..."),),
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
        edits=(("-np.take_along_axis", "np.take_along_axis"),),
    ),
    Mistake(
        name="over_time",
        summary="the softmax runs over time and not over the classes",
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
    LOGARITHM_OF_ZERO,
    Mistake(
        name="zero_times_infinity",
        summary="the logarithm of a finished softmax is −∞ at some padded steps, and the mask's 0 times that is NaN",
        tag="stability",
        hints=Hints(
            where="What is `np.log` of a probability that rounds to zero, and what is 0 times that?",
            idea=f"Take the logarithm on paper first: log(e^y/Σ) = y − log Σ is always finite ({OVERFLOW}).",
            fix="Compute `shifted - np.log(np.exp(shifted).sum(…))`, and no quotient.",
        ),
        edits=((LOG_P, f"np.log({QUOTIENT})"), ("surprise[mask].sum()", "(surprise * mask).sum()")),
    ),
    OVERFLOWING,
    OVER_EVERYTHING,
    SOFTMAX_TWICE,
)


def arguments(scene: Scene):
    logits, targets = labeled_scores(scene, scene.T, scene.B, scene.K)
    return logits, targets, scene.mask()


MASKED_SEQUENCE_LOSS = Exercise(
    name="activations_losses.masked_sequence_loss",
    reference=masked_sequence_loss,
    probes=and_one_between(probes_from("TBK", arguments), tamed_logits),
    results=(Result("loss", ()),),
    points=5,
    chapter="losses",
    mistakes=MISTAKES,
    equivalents={
        "return surprise[mask].sum() / mask.sum() → return abs(surprise[mask].sum() / mask.sum()) (line 6)": (
            NEVER_NEGATIVE
        ),
        "0 → -1 (line 5)": "the axis has one entry, which is its first and its last",
    },
)
