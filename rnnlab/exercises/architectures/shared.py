"""What the functions of this assignment share: the chapters' sections, and probes with sizes of their own names."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.exercises.draw import Scene, probes_from, read_only, spread_out
from rnnlab.exercises.spec import Probe

RULE = "chapter perceptron, “One unit and its rule”"
CAUSAL = "chapter convolution, “Over time, and not into the future”"
FIELD = "chapter convolution, “How far back does it see?”"
ATTENTION = "chapter transformer, “Every step asks every earlier step”"
SOFTMAX = "chapter losses, “Exponentials overflow”"
ONE_BY_ONE = "chapter transformer, “Trained at once, used one by one”"
SCAN = "chapter modern-recurrences, “A recurrence that can be bracketed anew”"
TRAINING_COST = "chapter comparison, “What a training step costs”"
TOKEN_COST = "chapter comparison, “What one more token costs”"

SIZES_ONLY = {
    "single": "its inputs are sizes",
    "float32": "its inputs are sizes",
    "strided": "its inputs are sizes",
    "large": "its inputs are sizes",
}

Size = Callable[[Scene], int]


def probes_with(
    sizes: Mapping[str, Size], arguments: Callable[[Scene], tuple[Any, ...]], without: Collection[str] = ()
) -> Callable[[Generator], tuple[Probe, ...]]:
    """As `draw.probes_from`, for functions whose sizes have other names than a recurrent network's."""

    def probes(rng: Generator) -> tuple[Probe, ...]:
        taken: list[dict[str, int]] = []

        def arguments_and_sizes(scene: Scene) -> tuple[Any, ...]:
            taken.append({letter: size(scene) for letter, size in sizes.items()})
            return arguments(scene)

        drawn = probes_from("", arguments_and_sizes, without)(rng)
        return tuple(
            Probe(_label(own) + probe.label, probe.arguments, own, probe.traits)
            for probe, own in zip(drawn, taken, strict=True)
        )

    return probes


def whole_numbers(scene: Scene, numbers: Any) -> NDArray[np.int64]:
    """Whole numbers as an array with the scene's layout in memory, closed to writing."""
    array = np.array(numbers, dtype=np.int64)
    return read_only(spread_out(array) if scene.trait == "strided" else array)


def _label(sizes: Mapping[str, int]) -> str:
    return ", ".join(f"{letter}={size}" for letter, size in sizes.items())
