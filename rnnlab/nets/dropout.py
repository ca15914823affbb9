"""Dropout: while a network learns, a random share of its units is silent, so that none can rely on a single other one.

y = m ⊙ x, where an entry of m is 0 with probability p (the rate) and 1 / (1 − p) else, so that E[y] = x and nothing
has to be rescaled when the network is used (*inverted* dropout). What is random is drawn first, by a function of its
own, and then handed on: with the same m, forward and backward belong to one function, whose gradient can be checked.
None stands for no dropout: with rate 0, and when the network is evaluated.

In a recurrent network each draw has its place:
- `draw`: a fresh m at every step, for what enters or leaves a layer. On the way from state to state it would wipe out a
  memory within about 1 / p steps.
- `draw_over_time`: one m for each sequence, the same at all its steps ("variational").
- `draw_recurrent`: an m for the recurrent *weights* W_hh, the same for all steps and sequences. It regularizes the way
  from state to state without a change to the cells ("DropConnect" as in the AWD-LSTM).

Sources: Srivastava et al. 2014; Gal and Ghahramani 2016; Merity, Keskar and Socher 2018; chapter stacked.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.random import Generator
from numpy.typing import DTypeLike, NDArray

from rnnlab.nets.door import expect_floats, expect_sizes, leading_axes
from rnnlab.nets.parameters import mapped

Array = NDArray[Any]
Tree = TypeVar("Tree")


class Cache(NamedTuple):
    """What `backward` needs from `forward`: the drawn m, or None where nothing was dropped."""

    keep: Array | None


def draw(rng: Generator, shape: tuple[int, ...], rate: float, dtype: DTypeLike = np.float64) -> Array | None:
    """Which entries to keep, each drawn by itself: m = 0 with probability p = `rate`, else 1 / (1 − p).

    Returns m with this shape, or None with rate 0, where nothing is drawn.

    Raises: ValueError unless 0 ≤ rate < 1, or for a size below 1. Source: Srivastava et al. 2014.

    >>> draw(np.random.default_rng(0), (2, 4), rate=0.5)
    array([[2., 0., 0., 0.],
           [2., 2., 2., 2.]])
    """
    expect_rate(rate)
    expect_sizes(**{f"axis {axis} of shape": size for axis, size in enumerate(shape)})
    if rate == 0:
        return None
    kept = rng.random(shape) >= rate
    return kept.astype(dtype) / (1 - rate)


def draw_over_time(
    rng: Generator, shape: tuple[int, int, int], rate: float, dtype: DTypeLike = np.float64
) -> Array | None:
    """Which units to keep in each sequence, the same at all its steps: for x (T, B, D) an m (1, B, D).

    Returns m, or None with rate 0. A stream that is cut into pieces can use the same m in all of them.

    Raises: ValueError unless 0 ≤ rate < 1, or for another shape. Source: Gal and Ghahramani 2016.

    >>> draw_over_time(np.random.default_rng(0), (3, 1, 4), rate=0.5)
    array([[[2., 0., 0., 0.]]])
    """
    if len(shape) != 3:
        raise ValueError(f"shape must be that of a batch of sequences, (T, B, D), but is {shape}.")
    return draw(rng, (1, *shape[1:]), rate, dtype)


def draw_recurrent(rng: Generator, params: Tree, rate: float) -> Tree | None:
    """Which recurrent weights to keep: a tree like `params` with an m for every W_hh in it, and None for the others.

    It goes with `drop_weights`. Returns None with rate 0.

    Raises: ValueError unless 0 ≤ rate < 1, or if there is no W_hh.
    Source: Wan et al. 2013; Merity, Keskar and Socher 2018.

    >>> from rnnlab.nets import rnn
    >>> keep = draw_recurrent(np.random.default_rng(0), rnn.init(np.random.default_rng(1), D=3, H=2), rate=0.5)
    >>> keep.W_xh is None, keep.W_hh
    (True, array([[2., 0.],
           [0., 0.]]))
    """
    expect_rate(rate)
    if rate == 0:
        return None
    if not _has_recurrence(params):
        raise ValueError("params must hold a W_hh, but there is none. Are they those of a recurrent network?")
    return _drawn(rng, params, rate)


def forward(x: Array, keep: Array | None) -> tuple[Array, Cache]:
    """Let the drawn entries through: y = m ⊙ x, or a copy of x where `keep` is None.

    Shapes: x (..., D), keep like x, with 1 for an axis along which it is the same; returns y (..., D) and the cache.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: chapter stacked.

    >>> forward(np.array([[3.0, 5.0]]), np.array([[0.0, 2.0]]))[0]
    array([[ 0., 10.]])
    """
    _expect_kept("x", x, keep)
    return (x.copy() if keep is None else keep * x), Cache(keep)


def backward(d_y: Array, cache: Cache) -> Array:
    """From the gradient at the outputs to that at the inputs: d_x = m ⊙ d_y, with the m of the forward pass.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: chapter stacked.

    >>> backward(np.array([[1.0, 1.0]]), Cache(np.array([[0.0, 2.0]])))
    array([[0., 2.]])
    """
    _expect_kept("d_y", d_y, cache.keep)
    return d_y.copy() if cache.keep is None else cache.keep * d_y


def drop_weights(params: Tree, keep: Tree | None) -> Tree:
    """The weights with the dropped ones silent, m ⊙ W; where `keep` is None, the weights as they are.

    Run the network with them; the gradient at `params` is drop_weights(grads, keep), since d_W = m ⊙ d_(m ⊙ W).

    Raises: ValueError where the trees differ. Source: Wan et al. 2013; Merity, Keskar and Socher 2018.

    >>> from rnnlab.nets import rnn
    >>> params = rnn.Params(W_xh=np.ones((1, 2)), W_hh=np.ones((1, 1)), b_h=np.ones(1))
    >>> drop_weights(params, rnn.Params(None, np.array([[2.0]]), None))
    Params(W_xh=array([[1., 1.]]), W_hh=array([[2.]]), b_h=array([1.]))
    """
    if keep is None:
        return params
    return mapped(lambda weights, m: weights if m is None else forward(weights, m)[0], params, keep)


def expect_rate(rate: float) -> None:
    """Refuse a rate that is not the share to be dropped: 0 ≤ rate < 1.

    Raises: ValueError.

    >>> expect_rate(20)
    Traceback (most recent call last):
    ValueError: rate must be the share that is dropped, from 0 to below 1, but is 20. Is it a percentage?
    """
    if not isinstance(rate, float | int | np.number) or not 0 <= rate < 1:
        raise ValueError(
            f"rate must be the share that is dropped, from 0 to below 1, but is {rate!r}. Is it a percentage?"
        )


def _drawn(rng: Generator, tree: Any, rate: float) -> Any:
    """The tree with an m at each W_hh and None at the other leaves."""
    if not isinstance(tree, tuple):
        return None
    names: tuple[str, ...] = getattr(tree, "_fields", ("",) * len(tree))
    branches: list[Any] = [
        draw(rng, branch.shape, rate, branch.dtype) if name == "W_hh" else _drawn(rng, branch, rate)
        for name, branch in zip(names, tree, strict=True)
    ]
    return type(tree)(*branches) if hasattr(tree, "_fields") else tuple(branches)


def _has_recurrence(tree: Any) -> bool:
    if not isinstance(tree, tuple):
        return False
    return hasattr(tree, "W_hh") or any(map(_has_recurrence, tree))


def _expect_kept(name: str, x: Array, keep: Array | None) -> None:
    expect_floats(name, x, **dict.fromkeys(leading_axes(x)), D=None)
    if keep is None:
        return
    sizes = leading_axes(x) | {"D": x.shape[-1]}
    shared = {axis for axis, size in zip(sizes, np.shape(keep), strict=False) if size == 1}
    sizes |= dict.fromkeys(shared, 1)
    expect_floats("keep", keep, x.dtype, **sizes)
