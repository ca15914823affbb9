"""What the functions of this assignment share: their probes, and mistakes that several can have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from rnnlab.exercises.draw import Scene, read_only
from rnnlab.exercises.spec import Hints, Mistake, Probe

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
        # In a sequence the mask is True at the first of these two places, and False at the second.
        for place in [(1,)] if len(shape) == 2 else [(1, 0), (2, 0)]:
            logits[(*place, (targets[place] + 1) % scene.K)] = 4500.0
            logits[(*place, targets[place])] = -8000.0
    return scene.given(logits), targets


Arguments = tuple[Any, ...]
Probes = Callable[[np.random.Generator], tuple[Probe, ...]]


def and_one_between(probes: Probes, tamed: Callable[[Arguments], Arguments]) -> Probes:
    """One more probe, made from the large one: no exponential overflows, but a probability still rounds to zero.

    It tells the two apart, for a mean of many losses is NaN or infinite in both cases.
    """

    def all_probes(rng: np.random.Generator) -> tuple[Probe, ...]:
        drawn = probes(rng)
        (large,) = (probe for probe in drawn if "large" in probe.traits)
        arguments = tuple(read_only(np.array(argument)) for argument in tamed(large.arguments))
        label = large.label.replace("inputs beyond ±1000", "logits up to ±680")
        return (*drawn, replace(large, label=label, arguments=arguments))

    return all_probes


def tamed_logits(arguments: Arguments) -> Arguments:
    """Large logits made smaller, so that none is above 709, where the exponential overflows."""
    return (0.085 * arguments[0], *arguments[1:])


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
    edits=(("logits - largest", "logits"),),
)

LOG_P = "shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))"
QUOTIENT = "np.exp(shifted) / np.exp(shifted).sum(axis=-1, keepdims=True)"

LOGARITHM_OF_ZERO = Mistake(
    name="logarithm_of_zero",
    summary="the logarithm of a finished softmax is taken, which is −∞ where a probability rounds to zero",
    tag="stability",
    hints=Hints(
        where="What is the softmax of (0, 1000), and how surprised is it by the class 0?",
        idea=f"Take the logarithm on paper first: log(e^y/Σ) = y − log Σ ({OVERFLOW}).",
        fix="Compute `shifted - np.log(np.exp(shifted).sum(…))`, and no quotient.",
    ),
    edits=((LOG_P, f"np.log({QUOTIENT})"),),
)

OVER_EVERYTHING = Mistake(
    name="over_everything",
    summary="the softmax runs over the whole array, so that all rows together sum to 1",
    tag="axes",
    hints=Hints(
        where="What do the probabilities of the first row sum to?",
        idea=f"Each row has probabilities of its own, which sum to 1 ({SCORES}).",
        fix="Use `axis=-1, keepdims=True` in both places, for the largest logit and for the sum.",
    ),
    edits=(
        ("logits.max(axis=-1, keepdims=True)", "logits.max()"),
        ("np.exp(shifted).sum(axis=-1, keepdims=True)", "np.exp(shifted).sum()"),
    ),
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
            "shifted = logits - largest",
            "p = np.exp(logits - largest)\n    shifted = p / p.sum(axis=-1, keepdims=True)",
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
