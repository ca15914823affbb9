"""Attention in torch, naive and fused: the same result, with and without the T × T table of scores in memory.

Naive attention computes all scores, keeps the weights for the backward pass, and so needs memory in proportion to T².
The fused kernel goes through keys and values block by block, keeps one number for each query, and computes the weights
again on the way back (Rabe and Staats 2021; Dao et al. 2022). Prediction: exponents of the kept bytes near 2 and near
1. One sequence, 4 heads of 16 units, causal, float32, forward and backward. Result: rows of `Row`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.nn.functional import scaled_dot_product_attention

from rnnlab.lab.comparison.costs import Row
from rnnlab.lab.comparison.timing import interleaved, resident_peak

HEADS, EACH = 4, 16
KERNELS = {"naive attention": SDPBackend.MATH, "fused attention": SDPBackend.FLASH_ATTENTION}


def attention_costs(T: int, rounds: int) -> Iterator[Row]:
    """Bytes kept for the backward pass, bytes at the peak by the system's account, and CPU milliseconds."""
    torch.set_num_threads(1)
    q, k, v, d = _tensors(T)
    runs = {name: _passes(kernel, q, k, v, d) for name, kernel in KERNELS.items()}
    for name, times in interleaved(runs, rounds).items():
        for number, seconds in enumerate(times):
            yield Row("attention step", name, T, 1, number, 1e3 * seconds, "CPU ms")
        yield Row("attention kept", name, T, 1, 0, _kept(KERNELS[name], q, k, v), "bytes")
        peak = resident_peak(runs[name])
        if peak is not None:
            yield Row("attention peak", name, T, 1, 0, peak, "bytes")


def largest_difference(T: int) -> float:
    """How far the outputs of the two kernels are apart."""
    q, k, v, _ = _tensors(T)
    naive, fused = (_forward(kernel, q, k, v) for kernel in KERNELS.values())
    return float((naive - fused).detach().abs().max())


def _tensors(T: int) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    return [
        torch.randn(1, HEADS, T, EACH, generator=generator, requires_grad=number < 3) for number in range(4)
    ]


def _forward(kernel: SDPBackend, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    with sdpa_kernel(kernel):
        return scaled_dot_product_attention(q, k, v, is_causal=True)


def _passes(
    kernel: SDPBackend, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, d: torch.Tensor
) -> Callable[[], Any]:
    return lambda: torch.autograd.grad(_forward(kernel, q, k, v), (q, k, v), d)


def _kept(kernel: SDPBackend, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> int:
    """The bytes of all different arrays that autograd keeps between the passes."""
    kept: dict[int, int] = {}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        _ = _forward(kernel, q, k, v)
    return sum(kept.values())
