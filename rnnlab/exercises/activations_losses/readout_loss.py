"""readout_loss: from states to the loss, to be found from a version with one softmax too many.

The notebook shows a broken version, which is what the mistake `softmax_twice` makes. Many published training
scripts had it: the network ended in a softmax, and its output went into a loss that takes logits.
"""

from __future__ import annotations

import numpy as np

from rnnlab.exercises.activations_losses.shared import (
    CLASS_BEFORE,
    ENTROPY,
    LOG_P,
    LOGARITHM_OF_ZERO,
    OVER_EVERYTHING,
    OVERFLOWING,
    QUOTIENT,
    SOFTMAX_TWICE,
    TWICE,
    and_one_between,
)
from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.equivalents import NEVER_NEGATIVE, SAME_LENGTH
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result


def readout_loss(h, targets, W_hy, b_y):
    logits = h @ W_hy.T + b_y
    largest = logits.max(axis=-1, keepdims=True)
    shifted = logits - largest
    log_p = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return -log_p[np.arange(len(targets)), targets].mean()


READOUT = "chapter hidden-state, “One equation, every shape”"

MISTAKES = (
    SOFTMAX_TWICE,
    Mistake(
        name="sigmoid_before",
        summary="the logits go through a sigmoid before the softmax of the loss",
        tag="probabilities for logits",
        hints=Hints(
            where="Which values can your numbers have that go into the log-softmax? Logits have any sign and size.",
            idea=f"Whatever squeezes the logits into a short interval takes the loss's range away ({TWICE}).",
            fix="Hand `h @ W_hy.T + b_y` to the log-softmax as it is.",
        ),
        edits=(("h @ W_hy.T + b_y", "(1 + np.tanh((h @ W_hy.T + b_y) / 2)) / 2"),),
    ),
    Mistake(
        name="tanh_before",
        summary="the logits go through tanh before the softmax of the loss",
        tag="probabilities for logits",
        hints=Hints(
            where="Which values can your numbers have that go into the log-softmax? Logits have any sign and size.",
            idea=f"Whatever squeezes the logits into a short interval takes the loss's range away ({TWICE}).",
            fix="Hand `h @ W_hy.T + b_y` to the log-softmax as it is.",
        ),
        edits=(("h @ W_hy.T + b_y", "np.tanh(h @ W_hy.T + b_y)"),),
    ),
    Mistake(
        name="relu_before",
        summary="negative logits are set to zero before the softmax of the loss",
        tag="probabilities for logits",
        hints=Hints(
            where="Can the numbers that go into your log-softmax be negative?",
            idea=f"Logits have any sign; the softmax needs no help to make them positive ({TWICE}).",
            fix="Hand `h @ W_hy.T + b_y` to the log-softmax as it is.",
        ),
        edits=(("h @ W_hy.T + b_y", "np.maximum(h @ W_hy.T + b_y, 0)"),),
    ),
    Mistake(
        name="log_softmax_missing",
        summary="the probabilities are used where their logarithms are wanted: the wrong one of the two was removed",
        tag="probabilities for logits",
        hints=Hints(
            where="How large can your loss become?",
            idea=f"Keep the log-softmax, which belongs to the loss, and drop the softmax before it ({TWICE}).",
            fix="Go from logits to log-probabilities in one step: `shifted - np.log(np.exp(shifted).sum(…))`.",
        ),
        edits=(
            (
                LOG_P,
                QUOTIENT,
            ),
        ),
    ),
    Mistake(
        name="no_bias",
        summary="the bias b_y is missing",
        tag="dropped term",
        hints=Hints(
            where="Which of its arguments does your function never use?",
            idea=f"The readout is y = W_hy h + b_y ({READOUT}).",
            fix="Add `b_y` to the logits.",
        ),
        edits=((" + b_y", ""),),
    ),
    Mistake(
        name="weight_not_transposed",
        summary="h is multiplied by W_hy where its transpose is wanted",
        tag="transposed",
        hints=Hints(
            where="h is (B, H) and W_hy is (K, H). Which two sizes must be equal in `h @ …`?",
            idea=f"Weights are (out, in), and vectors are rows: row vector times W.T ({READOUT}).",
            fix="Write `h @ W_hy.T`.",
        ),
        edits=(("W_hy.T", "W_hy"),),
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
        edits=((".mean()", ".sum()"),),
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
        edits=(("return -log_p", "return log_p"),),
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
        name="every_row_for_every_target",
        summary="each row is asked for all targets, as `log_p[:, targets]` does",
        tag="indexing",
        hints=Hints(
            where="Which shape has `log_p[:, targets]`?",
            idea=f"Each row has one right class: row 0 that of target 0, row 1 that of target 1 ({ENTROPY}).",
            fix="Index with pairs: `log_p[np.arange(len(targets)), targets]`.",
        ),
        edits=(("np.arange(len(targets)), targets", ":, targets"),),
    ),
    LOGARITHM_OF_ZERO,
    OVERFLOWING,
    OVER_EVERYTHING,
    CLASS_BEFORE,
)


def arguments(scene: Scene):
    """States of any size, as a ReLU network has them, and the weights of a readout."""
    B, H, K = scene.B, scene.H, scene.K
    return scene.values(B, H), scene.ids(B), scene.weight(K, H), scene.state(K)


def tamed(arguments):
    """States of order one, and biases that all but rule out the first target."""
    h, targets, W_hy, b_y = arguments
    b_y = np.array(b_y)
    b_y[targets[0]], b_y[(targets[0] + 1) % len(b_y)] = -600.0, 500.0
    return 0.001 * h, targets, W_hy, b_y


READOUT_LOSS = Exercise(
    name="activations_losses.readout_loss",
    reference=readout_loss,
    probes=and_one_between(probes_from("BHK", arguments), tamed),
    results=(Result("loss", ()),),
    points=3,
    chapter="losses",
    mistakes=MISTAKES,
    equivalents={
        "return -log_p[np.arange(len(targets)), targets].mean() → "
        "return abs(-log_p[np.arange(len(targets)), targets].mean()) (line 6)": NEVER_NEGATIVE,
        "targets → h (line 6)": SAME_LENGTH,
    },
)
