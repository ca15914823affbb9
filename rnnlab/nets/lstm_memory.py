"""How the LSTM lays out its memory, so that what is multiplied together stands together."""

from __future__ import annotations

from typing import Any, NamedTuple

from numpy.typing import NDArray

Array = NDArray[Any]


class Rows(NamedTuple):
    """The rows of `lstm.Cache.memory` by name: each (T + 1, rows, B)."""

    h: Array
    x: Array
    one: Array
    h_and_x: Array
    x_and_one: Array
    seen: Array
    a: Array
    sigmoids: Array
    i: Array
    f: Array
    o: Array
    g: Array
    write_and_keep: Array
    candidate_and_cell: Array
    c: Array

    @classmethod
    def of(cls, memory: Array, H: int) -> Rows:
        N = memory.shape[1] - 5 * H
        return cls(
            h=memory[:, :H],
            x=memory[:, H : N - 1],
            one=memory[:, N - 1],
            h_and_x=memory[:, : N - 1],
            x_and_one=memory[:, H:N],
            seen=memory[:, :N],
            a=memory[:, N : N + 4 * H],
            sigmoids=memory[:, N : N + 3 * H],
            i=memory[:, N : N + H],
            f=memory[:, N + H : N + 2 * H],
            o=memory[:, N + 2 * H : N + 3 * H],
            g=memory[:, N + 3 * H : N + 4 * H],
            write_and_keep=memory[:, N : N + 2 * H],
            candidate_and_cell=memory[:, N + 3 * H :],
            c=memory[:, N + 4 * H :],
        )
