"""The transformer: a stack of blocks over a sequence of vectors, an encoder or, causal, a decoder that may go on.

A causal one is used as a recurrent network is: `forward` over a sequence, from a state on if one is given, and `step`
by step in a stream. Its state, the keys and values of all steps so far (`kv_cache.State`), grows with each step.
Embedding and readout are not part of it. Sources: Vaswani et al. 2017; Radford et al. 2019; chapter transformer.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import DTypeLike, NDArray

from rnnlab.nets import kv_cache, layer_norm, transformer_block
from rnnlab.nets.door import (
    expect_floats,
    expect_mask,
    expect_no_nan,
    expect_one_of,
    expect_record,
    expect_sizes,
)
from rnnlab.nets.kv_cache import State
from rnnlab.nets.positions import sinusoidal
from rnnlab.nets.self_attention import Past
from rnnlab.nets.transformer_block import DEFAULT, Options

Array = NDArray[Any]

POSITIONS = ("none", "sinusoidal", "rotary")


class Params(NamedTuple):
    """The weights of the blocks and of the last norm, which blocks with the norm first need; or their gradients."""

    blocks: tuple[transformer_block.Params, ...]
    norm: layer_norm.Params | None


class Cache(NamedTuple):
    """What `backward` needs from `forward`; `blocks[l].attention.mixed.weights` (B, N, T, P + T) are the alignments."""

    blocks: tuple[transformer_block.Cache, ...]
    norm: layer_norm.Cache | None
    mask: Array | None


def init(
    rng: Generator,
    H: int,
    L: int,
    F: int | None = None,
    dtype: DTypeLike = np.float64,
    norm_first: bool = True,
) -> Params:
    """Starting weights of L blocks with H units at every place and F hidden ones (4 H if left out).

    Raises: ValueError for a size below 1. Source: torch.nn.TransformerEncoderLayer; F = 4 H: Vaswani et al. 2017.

    >>> from rnnlab.nets import parameters
    >>> parameters.count(init(np.random.default_rng(0), H=64, L=1))
    50112
    """
    expect_sizes(L=L)
    blocks = tuple(transformer_block.init(rng, H, 4 * H if F is None else F, dtype) for _ in range(L))
    return Params(blocks, norm=layer_norm.init(H, dtype) if norm_first else None)


def zero_state(params: Params, B: int) -> State:
    """The state before the first step: no keys and no values.

    >>> zero_state(init(np.random.default_rng(0), H=4, L=2), B=3).keys.shape
    (2, 0, 3, 4)
    """
    expect_sizes(B=B)
    gain = params.blocks[0].norm_1.gain
    expect_floats("norm_1.gain", gain, H=None)
    return kv_cache.empty(len(params.blocks), B, len(gain), gain.dtype)


def step(params: Params, x_t: Array, state: State, options: Options = DEFAULT) -> tuple[Array, State]:
    """One more step of a stream: what `forward` with `causal` gives at the last step, in time O(T) instead of O(T²).

    The given state stays as it is and may be continued in several ways.

    Shapes: x_t (B, H), a state of T steps; returns y_t (B, H) and a state of T + 1 steps.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape or option. Source: chapter transformer.

    >>> params = init(np.random.default_rng(0), H=4, L=2)
    >>> y_1, state = step(params, np.ones((1, 4)), zero_state(params, B=1))
    >>> y_2, state = step(params, np.ones((1, 4)), state)
    >>> y_2.shape, state.keys.shape
    ((1, 4), (2, 2, 1, 4))
    """
    L, H, dtype = _expect_network(params, options)
    _expect_causal(options)
    expect_floats("x_t", x_t, dtype, B=None, H=H)
    T = _expect_state(state, L, len(x_t), H, dtype)
    state = kv_cache.extended(state)
    if options.positions == "sinusoidal":
        x_t = x_t + sinusoidal(1, H, T, dtype)
    for block, keys, values in zip(params.blocks, state.keys, state.values, strict=True):
        x_t = transformer_block.step(block, x_t, Past(keys, values), state.mask, options)
    if params.norm is not None:
        x_t, _ = layer_norm.forward(params.norm, x_t)
    return x_t, state


def forward(
    params: Params,
    x: Array,
    state: State | None = None,
    mask: Array | None = None,
    options: Options = DEFAULT,
) -> tuple[Array, Cache]:
    """All blocks over a sequence: x_0 = x + positions,  x_l = block_l(x_{l−1}),  y = norm(x_L).

    With a state of P steps, the sequence goes on after them: its positions are P … P + T − 1, and it sees them.
    No step sees padding. What comes out at padding means nothing: give it no gradient. A step that may see nothing,
    because there is only padding up to it, reads zeros.

    Shapes: x (T, B, H), state of P steps or None, mask (T, B) with True at real steps or None; returns y (T, B, H) and
    the cache for `backward`.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape or option, or for a state without `causal`.
    Source: Vaswani et al. 2017; chapter transformer.

    >>> params = init(np.random.default_rng(0), H=4, L=2)
    >>> options = Options(heads=2, activation="gelu", positions="rotary")
    >>> forward(params, np.ones((3, 1, 4)), options=options)[0].shape
    (3, 1, 4)
    """
    P = _expect_sequence(params, x, state, mask, options)
    mask = _whole_mask(x, state, mask)
    if options.positions == "sinusoidal":
        x = x + sinusoidal(len(x), x.shape[2], P, x.dtype)[:, np.newaxis]
    pasts = [None] * len(params.blocks) if state is None else map(Past, state.keys, state.values)
    caches = []
    for block, past in zip(params.blocks, pasts, strict=True):
        x, cache = transformer_block.forward(block, x, past, mask, options)
        caches.append(cache)
    norm = None
    if params.norm is not None:
        x, norm = layer_norm.forward(params.norm, x)
    return x, Cache(tuple(caches), norm, mask)


def backward(d_y: Array, cache: Cache, d_last: State | None = None) -> tuple[Array, State, Params]:
    """From the gradient at the outputs to the gradients at inputs, given state and weights: the blocks in reverse.

    Shapes: d_y (T, B, H); d_last, the gradient at the last state (L, P + T, B, H), or None; returns d_x (T, B, H),
    d_state_0 with keys and values (L, P, B, H), and grads.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: chapter transformer.

    >>> params = init(np.random.default_rng(0), H=4, L=2)
    >>> y, cache = forward(params, np.ones((3, 1, 4)))
    >>> d_x, d_state_0, grads = backward(y, cache)
    >>> d_x.shape, d_state_0.keys.shape, len(grads.blocks)
    ((3, 1, 4), (2, 0, 1, 4), 2)
    """
    _expect_upstream(d_y, d_last, cache)
    norm = None
    if cache.norm is not None:
        d_y, norm = layer_norm.backward(d_y, cache.norm)
    grads, d_pasts = [], []
    for layer in reversed(range(len(cache.blocks))):
        d_block_last = None if d_last is None else Past(d_last.keys[layer], d_last.values[layer])
        d_y, d_past, block = transformer_block.backward(d_y, cache.blocks[layer], d_block_last)
        grads.append(block)
        d_pasts.append(d_past)
    d_keys, d_values = (np.stack(each) for each in zip(*reversed(d_pasts), strict=True))
    return d_y, State(d_keys, d_values), Params(tuple(reversed(grads)), norm)


def last_state(cache: Cache) -> State:
    """The state after the sequence of `forward`, from which `step` or another `forward` may go on.

    >>> params = init(np.random.default_rng(0), H=4, L=2)
    >>> last_state(forward(params, np.ones((3, 1, 4)))[1]).keys.shape
    (2, 3, 1, 4)
    """
    mixed = [block.attention.mixed for block in cache.blocks]
    return State(np.stack([each.k for each in mixed]), np.stack([each.v for each in mixed]), cache.mask)


def _whole_mask(x: Array, state: State | None, mask: Array | None) -> Array | None:
    """The mask of past and sequence, (P + T, B), or None where all steps are real."""
    if state is None or (mask is None and state.mask is None):
        return mask
    before = np.ones(state.keys.shape[1:3], bool) if state.mask is None else state.mask
    now = np.ones(x.shape[:2], bool) if mask is None else mask
    return np.concatenate([before, now])


def _expect_network(params: Params, options: Options) -> tuple[int, int, np.dtype[Any]]:
    expect_record("params", params, Params, "transformer.init")
    expect_record("options", options, Options, "transformer.Options")
    expect_one_of("positions", options.positions, POSITIONS)
    gain = params.blocks[0].norm_1.gain
    expect_floats("norm_1.gain", gain, H=None)
    return len(params.blocks), len(gain), gain.dtype


def _expect_causal(options: Options) -> None:
    if not options.causal:
        raise ValueError(
            "a state needs causal=True, but options.causal is False: without it every earlier step would have to look "
            "at the new ones too. Leave out the state, or take a causal transformer."
        )


def _expect_state(state: State, L: int, B: int, H: int, dtype: DTypeLike) -> int:
    """Returns the number P of the state's steps."""
    expect_record("state", state, State, "transformer.zero_state")
    P = state.keys.shape[1] if np.ndim(state.keys) == 4 else None
    expect_floats("state.keys", state.keys, dtype, L=L, P=P, B=B, H=H)
    P = state.keys.shape[1]
    expect_floats("state.values", state.values, dtype, L=L, P=P, B=B, H=H)
    if state.mask is not None:
        expect_mask("state.mask", state.mask, P=P, B=B)
    return P


def _expect_sequence(
    params: Params, x: Array, state: State | None, mask: Array | None, options: Options
) -> int:
    """Returns the number P of steps before x."""
    L, H, dtype = _expect_network(params, options)
    expect_floats("x", x, dtype, T=None, B=None, H=H)
    expect_no_nan("x", x)
    T, B, _ = x.shape
    if mask is not None:
        expect_mask("mask", mask, T=T, B=B)
    if state is None:
        return 0
    _expect_causal(options)
    P = _expect_state(state, L, B, H, dtype)
    expect_no_nan("state.keys", state.keys)
    expect_no_nan("state.values", state.values)
    return P


def _expect_upstream(d_y: Array, d_last: State | None, cache: Cache) -> None:
    x, mixed = cache.blocks[0].attention.x, cache.blocks[0].attention.mixed
    T, B, H = x.shape
    expect_floats("d_y", d_y, x.dtype, T=T, B=B, H=H)
    if d_last is not None:
        sizes = {"L": len(cache.blocks), "P_and_T": len(mixed.k), "B": B, "H": H}
        expect_floats("d_last.keys", d_last.keys, x.dtype, **sizes)
        expect_floats("d_last.values", d_last.values, x.dtype, **sizes)
