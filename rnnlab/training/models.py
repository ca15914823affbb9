"""A cell, a readout and a loss as one trainable network: the sequence model that most chapters and tests train.

h_1 … h_T = cell(x),  y = W_hy s + b_y,  L = loss(y, targets), where s is what the readout reads: every state h_t, the
last one h_T, or the mean of all real ones. Inputs are vectors, or ids with a learned table E, x_t = E[id_t].
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import DTypeLike, NDArray

from rnnlab.nets import rnn
from rnnlab.nets.cells import Cell, cell
from rnnlab.nets.door import expect_mask, expect_one_of, expect_sizes
from rnnlab.nets.embedding import embed, embed_backward
from rnnlab.nets.losses import cross_entropy, masked_sequence_loss, squared_error
from rnnlab.training.minibatches import Batch

Array = NDArray[Any]

READ = ("every", "last", "mean")
LOSSES = ("cross_entropy", "squared_error")


class Params(NamedTuple):
    """The weights, or their gradients: the table E (V, D) or None, the cell's and the readout's."""

    E: Array | None
    cell: Any
    readout: rnn.ReadoutParams


@dataclass(frozen=True)
class SequenceModel:
    """A network without its weights: its cell, which states the readout reads, and the loss; see `sequence_model`."""

    cell: Cell
    read: str
    loss: str

    def init(
        self,
        rng: Generator,
        D: int,
        H: int,
        K: int,
        dtype: DTypeLike = np.float64,
        vocabulary: int | None = None,
        **options: Any,
    ) -> Params:
        """Starting weights for D inputs, H units, K outputs; with a `vocabulary` V, inputs are ids and get a table E.

        `options` are those of the cell's `init`. E is drawn from the standard normal distribution as in torch.

        Raises: ValueError for a size below 1.
        """
        table = None
        if vocabulary is not None:
            expect_sizes(vocabulary=vocabulary, D=D)
            table = rng.normal(size=(vocabulary, D)).astype(dtype)
        cell_params = self.cell.init(rng, D, H, dtype, **options)
        width = self.cell.output(self.cell.zero_state(cell_params, 1)).shape[-1]
        return Params(table, cell_params, rnn.init_readout(rng, width, K, dtype))

    def predict(self, params: Params, x: Array, mask: Array | None = None, state: Any = None) -> Array:
        """The outputs y (logits for cross-entropy): (T, B, K) where every state is read, else (B, K).

        Shapes: x (T, B, D), or ids (T, B) if there is a table, mask (T, B) or None, state the cell's or None for zeros.

        Raises: TypeError for a wrong dtype, ValueError for a wrong shape or id.
        """
        h, _ = self.cell.forward(params.cell, _vectors(params, x), state, mask)
        return rnn.readout(params.readout, _read(self.read, h, mask))

    def loss_of(self, params: Params, batch: Batch, state: Any = None) -> float:
        """The mean loss of a batch, forward only: for validation."""
        y = self.predict(params, batch.x, batch.mask, state)
        return _loss(self, y, batch)[0]

    def gradient(self, params: Params, batch: Batch) -> tuple[float, Params]:
        """The mean loss of a batch and its gradient by back-propagation through time, from the cell's zero state.

        Raises: TypeError for a wrong dtype, ValueError for a wrong shape, id or mask.
        """
        loss, grads, _ = self.gradient_from(params, batch, None)
        return loss, grads

    def gradient_from(self, params: Params, batch: Batch, state: Any) -> tuple[float, Params, Any]:
        """The same from a given state, which gets no gradient, and the state after the batch: for `fit` with carry."""
        x = _vectors(params, batch.x)
        h, cache = self.cell.forward(params.cell, x, state, batch.mask)
        s = _read(self.read, h, batch.mask)
        loss, d_y = _loss(self, rnn.readout(params.readout, s), batch)
        d_s, d_readout = rnn.readout_backward(d_y, s, params.readout)
        d_x, _, d_cell = self.cell.backward(_spread(self.read, d_s, h, batch.mask), cache)
        d_E = None if params.E is None else embed_backward(d_x, batch.x, len(params.E))
        return loss, Params(d_E, d_cell, d_readout), self.cell.last_state(cache)


def sequence_model(
    kind: str | Cell = "lstm", read: str = "last", loss: str = "cross_entropy", **options: str
) -> SequenceModel:
    """A network of a cell ("rnn", "lstm", "gru", or any Cell), a readout and a loss.

    `read` "last" reads h_T, the state at each sequence's true end; "every" reads all states, and the loss is the mean
    over the real steps, or those that the batch scores; "mean" reads the mean of the real states. `loss` is
    "cross_entropy" with targets that are ids, or "squared_error" with targets that are numbers. `options` are those of
    the cell's `forward`.

    Raises: ValueError for another name, or for "last" with a bidirectional cell, half of whose h_T has read x_T alone.
    Source: chapters hidden-state, losses and bptt.

    >>> model = sequence_model("gru", read="last")
    >>> params = model.init(np.random.default_rng(0), D=3, H=4, K=2)
    >>> loss, grads = model.gradient(params, Batch(np.ones((5, 1, 3)), targets=np.array([1])))
    >>> grads.readout.W_hy.shape
    (2, 4)
    """
    expect_one_of("read", read, READ)
    expect_one_of("loss", loss, LOSSES)
    network = cell(kind, **options) if isinstance(kind, str) else kind
    if read == "last" and not _ends_with_its_last_output(network):
        raise ValueError(
            f"read='last' reads the output at x_T, where the {network.name} has not read the whole sequence in both "
            "directions. Read 'mean' or 'every' instead."
        )
    return SequenceModel(network, read, loss)


def scored_steps(model: SequenceModel, batch: Batch) -> int:
    """How many losses the mean loss of a batch is the mean of: sequences, or scored steps.

    >>> scored_steps(sequence_model("rnn", read="every"), Batch(np.ones((5, 2, 3)), np.zeros((5, 2), int)))
    10
    """
    if model.read != "every":
        return batch.x.shape[1]
    scored = _scored(batch)
    return batch.x.shape[0] * batch.x.shape[1] if scored is None else int(scored.sum())


def _vectors(params: Params, x: Array) -> Array:
    return x if params.E is None else embed(x, params.E)


def _read(read: str, h: Array, mask: Array | None) -> Array:
    """What the readout reads: all states, the last ones, or their mean over real steps."""
    if read == "every":
        return h
    return h[-1] if read == "last" else (h * _shares(h, mask)).sum(axis=0)


def _spread(read: str, d_s: Array, h: Array, mask: Array | None) -> Array:
    """The gradient at all states, from the gradient at what was read."""
    if read == "every":
        return d_s
    if read == "mean":
        return d_s * _shares(h, mask)
    d_h = np.zeros_like(h)
    d_h[-1] = d_s
    return d_h


def _shares(h: Array, mask: Array | None) -> Array:
    """What each state counts in the mean: one over the number of real steps, or 0 at padding; (T, B, 1)."""
    real = np.ones((*h.shape[:2], 1), h.dtype) if mask is None else mask[:, :, np.newaxis].astype(h.dtype)
    return real / np.maximum(real.sum(axis=0), 1)


def _scored(batch: Batch) -> Array | None:
    if batch.scored is None or batch.mask is None:
        return batch.mask if batch.scored is None else batch.scored
    return batch.mask & batch.scored


def _loss(model: SequenceModel, y: Array, batch: Batch) -> tuple[float, Array]:
    if batch.scored is not None:
        expect_mask("scored", batch.scored, T=len(batch.x), B=batch.x.shape[1])
    if model.read != "every" and batch.scored is not None:
        raise ValueError(
            f"scored chooses steps, but with read='{model.read}' each sequence has one loss. Leave it out."
        )
    scored = _scored(batch) if model.read == "every" else None
    if scored is None:
        function = cross_entropy if model.loss == "cross_entropy" else squared_error
        return function(y, batch.targets)
    if model.loss == "cross_entropy":
        return masked_sequence_loss(y, batch.targets, scored)
    return _masked_squared_error(y, batch.targets, scored)


def _masked_squared_error(y: Array, targets: Array, scored: Array) -> tuple[float, Array]:
    if not scored.any():
        raise ValueError("mask must be True somewhere, but no step is scored. Is the mask inverted?")
    loss, d_scored = squared_error(y[scored], targets[scored])
    d_y = np.zeros_like(y)
    d_y[scored] = d_scored
    return loss, d_y


def _ends_with_its_last_output(network: Cell) -> bool:
    """Whether the last output is the output of the last state, tried out on a network of one unit."""
    params = network.init(np.random.default_rng(0), 1, 1, np.float64)
    h, cache = network.forward(params, np.array([[[1.0]], [[2.0]]]))
    return np.array_equal(h[-1], network.output(network.last_state(cache)))
