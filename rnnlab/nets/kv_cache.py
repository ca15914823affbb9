"""The state of a causal transformer in a stream: the keys and values of all steps so far, its "KV cache".

A state is plain data, (L, T, B, H) for L blocks and the T steps so far, and what it holds never changes. It grows with
every step, other than the state of a recurrent network. To make room one step at a time without copying everything each
time, the arrays are the front part of larger ones, which double when they are full.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

Array = NDArray[Any]

SMALLEST_ROOM = 16


class Room(NamedTuple):
    """Arrays (L, capacity, B, H) with place for more steps; `used` () counts the steps that are written in them."""

    keys: Array
    values: Array
    used: Array


class State(NamedTuple):
    """Keys and values (L, T, B, H), and the mask (T, B) of real steps, None where all are real; or gradients at them.

    `room` is where the state may grow; it may be left out. A gradient has neither mask nor room.
    """

    keys: Array
    values: Array
    mask: Array | None = None
    room: Room | None = None


def empty(L: int, B: int, H: int, dtype: DTypeLike = np.float64) -> State:
    """The state before the first step: T = 0.

    >>> empty(L=2, B=3, H=4).keys.shape
    (2, 0, 3, 4)
    """
    nothing = np.empty((L, 0, B, H), dtype)
    return State(nothing, nothing)


def extended(state: State) -> State:
    """The state with one more step, whose keys and values, the last ones, are still to be written.

    The given state keeps what it holds. Where another state has grown from it already, the new one moves to a room of
    its own, so that two continuations of one beginning do not meet.

    >>> two = extended(extended(empty(L=1, B=1, H=1)))
    >>> two.keys.shape, two.room.keys.shape, int(two.room.used)
    ((1, 2, 1, 1), (1, 16, 1, 1), 2)
    """
    T = state.keys.shape[1]
    room = state.room
    if room is None or room.used != T or room.keys.shape[1] == T:
        room = _larger_room(state)
    room.used[...] = T + 1
    mask = state.mask
    if mask is not None:
        mask = np.concatenate([mask, np.ones_like(mask, shape=(1, mask.shape[1]))])
    return State(room.keys[:, : T + 1], room.values[:, : T + 1], mask, room)


def _larger_room(state: State) -> Room:
    L, T, B, H = state.keys.shape
    capacity = max(SMALLEST_ROOM, 2 * T)
    keys, values = np.empty((2, L, capacity, B, H), state.keys.dtype)
    keys[:, :T] = state.keys
    values[:, :T] = state.values
    return Room(keys, values, used=np.array(T))
