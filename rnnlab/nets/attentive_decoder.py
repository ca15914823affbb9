"""The decoder that attends before its cell makes a step: Bahdanau's attention.

c_t = Σ_j α_tj h̄_j with α_t = softmax over the source of score(h_{t−1}, h̄_j),
h_t = cell([E[y_{t−1}]; c_t], h_{t−1}),  logits_t = W_hy h_t + b_y.

The h̄_j are the encoder's states; the score is v · tanh(W_q h_{t−1} + W_k h̄_j) unless another is asked for. Each query
waits for the state that the last answer made, so the sequence is worked through step by step, forward and backward;
what all queries share is computed once. The original reads out a maxout layer over h_{t−1}, E[y_{t−1}] and c_t; here
h_t, into which all three went, is read out directly. Source: Bahdanau, Cho and Bengio 2015; chapter attention.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import DTypeLike, NDArray

from rnnlab.nets import attention, rnn
from rnnlab.nets.cells import Cell
from rnnlab.nets.door import expect_floats, expect_ids, expect_record, expect_sizes
from rnnlab.nets.embedding import embed, embed_backward
from rnnlab.nets.parameters import mapped
from rnnlab.nets.reader import Encoded, expect_cell, real_ids
from rnnlab.nets.recall import Recall, asked, recall

Array = NDArray[Any]


class Params(NamedTuple):
    """The weights, or their gradients: embedding E (K, D), cell, which reads D + V numbers, attention, and readout."""

    E: Array
    cell: Any
    attention: attention.Params
    readout: rnn.ReadoutParams


class State(NamedTuple):
    """What is carried from token to token while the decoder writes: the cell's state, and the memory of the source."""

    cell: Any
    memory: Recall


class Step(NamedTuple):
    """What `backward` needs from one step: the caches of attention and cell."""

    attended: attention.Cache
    read: Any


class Cache(NamedTuple):
    """What `backward` needs from `forward`; `start` is the cell's cache of putting out its initial state."""

    params: Params
    ids: Array
    encoded: Encoded
    start: Any
    steps: tuple[Step, ...]
    h: Array
    cell: Cell
    score: str

    @property
    def weights(self) -> Array:
        """The alignment (B, T_y, T_x): how much of source token j was read for target token t."""
        return np.concatenate([step.attended.weights for step in self.steps], axis=1)


def init(
    rng: Generator,
    K: int,
    D: int,
    H: int,
    V: int,
    dtype: DTypeLike = np.float64,
    *,
    cell: Cell,
    score: str = "additive",
) -> Params:
    """Starting weights for K tokens, embeddings of D numbers, H units, and encoder states of V numbers.

    The hidden layer of the additive score gets H units.

    Raises: TypeError unless `cell` is a Cell, ValueError for another score or a size below 1.
    Source: documentation of torch.nn.

    >>> from rnnlab.nets.cells import cell
    >>> params = init(np.random.default_rng(0), K=5, D=3, H=2, V=4, cell=cell("rnn"))
    >>> params.cell.W_xh.shape, params.attention.W_k.shape
    ((2, 7), (2, 4))
    """
    expect_cell("cell", cell)
    expect_sizes(K=K, D=D, V=V)
    return Params(
        E=rng.normal(size=(K, D)).astype(dtype),
        cell=cell.init(rng, D + V, H, dtype),
        attention=attention.init(rng, H, V, H, dtype, score),
        readout=rnn.init_readout(rng, H, K, dtype),
    )


def start(params: Params, encoded: Encoded, *, cell: Cell, score: str = "additive") -> State:
    """The state before the first token: the encoder's last one, and the memory of all its states.

    Raises: as `attention.remember`. Source: chapter attention.

    >>> from rnnlab.nets.cells import cell
    >>> params = init(np.random.default_rng(0), K=5, D=3, H=2, V=2, cell=cell("rnn"))
    >>> start(params, Encoded(np.ones((4, 1, 2)), np.ones((1, 2))), cell=cell("rnn")).memory.values.shape
    (1, 4, 2)
    """
    _expect_network(params, cell)
    return State(encoded.state, recall(params.attention, encoded, score))


def step(
    params: Params, ids_t: Array, state: State, *, cell: Cell, score: str = "additive"
) -> tuple[State, Array]:
    """The source looked at, one token read, the next one weighed.

    Shapes: ids_t (B,); returns the next state and logits (B, K).

    Raises: TypeError for a wrong dtype or record, ValueError for a wrong shape, range or score.
    Source: chapter attention.

    >>> from rnnlab.nets.cells import cell
    >>> params = init(np.random.default_rng(0), K=5, D=3, H=2, V=2, cell=cell("rnn"))
    >>> state = start(params, Encoded(np.ones((4, 1, 2)), np.ones((1, 2))), cell=cell("rnn"))
    >>> step(params, np.array([4]), state, cell=cell("rnn"))[1].shape
    (1, 5)
    """
    _expect_network(params, cell)
    expect_ids("ids_t", ids_t, len(params.E), B=None)
    c_t = asked(params.attention, cell.output(state.cell), state.memory, score)
    x_t = np.concatenate([embed(ids_t, params.E), c_t], axis=-1)
    cell_state = cell.step(params.cell, x_t, state.cell)
    return State(cell_state, state.memory), rnn.readout(params.readout, cell.output(cell_state))


def forward(
    params: Params,
    ids: Array,
    encoded: Encoded,
    mask: Array | None = None,
    *,
    cell: Cell,
    score: str = "additive",
) -> tuple[Array, Cache]:
    """The logits of all steps under teacher forcing.

    Shapes: ids (T_y, B), what is read at each step, mask (T_y, B) or None; returns logits (T_y, B, K) and the cache,
    whose `weights` (B, T_y, T_x) are the alignment.

    Raises: TypeError for a wrong dtype or record, ValueError for a wrong shape, range or score.
    Source: Bahdanau, Cho and Bengio 2015; chapter attention.

    >>> from rnnlab.nets.cells import cell
    >>> params = init(np.random.default_rng(0), K=5, D=3, H=2, V=2, cell=cell("rnn"))
    >>> encoded = Encoded(np.ones((4, 1, 2)), np.ones((1, 2)))
    >>> logits, cache = forward(params, np.array([[1], [3]]), encoded, cell=cell("rnn"))
    >>> logits.shape, cache.weights.shape
    ((2, 1, 5), (1, 2, 4))
    """
    _expect_network(params, cell)
    expect_record("encoded", encoded, Encoded, "seq2seq.encode")
    ids = real_ids("input_ids", ids, len(params.E), mask, encoded.h.shape[1])
    embedded = embed(ids, params.E)
    memory = attention.remember(params.attention, encoded.h, encoded.h, score)
    h_t, begun = _state_put_out(params, encoded, cell)
    state, h, steps = encoded.state, np.empty((*ids.shape, h_t.shape[-1]), h_t.dtype), []
    for t in range(len(ids)):
        c_t, attended = attention.attend(params.attention, h_t, memory, encoded.mask, score=score)
        x_t = np.concatenate([embedded[[t]], c_t], axis=-1)
        h_t, read = cell.forward(params.cell, x_t, state, None if mask is None else mask[[t]])
        h[t], state = h_t[0], cell.last_state(read)
        steps.append(Step(attended, read))
    cache = Cache(params, ids, encoded, begun, tuple(steps), h, cell, score)
    return rnn.readout(params.readout, h), cache


def backward(d_logits: Array, cache: Cache) -> tuple[Encoded, Params]:
    """From the gradient at the logits to those at what was encoded and at the weights.

    From t = T_y down to 1 the gradient at h_t goes through the cell to [d_E[y_{t−1}]; d_c_t] and h_{t−1}, and d_c_t
    through the attention to its query, which adds to the gradient at h_{t−1}, and to the memory, where all add up.

    Shapes: d_logits (T_y, B, K); returns the gradients at the encoder's states and last state, and grads.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: chapter attention.

    >>> from rnnlab.nets.cells import cell
    >>> params = init(np.random.default_rng(0), K=5, D=3, H=2, V=2, cell=cell("rnn"))
    >>> encoded = Encoded(np.ones((4, 1, 2)), np.ones((1, 2)))
    >>> logits, cache = forward(params, np.array([[1], [3]]), encoded, cell=cell("rnn"))
    >>> d_encoded, grads = backward(np.ones_like(logits), cache)
    >>> d_encoded.h.shape, grads.E.shape
    ((4, 1, 2), (5, 3))
    """
    params, ids, encoded, begun, steps, h, cell, score = cache
    (K, D), keys = params.E.shape, encoded.h
    d_h, grads_readout = rnn.readout_backward(d_logits, h, params.readout)
    d_embedded = np.empty((*ids.shape, D), h.dtype)
    d_state, d_query = None, 0
    shared: Any = None
    for t in reversed(range(len(steps))):
        d_x_t, d_state, grads_cell = cell.backward(d_h[[t]] + d_query, steps[t].read, d_state)
        d_embedded[t] = d_x_t[0, :, :D]
        d_query, d_memory, grads_attention = attention.attend_backward(d_x_t[..., D:], steps[t].attended)
        shared = _sum(shared, (grads_cell, d_memory, grads_attention))
    _, d_state, _ = cell.backward(d_query, begun, d_state)
    grads_cell, d_memory, grads_attention = shared
    d_keys, d_values, of_memory = attention.remember_backward(d_memory, params.attention, keys, score)
    grads_attention = grads_attention._replace(W_k=of_memory.W_k)
    d_E = embed_backward(d_embedded, ids, K)
    return Encoded(d_keys + d_values, d_state), Params(d_E, grads_cell, grads_attention, grads_readout)


def _state_put_out(params: Params, encoded: Encoded, cell: Cell) -> tuple[Array, Any]:
    """The first query, h_0 (1, B, H), and the cell's cache: at padding a cell of any kind puts out the state it has.

    Unlike `cell.output`, this can be taken back by `cell.backward`.
    """
    B, V = encoded.h.shape[1:]
    nothing = np.zeros((1, B, params.E.shape[1] + V), encoded.h.dtype)
    return cell.forward(params.cell, nothing, encoded.state, np.zeros((1, B), bool))


def _sum(total: Any, tree: Any) -> Any:
    return tree if total is None else mapped(np.add, total, tree)


def _expect_network(params: Params, cell: Cell) -> None:
    expect_cell("cell", cell)
    expect_record("params", params, Params, "attentive_decoder.init")
    expect_floats("E", params.E, K=None, D=None)
