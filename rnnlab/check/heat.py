"""Where an answer differs from the right one: a strip of shades for each axis, and the same in words.

A strip says where and how much relative to the largest difference, so that it gives away no expected value.

>>> within = Tolerance(rtol=1e-7, atol=1e-9)
>>> print(heat(np.array([1.0, 2.0, 4.0, 8.0]), np.array([1.0, 2.0, 3.0, 4.0]), within, "h", ("T",)))
Where h differs (· not at all, ░▒▓█ from little to most):
  time  ··▒█  from index 2 on
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnnlab.check.compare import Tolerance

AGREES = "·"
SHADES = "░▒▓█"
MOST_CELLS = 24
NAMES = {"T": "time", "B": "batch", "H": "unit", "D": "entry", "K": "class", "T_q": "query", "T + 1": "time"}
EVERYWHERE = "everywhere"


@dataclass(frozen=True)
class Strip:
    """One axis of a result: its name, a shade for each index (or each few), and where it differs, in words."""

    axis: str
    shades: str
    words: str

    def __str__(self) -> str:
        return f"{self.axis:>6}  {self.shades}  {self.words}"


def heat(
    got: NDArray[np.generic],
    want: NDArray[np.generic],
    within: Tolerance,
    name: str,
    axes: tuple[str, ...],
) -> str:
    """The strips of one result as text; "" where nothing differs, or where there is no axis to show."""
    error = excess(got, want, within)
    if not axes or not error.any():
        return ""
    strips = [_strip(error, number, axis) for number, axis in enumerate(_names(axes))]
    legend = f"Where {name} differs ({AGREES} not at all, {SHADES} from little to most):"
    return "\n".join([legend, *map(str, strips)])


def read(picture: str) -> tuple[Strip, ...]:
    """The strips of what `heat` wrote."""
    found = (re.fullmatch(rf" *(\w+)  ([{AGREES}{SHADES}]+)  (.*)", row) for row in picture.splitlines())
    return tuple(Strip(*match.groups()) for match in found if match)


def excess(got: NDArray[np.generic], want: NDArray[np.generic], within: Tolerance) -> NDArray[np.float64]:
    """The size of the difference where it is beyond the tolerance, 0 elsewhere; where a number is NaN, the largest."""
    mine, right = (np.asarray(array, np.result_type(array, np.float64)) for array in (got, want))
    with np.errstate(all="ignore"):
        difference = np.abs(mine - right)
        difference = np.where(np.isnan(difference), np.inf, difference)
        return np.where(difference > within.atol + within.rtol * np.abs(right), difference, 0.0)


def _names(axes: tuple[str, ...]) -> tuple[str, ...]:
    """The axes in words; those of a weight matrix are its rows and columns."""
    if len(axes) == 2 and not {"T", "B"} & set(axes):
        return "row", "column"
    return tuple(NAMES.get(axis, "entry") for axis in axes)


def _strip(error: NDArray[np.float64], axis: int, name: str) -> Strip:
    others = tuple(i for i in range(error.ndim) if i != axis)
    heights = error.max(axis=others)
    words = _words([bool(height > 0) for height in heights])
    groups = np.array_split(heights, min(len(heights), MOST_CELLS))
    largest = heights.max()
    shades = "".join(_shade(float(group.max()), float(largest)) for group in groups)
    return Strip(name, shades, words)


def _shade(height: float, largest: float) -> str:
    if height <= 0:
        return AGREES
    share = height / largest if np.isfinite(largest) else float(np.isinf(height))
    return SHADES[min(int(share * len(SHADES)), len(SHADES) - 1)]


def _words(wrong: Sequence[bool]) -> str:
    """Which indices are wrong: "everywhere", "only at index 0", "from index 2 on", "at 3 of 9 indices"."""
    places = [index for index, bad in enumerate(wrong) if bad]
    first, last, count = places[0], places[-1], len(wrong)
    if len(places) == count:
        return EVERYWHERE
    if len(places) == 1:
        return f"only at index {first}"
    if last - first + 1 == len(places):
        if last == count - 1:
            return f"from index {first} on"
        return f"up to index {last}" if first == 0 else f"from index {first} to {last}"
    if len(places) == count - 1:
        return f"everywhere but at index {next(i for i, bad in enumerate(wrong) if not bad)}"
    return f"at {len(places)} of {count} indices"
