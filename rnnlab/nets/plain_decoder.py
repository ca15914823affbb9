"""The decoder without attention: all it knows of the source is the state in which the encoder ended.

h_0 = the encoder's last state (the context vector),  h_t = cell(E[y_{t−1}], h_{t−1}),  logits_t = W_hy h_t + b_y.

Where the mask (T_y, B) is False the state is carried over. Source: Cho et al. 2014; Sutskever, Vinyals and Le 2014;
chapter encoder-decoder.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import DTypeLike, NDArray

from rnnlab.nets import reader, rnn
from rnnlab.nets.cells import Cell
from rnnlab.nets.door import expect_record
from rnnlab.nets.reader import Encoded, real_ids

Array = NDArray[Any]


class Params(NamedTuple):
    """The weights, or their gradients: embedding and cell, and the readout."""

    reader: reader.Params
    readout: rnn.ReadoutParams


class Cache(NamedTuple):
    """What `backward` needs from `forward`."""

    params: Params
    encoded: Encoded
    h: Array
    read: reader.Cache


def init(
    rng: Generator, K: int, D: int, H: int, V: int, dtype: DTypeLike = np.float64, *, cell: Cell
) -> Params:
    """Starting weights for K tokens, embeddings of D numbers and H units, as many as the encoder's last state has.

    V, the width of the encoder's states, has no effect: this decoder does not look at them.

    Raises: TypeError unless `cell` is a Cell, ValueError for a size below 1. Source: documentation of torch.nn.

    >>> from rnnlab.nets.cells import cell
    >>> params = init(np.random.default_rng(0), K=5, D=3, H=2, V=2, cell=cell("rnn"))
    >>> params.reader.E.shape, params.readout.W_hy.shape
    ((5, 3), (5, 2))
    """
    return Params(reader.init(rng, K, D, H, dtype, cell=cell), rnn.init_readout(rng, H, K, dtype))


def start(params: Params, encoded: Encoded, *, cell: Cell) -> Any:
    """The state before the first token: the encoder's last one.

    >>> start(None, Encoded(h=np.ones((3, 1, 2)), state=np.array([[1.0, 2.0]])), cell=None)
    array([[1., 2.]])
    """
    return encoded.state


def step(params: Params, ids_t: Array, state: Any, *, cell: Cell) -> tuple[Any, Array]:
    """One token read, the next one weighed: h_t = cell(E[y_{t−1}], h_{t−1}), logits_t = W_hy h_t + b_y.

    Shapes: ids_t (B,), state that of the cell; returns the next state and logits (B, K).

    Raises: TypeError for a wrong dtype or record, ValueError for a wrong shape or range.
    Source: chapter encoder-decoder.

    >>> from rnnlab.nets.cells import cell
    >>> params = init(np.random.default_rng(0), K=5, D=3, H=2, V=2, cell=cell("rnn"))
    >>> state, logits = step(params, np.array([4]), np.zeros((1, 2)), cell=cell("rnn"))
    >>> state.shape, logits.shape
    ((1, 2), (1, 5))
    """
    _expect_params(params)
    state = reader.step(params.reader, ids_t, state, cell=cell)
    return state, rnn.readout(params.readout, cell.output(state))


def forward(
    params: Params, ids: Array, encoded: Encoded, mask: Array | None = None, *, cell: Cell
) -> tuple[Array, Cache]:
    """The logits of all steps under teacher forcing: the decoder reads the true tokens before y_t, not its own.

    Shapes: ids (T_y, B), what is read at each step (`seq2seq.shifted_right` of the targets), mask (T_y, B) or None;
    returns logits (T_y, B, K) and the cache.

    Raises: TypeError for a wrong dtype or record, ValueError for a wrong shape or range.
    Source: chapter encoder-decoder.

    >>> from rnnlab.nets.cells import cell
    >>> params = init(np.random.default_rng(0), K=5, D=3, H=2, V=2, cell=cell("rnn"))
    >>> encoded = Encoded(h=np.zeros((3, 1, 2)), state=np.zeros((1, 2)))
    >>> forward(params, np.array([[4], [0]]), encoded, cell=cell("rnn"))[0].shape
    (2, 1, 5)
    """
    _expect_params(params)
    expect_record("encoded", encoded, Encoded, "seq2seq.encode")
    ids = real_ids("input_ids", ids, len(params.reader.E), mask, encoded.h.shape[1])
    h, read = reader.forward(params.reader, ids, encoded.state, mask, cell=cell)
    return rnn.readout(params.readout, h), Cache(params, encoded, h, read)


def backward(d_logits: Array, cache: Cache) -> tuple[Encoded, Params]:
    """From the gradient at the logits to those at the encoder's last state and at the weights.

    Shapes: d_logits (T_y, B, K); returns the gradients at what was encoded, of which those at the single states h are
    zero, and grads.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: chapter encoder-decoder.

    >>> from rnnlab.nets.cells import cell
    >>> params = init(np.random.default_rng(0), K=5, D=3, H=2, V=2, cell=cell("rnn"))
    >>> encoded = Encoded(h=np.zeros((3, 1, 2)), state=np.zeros((1, 2)))
    >>> logits, cache = forward(params, np.array([[4], [0]]), encoded, cell=cell("rnn"))
    >>> d_encoded, grads = backward(np.ones_like(logits), cache)
    >>> d_encoded.state.shape, grads.reader.E.shape
    ((1, 2), (5, 3))
    """
    params, encoded, h, read = cache
    d_h, grads_readout = rnn.readout_backward(d_logits, h, params.readout)
    d_state, grads_reader = reader.backward(d_h, read)
    return Encoded(np.zeros_like(encoded.h), d_state), Params(grads_reader, grads_readout)


def _expect_params(params: Params) -> None:
    expect_record("params", params, Params, "plain_decoder.init")
