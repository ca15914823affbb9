"""A network with its readout and its loss: outputs, and the gradient that trains it."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rnnlab.lab.comparison.networks import Network
from rnnlab.nets import pooling_over_time, rnn
from rnnlab.nets.losses import cross_entropy, squared_error
from rnnlab.training.minibatches import Batch

Array = NDArray[Any]
Params = tuple[Any, rnn.ReadoutParams]


class Model(NamedTuple):
    """`labels` says whether each sequence has one answer, read off its summary, or every step from `scored` on."""

    network: Network
    loss: str
    labels: bool
    scored: int = 0

    def predict(self, params: Params, x: Array, mask: Array | None = None) -> Array:
        """The outputs: (B, K) for labels, else (T − scored, B, K)."""
        h, _ = self.network.forward(params[0], x, mask)
        return rnn.readout(params[1], self._read(h, mask)[0])

    def gradient(self, params: Params, batch: Batch) -> tuple[float, Params]:
        """The mean loss of a batch and its gradient at all weights."""
        h, cache = self.network.forward(params[0], batch.x, batch.mask)
        s, spread = self._read(h, batch.mask)
        function = cross_entropy if self.loss == "cross_entropy" else squared_error
        loss, d_y = function(rnn.readout(params[1], s), batch.targets)
        d_s, d_readout = rnn.readout_backward(d_y, s, params[1])
        return loss, (self.network.backward(spread(d_s), cache), d_readout)

    def _read(self, h: Array, mask: Array | None) -> tuple[Array, Any]:
        """What the readout reads off the states, and how the gradient there goes back to all states."""
        if not self.labels:
            return h[self.scored :], lambda d_s: _placed(d_s, h, slice(self.scored, None))
        if self.network.summary == "max":
            s, cache = pooling_over_time.max_over_time(h, mask)
            return s, lambda d_s: pooling_over_time.max_over_time_backward(d_s, cache)
        T, B, _ = h.shape
        last = np.full(B, T - 1) if mask is None else mask.sum(axis=0) - 1
        here = (last, np.arange(B))
        if self.network.summary == "last":
            return h[here], lambda d_s: _placed(d_s, h, here)
        H = h.shape[2] // 2
        s = np.concatenate([h[*here, :H], h[0, :, H:]], axis=-1)
        return (
            s,
            lambda d_s: (
                _placed(d_s[:, :H], h, (*here, slice(H)))
                + _placed(d_s[:, H:], h, (0, slice(None), slice(H, None)))
            ),
        )


def _placed(d_s: Array, h: Array, where: Any) -> Array:
    """Zero at all states but where the readout reads."""
    d_h = np.zeros_like(h)
    d_h[where] = d_s
    return d_h
