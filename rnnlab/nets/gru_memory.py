"""How the GRU lays out its memory and its weights, so that what is multiplied together stands together."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class Rows(NamedTuple):
    """The rows of `gru.Cache.memory` by name: each (T + 1, rows, B)."""

    h: Array
    one: Array
    x: Array
    h_one: Array
    one_x: Array
    m: Array
    r: Array
    z: Array
    n: Array
    mrz: Array
    rz: Array

    @classmethod
    def of(cls, memory: Array, H: int) -> Rows:
        N = memory.shape[1] - 4 * H
        m, r, z, n = (memory[:, N + k * H : N + (k + 1) * H] for k in range(4))
        return cls(
            h=memory[:, :H],
            one=memory[:, H],
            x=memory[:, H + 1 : N],
            h_one=memory[:, : H + 1],
            one_x=memory[:, H:N],
            m=m,
            r=r,
            z=z,
            n=n,
            mrz=memory[:, N : N + 3 * H],
            rz=memory[:, N + H : N + 3 * H],
        )


class Matrices(NamedTuple):
    """The weights as they are multiplied, or their gradients.

    `of_h` (3H, H + 1) multiplies [h; 1], with rows in the order n, r, z, and b_hn, b_r, b_z in the last column.
    `of_x` (3H, 1 + D) multiplies [1; x], with rows in the order r, z, n, and b_n in the first column.
    """

    of_h: Array
    of_x: Array

    @classmethod
    def of(cls, W_xh: Array, W_hh: Array, b_h: Array, b_hn: Array) -> Matrices:
        H, D = len(b_hn), W_xh.shape[1]
        of_h, of_x = np.empty((3 * H, H + 1), W_hh.dtype), np.zeros((3 * H, 1 + D), W_xh.dtype)
        of_h[:H, :H], of_h[H:, :H] = W_hh[2 * H :], W_hh[: 2 * H]
        of_h[:H, H], of_h[H:, H] = b_hn, b_h[: 2 * H]
        of_x[:, 1:], of_x[2 * H :, 0] = W_xh, b_h[2 * H :]
        return cls(of_h, of_x)

    def parted(self) -> tuple[Array, Array, Array, Array]:
        """Back to W_xh, W_hh, b_h, b_hn."""
        of_h, of_x = self
        H = len(of_h) // 3
        W_hh = np.concatenate([of_h[H:, :H], of_h[:H, :H]])
        b_h = np.concatenate([of_h[H:, H], of_x[2 * H :, 0]])
        return of_x[:, 1:], W_hh, b_h, of_h[:H, H]

    def halved(self) -> Matrices:
        """The same with half the weights of r and z, for σ(a) = (1 + tanh(a/2)) / 2."""
        H = len(self.of_h) // 3
        of_h, of_x = self.of_h.copy(), self.of_x.copy()
        of_h[H:] *= 0.5
        of_x[: 2 * H] *= 0.5
        return Matrices(of_h, of_x)
