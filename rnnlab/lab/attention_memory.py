"""Experiment: what a layer keeps for its backward pass, against the length of the sequence, by torch's own account.

Prediction: attention written as a matrix of weights keeps T² numbers; the fused attention, which computes them anew
block by block, keeps a number of order T, as a recurrent layer does. Budget: about 1 s. Result: bytes, without the
layer's inputs and weights.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch.nn.attention import SDPBackend, sdpa_kernel

from rnnlab.analysis.memory import held_bytes
from rnnlab.nets import gru

H = 64
KERNELS = {"weights kept": SDPBackend.MATH, "fused": SDPBackend.FLASH_ATTENTION}


def of_attention(T: int, kernel: str) -> int:
    """Bytes that causal attention with one head keeps beside q, k and v, each (1, 1, T, H) in float32."""
    generator = torch.Generator().manual_seed(0)
    q, k, v = (torch.randn(1, 1, T, H, generator=generator, requires_grad=True) for _ in range(3))

    def attend() -> torch.Tensor:
        with sdpa_kernel(KERNELS[kernel]):
            return torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)

    return _saved(attend, [q, k, v])


def of_gru(T: int) -> int:
    """Bytes that rnnlab's GRU with H inputs and units keeps in float32 beside its inputs and weights."""
    rng = np.random.default_rng(0)
    params, x = gru.init(rng, H, H, np.float32), rng.normal(size=(T, 1, H)).astype(np.float32)
    _, cache = gru.forward(params, x)
    return held_bytes(cache, (params, x))


def _saved(call: Callable[[], torch.Tensor], given: list[torch.Tensor]) -> int:
    """Bytes of all storages that autograd saves during the call, each counted once, without those that were given."""
    sizes: dict[int, int] = {}

    def pack(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        sizes[storage.data_ptr()] = storage.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        y = call()
    for tensor in given:
        sizes.pop(tensor.untyped_storage().data_ptr(), None)
    assert y.requires_grad
    return sum(sizes.values())
