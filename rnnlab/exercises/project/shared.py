"""What the functions of this assignment share: how their probes are made, and what those lack."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.exercises.draw import Scene, read_only, scenes, spread_out
from rnnlab.exercises.spec import Probe

NO_ARRAYS = {
    "square": "there are no weights",
    "large": "the arguments are words, and hold no numbers",
    "float32": "the arguments are words, and hold no numbers",
    "strided": "the arguments are words, and not arrays",
}
CLASSES_ALONE = {
    "square": "there are no weights",
    "large": "the arguments are classes, and not numbers of any size",
    "float32": "the arguments are classes, and not numbers of any size",
}
Drawn = tuple[tuple[Any, ...], dict[str, int]]


def probes_with_sizes(
    arguments: Callable[[Scene], Drawn], without: Mapping[str, str]
) -> Callable[[Generator], tuple[Probe, ...]]:
    """As `probes_from`, for arguments whose sizes are not those of the scene and come with them."""

    def probes(rng: Generator) -> tuple[Probe, ...]:
        drawn = (replace(scene, trait="") if scene.trait in without else scene for scene in scenes(rng))
        return tuple(_probe(scene, *arguments(scene)) for scene in drawn)

    return probes


def whole_numbers(scene: Scene, numbers: Any) -> NDArray[np.int64]:
    """Whole numbers as the scene hands over its floats: read-only, and a view where that is its trait."""
    array = np.array(numbers, dtype=np.int64)
    return read_only(spread_out(array) if scene.trait == "strided" else array)


def _probe(scene: Scene, arguments: tuple[Any, ...], sizes: dict[str, int]) -> Probe:
    remark = ", arrays that are views" if scene.trait == "strided" else ""
    label = ", ".join(f"{letter}={size}" for letter, size in sizes.items())
    return Probe(f"{label}{remark}", arguments, sizes, frozenset({scene.trait} if scene.trait else ()))
