"""The decoder that attends after its cell has made a step: Luong's attention.

h_t = cell(E[y_{t−1}], h_{t−1}),  c_t = Σ_j α_tj h̄_j with α_t = softmax over the source of score(h_t, h̄_j),
h̃_t = tanh(W_c [c_t; h_t]),  logits_t = W_hy h̃_t + b_y.

The h̄_j are the encoder's states. No h_t waits for an attention, so that under teacher forcing all queries are answered
at once. (Luong's "input feeding", which hands h̃_t to the next step, would give that up and is left out.)
Source: Luong, Pham and Manning 2015; chapter attention.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import DTypeLike, NDArray

from rnnlab.nets import attention, initialisation, reader, rnn
from rnnlab.nets.cells import Cell
from rnnlab.nets.door import expect_floats, expect_record
from rnnlab.nets.products import at_every_place, flat
from rnnlab.nets.reader import Encoded, real_ids
from rnnlab.nets.recall import Recall, asked, recall

Array = NDArray[Any]


class Params(NamedTuple):
    """The weights, or their gradients: embedding and cell, attention, W_c (H, V + H), and the readout."""

    reader: reader.Params
    attention: attention.Params
    W_c: Array
    readout: rnn.ReadoutParams


class State(NamedTuple):
    """What is carried from token to token while the decoder writes: the cell's state, and the memory of the source."""

    cell: Any
    memory: Recall


class Cache(NamedTuple):
    """What `backward` needs from `forward`."""

    params: Params
    read: reader.Cache
    attended: attention.WholeCache
    joined: Array
    h_tilde: Array

    @property
    def weights(self) -> Array:
        """The alignment (B, T_y, T_x), read-only: how much of source token j was read for target token t."""
        return self.attended.weights


def init(
    rng: Generator,
    K: int,
    D: int,
    H: int,
    V: int,
    dtype: DTypeLike = np.float64,
    *,
    cell: Cell,
    score: str = "general",
) -> Params:
    """Starting weights for K tokens, embeddings of D numbers, H units, and encoder states of V numbers.

    The hidden layer of the additive score gets H units.

    Raises: TypeError unless `cell` is a Cell, ValueError for another score or a size below 1.
    Source: documentation of torch.nn.

    >>> from rnnlab.nets.cells import cell
    >>> params = init(np.random.default_rng(0), K=5, D=3, H=2, V=4, cell=cell("rnn"))
    >>> params.attention.W_k.shape, params.W_c.shape
    ((2, 4), (2, 6))
    """
    return Params(
        reader=reader.init(rng, K, D, H, dtype, cell=cell),
        attention=attention.init(rng, H, V, H, dtype, score),
        W_c=initialisation.uniform(rng, (H, V + H), V + H, dtype),
        readout=rnn.init_readout(rng, H, K, dtype),
    )


def start(params: Params, encoded: Encoded, *, cell: Cell, score: str = "general") -> State:
    """The state before the first token: the encoder's last one, and the memory of all its states.

    Raises: as `attention.remember`. Source: chapter attention.

    >>> from rnnlab.nets.cells import cell
    >>> params = init(np.random.default_rng(0), K=5, D=3, H=2, V=2, cell=cell("rnn"))
    >>> start(params, Encoded(np.ones((4, 1, 2)), np.ones((1, 2))), cell=cell("rnn")).memory.values.shape
    (1, 4, 2)
    """
    _expect_params(params)
    return State(encoded.state, recall(params.attention, encoded, score))


def step(
    params: Params, ids_t: Array, state: State, *, cell: Cell, score: str = "general"
) -> tuple[State, Array]:
    """One token read, the source looked at, the next token weighed.

    Shapes: ids_t (B,); returns the next state and logits (B, K).

    Raises: TypeError for a wrong dtype or record, ValueError for a wrong shape, range or score.
    Source: chapter attention.

    >>> from rnnlab.nets.cells import cell
    >>> params = init(np.random.default_rng(0), K=5, D=3, H=2, V=2, cell=cell("rnn"))
    >>> state = start(params, Encoded(np.ones((4, 1, 2)), np.ones((1, 2))), cell=cell("rnn"))
    >>> step(params, np.array([4]), state, cell=cell("rnn"))[1].shape
    (1, 5)
    """
    _expect_params(params)
    cell_state = reader.step(params.reader, ids_t, state.cell, cell=cell)
    h_t = cell.output(cell_state)
    c_t = asked(params.attention, h_t, state.memory, score)
    h_tilde = np.tanh(np.concatenate([c_t, h_t], axis=-1) @ params.W_c.T)
    return State(cell_state, state.memory), rnn.readout(params.readout, h_tilde)


def forward(
    params: Params,
    ids: Array,
    encoded: Encoded,
    mask: Array | None = None,
    *,
    cell: Cell,
    score: str = "general",
) -> tuple[Array, Cache]:
    """The logits of all steps under teacher forcing.

    Shapes: ids (T_y, B), what is read at each step, mask (T_y, B) or None; returns logits (T_y, B, K) and the cache,
    whose `weights` (B, T_y, T_x) are the alignment.

    Raises: TypeError for a wrong dtype or record, ValueError for a wrong shape, range or score.
    Source: Luong, Pham and Manning 2015; chapter attention.

    >>> from rnnlab.nets.cells import cell
    >>> params = init(np.random.default_rng(0), K=5, D=3, H=2, V=2, cell=cell("rnn"))
    >>> encoded = Encoded(np.ones((4, 1, 2)), np.ones((1, 2)))
    >>> logits, cache = forward(params, np.array([[1], [3]]), encoded, cell=cell("rnn"))
    >>> logits.shape, cache.weights.shape
    ((2, 1, 5), (1, 2, 4))
    """
    _expect_params(params)
    expect_record("encoded", encoded, Encoded, "seq2seq.encode")
    ids = real_ids("input_ids", ids, len(params.reader.E), mask, encoded.h.shape[1])
    h, read = reader.forward(params.reader, ids, encoded.state, mask, cell=cell)
    context, attended = attention.forward(
        params.attention, h, encoded.h, encoded.h, encoded.mask, score=score
    )
    joined = np.concatenate([context, h], axis=-1)
    expect_floats("W_c", params.W_c, h.dtype, **{"H": None, "V + H": joined.shape[-1]})
    h_tilde = np.tanh(at_every_place(params.W_c, joined))
    return rnn.readout(params.readout, h_tilde), Cache(params, read, attended, joined, h_tilde)


def backward(d_logits: Array, cache: Cache) -> tuple[Encoded, Params]:
    """From the gradient at the logits to those at what was encoded and at the weights.

    d_a_t = W_hyᵀ d_logits_t ⊙ (1 − h̃_t²),  [d_c_t; d_h_t] = W_cᵀ d_a_t,  d_W_c = Σ_t d_a_t [c_t; h_t]ᵀ;
    then d_c_t goes through the attention, which adds to d_h_t, and d_h_t through time.

    Shapes: d_logits (T_y, B, K); returns the gradients at the encoder's states and last state, and grads.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: chapter attention.

    >>> from rnnlab.nets.cells import cell
    >>> params = init(np.random.default_rng(0), K=5, D=3, H=2, V=2, cell=cell("rnn"))
    >>> encoded = Encoded(np.ones((4, 1, 2)), np.ones((1, 2)))
    >>> logits, cache = forward(params, np.array([[1], [3]]), encoded, cell=cell("rnn"))
    >>> d_encoded, grads = backward(np.ones_like(logits), cache)
    >>> d_encoded.h.shape, grads.W_c.shape
    ((4, 1, 2), (2, 4))
    """
    params, read, attended, joined, h_tilde = cache
    d_h_tilde, grads_readout = rnn.readout_backward(d_logits, h_tilde, params.readout)
    d_a = d_h_tilde * (1 - h_tilde**2)
    d_context, d_h = np.split(at_every_place(params.W_c.T, d_a), [-h_tilde.shape[-1]], axis=-1)
    d_queries, d_keys, d_values, grads_attention = attention.backward(d_context, attended)
    d_state, grads_reader = reader.backward(d_h + d_queries, read)
    grads = Params(grads_reader, grads_attention, flat(d_a).T @ flat(joined), grads_readout)
    return Encoded(d_keys + d_values, d_state), grads


def _expect_params(params: Params) -> None:
    expect_record("params", params, Params, "attentive_readout.init")
