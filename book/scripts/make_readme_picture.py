"""Draw README's picture, `book/images/readme.png`: `python book/scripts/make_readme_picture.py` (needs a few seconds).

Above, the unrolled network; below, the hidden states of a trained one while it reads a surname that it has never seen.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from rnnlab.lab import reading_surnames as lab
from rnnlab.plots.diagrams import unrolled_rnn
from rnnlab.plots.heatmaps import hidden_states
from rnnlab.plots.style import house_style

PICTURE = Path(__file__).parents[1] / "images" / "readme.png"
SURNAME = "hamalainen"
STEPS = 5
SIZE, HEIGHTS, DPI = (9.0, 6.6), (2.9, 3.4), 140


def states_of_a_trained_reader(surname: str) -> np.ndarray:
    """The states (T, H) of a network that learned from other names than this one."""
    rng = np.random.default_rng(0)
    learn, _ = lab.names(rng)
    others = np.array([letters != surname for letters in learn.letters])
    reader = lab.train(rng, learn.take(np.flatnonzero(others)))
    h, _ = lab.read(reader, [surname])
    return h[:, 0]


def draw() -> Figure:
    with house_style():
        figure = Figure(figsize=SIZE, layout="constrained")
        network, heat_map = figure.subplots(2, 1, height_ratios=HEIGHTS)
    unrolled_rnn(STEPS, ax=network)
    title = "A trained network reads a surname: its state after each letter"
    return hidden_states(states_of_a_trained_reader(SURNAME), list(SURNAME), title, ax=heat_map)


def main() -> None:
    # Without the version of matplotlib in the file, it changes only when the picture does.
    draw().savefig(PICTURE, dpi=DPI, metadata={"Software": None})
    print(f"{PICTURE}: {PICTURE.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
