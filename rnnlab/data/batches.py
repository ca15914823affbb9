"""From texts of different lengths to one time-first batch of ids and its mask."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def encode(text: str, alphabet: str) -> NDArray[np.int64]:
    """The place of each letter in the alphabet: a text of T letters → (T,).

    Raises: ValueError for a letter that is not in the alphabet.

    >>> encode("cab", "abc")
    array([2, 0, 1])
    """
    unknown = sorted(set(text) - set(alphabet))
    if unknown:
        letters = ", ".join(map(repr, unknown))
        raise ValueError(
            f"text must use the letters of the alphabet {alphabet!r} alone, but {text!r} has {letters}."
        )
    return np.array([alphabet.index(letter) for letter in text], dtype=np.int64)


def pad(sequences: Sequence[NDArray[np.int64]]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """One batch of sequences of ids, filled up with zeros at their ends, and a mask that is True at the real ids.

    Shapes: B sequences of lengths T_b; returns ids (T, B) and mask (T, B), with T the largest length.

    Raises: ValueError where there is no sequence, or one without ids.

    >>> ids, mask = pad([np.array([5, 6]), np.array([7])])
    >>> ids.T.tolist(), mask.T.tolist()
    ([[5, 6], [7, 0]], [[True, True], [True, False]])
    """
    lengths = np.array([len(sequence) for sequence in sequences])
    if len(lengths) == 0 or lengths.min() == 0:
        raise ValueError(
            "sequences must hold at least one sequence, and none may be empty. Are there texts without letters?"
        )
    mask = np.arange(lengths.max())[:, np.newaxis] < lengths
    ids = np.zeros(mask.shape, np.int64)
    for b, sequence in enumerate(sequences):
        ids[: len(sequence), b] = sequence
    return ids, mask
