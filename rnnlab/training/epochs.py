"""Where in its data a run stands, so that a resumed one goes on with the very next batch.

A source of batches is a function: batches(rng) gives those of one epoch, drawing whatever it needs from rng. To return
to a place it is enough to know the generator's state at the start of the epoch and the number of batches since: the
epoch begins again with that state, and as many batches are thrown away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator

from rnnlab.training.checkpoints import ForeignCheckpoint

Batches = Callable[[Generator], Iterable[Any]]


class Place(NamedTuple):
    """After a batch: its epoch (from 0), its number in it (from 1), and the generator's state at the epoch's start."""

    epoch: int
    number: int
    rng_at_start: Any


def batches_from(
    batches: Batches, rng: Generator, place: Place | None = None, rng_there: Any = None
) -> Iterator[tuple[Place, Any]]:
    """All batches, epoch after epoch without end, from the first one or from after `place`.

    At that place the generator must stand at `rng_there` again, else the data are not those of the run before.

    Raises: ValueError for an epoch without batches, ForeignCheckpoint for other data than before.

    >>> rng, draw = np.random.default_rng(0), lambda rng: rng.permutation(3).tolist()
    >>> stream = batches_from(draw, rng)
    >>> places, drawn = zip(*(next(stream) for _ in range(5)))
    >>> again = batches_from(draw, np.random.default_rng(1), places[1], rng_there=None)
    >>> [next(again)[1] for _ in range(3)] == list(drawn[2:])
    True
    """
    epoch, done = 0, 0
    if place is not None:
        epoch, done, rng.bit_generator.state = place
    while True:
        start, count = rng.bit_generator.state, 0
        for count, batch in enumerate(batches(rng), start=1):
            if count > done:
                yield Place(epoch, count, start), batch
            elif count == done and rng_there is not None:
                _expect_same_state(rng, rng_there)
        if count == 0:
            raise ValueError("batches(rng) must give at least one batch, but gave none. Is there any data?")
        if count < done:
            raise ForeignCheckpoint(
                f"batches(rng) gave {count} batches where the checkpoint has seen {done} of one epoch. Are the data "
                "those of the run before?"
            )
        epoch, done = epoch + 1, 0


def plain(state: Any) -> Any:
    """A generator's state as JSON holds it: whole numbers, texts, lists and dictionaries.

    >>> plain({"key": np.array([1, 2], np.uint32)})
    {'key': {'array': [1, 2], 'dtype': 'uint32'}}
    """
    if isinstance(state, dict):
        return {key: plain(value) for key, value in state.items()}
    if isinstance(state, np.ndarray):
        return {"array": state.tolist(), "dtype": str(state.dtype)}
    return state.item() if isinstance(state, np.generic) else state


def restored(state: Any) -> Any:
    """The state that `plain` made plain.

    >>> restored({"key": {"array": [1, 2], "dtype": "uint32"}})
    {'key': array([1, 2], dtype=uint32)}
    """
    if not isinstance(state, dict):
        return state
    if state.keys() == {"array", "dtype"}:
        return np.array(state["array"], state["dtype"])
    return {key: restored(value) for key, value in state.items()}


def _expect_same_state(rng: Generator, expected: Any) -> None:
    if plain(rng.bit_generator.state) != plain(expected):
        raise ForeignCheckpoint(
            "the batches up to the checkpoint's place have drawn other random numbers than in the run before. Are the "
            "data and the sizes the same, and does nothing else draw from rng?"
        )
