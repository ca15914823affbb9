"""Tables that set an equation beside the code that computes it and the shape of what comes out.

Every line of code is evaluated on arrays whose sizes are all different. So the letters of a shape are read off the
value, and no shape is typed by hand. A line may give the equation a second time, in plain NumPy: then both values must
agree, and the row bears a mark. Source: the book's pages hidden-state and equations.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

MULTIPLE = re.compile(r"(\d+)([A-Z]\w*)")


@dataclass(frozen=True)
class Sizes:
    """The sizes of a table, each with its letter; no two names may mean the same number.

    `derived` names further sizes by their letters, such as "4H" or "T + 1".

    >>> sizes = Sizes({"T": 5, "B": 2, "H": 7}, derived=("4H", "T + 1"))
    >>> sizes.shape(np.zeros((6, 2, 28)))
    'T + 1, B, 4H'
    """

    letters: Mapping[str, int]
    derived: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.names()

    def names(self) -> dict[int, str]:
        """The name of every size. Raises: ValueError where two names mean one number, or a size is below 2."""
        found: dict[int, str] = {}
        for name in (*self.letters, *self.derived):
            size = self.value(name)
            if size < 2 or size in found:
                other = found.get(size, "an axis of length 1 or 0")
                raise ValueError(
                    f"the size {name} = {size} cannot be told from {other}. Choose sizes of at least 2, all different."
                )
            found[size] = name
        return found

    def value(self, name: str) -> int:
        """The number behind a letter, a multiple such as "4H", or a sum such as "T + 1"."""
        return sum(self._term(term) for term in name.split(" + "))

    def _term(self, term: str) -> int:
        if term.isdecimal():
            return int(term)
        if found := MULTIPLE.fullmatch(term):
            return int(found[1]) * self.letters[found[2]]
        return self.letters[term]

    def shape(self, value: Any) -> str:
        """The shape of an array in letters. Raises: ValueError for a size that has no letter."""
        names = {1: "1"} | self.names()
        sizes = np.shape(value)
        if unknown := [size for size in sizes if size not in names]:
            raise ValueError(f"the shape {sizes} has sizes without a letter: {unknown}. Known are {names}.")
        return ", ".join(names[size] for size in sizes)


@dataclass(frozen=True)
class Row:
    """One row: an equation (LaTeX, without dollars), the code that computes it, and the shape of the code's value.

    `proved` says whether the equation, computed a second time in plain NumPy, gave the same.
    """

    equation: str
    code: str
    shape: str
    proved: bool = False


def rows(lines: Iterable[tuple[str, ...]], sizes: Sizes, names: Mapping[str, Any]) -> list[Row]:
    """Evaluate each line with these names, and read the shape off its value.

    A line is (equation, code) or (equation, code, the equation in plain NumPy).

    Raises: what the code raises; ValueError for a shape that the sizes cannot name; AssertionError where the code and
    the equation disagree.

    >>> sizes = Sizes({"B": 2, "D": 3, "H": 4})
    >>> names = {"x_t": np.ones((2, 3)), "W_xh": np.ones((4, 3))}
    >>> rows([("W_{xh} x_t", "x_t @ W_xh.T")], sizes, names)
    [Row(equation='W_{xh} x_t', code='x_t @ W_xh.T', shape='B, H', proved=False)]
    """
    return [_row(line, sizes, names) for line in lines]


def _row(line: tuple[str, ...], sizes: Sizes, names: Mapping[str, Any]) -> Row:
    equation, code, *again = line
    value = eval(code, dict(names))
    for formula in again:
        expected = eval(formula, dict(names))
        np.testing.assert_allclose(value, expected, rtol=1e-9, atol=1e-12, err_msg=f"{code} is not {formula}")
        if np.shape(value) != np.shape(expected):
            raise AssertionError(
                f"{code} has the shape {np.shape(value)}, but {formula} has {np.shape(expected)}"
            )
    return Row(equation, code, sizes.shape(value), proved=bool(again))


def markdown(table: Iterable[Row]) -> str:
    """The rows as a table in Markdown.

    >>> print(markdown([Row("h_t", "h[0]", "B, H"), Row("L", "loss", "", proved=True)]))
    | equation | code | shape of its value |
    |---|---|---|
    | $h_t$ | `h[0]` | $(B, H)$ |
    | $L$ | `loss` ✓ | a number |
    """
    lines = ["| equation | code | shape of its value |", "|---|---|---|"]
    for row in table:
        shape = f"$({row.shape})$" if row.shape else "a number"
        mark = " ✓" if row.proved else ""
        lines.append(f"| ${row.equation}$ | `{row.code}`{mark} | {shape} |")
    return "\n".join(lines)
