"""From letters to the ids that a network reads."""

from __future__ import annotations

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
