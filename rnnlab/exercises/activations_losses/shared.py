"""What the functions of this assignment share: their probes, and mistakes that several can have."""

from __future__ import annotations

import numpy as np

from rnnlab.exercises.draw import Scene
from rnnlab.exercises.spec import Hints, Mistake

SLOPES = "chapter activations, “The slopes, derived”"
FUNCTIONS = "chapter activations, “Four functions”"
SCORES = "chapter losses, “Scores and probabilities”"
OVERFLOW = "chapter losses, “Exponentials overflow”"
ENTROPY = "chapter losses, “Cross-entropy”"
TWICE = "chapter losses, “One softmax too many”"
SEQUENCES = "chapter losses, “A loss for a sequence”"
BITS = "chapter losses, “Bits and perplexity”"

ENTRY_BY_ENTRY = "each entry is computed by itself, so that no axis has a role"


def scores(scene: Scene, *shape: int):
    """Logits of any sign; among the large ones the first row is low throughout, so that each needs its own shift."""
    logits = np.array(scene.values(*shape))
    if scene.trait == "large":
        first, last = (0,) * (len(shape) - 1), (-1,) * (len(shape) - 1)
        logits[first] = -np.abs(logits[first])
        logits[(*last, 0)] = 4500.0
    return scene.given(logits)


def labeled_scores(scene: Scene, *shape: int):
    """Logits and targets; among the large ones there are targets that the logits all but rule out."""
    logits, targets = np.array(scores(scene, *shape)), scene.ids(*shape[:-1])
    if scene.trait == "large":
        for row in range(2):
            place = (row,) + (0,) * (len(shape) - 2)
            logits[(*place, targets[place])] = -8000.0
    return scene.given(logits), targets


def surprises(scene: Scene):
    """A loss for each token, in nats: between 0.2 and 4, and so different that a mean of exponentials is another."""
    return scene.given(scene.rng.uniform(0.2, 4.0, (scene.T, scene.B)))


OVERFLOWING = Mistake(
    name="overflow",
    summary="the largest logit of a row is not subtracted, so that large logits overflow and give NaN",
    tag="stability",
    hints=Hints(
        where="What is `np.exp(1000.0)`, and what is it divided by itself?",
        idea=f"The same number may be taken from all logits of a row: choose the largest ({OVERFLOW}).",
        fix="Start with `shifted = logits - logits.max(axis=-1, keepdims=True)`, and use only that.",
    ),
    edits=(("logits - logits.max(axis=-1, keepdims=True)", "logits"),),
)

SOFTMAX_TWICE = Mistake(
    name="softmax_twice",
    summary="a softmax is applied before the one that belongs to the loss, so that there are two",
    tag="probabilities for logits",
    hints=Hints(
        where="How often does something like `exp(…) / sum(exp(…))` happen between the logits and the loss?",
        idea=f"The loss takes logits, and its logarithm of a softmax is the only one ({TWICE}).",
        fix="Hand the logits themselves to the log-softmax, not their softmax.",
    ),
    edits=(
        (
            "shifted = logits - logits.max(axis=-1, keepdims=True)",
            "p = np.exp(logits - logits.max(axis=-1, keepdims=True))\n"
            "    shifted = p / p.sum(axis=-1, keepdims=True)",
        ),
    ),
)

CLASS_BEFORE = Mistake(
    name="class_before",
    summary="the class before the right one is looked up: targets are counted from 1",
    tag="off by one",
    hints=Hints(
        where="Which column belongs to the target 0?",
        idea=f"Targets are ids from 0 to K − 1, and so are the columns ({ENTROPY}).",
        fix="Use the targets as they are, with nothing added or taken away.",
    ),
    edits=((", targets]", ", targets - 1]"),),
)

WITHOUT_LARGE_SURPRISES = {
    "square": "there are no weights",
    "large": "a mean surprise of 1000 nats has no perplexity that a float can hold",
}
