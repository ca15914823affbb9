"""Experiment: what one more step costs, in time and in memory, after a context of a given length.

Prediction: a recurrent cell pays the same at every step; a transformer with a cache pays more the more it has read,
because each step looks at all keys. Budget: about 2 s. Result: a `Cost` for each network and context. Times are CPU
time on one thread, the median of single steps; B = 1, float64.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnlab.nets import cells, kv_cache, transformer
from rnnlab.nets.parameters import leaves
from rnnlab.nets.transformer_block import Options

Array = NDArray[Any]

H = 64


@dataclass(frozen=True)
class Cost:
    """One more step after `context` steps: microseconds, and the bytes of the state that it starts from."""

    network: str
    context: int
    microseconds: float
    state_bytes: int


def of_cell(name: str, contexts: Sequence[int], repeats: int = 40) -> list[Cost]:
    """A recurrent cell with H units and D = H inputs. It has only one state, so that each context is the same task."""
    rng = np.random.default_rng(0)
    cell = cells.cell(name)
    params = cell.init(rng, H, H)
    x_t, state = rng.normal(size=(1, H)), cell.zero_state(params, 1)
    size = sum(leaf.nbytes for leaf in leaves(state))

    def step(state: Any) -> Any:
        return cell.step(params, x_t, state)

    return [Cost(name, context, _microseconds(step, state, repeats), size) for context in contexts]


def of_transformer(contexts: Sequence[int], L: int = 1, heads: int = 4, repeats: int = 40) -> list[Cost]:
    """A causal transformer with H units at each place, whose cache holds random keys and values of `context` steps."""
    rng = np.random.default_rng(0)
    params, options = transformer.init(rng, H, L), Options(heads=heads)
    x_t = rng.normal(size=(1, H))

    def step(state: kv_cache.State) -> kv_cache.State:
        return transformer.step(params, x_t, state, options)[1]

    costs = []
    for context in contexts:
        keys, values = rng.normal(size=(2, L, context, 1, H))
        state = kv_cache.State(keys, values)
        size = keys.nbytes + values.nbytes
        costs.append(Cost("transformer", context, _microseconds(step, step(state), repeats), size))
    return costs


def _microseconds(step: Callable[[Any], Any], state: Any, repeats: int) -> float:
    """The median CPU time of single steps in a row, the first of which are not counted."""
    taken = []
    for _ in range(repeats):
        start = time.process_time_ns()
        state = step(state)
        taken.append(time.process_time_ns() - start)
    return float(np.median(taken[repeats // 4 :])) / 1000
