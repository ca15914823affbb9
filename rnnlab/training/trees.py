"""What training asks of parameter trees: that gradients and checkpoints fit the network that they are used for."""

from __future__ import annotations

from typing import Any

from rnnlab.nets.door import FLOATS
from rnnlab.nets.parameters import named_leaves


def expect_parameters(name: str, tree: Any) -> None:
    """Refuse a tree without arrays, or one in which an array does not hold floats.

    Raises: TypeError for a wrong type or dtype, ValueError for an empty tree.

    >>> import numpy as np
    >>> expect_parameters("params", (np.arange(3),))
    Traceback (most recent call last):
    TypeError: params.0 must hold floats (float32 or float64), but holds int64. Convert it with .astype(float).
    """
    leaves = list(named_leaves(tree))
    if not leaves:
        raise ValueError(f"{name} must hold arrays, but is {tree!r}. Is this the network's parameters?")
    for path, leaf in leaves:
        if leaf.dtype not in FLOATS:
            raise TypeError(
                f"{_full(name, path)} must hold floats (float32 or float64), but holds {leaf.dtype}. "
                "Convert it with .astype(float)."
            )


def expect_like(name: str, tree: Any, params: Any) -> None:
    """Refuse a tree whose branches, shapes or dtypes are not those of `params`.

    NumPy would broadcast a gradient (1,) over a bias (H,) without a word, so this is checked before each update.

    Raises: ValueError for other branches or shapes, TypeError for another dtype.

    >>> import numpy as np
    >>> expect_like("grads", (np.zeros(1),), (np.zeros(3),))
    Traceback (most recent call last):
    ValueError: grads.0 must have the shape (3,) like params.0, but has the shape (1,). Is this another network's?
    """
    came, expected = dict(named_leaves(tree)), dict(named_leaves(params))
    if came.keys() != expected.keys():
        path = next(iter(came.keys() ^ expected.keys()))
        where = "no such place" if path in expected else "one too many"
        raise ValueError(
            f"{name} must have the branches of params, {_listed(expected)}, but has {where}: {path or 'the root'}. "
            "Is this another network's?"
        )
    for path, leaf in came.items():
        like = expected[path]
        if leaf.shape != like.shape:
            raise ValueError(
                f"{_full(name, path)} must have the shape {like.shape} like {_full('params', path)}, "
                f"but has the shape {leaf.shape}. Is this another network's?"
            )
        if leaf.dtype != like.dtype:
            raise TypeError(
                f"{_full(name, path)} must be {like.dtype} like {_full('params', path)}, but is {leaf.dtype}. "
                f"Convert it with .astype(np.{like.dtype})."
            )


def _full(name: str, path: str) -> str:
    return f"{name}.{path}" if path else name


def _listed(leaves: dict[str, Any]) -> str:
    return ", ".join(leaves) if leaves.keys() != {""} else "one array"
