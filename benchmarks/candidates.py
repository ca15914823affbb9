"""The three ways to run a cell forward and backward: each returns the gradients at inputs and weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import textbook
import torch

from rnnlab.nets import gru, lstm, rnn

Run = Callable[[], tuple[np.ndarray, list[np.ndarray]]]
MODULES = {"rnn": rnn, "lstm": lstm, "gru": gru}
LAYERS = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}


def candidates(cell: str, dtype: np.dtype, T: int, B: int, D: int, H: int) -> dict[str, Run]:
    """The same parameters, inputs, initial states and upstream gradients for all three."""
    rng = np.random.default_rng(0)
    params = MODULES[cell].init(rng, D, H, dtype)
    x, d_h = (rng.normal(size=(T, B, width)).astype(dtype) for width in (D, H))
    states = [rng.normal(size=(B, H)).astype(dtype) for _ in range(2 if cell == "lstm" else 1)]
    return {
        "rnnlab": ours(cell, params, x, states, d_h),
        "torch": theirs(cell, params, x, states, d_h),
        "textbook": lambda: getattr(textbook, cell)(x, *states, *params, d_h),
    }


def ours(cell: str, params: tuple, x: np.ndarray, states: list[np.ndarray], d_h: np.ndarray) -> Run:
    module = MODULES[cell]
    state = lstm.State(*states) if cell == "lstm" else states[0]
    options = {}

    def run() -> tuple[np.ndarray, list[np.ndarray]]:
        _, cache = module.forward(params, x, state, **options)
        d_x, _, grads = module.backward(d_h, cache)
        if cell != "rnn":  # as in a training loop, the next step writes over this one's memory
            options["reuse"] = cache
        return d_x, list(grads)

    return run


def theirs(cell: str, params: tuple, x: np.ndarray, states: list[np.ndarray], d_h: np.ndarray) -> Run:
    layer = LAYERS[cell](x.shape[-1], d_h.shape[-1], dtype=torch.tensor(x).dtype)
    W_xh, W_hh, b_h, *b_hn = params
    second = np.zeros_like(b_h)
    if b_hn:
        second[-len(b_hn[0]) :] = b_hn[0]
    with torch.no_grad():
        for parameter, value in zip(layer.parameters(), (W_xh, W_hh, b_h, second), strict=True):
            parameter.copy_(torch.tensor(value))
    tensors = [torch.tensor(array, requires_grad=True) for array in (x, *(state[None] for state in states))]
    upstream = torch.tensor(d_h)
    initial = tuple(tensors[1:]) if cell == "lstm" else tensors[1]

    def run() -> tuple[np.ndarray, list[np.ndarray]]:
        h, _ = layer(tensors[0], initial)
        d_x, *others = torch.autograd.grad(h, (*tensors, *layer.parameters()), upstream)
        d_W_xh, d_W_hh, d_b, d_second = (each.numpy() for each in others[len(states) :])
        return d_x.numpy(), [d_W_xh, d_W_hh, d_b, *([d_second[-len(b_hn[0]) :]] if b_hn else [])]

    return run


def assert_same_answer(runs: Mapping[str, Run], tolerance: float) -> None:
    d_x, grads = runs["rnnlab"]()
    for name in ("torch", "textbook"):
        others = runs[name]()
        for mine, other in zip((d_x, *grads), (others[0], *others[1]), strict=True):
            error = np.abs(mine - other).max() / np.abs(other).max()
            assert error <= tolerance, f"{name} differs by {error:.1e}"
