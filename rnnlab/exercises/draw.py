"""Probes drawn from a generator, all with the variety that tells wrong answers from right ones.

Sizes are distinct, so that no mix-up of axes goes unseen; one scene has D = H (and K = H), so that a
transposed weight does not merely crash; biases and initial states are never zero; everything is handed over
read-only. The small scene of one step and one unit would hide most mix-ups, so it comes beside the others: it is
there because such a sequence has an answer too.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import DTypeLike, NDArray

from rnnlab.exercises.spec import Probe

_SIGNS = np.array([-1.0, 1.0])


@dataclass(frozen=True)
class Scene:
    """The sizes of one probe and what is special about it; it draws the arrays that go with them.

    At the `edge`, what may occur but need not does occur: the last class among the ids, and a sequence
    that is padded throughout.
    """

    rng: Generator
    T: int
    B: int
    D: int
    H: int
    K: int
    trait: str = ""
    edge: bool = False

    @property
    def dtype(self) -> DTypeLike:
        return np.float32 if self.trait == "float32" else np.float64

    def weight(self, rows: int, columns: int) -> NDArray[Any]:
        """A weight matrix whose products stay of order one."""
        return self._hand_over(self.rng.normal(size=(rows, columns)) / np.sqrt(columns))

    def state(self, *shape: int) -> NDArray[Any]:
        """A bias or a hidden state: inside (−1, 1) and never zero."""
        magnitude = self.rng.uniform(0.3, 0.9, shape)
        return self._hand_over(magnitude * _SIGNS[self.rng.integers(0, 2, shape)])

    def values(self, *shape: int) -> NDArray[Any]:
        """Inputs of order one, or from ±1000 to ±5000 in the scene of large inputs, where exponentials overflow."""
        if self.trait == "large":
            return self._hand_over(self.rng.choice([-1, 1], shape) * self.rng.uniform(1000, 5000, shape))
        return self._hand_over(self.rng.normal(size=shape))

    def ids(self, *shape: int) -> NDArray[np.int64]:
        """Token ids below K that repeat; they reach the last class at the edge, and nowhere else."""
        ids = self.rng.integers(0, self.K - 1, shape)
        if self.edge:
            ids.flat[self.rng.integers(ids.size)] = self.K - 1
        return self._hand_over(ids, np.int64)

    def mask(self) -> NDArray[np.bool_]:
        """A (T, B) mask with holes: sequence 0 starts with padding, the others wait where it goes on.

        At the edge the last sequence is padded throughout; so are all but the first in the small scene.
        """
        mask = self.rng.random((self.T, self.B)) < 0.5
        if self.T >= 4:
            mask[:4, 0] = (False, True, False, True)
            mask[:3, 1:] = [[True], [False], [True]]
        mask[-1, 0], mask[-1, 1:] = True, False
        if self.edge:
            mask[:, -1] = False
        return self._hand_over(mask, np.bool_)

    def given(self, array: NDArray[Any]) -> NDArray[Any]:
        """Numbers that were computed from others of this scene, with its dtype and layout in memory."""
        return self._hand_over(array)

    def _hand_over(self, array: NDArray[Any], dtype: DTypeLike | None = None) -> NDArray[Any]:
        array = array.astype(self.dtype if dtype is None else dtype)
        return read_only(spread_out(array) if self.trait == "strided" else array)


def read_only(array: NDArray[Any]) -> NDArray[Any]:
    """The same array, closed to writing, and its base with it."""
    if isinstance(array.base, np.ndarray):
        array.base.setflags(write=False)
    array.setflags(write=False)
    return array


def spread_out(array: NDArray[Any]) -> NDArray[Any]:
    """An equal array that is a view of every second element of a larger one."""
    larger = np.zeros(tuple(2 * size for size in array.shape), array.dtype)
    view = larger[tuple(slice(None, None, 2) for _ in array.shape)]
    view[...] = array
    return view


def scenes(rng: Generator) -> tuple[Scene, ...]:
    """The scenes of every exercise on sequences: two plain ones, then one for each trait; the smallest comes last."""
    return (
        _scene(rng),
        replace(_scene(rng), edge=True),
        replace(_scene(rng, "square"), edge=True),
        _scene(rng, "single"),
        _scene(rng, "float32"),
        _scene(rng, "strided"),
        _scene(rng, "large"),
        _scene(rng, "small"),
    )


def _scene(rng: Generator, trait: str = "") -> Scene:
    T, K = (int(size) for size in rng.choice(range(4, 9), size=2, replace=False))
    free = [size for size in range(2, 9) if size not in (T, K)]
    B, D, H = (int(size) for size in rng.choice(free, size=3, replace=False))
    B = 1 if trait == "single" else B
    if trait == "square":
        D = H = K
    if trait == "small":
        T = H = 1
    return Scene(rng, T, B, D, H, K, trait)


def probes_from(
    letters: str, arguments: Callable[[Scene], tuple[Any, ...]], without: Collection[str] = ()
) -> Callable[[Generator], tuple[Probe, ...]]:
    """The `probes` of an exercise: its arguments in every scene, with the sizes named by `letters`.

    Traits that mean nothing to the exercise are named in `without`; their scenes become plain ones.
    """

    def probes(rng: Generator) -> tuple[Probe, ...]:
        drawn = (replace(scene, trait="") if scene.trait in without else scene for scene in scenes(rng))
        return tuple(_probe(scene, letters, arguments(scene)) for scene in drawn)

    return probes


def _probe(scene: Scene, letters: str, arguments: tuple[Any, ...]) -> Probe:
    sizes = {letter: getattr(scene, letter) for letter in letters}
    label = ", ".join(f"{letter}={size}" for letter, size in sizes.items())
    traits = frozenset({scene.trait} if scene.trait else ())
    return Probe(f"{label}{_REMARKS.get(scene.trait, '')}", arguments, sizes, traits)


_REMARKS = {
    "large": ", inputs beyond ±1000",
    "float32": ", float32",
    "strided": ", arrays that are views",
}
