"""What the tests of the transformer share: drawn networks with a batch and a state, and all their results by name."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from hypothesis import strategies as st

from rnnlab.nets import transformer
from rnnlab.nets.kv_cache import State
from rnnlab.nets.parameters import mapped, named_leaves
from rnnlab.nets.transformer import Options, Params
from tests.nets.numerics import Array, read_only


class Case(NamedTuple):
    """A transformer with one batch: weights, biases, inputs and a state are random, not zero, and read-only."""

    params: Params
    options: Options
    x: Array
    state: State | None
    mask: Array | None
    d_y: Array
    d_last: State


ENCODERS = [
    Options(2, activation, norm_first, causal=False)
    for activation in ("relu", "gelu")
    for norm_first in (False, True)
]
DECODERS = [encoder._replace(causal=True) for encoder in ENCODERS]
POSITIONED = [
    DECODERS[positions == "rotary"]._replace(positions=positions) for positions in ("sinusoidal", "rotary")
]
ALL = [*ENCODERS, *DECODERS, *POSITIONED, *(each._replace(causal=False) for each in POSITIONED)]
WITH_STATE = [*DECODERS, *POSITIONED]


def label(options: Options) -> str:
    kind = "decoder" if options.causal else "encoder"
    norm = "first" if options.norm_first else "last"
    return f"{kind}-{options.activation}-norm_{norm}-{options.positions}"


def make_case(
    options: Options,
    T: int = 4,
    B: int = 2,
    d: int = 2,
    F: int = 5,
    L: int = 2,
    P: int = 0,
    padded: bool = False,
    seed: int = 0,
    dtype: Any = np.float64,
) -> Case:
    """With P > 0 there is a state of P steps; `padded` marks padding at the end of the sequence, not of the state."""
    rng = np.random.default_rng(seed)
    H = options.heads * d

    def draw(*shape: int) -> Array:
        return read_only(rng.normal(size=shape).astype(dtype))

    start = transformer.init(rng, H, L, F, dtype, options.norm_first)
    params = mapped(
        lambda weight: read_only((weight + 0.4 * rng.normal(size=weight.shape)).astype(dtype)), start
    )
    lengths = rng.integers(1, T + 1, size=B)
    lengths[0] = T
    mask = read_only(np.arange(T)[:, np.newaxis] < lengths) if padded else None
    state = State(draw(L, P, B, H), draw(L, P, B, H)) if P else None
    d_last = State(draw(L, P + T, B, H), draw(L, P + T, B, H))
    return Case(params, options, draw(T, B, H), state, mask, draw(T, B, H), d_last)


@st.composite
def cases(
    draw: st.DrawFn, choices: list[Options] = ALL, with_state: bool = False, padded: bool = True
) -> Case:
    """H ≥ 4, because a norm leaves almost nothing of two units, and F ≥ 8, so that some ReLUs are alive."""
    heads, d = draw(st.sampled_from([(1, 4), (2, 2), (2, 4), (3, 2)]))
    options = draw(st.sampled_from(choices))._replace(heads=heads)
    return make_case(
        options,
        T=draw(st.integers(3, 5)),
        B=draw(st.integers(2, 3)),
        d=d,
        F=draw(st.integers(8, 12)),
        L=draw(st.integers(1, 2)),
        P=draw(st.integers(1, 3)) if with_state else 0,
        padded=padded and draw(st.booleans()),
        seed=draw(st.integers(0, 10**6)),
    )


def run(case: Case) -> dict[str, Array]:
    """All results of a forward and a backward pass: y, d_x as x, the gradients at the state and at each weight."""
    y, cache = transformer.forward(case.params, case.x, case.state, case.mask, case.options)
    d_x, d_state, grads = transformer.backward(case.d_y, cache, case.d_last)
    results = {"y": y, "x": d_x, **dict(named_leaves(grads, "params"))}
    if case.state is not None:
        results |= {"state.keys": d_state.keys, "state.values": d_state.values}
    return results


def surrogate_loss(case: Case) -> float:
    """The loss whose gradients are exactly d_y at the outputs and d_last at the last state."""
    y, cache = transformer.forward(case.params, case.x, case.state, case.mask, case.options)
    last = transformer.last_state(cache)
    total = (
        np.sum(y * case.d_y) + np.sum(last.keys * case.d_last.keys) + np.sum(last.values * case.d_last.values)
    )
    return float(total)
