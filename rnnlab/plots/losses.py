"""Figures of chapter losses: how losses grow and pull, who counts in a padded batch, and bits against context."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator
from numpy.typing import ArrayLike

from rnnlab.nets.activations import sigmoid
from rnnlab.plots.style import BLUE, GREEN, INK, ORANGE, PAGE_WIDTH, VERMILION, house_style

COLORS = (BLUE, VERMILION, GREEN, ORANGE)
STROKES = ("-", "--", "-.", ":")


def pulls(limit: float = 8.0) -> Figure:
    """−log p and (1 − p)² for a right class with p = σ(z), and the size of their derivatives in the logit z.

    Raises: ValueError for a limit that is not positive.
    """
    if not limit > 0:
        raise ValueError(f"limit must be positive, but is {limit!r}: the logit runs from −limit to limit.")
    z = np.linspace(-limit, limit, 401)
    p = sigmoid(z)
    curves = (
        ("cross-entropy", -np.log(p), 1 - p),
        ("squared error of $p$", (1 - p) ** 2, 2 * p * (1 - p) ** 2),
    )
    figure, (left, right) = _panels(3.4)
    with house_style():
        for (name, loss, pull), color, stroke in zip(curves, COLORS, STROKES, strict=False):
            left.plot(z, loss, stroke, color=color, linewidth=3, label=name)
            right.plot(z, pull, stroke, color=color, linewidth=3)
        left.set(xlabel="logit $z$ of the right class", title="loss")
        right.set(xlabel="logit $z$ of the right class", title="pull, $|dL/dz|$")
        left.legend(loc="upper right", fontsize=12, handlelength=1.6)
    return figure


def learning_curves(
    runs: Mapping[str, Sequence[ArrayLike]], labels: Sequence[str], chance: Sequence[float]
) -> Figure:
    """Scores after each epoch, one panel for each kind of score and one thin line for each run.

    Shapes: each run (epochs, S), for S kinds of score; `labels` and `chance`, the score of guessing, have S entries.

    Raises: ValueError where a run has another number of scores.
    """
    figure, panels = _panels(3.4, len(labels))
    with house_style():
        for (name, own), color, stroke in zip(runs.items(), COLORS, STROKES, strict=False):
            for run, scores in enumerate(map(np.asarray, own)):
                if scores.ndim != 2 or scores.shape[1] != len(labels):
                    raise ValueError(
                        f"every run must have the shape (epochs, {len(labels)}), but one of {name!r} has the shape "
                        f"{scores.shape}."
                    )
                for axes, score in zip(panels, scores.T, strict=True):
                    epochs = range(1, len(score) + 1)
                    axes.plot(epochs, score, stroke, color=color, label=None if run else name, alpha=0.85)
        for axes, label, guess in zip(panels, labels, chance, strict=True):
            axes.axhline(guess, color=INK, linewidth=1.2, linestyle=(0, (1, 2)))
            axes.set(xlabel="epoch", title=label)
        figure.legend(
            *panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=len(runs), fontsize=12
        )
    return figure


def step_shares(texts: Sequence[str], shares: Mapping[str, ArrayLike]) -> Figure:
    """How much every step of a padded batch counts, one panel for each convention; the darker, the more.

    Shapes: each array of shares (T, B), for B texts of at most T characters; padding is drawn as a dot.

    Raises: ValueError for another shape.
    """
    tables = {name: np.asarray(share).T for name, share in shares.items()}
    for name, table in tables.items():
        if len(table) != len(texts):
            raise ValueError(
                f"shares of {name!r} must be (T, {len(texts)}), one column a text, but are {table.T.shape}."
            )
    largest = max(table.max() for table in tables.values())
    with house_style():
        figure = Figure(figsize=(PAGE_WIDTH, (0.55 + 0.3 * len(texts)) * len(tables)), layout="constrained")
        panels = figure.subplots(len(tables), 1, squeeze=False)[:, 0]
        for axes, (name, table) in zip(panels, tables.items(), strict=True):
            axes.imshow(table, cmap="Blues", vmin=0, vmax=1.25 * largest, aspect="auto")
            axes.set_title(name, loc="left")
            _write_letters(axes, texts, table, 0.7 * largest)
            axes.set_xticks([])
            axes.set_yticks(range(len(texts)), [f"{100 * row[0]:.1f} %" for row in table])
            axes.tick_params(length=0)
            axes.spines[:].set_visible(False)
        figure.supylabel("share of one real symbol in the loss", fontsize=13)
    return figure


def bits_against_context(
    panels: Mapping[str, tuple[Sequence[float], Sequence[float], float | None]], ceiling: Mapping[str, float]
) -> Figure:
    """Bits per symbol of count models against how many symbols they look back, and of networks, which look back freely.

    Each panel has the bits of the counts with contexts 0, 1, …, those of the networks' runs, and the source's entropy
    or None where nobody knows it; `ceiling` is the entropy of equally likely symbols.
    """
    figure, every = _panels(3.8, len(panels))
    with house_style():
        for axes, (title, (counts, networks, floor)) in zip(every, panels.items(), strict=True):
            axes.axhline(ceiling[title], color=INK, linewidth=1.2, linestyle=(0, (1, 2)))
            axes.plot(range(len(counts)), counts, "o-", color=VERMILION, markersize=8, label="counts")
            at = len(counts) + 0.2 * (np.arange(len(networks)) - (len(networks) - 1) / 2)
            axes.plot(
                at,
                networks,
                "^",
                color=BLUE,
                markersize=9,
                label="network, three runs",
                markeredgecolor="white",
            )
            if floor is not None:
                axes.axhline(floor, color=GREEN, linewidth=2.5, linestyle="--", label="entropy")
            axes.set_xticks(range(len(counts) + 1), [*map(str, range(len(counts))), "all"])
            axes.set(title=title, xlabel="symbols looked back", ylim=(0, 1.08 * ceiling[title]))
            axes.yaxis.set_major_locator(MultipleLocator(0.5 if ceiling[title] < 3 else 1))
            axes.legend(loc="lower left", fontsize=12, handlelength=1.6)
        every[0].set_ylabel("bits per symbol")
    return figure


def _panels(height: float, count: int = 2) -> tuple[Figure, Sequence[Axes]]:
    with house_style():
        figure = Figure(figsize=(PAGE_WIDTH, height), layout="constrained")
        return figure, list(figure.subplots(1, count, squeeze=False)[0])


def _write_letters(axes: Axes, texts: Sequence[str], table: np.ndarray, dark: float) -> None:
    for row, text in enumerate(texts):
        for t, character in enumerate(text.ljust(table.shape[1], "·")):
            color = "white" if table[row, t] > dark else INK
            axes.annotate(character, (t, row), ha="center", va="center", color=color, fontsize=13)
