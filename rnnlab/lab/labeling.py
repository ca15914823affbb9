"""A label for every step, by one direction, by one direction that answers later, or by both: what three labs share.

h_1 … h_T = network(x),  y_t = head(h_t), where the head is linear or has a hidden layer. With a delay d the network is
fed d steps of zeros after the last one, and its output at t + d is the answer for t. Training: Adam, with the norm of
the gradient clipped at 1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.analysis.connectivity import connectivity
from rnnlab.nets import bidirectional, multilayer
from rnnlab.nets.cells import Cell, cell
from rnnlab.nets.losses import masked_sequence_loss
from rnnlab.nets.parameters import leaves
from rnnlab.training.clipping import clip_by_norm
from rnnlab.training.minibatches import Batch
from rnnlab.training.optimizers import optimizer

Array = NDArray[Any]


class Params(NamedTuple):
    """The weights of the recurrent part and of the head, or their gradients."""

    network: Any
    head: multilayer.Params


@dataclass(frozen=True)
class Wiring:
    """How a label is made: H units in each direction, one direction or both, a delay, and hidden units in the head."""

    H: int = 16
    both: bool = False
    delay: int = 0
    combine: str = "concat"
    head: int = 0
    kind: str = "rnn"

    def network(self) -> Cell:
        """The recurrent part, as a cell."""
        one = cell(self.kind)
        return bidirectional.network(one, self.combine) if self.both else one

    def init(self, rng: Generator, D: int, K: int) -> Params:
        """Starting weights, in single precision; a plain cell begins orthogonal."""
        options = {"recurrent": "orthogonal"} if self.kind == "rnn" else {}
        network = self.network()
        params = network.init(rng, D, self.H, np.float32, **options)
        width = network.output(network.zero_state(params, 1)).shape[-1]
        sizes = (width, self.head, K) if self.head else (width, K)
        return Params(params, multilayer.init(rng, sizes, np.float32))

    def logits(self, params: Params, batch: Batch) -> Array:
        """The answer for each step, y (T, B, K), for inputs (T, B, D); a delay is made up for."""
        late = delayed(batch, self.delay)
        h, _ = self.network().forward(params.network, late.x, None, late.mask)
        return multilayer.forward(params.head, h)[0][self.delay :]

    def gradient(self, params: Params, batch: Batch) -> tuple[float, Params]:
        """The mean cross-entropy at the scored steps, and its gradient."""
        late, network = delayed(batch, self.delay), self.network()
        h, cache = network.forward(params.network, late.x, None, late.mask)
        y, head_cache = multilayer.forward(params.head, h)
        loss, d_y = masked_sequence_loss(y, late.targets, _scored(late))
        d_h, d_head = multilayer.backward(d_y, head_cache)
        _, _, d_network = network.backward(d_h, cache)
        return loss, Params(d_network, d_head)

    def accuracy(self, params: Params, batch: Batch) -> float:
        """The share of scored steps that are labeled rightly."""
        guesses = self.logits(params, batch).argmax(axis=-1)
        return float((guesses == batch.targets)[_scored(batch)].mean())


def delayed(batch: Batch, delay: int) -> Batch:
    """The batch with every answer due `delay` steps later: zeros are fed at the end, and nothing is asked at the start.

    With a mask each sequence gets its zeros after its own end.

    Raises: ValueError for a batch that does not say which steps are scored.

    >>> batch = Batch(np.ones((2, 1, 1)), np.array([[5], [6]]), scored=np.array([[True], [True]]))
    >>> late = delayed(batch, 1)
    >>> late.x[:, 0, 0].tolist(), late.targets[:, 0].tolist(), late.scored[:, 0].tolist()
    ([1.0, 1.0, 0.0], [0, 5, 6], [False, True, True])
    """
    if delay == 0:
        return batch
    x, targets, mask, _ = batch
    before, after = ((delay, 0), (0, 0)), ((0, delay), (0, 0))
    if mask is not None:
        x = x * mask[:, :, np.newaxis]
        mask = np.pad(mask, before) | np.pad(mask, after)
    return Batch(np.pad(x, (*after, (0, 0))), np.pad(targets, before), mask, np.pad(_scored(batch), before))


def train(
    rng: Generator, wiring: Wiring, draw: Callable[[Generator], Batch], K: int, steps: int, rate: float
) -> Params:
    """A network trained on a fresh batch at each of `steps` updates."""
    batch = draw(rng)
    params, adam = wiring.init(rng, batch.x.shape[-1], K), optimizer("adam", rate)
    memory = adam.init(params)
    for _ in range(steps):
        _, grads = wiring.gradient(params, batch)
        params, memory = adam.update(params, clip_by_norm(grads, 1.0)[0], memory)
        batch = draw(rng)
    return params


def count(params: Params) -> int:
    """The number of weights."""
    return sum(leaf.size for leaf in leaves(params))


def dependence(params: Params, wiring: Wiring, x: Array) -> Array:
    """How strongly the answer for step t depends on the input at step s: M[b, t, s], from x (T, B, D) to (B, T, T).

    The answer for t comes `delay` steps later; see `rnnlab.analysis.connectivity`.
    """
    network, delay = wiring.network(), wiring.delay

    def forward(x: Array) -> tuple[Array, Any]:
        h, cache = network.forward(params.network, np.pad(x, ((0, delay), (0, 0), (0, 0))))
        y, head_cache = multilayer.forward(params.head, h)
        return y[delay:], (cache, head_cache)

    def backward(d_y: Array, caches: Any) -> Array:
        d_h, _ = multilayer.backward(np.pad(d_y, ((delay, 0), (0, 0), (0, 0))), caches[1])
        d_x, _, _ = network.backward(d_h, caches[0])
        return d_x[: len(x)]

    return connectivity(forward, backward, x)


def _scored(batch: Batch) -> Array:
    if batch.scored is None:
        raise ValueError("batch must say at which steps the loss counts, but its scored is None.")
    return batch.scored
