"""Forward and backward pass of the plain network: rnnlab against torch.nn.RNN, on one thread.

Run: python benchmarks/rnn_vs_torch.py
"""

from __future__ import annotations

import os

# The libraries read this once, when they are loaded.
os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"

from collections.abc import Callable
from itertools import product
from math import exp, log

import numpy as np
import torch
from timing import interleaved

from rnnlab.nets import rnn

D = 32
HIDDEN, BATCHES, LENGTHS, DTYPES = (32, 128), (1, 32), (32, 128), (np.float32, np.float64)


def ours(params: rnn.Params, x: np.ndarray, h_0: np.ndarray, d_h: np.ndarray) -> Callable[[], object]:
    """One forward and backward pass of rnnlab: gradients at inputs, initial state and weights."""

    def run() -> object:
        _, cache = rnn.forward(params, x, h_0)
        return rnn.backward(d_h, cache)

    return run


def theirs(params: rnn.Params, x: np.ndarray, h_0: np.ndarray, d_h: np.ndarray) -> Callable[[], object]:
    """The same with torch.nn.RNN and its automatic gradient."""
    layer = torch.nn.RNN(x.shape[-1], h_0.shape[-1], dtype=torch.tensor(x).dtype)
    with torch.no_grad():
        for parameter, value in zip(layer.parameters(), (*params, 0 * params.b_h), strict=True):
            parameter.copy_(torch.tensor(value))
    x_, h_0_ = torch.tensor(x, requires_grad=True), torch.tensor(h_0[None], requires_grad=True)
    d_h_ = torch.tensor(d_h)
    leaves = (x_, h_0_, *layer.parameters())

    def run() -> object:
        h, _ = layer(x_, h_0_)
        return torch.autograd.grad(h, leaves, d_h_)

    return run


def assert_same_answer(ours_: Callable[[], object], theirs_: Callable[[], object], tolerance: float) -> None:
    d_x, d_h_0, grads = ours_()  # pyright: ignore
    for mine, other in zip((d_x, d_h_0[None], *grads), theirs_(), strict=False):  # pyright: ignore
        np.testing.assert_allclose(mine, other, rtol=tolerance, atol=tolerance * np.abs(mine).max())


def measure(H: int, B: int, T: int, dtype: type) -> dict[str, float]:
    rng = np.random.default_rng(0)
    params = rnn.init(rng, D, H, dtype)
    x, h_0, d_h = (rng.normal(size=shape).astype(dtype) for shape in ((T, B, D), (B, H), (T, B, H)))
    candidates = {"rnnlab": ours(params, x, h_0, d_h), "torch": theirs(params, x, h_0, d_h)}
    assert_same_answer(candidates["rnnlab"], candidates["torch"], 1e-3 if dtype is np.float32 else 1e-10)
    return interleaved(candidates)


def main() -> None:
    torch.set_num_threads(1)
    print(f"NumPy {np.__version__}, torch {torch.__version__}, D = {D}, CPU milliseconds, medians")
    print("| dtype | H | B | T | rnnlab | torch | torch / rnnlab |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    ratios = []
    for dtype, H, B, T in product(DTYPES, HIDDEN, BATCHES, LENGTHS):
        times = measure(H, B, T, dtype)
        ratios.append(times["torch"] / times["rnnlab"])
        print(
            f"| {dtype.__name__} | {H} | {B} | {T} | {times['rnnlab']:.2f} | {times['torch']:.2f} | {ratios[-1]:.1f} |",
            flush=True,
        )
    mean = exp(sum(map(log, ratios)) / len(ratios))
    print(f"\ngeometric mean {mean:.1f}, from {min(ratios):.1f} to {max(ratios):.1f}")


if __name__ == "__main__":
    main()
