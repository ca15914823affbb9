"""d_logits: the gradient of the mean cross-entropy at the logits, what was said minus what was true."""

from __future__ import annotations

import numpy as np

from rnnlab.exercises.activations_losses.shared import (
    CLASS_BEFORE,
    ENTROPY,
    OVER_EVERYTHING,
    OVERFLOWING,
    SOFTMAX_TWICE,
    labeled_scores,
)
from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.equivalents import SAME_LENGTH
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result


def d_logits(logits, targets):
    largest = logits.max(axis=-1, keepdims=True)
    shifted = logits - largest
    p = np.exp(shifted) / np.exp(shifted).sum(axis=-1, keepdims=True)
    p[np.arange(len(targets)), targets] -= 1
    return p / len(targets)


MISTAKES = (
    OVERFLOWING,
    OVER_EVERYTHING,
    Mistake(
        name="not_averaged",
        summary="the gradient is not divided by B: it is that of the sum and not of the mean",
        tag="sum for mean",
        hints=Hints(
            where="If you give the same batch twice over, does the gradient of its first row stay the same?",
            idea=f"The loss is a mean over B examples, so each has a share of 1/B in the gradient ({ENTROPY}).",
            fix="Divide by `len(targets)`.",
        ),
        edits=((" / len(targets)", ""),),
    ),
    Mistake(
        name="divided_by_classes_too",
        summary="the gradient is divided by B·K and not by B",
        tag="factor",
        hints=Hints(
            where="Over how many numbers did the loss take its mean: B, or B times K?",
            idea=f"The loss has one surprise for each example, and there are B of them ({ENTROPY}).",
            fix="Divide by `len(targets)`, and not by `logits.size`.",
        ),
        edits=((" / len(targets)", " / logits.size"),),
    ),
    Mistake(
        name="divided_by_classes",
        summary="the gradient is divided by K, the number of classes, and not by B",
        tag="factor",
        hints=Hints(
            where="What is the length of `logits[0]`, and what is the length of `logits`?",
            idea=f"The loss is a mean over B examples, so each has a share of 1/B in the gradient ({ENTROPY}).",
            fix="Divide by `len(targets)`, the size of the first axis.",
        ),
        edits=((" / len(targets)", " / logits.shape[1]"),),
    ),
    Mistake(
        name="target_forgotten",
        summary="nothing is subtracted at the right class: the probabilities are returned",
        tag="dropped term",
        hints=Hints(
            where="What is the sum of a row of your result? It should be 0.",
            idea=f"What you said minus what was true: p − onehot ({ENTROPY}).",
            fix="Subtract 1 at the right class of each row.",
        ),
        edits=(("-= 1", "-= 0"),),
    ),
    Mistake(
        name="sign",
        summary="the sign is wrong: onehot − p",
        tag="sign",
        hints=Hints(
            where="Is the entry at the right class negative? A higher logit there lowers the loss.",
            idea=f"The gradient points to where the loss rises: p − onehot ({ENTROPY}).",
            fix="Subtract the one-hot vector from p, and not p from it.",
        ),
        edits=(("return p /", "return -p /"),),
    ),
    Mistake(
        name="one_added",
        summary="1 is added at the right class and not subtracted",
        tag="sign",
        hints=Hints(
            where="What is the sum of a row of your result? It should be 0.",
            idea=f"What you said minus what was true: p − onehot ({ENTROPY}).",
            fix="Write `-= 1` at the right class.",
        ),
        edits=(("-= 1", "+= 1"),),
    ),
    Mistake(
        name="one_taken_everywhere",
        summary="1 is subtracted from all classes and not at the right one only",
        tag="indexing",
        hints=Hints(
            where="How many entries of a row does your subtraction change?",
            idea=f"The one-hot vector is 1 at the right class and 0 elsewhere ({ENTROPY}).",
            fix="Index with pairs: `p[np.arange(len(targets)), targets] -= 1`.",
        ),
        edits=(("p[np.arange(len(targets)), targets] -= 1", "p -= 1"),),
    ),
    Mistake(
        name="every_row_for_every_target",
        summary="each row is changed at the targets of all examples, as `p[:, targets] -= 1` does",
        tag="indexing",
        hints=Hints(
            where="Which rows does `p[:, targets]` touch?",
            idea=f"Each row has one right class: row 0 that of target 0, row 1 that of target 1 ({ENTROPY}).",
            fix="Index with pairs: `p[np.arange(len(targets)), targets] -= 1`.",
        ),
        edits=(("np.arange(len(targets)), targets] -=", ":, targets] -="),),
    ),
    Mistake(
        name="id_taken_for_the_one",
        summary="the number of the class is subtracted, from the whole row, and not its one-hot vector",
        tag="indexing",
        hints=Hints(
            where="Why should class 5 be pushed harder than class 2?",
            idea=f"An id is a name and no quantity; what is subtracted is 1 at its place ({ENTROPY}).",
            fix="Subtract 1 at the place `targets`, in each row.",
        ),
        edits=(("p[np.arange(len(targets)), targets] -= 1", "p = p - targets[:, np.newaxis]"),),
    ),
    Mistake(
        name="gradient_at_the_probabilities",
        summary="−1/p at the right class is returned: the gradient at p, which has not gone through the softmax",
        tag="dropped term",
        hints=Hints(
            where="With respect to what did you differentiate: the probabilities, or the logits?",
            idea=f"Lines 3 to 5 of the table lead through the softmax to p − onehot ({ENTROPY}).",
            fix="Return p − onehot; no division by p is left in it.",
        ),
        edits=(
            (
                "return p / len(targets)",
                "q = np.zeros_like(p)\n"
                "    q[np.arange(len(p)), targets] = -1 / (1 + p[np.arange(len(p)), targets])\n"
                "    return q / len(targets)",
            ),
        ),
    ),
    Mistake(
        name="slope_of_the_sigmoid",
        summary="p − onehot is multiplied by p (1 − p), which is the gradient of a squared error",
        tag="extra term",
        hints=Hints(
            where="For a network that is sure and wrong: is your gradient near 1/B, or near 0?",
            idea="With cross-entropy the slope cancels (chapter losses, “Confident and wrong”).",
            fix="Leave out the factor `p * (1 - p)`.",
        ),
        edits=(
            (
                "    p[np.arange(len(targets)), targets] -= 1",
                "    slope = p * (1 - p)\n    p[np.arange(len(targets)), targets] -= 1\n    p = p * slope",
            ),
        ),
    ),
    Mistake(
        name="logits_for_probabilities",
        summary="1 is subtracted from the logits: the softmax is missing",
        tag="probabilities for logits",
        hints=Hints(
            where="Does your result change when you add 5 to all logits? It should not.",
            idea=f"What was said are the probabilities, p − onehot ({ENTROPY}).",
            fix="Compute `p = softmax(logits)` first.",
        ),
        edits=(("np.exp(shifted) / np.exp(shifted).sum(axis=-1, keepdims=True)", "logits.copy()"),),
    ),
    Mistake(
        name="over_the_batch",
        summary="the softmax runs over the batch and not over the classes",
        tag="axes",
        hints=Hints(
            where="What is the sum of a row of your result? It should be 0.",
            idea=f"The K classes of one example are compared ({ENTROPY}).",
            fix="Use `axis=-1` in both places, for the largest logit and for the sum.",
        ),
        edits=(
            ("logits.max(axis=-1", "logits.max(axis=0"),
            ("np.exp(shifted).sum(axis=-1", "np.exp(shifted).sum(axis=0"),
        ),
    ),
    Mistake(
        name="summed_over_the_batch",
        summary="the gradients of all examples are added up into one row",
        tag="reduction",
        hints=Hints(
            where="Which shape has `logits`, and which shape has your result?",
            idea=f"Each example has logits of its own, so the gradient is (B, K) ({ENTROPY}).",
            fix="Leave out the sum over axis 0.",
        ),
        edits=(("return p / len(targets)", "return p.mean(axis=0)"),),
    ),
    SOFTMAX_TWICE,
    CLASS_BEFORE,
)


def arguments(scene: Scene):
    return labeled_scores(scene, scene.B, scene.K)


D_LOGITS = Exercise(
    name="activations_losses.d_logits",
    reference=d_logits,
    probes=probes_from("BK", arguments),
    results=(Result("d_logits", ("B", "K")),),
    points=4,
    chapter="losses",
    mistakes=MISTAKES,
    equivalents={
        "targets → logits (line 6)": SAME_LENGTH,
        "targets → logits (line 5)": SAME_LENGTH,
    },
)
