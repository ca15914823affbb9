"""From texts of different lengths to one time-first batch of ids and its mask."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def encode(text: str, alphabet: str) -> NDArray[np.int64]:
    """The place of each letter in the alphabet.

    Shapes: a text of T letters -> (T,). Raises `ValueError` for a letter that is not in the alphabet.

    >>> encode("cab", "abc")
    array([2, 0, 1])
    """
    unknown = sorted(set(text) - set(alphabet))
    if unknown:
        raise ValueError(
            f"text should use the letters of the alphabet {alphabet!r} only, but {unknown} came in {text!r}"
        )
    return np.array([alphabet.index(letter) for letter in text], dtype=np.int64)


def pad(sequences: Sequence[NDArray[np.int64]]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """One batch of sequences of ids, filled up with zeros at the end, and a mask that is True at the real ids.

    Shapes: B sequences of lengths T_b -> ids (T, B), mask (T, B), with T the largest length.
    Raises `ValueError` where there is no sequence.

    >>> ids, mask = pad([np.array([5, 6]), np.array([7])])
    >>> ids.T, mask.T
    (array([[5, 6],
           [7, 0]]), array([[ True,  True],
           [ True, False]]))
    """
    if not sequences:
        raise ValueError("sequences should hold at least one sequence, but none came")
    lengths = np.array([len(sequence) for sequence in sequences])
    mask = np.arange(lengths.max())[:, np.newaxis] < lengths
    ids = np.zeros(mask.shape, np.int64)
    for b, sequence in enumerate(sequences):
        ids[: len(sequence), b] = sequence
    return ids, mask
