"""What a gradient check found: one line for each array, as a table in a terminal and in a notebook."""

from __future__ import annotations

import html
from dataclasses import dataclass

HEADER = ("parameter", "verdict", "relative error", "worst at", "yours", "numerical", "checked")


@dataclass(frozen=True)
class LeafCheck:
    """One array: where its gradient is worst, what stands there, and the verdict.

    `verdict` is "agrees", "within noise" or "differs"; `checked` of `size` entries were compared.
    """

    path: str
    relative_error: float
    place: tuple[int, ...]
    analytic: float
    numerical: float
    checked: int
    size: int
    verdict: str

    @property
    def cells(self) -> tuple[str, ...]:
        """The row of the table."""
        return (
            self.path or "(the array)",
            self.verdict,
            f"{self.relative_error:.1e}",
            f"[{', '.join(map(str, self.place))}]",
            f"{self.analytic:.6g}",
            f"{self.numerical:.6g}",
            f"{self.checked} of {self.size}",
        )


@dataclass(frozen=True, repr=False)
class GradientReport:
    """All arrays of a gradient check, and the settings that it was made with; `noise` is the absolute noise floor."""

    leaves: tuple[LeafCheck, ...]
    epsilon: float
    tolerance: float
    noise: float

    @property
    def passed(self) -> bool:
        """No array differs."""
        return all(leaf.verdict != "differs" for leaf in self.leaves)

    @property
    def worst(self) -> LeafCheck:
        """The array to look at first: one that differs, if any does, with the largest relative error."""
        return max(self.leaves, key=lambda leaf: (leaf.verdict == "differs", leaf.relative_error))

    @property
    def headline(self) -> str:
        """The whole report in a sentence."""
        wrong = sum(leaf.verdict == "differs" for leaf in self.leaves)
        total = len(self.leaves)
        if wrong:
            verdict = f"{wrong} of {total} gradients differ from central differences"
        else:
            verdict = f"All {total} gradients agree with central differences"
        return (
            f"{verdict} (ε = {self.epsilon:g}, tolerance {self.tolerance:g}, noise floor {self.noise:.0e})."
        )

    def __repr__(self) -> str:
        rows = [HEADER, *(leaf.cells for leaf in self.leaves)]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
        return "\n".join(
            [self.headline, "", lines[0], "  ".join("─" * width for width in widths), *lines[1:]]
        )

    def _repr_html_(self) -> str:
        head = "".join(f'<th scope="col">{name}</th>' for name in HEADER)
        body = "".join(_html_row(leaf.cells) for leaf in self.leaves)
        return (
            f"<table><caption>{html.escape(self.headline)}</caption>"
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        )


def _html_row(cells: tuple[str, ...]) -> str:
    path, *others = map(html.escape, cells)
    return f'<tr><th scope="row">{path}</th>{"".join(f"<td>{each}</td>" for each in others)}</tr>'
