"""The door of the numeric core: each argument is checked once, with a message that says what to do."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray


def require_float(name: str, array: NDArray) -> NDArray:
    """The array itself if it holds floats; raises `TypeError` otherwise."""
    kind = getattr(array, "dtype", None)
    if kind is None or kind.kind != "f":
        came = f"an array of {kind}" if kind is not None else f"a {type(array).__name__}"
        raise TypeError(
            f"{name} should be a NumPy array of floats, but {came} came; convert it with .astype(float)"
        )
    return array


def require_shape(name: str, array: NDArray, axes: str, sizes: Mapping[str, int], hint: str = "") -> NDArray:
    """The array itself if its shape is `axes` ("T B D"), with the sizes known so far; raises `ValueError` otherwise."""
    letters = axes.split()
    shape = np.shape(array)
    fits = len(shape) == len(letters) and all(
        sizes.get(letter, size) == size for letter, size in zip(letters, shape, strict=True)
    )
    if not fits:
        wanted = ", ".join(f"{letter}={sizes[letter]}" if letter in sizes else letter for letter in letters)
        cause = f"; {hint}" if hint else ""
        raise ValueError(f"{name} should have shape ({wanted}), but {shape} came{cause}")
    return array
