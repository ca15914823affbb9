"""Truncated back-propagation through time: states go on for ever, gradients go back through one window alone.

A long sequence is cut into windows of τ steps. The state after one window is where the next one starts, but as a given
number: no gradient goes back through it. Memory and delay are those of τ steps instead of T, and what lies further back
than the window can be remembered but not be learned from. Source: Williams and Peng 1990; chapter bptt.
"""

from __future__ import annotations

from collections.abc import Iterator
from operator import itemgetter
from typing import Any

from rnnlab.nets.door import expect_sizes
from rnnlab.nets.parameters import mapped
from rnnlab.training.minibatches import Batch
from rnnlab.training.models import Params, SequenceModel, scored_steps


def cut(batch: Batch, window: int) -> Iterator[Batch]:
    """The windows of a batch, τ = `window` steps each, in order; the last one may be shorter.

    Shapes: x, targets, mask and scored (T, B, …) → (τ, B, …), as views.

    Raises: ValueError for a window below 1, or targets without a time axis.

    >>> import numpy as np
    >>> batch = Batch(np.zeros((5, 1, 3)), np.arange(5)[:, None])
    >>> [part.targets.ravel().tolist() for part in cut(batch, window=2)]
    [[0, 1], [2, 3], [4]]
    """
    expect_sizes(window=window)
    if batch.targets.shape[:2] != batch.x.shape[:2]:
        raise ValueError(
            f"targets must have one entry for each step, {batch.x.shape[:2]}, but has the shape "
            f"{batch.targets.shape}. A loss at the last step alone cannot be cut into windows."
        )
    steps = [slice(start, start + window) for start in range(0, len(batch.x), window)]
    return (mapped(itemgetter(part), batch) for part in steps)


def gradient(
    model: SequenceModel, params: Params, batch: Batch, window: int, state: Any = None
) -> tuple[float, Params, Any]:
    """The mean loss of a batch, its gradient truncated to windows of τ steps, and the state after the batch.

    d_θ = Σ_k (n_k / n) d_θ L_k(s_k), with s_{k+1} the state after window k, taken as constant, and n_k of the n scored
    steps in window k. With τ ≥ T this is the whole gradient. A loss at t reaches back to its window's first step only:
    over a lag of τ − 1 steps at most.

    Shapes: those of the model, which must read every state; `state` is the cell's state before the batch, or None.

    Raises: ValueError for a window below 1 or a model that does not read every state.
    Source: Williams and Peng 1990; chapter bptt.

    >>> import numpy as np
    >>> from rnnlab.training.models import sequence_model
    >>> model = sequence_model("rnn", read="every", loss="squared_error")
    >>> params = model.init(np.random.default_rng(0), D=1, H=3, K=1)
    >>> batch = Batch(np.ones((6, 1, 1)), np.ones((6, 1, 1)))
    >>> whole, cut_down = (gradient(model, params, batch, window)[0] for window in (6, 2))
    >>> bool(np.isclose(whole, cut_down))
    True
    """
    if model.read != "every":
        raise ValueError(
            f"model must read every state to have losses in all windows, but reads the {model.read} one."
        )
    total = scored_steps(model, batch)
    loss, grads = 0.0, None
    for part in cut(batch, window):
        share = scored_steps(model, part) / total if total else 0.0
        if share == 0:
            state = _state_after(model, params, part, state)
            continue
        part_loss, part_grads, state = model.gradient_from(params, part, state)
        loss += share * part_loss
        weighted = mapped(lambda g, share=share: share * g, part_grads)
        grads = weighted if grads is None else mapped(lambda a, b: a + b, grads, weighted)
    if grads is None:
        raise ValueError("batch must have a scored step, but every step is padding. Is the mask inverted?")
    return loss, grads, state


def _state_after(model: SequenceModel, params: Params, part: Batch, state: Any) -> Any:
    """The state after a window in which no step counts."""
    x = part.x if params.E is None else params.E[part.x]
    return model.cell.last_state(model.cell.forward(params.cell, x, state, part.mask)[1])
