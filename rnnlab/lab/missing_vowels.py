"""Experiment: English text whose vowels were replaced by stars, and a network that names each missing vowel.

The letters after a gap say as much about it as those before. Predictions, made before the first run: one direction
beats the most frequent vowel, and both directions, or one that answers later, beat one direction. They were right. What
was not foreseen: with a linear head both directions stay behind a delay, and a hidden layer in the head closes the gap;
see `needs_the_future` for a reason. All wirings have about 7,000 weights. Budget: 0.7 s of CPU for a run. Chapters of
the text are held out whole; see `rnnlab.data.text`. Result: the share of held-out vowels named rightly.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.data.encoding import encode
from rnnlab.data.text import ALPHABET, learn_and_held_out
from rnnlab.lab.labeling import Params, Wiring, train
from rnnlab.nets.embedding import one_hot
from rnnlab.training.minibatches import Batch, streams

Array = NDArray[Any]

VOWELS = "aeiou"
STAR = len(ALPHABET)
SYMBOLS = STAR + 1
T, B, STEPS, RATE = 20, 64, 300, 2e-2
HELD_OUT, EDGE = 200, 20  # steps of each held-out stream, and how many at both ends are read but not scored

WIRINGS = {
    "one direction": Wiring(H=64),
    "one direction, delay 1": Wiring(H=64, delay=1),
    "one direction, delay 3": Wiring(H=64, delay=3),
    "both, linear head": Wiring(H=42, both=True),
    "both, hidden layer": Wiring(H=32, both=True, head=32),
}


@cache
def texts() -> tuple[Array, Array]:
    """Ids of the text to learn from (N,), and of the held-out text as streams from all over it (HELD_OUT, 60)."""
    learn, held_out = (encode(part, ALPHABET) for part in learn_and_held_out())
    return learn, streams(held_out, B=60)[:HELD_OUT]


def starred(ids: Array) -> tuple[Array, Array, Array]:
    """What is read, with a star for each vowel; which vowel it was, 0 to 4; and where the stars are. All of ids' shape.

    >>> read, vowel, star = starred(encode("adam", ALPHABET))
    >>> [(ALPHABET + "*")[i] for i in read], vowel.tolist(), star.tolist()
    (['*', 'd', '*', 'm'], [0, 0, 0, 0], [True, False, True, False])
    """
    number = np.full(len(ALPHABET), -1)
    number[encode(VOWELS, ALPHABET)] = np.arange(len(VOWELS))
    vowel = number[ids]
    star = vowel >= 0
    return np.where(star, STAR, ids), np.where(star, vowel, 0), star


def batch_of(ids: Array, edge: int = 0) -> Batch:
    """Texts (T, B) as a batch; stars closer than `edge` to either end are not scored."""
    read, vowel, star = starred(ids)
    t = np.arange(len(ids))[:, np.newaxis]
    inside = (t >= edge) & (t < len(ids) - edge)
    return Batch(one_hot(read, SYMBOLS, np.float32), vowel, scored=star & inside)


def snippets(rng: Generator, count: int = B, length: int = T) -> Array:
    """Random snippets of the text to learn from, as ids (length, count)."""
    learn, _ = texts()
    return learn[rng.integers(len(learn) - length, size=count) + np.arange(length)[:, np.newaxis]]


def trained(seed: int, wiring: Wiring, rate: float = RATE, steps: int = STEPS) -> Params:
    """A network after `steps` updates of B snippets of T letters each."""
    rng = np.random.default_rng(seed)
    return train(rng, wiring, lambda rng: batch_of(snippets(rng)), len(VOWELS), steps, rate)


def accuracy(params: Params, wiring: Wiring) -> float:
    """The share of vowels named rightly in the held-out streams."""
    return wiring.accuracy(params, batch_of(texts()[1], EDGE))


def restored(params: Params, wiring: Wiring, text: str) -> str:
    """A text with its vowels struck out and filled in again by the network."""
    batch = batch_of(encode(text, ALPHABET)[:, np.newaxis])
    guesses = wiring.logits(params, batch).argmax(axis=-1)[:, 0]
    stars = batch.scored[:, 0] if batch.scored is not None else ()
    return "".join(
        VOWELS[guess] if star else letter for letter, guess, star in zip(text, guesses, stars, strict=True)
    )


def table_accuracy(rng: Generator, before: int, after: int, letters: int = STEPS * B * T) -> float:
    """The score of a table: the most frequent vowel between these `before` and `after` symbols, counted in snippets.

    It counts as many letters as a network reads in its training. A context that it never saw gets the usual vowel.
    """
    length = 200
    keys, vowels = _contexts(snippets(rng, letters // length, length), before, after, edge=max(before, after))
    counts = np.bincount(vowels)
    rows, each = np.unique(np.stack([keys, vowels]), axis=1, return_counts=True)
    order = np.lexsort((each, rows[0]))  # the most frequent vowel of a context comes last
    answer = dict(zip(rows[0][order].tolist(), rows[1][order].tolist(), strict=True))
    usual = int(counts.argmax())
    keys, vowels = _contexts(texts()[1], before, after, EDGE)
    return float(
        np.mean([answer.get(key, usual) == vowel for key, vowel in zip(keys.tolist(), vowels, strict=True)])
    )


def _contexts(ids: Array, before: int, after: int, edge: int) -> tuple[Array, Array]:
    """The symbols around each star, as one whole number, and its vowel; not within `edge` of either end."""
    read, vowel, star = starred(ids)
    t, b = np.nonzero(star[edge : len(ids) - edge])
    key = np.zeros(len(t), np.int64)
    for step in (*range(-before, 0), *range(1, after + 1)):
        key = key * SYMBOLS + read[t + edge + step, b]
    return key, vowel[t + edge, b]
