"""Gradient clipping: an exploding gradient is cut down before the optimizer takes its step.

By norm, the whole gradient keeps its direction; by value, each entry is cut for itself and the direction may turn.
"""

from __future__ import annotations

import math
from typing import Any, TypeVar

import numpy as np

from rnnlab.nets.parameters import leaves, mapped, named_leaves

Tree = TypeVar("Tree")


def global_norm(grads: Any) -> float:
    """The length of the gradient over all arrays together: ‖g‖ = √(Σ g²).

    Entries are divided by the largest one before they are squared, so that float32 gradients of 1e30, which do occur
    when a gradient explodes, have a norm as well. It is infinite or NaN only where the gradient itself is.

    Source: Pascanu, Mikolov and Bengio 2013; chapter gradients.

    >>> global_norm((np.array([3.0]), np.array([[4.0]])))
    5.0
    """
    arrays = [leaf for leaf in leaves(grads) if leaf.size]
    if not arrays:
        return 0.0
    largest = float(np.max([np.max(np.abs(leaf)) for leaf in arrays]))
    if largest == 0 or not math.isfinite(largest):
        return largest
    return largest * math.sqrt(sum(float(np.sum((leaf / largest) ** 2, dtype=np.float64)) for leaf in arrays))


def clip_by_norm(grads: Tree, largest: float) -> tuple[Tree, float]:
    """The gradient with a norm of at most `largest`, in its direction, and its norm before: g · min(1, largest / ‖g‖).

    A clipped gradient has exactly the norm `largest`. torch.nn.utils.clip_grad_norm_ divides by ‖g‖ + 1e-6 instead,
    which makes its result smaller by the factor ‖g‖ / (‖g‖ + 1e-6).

    Raises: ValueError unless `largest` is positive, FloatingPointError where the gradient is not finite.
    Source: Pascanu, Mikolov and Bengio 2013; chapter gradients.

    >>> clip_by_norm((np.array([3.0, 4.0]),), largest=1.0)
    ((array([0.6, 0.8]),), 5.0)
    """
    _expect_positive(largest)
    norm = global_norm(grads)
    expect_finite(grads, norm)
    if norm <= largest:
        return grads, norm
    # two factors, because largest / norm is zero in float32 where the norm is huge
    return mapped(lambda g: g / norm * float(largest), grads), norm


def clip_by_value(grads: Tree, largest: float) -> tuple[Tree, float]:
    """The gradient with every entry cut to ±`largest`, and its norm before: max(−largest, min(largest, g)).

    Raises: ValueError unless `largest` is positive, FloatingPointError where the gradient is not finite.
    Source: Mikolov 2012; torch.nn.utils.clip_grad_value_; chapter gradients.

    >>> clip_by_value((np.array([3.0, 0.5]),), largest=1.0)[0]
    (array([1. , 0.5]),)
    """
    _expect_positive(largest)
    norm = global_norm(grads)
    expect_finite(grads, norm)
    return mapped(lambda g: np.clip(g, -float(largest), float(largest)), grads), norm


def expect_finite(grads: Any, norm: float | None = None) -> None:
    """Refuse a gradient that holds NaN or infinity; with its `norm` at hand, finite gradients cost nothing.

    Raises: FloatingPointError, with the arrays that are not finite.

    >>> expect_finite((np.array([1.0, np.nan]), np.array([1.0])))
    Traceback (most recent call last):
    FloatingPointError: the gradient is not finite: 0 (1 of 2 entries). It exploded, or a NaN came in with the data.
    """
    if norm is not None and math.isfinite(norm):
        return
    broken = [
        f"{path or 'the array'} ({np.sum(~np.isfinite(leaf))} of {leaf.size} entries)"
        for path, leaf in named_leaves(grads)
        if not np.isfinite(leaf).all()
    ]
    if broken:
        raise FloatingPointError(
            f"the gradient is not finite: {', '.join(broken)}. It exploded, or a NaN came in with the data."
        )


def _expect_positive(largest: float) -> None:
    if not largest > 0:
        raise ValueError(f"largest must be positive, but is {largest!r}.")
