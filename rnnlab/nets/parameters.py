"""Parameters of any network as a tree: arrays in named tuples, in tuples of them, as deep as the network is built.

Optimizers, clipping and checkpoints treat every network alike through these few functions. Gradients have the same tree
as the parameters that they belong to. A branch that a network does not have is None.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Tree = TypeVar("Tree")


def named_leaves(tree: Any, prefix: str = "") -> Iterator[tuple[str, Array]]:
    """All arrays of a tree, each with its path in it: field names and places, joined by points.

    Raises: TypeError for a leaf that is not an array.

    >>> [name for name, _ in named_leaves((np.zeros(2), (np.zeros(1),)))]
    ['0', '1.0']
    """
    if tree is None:
        return
    if isinstance(tree, tuple):
        for name, branch in zip(_names(tree), tree, strict=True):
            yield from named_leaves(branch, f"{prefix}.{name}" if prefix else name)
    elif isinstance(tree, np.ndarray | np.generic):
        yield prefix, np.asarray(tree)
    else:
        raise TypeError(
            f"parameters must be arrays in (named) tuples, but {prefix or 'the tree'} is {tree!r}."
        )


def leaves(tree: Any) -> list[Array]:
    """All arrays of a tree, in the order of its fields.

    >>> leaves((np.array([1.0]), (np.array([2.0]),)))
    [array([1.]), array([2.])]
    """
    return [leaf for _, leaf in named_leaves(tree)]


def mapped(function: Callable[..., Any], tree: Tree, *others: Any) -> Tree:
    """The tree with function(leaf, ...) at each place, where the others, of the same shape, give further arguments.

    Raises: ValueError where the trees differ.

    >>> mapped(np.add, (np.array([1.0]), None), (np.array([2.0]), None))
    (array([3.]), None)
    """
    if tree is None:
        return tree
    if not isinstance(tree, tuple):
        return function(tree, *others)
    if any(type(other) is not type(tree) or len(other) != len(tree) for other in others):
        kinds = ", ".join(type(each).__name__ for each in (tree, *others))
        raise ValueError(
            f"the trees must have the same branches, but are {kinds}. Do they belong to one network?"
        )
    branches = [mapped(function, *each) for each in zip(tree, *others, strict=True)]
    return type(tree)(*branches) if hasattr(tree, "_fields") else type(tree)(branches)


def count(tree: Any) -> int:
    """The number of parameters: the entries of all arrays of a tree.

    >>> count((np.zeros((2, 3)), np.zeros(2)))
    8
    """
    return sum(leaf.size for leaf in leaves(tree))


def _names(tree: tuple[Any, ...]) -> tuple[str, ...]:
    return getattr(tree, "_fields", tuple(map(str, range(len(tree)))))
