"""One block of memory for everything that a forward pass keeps: fresh, or that of an earlier pass."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

Array = NDArray[Any]


def block(shape: tuple[int, ...], dtype: DTypeLike, used: Array | None = None) -> Array:
    """An array of this shape to write to: `used`, if it has this shape and dtype, else a fresh one.

    Fresh memory of more than about 32 MB comes from the operating system page by page, at each call again.

    >>> first = block((2, 3), np.float64)
    >>> block((2, 3), np.float64, used=first) is first, block((2, 4), np.float64, used=first) is first
    (True, False)
    """
    if used is None or used.shape != shape or used.dtype != dtype:
        return np.empty(shape, dtype)
    used.setflags(write=True)
    return used
