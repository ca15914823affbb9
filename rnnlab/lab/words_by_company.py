"""Experiment: which words of a text keep the same company, by counting the words around them.

Prediction: animals are near animals; but what is near is a fact about the text. Budget: a second.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True)
class Vectors:
    """The most frequent words, the most frequent first, and one row for each, of length 1: (V, V)."""

    words: tuple[str, ...]
    rows: Array


def vectors(text: str, V: int = 1000, reach: int = 2) -> Vectors:
    """For each word, how much more often than by chance each other word stands within `reach` words of it.

    Entry (a, b) is max(0, log p(a, b) / (p(a) p(b))), the positive pointwise mutual information; then each row is
    scaled to length 1, so that the product of two rows is the cosine of their angle.
    """
    spoken = re.findall(r"[a-z]+", text)
    words = tuple(word for word, _ in Counter(spoken).most_common(V))
    ids = {word: place for place, word in enumerate(words)}
    places = np.array([ids.get(word, V) for word in spoken])  # V is any rarer word
    together = np.zeros((V + 1, V + 1))
    for distance in range(1, reach + 1):
        np.add.at(together, (places[:-distance], places[distance:]), 1)
    together = (together + together.T)[:V, :V]
    by_chance = together.sum(axis=1, keepdims=True) * together.sum(axis=0) / together.sum()
    positive = np.log(np.maximum(together, by_chance) / np.maximum(by_chance, 1e-12))
    return Vectors(words, positive / np.maximum(np.linalg.norm(positive, axis=1, keepdims=True), 1e-12))


def nearest(vectors: Vectors, word: str, count: int) -> list[str]:
    """The words whose rows have the largest cosine with that of the word."""
    cosines = vectors.rows @ vectors.rows[vectors.words.index(word)]
    return [vectors.words[place] for place in np.argsort(-cosines) if vectors.words[place] != word][:count]
