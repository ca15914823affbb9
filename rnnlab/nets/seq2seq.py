"""The encoder–decoder network: one cell reads the source, another writes the target.

encoder:  h_j = cell(E_x[x_j], h_{j−1}), whose last state is the context vector
decoder:  p(y_t | y_1 … y_{t−1}, x) = softmax(logits_t), from that state, the token y_{t−1} and, with attention, all h_j

The encoder's cell is any of `rnnlab.nets.cells` or a network under its interface, the decoder one of
`rnnlab.nets.decoders`. Ids and masks are time-first: source (T_x, B), target (T_y, B). While it learns, the decoder
reads the true tokens (teacher forcing, `forward`); afterwards it reads its own (`writer`, for `rnnlab.nets.decoding`).
Source: Cho et al. 2014; Sutskever, Vinyals and Le 2014; Bahdanau, Cho and Bengio 2015; chapter encoder-decoder.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import DTypeLike, NDArray

from rnnlab.nets import reader
from rnnlab.nets.activations import log_softmax
from rnnlab.nets.cells import Cell
from rnnlab.nets.decoders import Decoder
from rnnlab.nets.decoding import Step
from rnnlab.nets.door import expect_ids, expect_record
from rnnlab.nets.reader import Encoded, expect_cell, real_ids

Array = NDArray[Any]


class Params(NamedTuple):
    """The weights, or their gradients, of encoder and decoder."""

    encoder: reader.Params
    decoder: Any


class Cache(NamedTuple):
    """What `backward` needs from `forward`; `decoder.weights` of one with attention are the alignment (B, T_y, T_x)."""

    encoder: reader.Cache
    decoder: Any
    kind: Decoder


def init(
    rng: Generator,
    K_x: int,
    K_y: int,
    D: int,
    H: int,
    dtype: DTypeLike = np.float64,
    *,
    encoder: Cell,
    decoder: Decoder,
) -> Params:
    """Starting weights for K_x source and K_y target tokens, embeddings of D numbers, and H units in both cells.

    Raises: TypeError unless `encoder` is a Cell and `decoder` a Decoder, ValueError for a size below 1.
    Source: documentation of torch.nn.

    >>> from rnnlab.nets.cells import cell
    >>> from rnnlab.nets.decoders import decoder
    >>> gru = cell("gru")
    >>> params = init(np.random.default_rng(0), 5, 4, D=3, H=2, encoder=gru, decoder=decoder("plain", gru))
    >>> params.encoder.E.shape, params.decoder.reader.E.shape
    ((5, 3), (4, 3))
    """
    _expect_kinds(encoder, decoder)
    encoder_params = reader.init(rng, K_x, D, H, dtype, cell=encoder)
    V = encoder.output(encoder.zero_state(encoder_params.cell, 1)).shape[1]
    return Params(encoder_params, decoder.init(rng, K_y, D, H, V, dtype))


def shifted_right(target_ids: Array, start_id: int) -> Array:
    """What the decoder reads under teacher forcing: the start token, then the targets but the last one.

    Shapes: target_ids (T_y, B) → (T_y, B).

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape or a negative id.
    Source: Williams and Zipser 1989 for teacher forcing; chapter encoder-decoder.

    >>> shifted_right(np.array([[5], [7], [2]]), start_id=1)[:, 0]
    array([1, 5, 7])
    """
    expect_ids("start_id", np.asarray(start_id), np.iinfo(np.int64).max)
    expect_ids("target_ids", target_ids, np.iinfo(np.int64).max, np.False_, T_y=None, B=None)
    shifted = np.empty_like(target_ids)
    shifted[0], shifted[1:] = start_id, target_ids[:-1]
    return shifted


def encode(
    params: reader.Params, source_ids: Array, source_mask: Array | None = None, *, encoder: Cell
) -> tuple[Encoded, reader.Cache]:
    """What the encoder hands on: its states, its last state (the context vector), and the mask of the source.

    Shapes: source_ids (T_x, B), source_mask (T_x, B) with True at real tokens or None; returns them as an Encoded, with
    h (T_x, B, V), and the cache.

    Raises: TypeError for a wrong dtype or record, ValueError for a wrong shape or range.
    Source: chapter encoder-decoder.

    >>> from rnnlab.nets.cells import cell
    >>> params = reader.init(np.random.default_rng(0), K=5, D=3, H=2, cell=cell("rnn"))
    >>> encoded, cache = encode(params, np.array([[4], [0]]), encoder=cell("rnn"))
    >>> encoded.h.shape, encoded.state.shape
    ((2, 1, 2), (1, 2))
    """
    expect_cell("encoder", encoder)
    expect_record("params.encoder", params, reader.Params, "seq2seq.init")
    ids = real_ids("source_ids", source_ids, len(params.E), source_mask)
    h, cache = reader.forward(params, ids, None, source_mask, cell=encoder)
    return Encoded(h, reader.last_state(cache), source_mask), cache


def forward(
    params: Params,
    source_ids: Array,
    source_mask: Array | None,
    input_ids: Array,
    target_mask: Array | None = None,
    *,
    encoder: Cell,
    decoder: Decoder,
) -> tuple[Array, Cache]:
    """The logits of all target steps under teacher forcing.

    Shapes: source_ids and source_mask (T_x, B), input_ids (T_y, B), which are the targets `shifted_right`, target_mask
    (T_y, B); a mask may be None. Returns logits (T_y, B, K_y), for `losses.masked_sequence_loss`, and the cache.

    Raises: TypeError for a wrong dtype or record, ValueError for a wrong shape or range.
    Source: chapter encoder-decoder.

    >>> from rnnlab.nets.cells import cell
    >>> from rnnlab.nets.decoders import decoder
    >>> gru = cell("gru")
    >>> network = {"encoder": gru, "decoder": decoder("bahdanau", gru)}
    >>> params = init(np.random.default_rng(0), 5, 4, D=3, H=2, **network)
    >>> logits, cache = forward(params, np.array([[4], [0], [2]]), None, np.array([[1], [3]]), **network)
    >>> logits.shape, cache.decoder.weights.shape
    ((2, 1, 4), (1, 2, 3))
    """
    _expect_kinds(encoder, decoder)
    expect_record("params", params, Params, "seq2seq.init")
    encoded, encoder_cache = encode(params.encoder, source_ids, source_mask, encoder=encoder)
    logits, decoder_cache = decoder.forward(params.decoder, input_ids, encoded, target_mask)
    return logits, Cache(encoder_cache, decoder_cache, decoder)


def backward(d_logits: Array, cache: Cache) -> Params:
    """The gradients at all weights: back through the decoder, what was encoded, and the encoder, to both embeddings.

    Shapes: d_logits (T_y, B, K_y).

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: chapter encoder-decoder.

    >>> from rnnlab.nets.cells import cell
    >>> from rnnlab.nets.decoders import decoder
    >>> gru = cell("gru")
    >>> network = {"encoder": gru, "decoder": decoder("plain", gru)}
    >>> params = init(np.random.default_rng(0), 5, 4, D=3, H=2, **network)
    >>> logits, cache = forward(params, np.array([[4], [0], [2]]), None, np.array([[1], [3]]), **network)
    >>> backward(np.ones_like(logits), cache).encoder.E.any(axis=1)
    array([ True, False,  True, False,  True])
    """
    d_encoded, decoder_grads = cache.kind.backward(d_logits, cache.decoder)
    _, encoder_grads = reader.backward(d_encoded.h, cache.encoder, d_encoded.state)
    return Params(encoder_grads, decoder_grads)


def writer(
    params: Params, source_ids: Array, source_mask: Array | None = None, *, encoder: Cell, decoder: Decoder
) -> tuple[Step, Any]:
    """The decoder that has been given the source: its step and first state, as `rnnlab.nets.decoding` wants them.

    Shapes: source_ids and source_mask (T_x, B); the step takes ids (B,) and gives log-probabilities (B, K_y).

    Raises: TypeError for a wrong dtype or record, ValueError for a wrong shape or range.
    Source: chapter encoder-decoder.

    >>> from rnnlab.nets import decoding
    >>> from rnnlab.nets.cells import cell
    >>> from rnnlab.nets.decoders import decoder
    >>> gru = cell("gru")
    >>> network = {"encoder": gru, "decoder": decoder("luong", gru)}
    >>> params = init(np.random.default_rng(0), 5, 4, D=3, H=2, **network)
    >>> step, state = writer(params, np.array([[4], [0], [2]]), **network)
    >>> decoding.greedy(step, state, np.array([1]), end_id=0, max_length=5).ids.shape
    (5, 1)
    """
    _expect_kinds(encoder, decoder)
    expect_record("params", params, Params, "seq2seq.init")
    encoded, _ = encode(params.encoder, source_ids, source_mask, encoder=encoder)

    def step(state: Any, ids: Array) -> tuple[Any, Array]:
        state, logits = decoder.step(params.decoder, ids, state)
        return state, log_softmax(logits)

    return step, decoder.start(params.decoder, encoded)


def _expect_kinds(encoder: Cell, decoder: Decoder) -> None:
    expect_cell("encoder", encoder)
    expect_record("decoder", decoder, Decoder, 'decoders.decoder("plain", cell)')
