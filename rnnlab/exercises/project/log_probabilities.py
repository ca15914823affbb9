"""log_probabilities: what comes next in a text, by a language model that the student has trained; measured in bits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.data import project
from rnnlab.data.encoding import encode
from rnnlab.data.project import CHARACTERS
from rnnlab.exercises.project import held_out
from rnnlab.exercises.spec import Failing, Hints, Measured, Measurement, Metric, Result, Sample

V = len(CHARACTERS)
N, T = 80, 160
CHANGED_AT = 60
BITS = "chapter losses, “Bits and perplexity”"
SEQUENCE = "chapter losses, “A loss for a sequence”"
STREAMS = "chapter bptt, “Truncated: cutting the loop short”"
SCORES = "chapter losses, “Scores and probabilities”"
CLOSE = 1e-3

# Bits per character and points. Counts of pairs reach 3.3, of triples 2.5; a small GRU reaches 2.0.
THRESHOLDS = ((3.4, 2.0), (2.4, 5.0), (2.25, 8.0))


def log_probabilities(texts):
    raise NotImplementedError


def bits(pairs: Sequence[tuple[Sample, NDArray[Any]]]) -> float:
    """The mean surprise at the characters after the first of each text; what is held to be impossible costs 50 bits."""
    surprise = np.concatenate([-_of_targets(answer, sample.truth[:, 1:]).ravel() for sample, answer in pairs])
    return float(np.minimum(surprise / np.log(2), 50.0).mean())


def _of_targets(answer: NDArray[Any], targets: NDArray[np.int64]) -> NDArray[np.float64]:
    """The log-probability of each target, the answer at one step being about the next."""
    predicted = answer[:, : targets.shape[1]].astype(np.float64)
    return np.take_along_axis(predicted, targets[:, :, np.newaxis], axis=2)[:, :, 0]


def _sums(found: Measurement) -> NDArray[np.float64]:
    """The sum of the exponentials at each step; 1 where these are probabilities."""
    ((_, answer),) = found.of("measured")
    with np.errstate(over="ignore"):
        return np.exp(answer.astype(np.float64)).sum(axis=2)


def _probabilities(found: Measurement) -> bool:
    ((_, answer),) = found.of("measured")
    sums = answer.astype(np.float64).sum(axis=2)
    return bool(answer.min() >= 0 and np.allclose(sums, 1, atol=CLOSE))


def _base_two(found: Measurement) -> bool:
    ((_, answer),) = found.of("measured")
    with np.errstate(over="ignore"):
        return bool(np.allclose(np.exp2(answer.astype(np.float64)).sum(axis=2), 1, atol=CLOSE))


def _not_normalized(found: Measurement) -> bool:
    return not np.allclose(_sums(found), 1, atol=CLOSE)


def _unsteady(found: Measurement) -> bool:
    ((_, first),) = found.of("measured")
    return any(_apart(answer, first) for _, answer in found.of("again"))


def _looks_ahead(found: Measurement) -> bool:
    """What was said before a character depends on that character, or on what comes after it."""
    ((_, first),) = found.of("measured")
    return any(
        _apart(answer[:, :CHANGED_AT], first[: len(answer), :CHANGED_AT]) for _, answer in found.of("changed")
    )


def _apart(one: NDArray[Any], other: NDArray[Any]) -> bool:
    return not np.allclose(np.exp(one.astype(float)), np.exp(other.astype(float)), atol=CLOSE)


def _repeats_the_input(found: Measurement) -> bool:
    """The character that was read last is predicted once more: the targets were not shifted."""
    ((sample, answer),) = found.of("measured")
    read = np.take_along_axis(answer.astype(float), sample.truth[:, :, np.newaxis], axis=2)
    return float(-read.mean() / np.log(2)) < min(1.0, found.value)


def _context_ignored(found: Measurement) -> bool:
    ((_, answer),) = found.of("measured")
    return not _apart(answer, np.broadcast_to(answer[:1, :1], answer.shape))


def _last_character_alone(found: Measurement) -> bool:
    """After equal characters the same is predicted, whatever came before them."""
    ((sample, answer),) = found.of("measured")
    place = sample.truth == CHARACTERS.index("e")
    after = np.exp(answer[place].astype(float))
    return len(after) > 1 and float(np.abs(after - after.mean(axis=0)).max()) < CLOSE


def _memorized(found: Measurement) -> bool:
    return found.given is not None and found.value - found.given > 1.0 and found.value > THRESHOLDS[0][0]


FAILINGS = (
    Failing(
        name="probabilities_returned",
        summary="probabilities are returned, where their logarithms are asked for",
        hints=Hints(
            where="Are your numbers positive or negative?",
            idea=f"The surprise is made of logarithms, and these are computed without underflow ({BITS}).",
            fix="Return `torch.log_softmax(logits, dim=-1)`, and not `softmax`.",
        ),
        seen=_probabilities,
        fatal=True,
    ),
    Failing(
        name="base_two",
        summary="the logarithms are those to base 2, where natural ones are asked for",
        hints=Hints(
            where="What is the sum of `np.exp(...)` of one row?",
            idea=f"The change to bits comes once, and at the end ({BITS}).",
            fix="Return `torch.log_softmax(logits, dim=-1)` as it is.",
        ),
        seen=_base_two,
        fatal=True,
    ),
    Failing(
        name="not_normalized",
        summary="the probabilities of the next character do not add up to one",
        hints=Hints(
            where="What is the sum of `np.exp(...)` of one row of your result?",
            idea=f"Logits are scores of any size; only a softmax makes a distribution of them ({SCORES}).",
            fix="Return `torch.log_softmax(logits, dim=-1)`, over the last axis.",
        ),
        seen=_not_normalized,
        fatal=True,
    ),
    Failing(
        name="unsteady",
        summary="the same texts get other answers when they are asked for again",
        hints=Hints(
            where="What in your model draws random numbers, and which state does your function start from?",
            idea="Dropout belongs to training, and every call starts from a fresh state (chapter deep, “Dropout in a "
            "recurrent network”).",
            fix="Call `model.eval()` before you answer, and keep no state from one call to the next.",
        ),
        seen=_unsteady,
        fatal=True,
    ),
    Failing(
        name="looks_ahead",
        summary="what is predicted depends on characters that are still to come",
        hints=Hints(
            where="Which of the characters can your network see when it predicts the one at place t + 1?",
            idea="A network that reads in both directions has seen the answer (chapter bidirectional, “When it cheats: "
            "forecasting”).",
            fix="Read in one direction only, and let row t depend on the characters 0 to t.",
        ),
        seen=_looks_ahead,
        fatal=True,
    ),
    Failing(
        name="repeats_the_input",
        summary="the character that was read last is predicted again, and not the next one",
        hints=Hints(
            where="Is row t of your result about character t or about character t + 1?",
            idea=f"The target of each step is the character that comes next ({SEQUENCE}).",
            fix="Shift the targets in training: the inputs are characters 0 to T − 1, the targets 1 to T.",
        ),
        seen=_repeats_the_input,
    ),
    Failing(
        name="context_ignored",
        summary="the prediction is the same at every place, whatever was read",
        hints=Hints(
            where="Do two rows of your result differ?",
            idea=f"How often each character occurs costs 4.2 bits; all that is better comes from context ({BITS}).",
            fix="See to it that the network reads the characters, and that its weights are trained.",
        ),
        seen=_context_ignored,
    ),
    Failing(
        name="memorized",
        summary="the text that you were given is known by heart, and new text is not read",
        hints=Hints(
            where="What does your model say after characters that it has never seen in this order?",
            idea=f"A model is judged on text that it has not seen ({BITS}).",
            fix="Let the network predict from its state; a table of known passages cannot help with others.",
        ),
        seen=_memorized,
    ),
    Failing(
        name="last_character_alone",
        summary="the prediction depends on the last character alone, and on nothing before it",
        hints=Hints(
            where="Is the state handed on from one step to the next?",
            idea=f"Counts of pairs cost about 3.3 bits; the state is what remembers more ({STREAMS}).",
            fix="Give the whole text to the recurrent layer at once, time-first or with `batch_first=True`.",
        ),
        seen=_last_character_alone,
    ),
)

ADVICE = Hints(
    where="Is the loss still falling when your training ends?",
    idea=f"Streams that carry their state, a larger state and more steps all help ({STREAMS}).",
    fix="Try a GRU or LSTM of 128 to 256 units, Adam with a rate near 0.003 that falls to 0 at the end, 32 or more "
    "streams, windows of 64 characters, and gradients clipped at norm 1.",
)


def samples(rng: Generator) -> tuple[Sample, ...]:
    """Excerpts of the held-out text, and of the text that was given."""
    return _samples(
        _excerpts(held_out.text(), N, rng),
        _excerpts(project.text("learn"), N // 4, rng),
        "characters that your notebook was not given",
    )


def public_samples() -> tuple[Sample, ...]:
    """Excerpts of the validation text, always the same, and of the text to learn from."""
    rng = np.random.default_rng(0)
    return _samples(
        _excerpts(project.text("validation"), N // 2, rng),
        _excerpts(project.text("learn"), N // 4, rng),
        "characters of the validation text",
    )


def _excerpts(text: str, count: int, rng: Generator) -> list[str]:
    """Pieces of T characters from random places, one in each of `count` equal parts of the text.

    Raises: ValueError where the text is shorter than the pieces together.
    """
    part = len(text) // count
    if part < T:
        raise ValueError(f"the text must have at least {count * T:,} characters, but has {len(text):,}.")
    starts = part * np.arange(count) + rng.integers(0, part - T + 1, count)
    return [text[start : start + T] for start in starts]


def _samples(texts: list[str], given: list[str], what: str) -> tuple[Sample, ...]:
    changed = [text[:CHANGED_AT] + _other(text[CHANGED_AT:]) for text in texts[:8]]
    return (
        _sample(f"{len(texts) * (T - 1):,} {what}", texts, "measured"),
        _sample("the same texts, asked again", texts, "again"),
        _sample(f"texts that were changed from place {CHANGED_AT} on", changed, "changed"),
        _sample("text that you were given", given, "given"),
    )


def _sample(label: str, texts: list[str], role: str) -> Sample:
    ids = np.stack([encode(text, CHARACTERS) for text in texts])
    return Sample(label, (texts,), np.zeros((*ids.shape, V), np.float32), ids, role)


def _other(text: str) -> str:
    """The text with every character replaced by another one."""
    return "".join(CHARACTERS[(CHARACTERS.index(character) + 7) % V] for character in text)


LOG_PROBABILITIES = Measured(
    name="project.log_probabilities",
    stub=log_probabilities,
    samples=samples,
    public_samples=public_samples,
    result=Result("log_p", ("N", "T", "V")),
    metric=Metric(
        name="the mean surprise", score=bits, form="{:.2f} bits per character", higher_is_better=False
    ),
    thresholds=THRESHOLDS,
    chapter="losses",
    advice=ADVICE,
    public_note="The grade is measured on text that your notebook was not given.",
    mistakes=FAILINGS,
)
