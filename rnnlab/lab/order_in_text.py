"""Experiment: how well counting guesses the letters of English text, in order and out of order.

Prediction: knowing the letters before the next one saves bits as long as the text is in order; once all letters are
shuffled, nothing but their frequencies is left. Budget: two seconds. Result: held-out bits for each character, for a
context of 0, 1, 2 and 3 characters.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.data.encoding import encode
from rnnlab.data.text import ALPHABET, learn_and_held_out

Array = NDArray[Any]

V = len(ALPHABET)
LEARN, HELD_OUT = 1_000_000, 100_000


def texts() -> tuple[str, str]:
    """The beginning of the text to learn from, and of the held-out chapters."""
    learn, held_out = learn_and_held_out()
    return learn[:LEARN], held_out[:HELD_OUT]


def words_shuffled(text: str, rng: Generator) -> str:
    """The same words in random order: every word stays whole, with the comma or full stop that follows it."""
    words = text.split(" ")
    return " ".join(words[place] for place in rng.permutation(len(words)))


def letters_shuffled(text: str, rng: Generator) -> str:
    """The same characters in random order."""
    return "".join(text[place] for place in rng.permutation(len(text)))


def bits_by_context(learn: str, held_out: str, longest: int = 3, weight: float = 2.0) -> Array:
    """Held-out bits for each character with a context of k = 0 … `longest` characters before it: (longest + 1,).

    p_k(c | context) = (n(context c) + w p_{k−1}(c | shorter context)) / (n(context) + w): counts n, mixed with what the
    shorter context says, so that a context never seen is as good as the shorter one. p_{−1} is 1 / V.

    >>> bits_by_context("abababab" * 100, "abababab", longest=1).round(1)
    array([1., 0.])
    """
    learned, asked = encode(learn, ALPHABET), encode(held_out, ALPHABET)
    p = np.full(len(asked) - longest, 1 / V)
    bits = []
    for k in range(longest + 1):
        with_next = np.bincount(_codes(learned, k + 1), minlength=V ** (k + 1)).reshape(-1, V)
        seen = with_next.sum(axis=1)
        context, character = np.divmod(_codes(asked, k + 1)[longest - k :], V)
        p = (with_next[context, character] + weight * p) / (seen[context] + weight)
        bits.append(-np.log2(p).mean())
    return np.array(bits)


def _codes(ids: Array, n: int) -> Array:
    """One number for each run of n characters, the last one its last digit in base V: (T − n + 1,)."""
    runs = np.lib.stride_tricks.sliding_window_view(ids, n)
    return runs @ V ** np.arange(n - 1, -1, -1)
