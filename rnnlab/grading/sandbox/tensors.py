"""Torch's tensors as arrays, where the process has torch; nothing here imports it."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from numpy import ndarray

# The zygote's own torch: `sys.modules` is the student's to change.
_torch: ModuleType | None = None


def use(torch: ModuleType) -> None:
    """Know tensors from now on."""
    global _torch
    _torch = torch


def is_tensor_type(kind: type) -> bool:
    """Return whether objects of this type are tensors."""
    return _torch is not None and issubclass(kind, _torch.Tensor)


def as_array(tensor: Any) -> ndarray | None:
    """Return a tensor's numbers, without its gradient and whatever its class overrides; None where it has none.

    A tensor on the processor shares its memory with the array.
    """
    if _torch is None:
        return None
    plain = _torch.Tensor
    try:
        with _torch._C.DisableTorchFunctionSubclass(), _torch._C._DisableTorchDispatch():
            if plain.dtype.__get__(tensor) is _torch.bfloat16:  # NumPy has no such number.
                tensor = plain.float(tensor)
            return plain.numpy(tensor, force=True)
    except (
        TypeError,
        RuntimeError,
        NotImplementedError,
    ):  # A sparse or quantized tensor, or one without storage.
        return None
