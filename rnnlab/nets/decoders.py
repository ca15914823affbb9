"""The decoders under one interface, so that encoder, training and search are written once for all of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import ModuleType
from typing import Any, NamedTuple

from rnnlab.nets import attentive_decoder, attentive_readout, plain_decoder
from rnnlab.nets.cells import Cell
from rnnlab.nets.door import expect_one_of
from rnnlab.nets.reader import expect_cell

DECODERS: dict[str, ModuleType] = {
    "plain": plain_decoder,
    "bahdanau": attentive_decoder,
    "luong": attentive_readout,
}


class Decoder(NamedTuple):
    """A kind of decoder: its name and the functions of its module, with cell and options filled in.

    init(rng, K, D, H, V, dtype) → params; start(params, encoded) → state; step(params, ids_t, state) → (state, logits);
    forward(params, ids, encoded, mask=None) → (logits, cache); backward(d_logits, cache) → (d_encoded, grads).
    """

    name: str
    init: Callable[..., Any]
    start: Callable[..., Any]
    step: Callable[..., Any]
    forward: Callable[..., Any]
    backward: Callable[..., Any]


def decoder(name: str, cell: Cell, **options: str) -> Decoder:
    """The decoder "plain" (the context vector alone), "bahdanau" (attention before the cell) or "luong" (after it).

    `options`: the `score` of attention, by default "additive" for "bahdanau" and "general" for "luong".

    Raises: TypeError unless `cell` is a Cell, ValueError for another name.

    >>> from rnnlab.nets.cells import cell
    >>> decoder("luong", cell("gru"), score="dot").name
    'luong'
    """
    expect_one_of("decoder", name, tuple(DECODERS))
    expect_cell("cell", cell)
    module = DECODERS[name]
    return Decoder(
        name,
        init=partial(module.init, cell=cell, **options),
        start=partial(module.start, cell=cell, **options),
        step=partial(module.step, cell=cell, **options),
        forward=partial(module.forward, cell=cell, **options),
        backward=module.backward,
    )
