"""Checks at the door: a wrong array is refused by name, with what was expected, what came, and the likely cause."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

Shape = tuple[int, ...]
Sizes = dict[str, int | None]

FLOATS = frozenset({np.dtype(np.float32), np.dtype(np.float64)})
COMPLEX = frozenset({np.dtype(np.complex64), np.dtype(np.complex128)})


def expect_floats(name: str, array: Any, dtype: DTypeLike | None = None, /, **sizes: int | None) -> None:
    """Refuse an array that is not floating-point or has other axes than `sizes`, where None allows any size.

    With `dtype`, the array must have this very dtype, so that no result is silently widened.

    Raises: TypeError for a wrong type or dtype, ValueError for a wrong shape.

    >>> expect_floats("x", np.zeros((4, 2)), T=None, D=3)
    Traceback (most recent call last):
    ValueError: x must have the shape (T, D) with D = 3, but has the shape (4, 2). The other arguments set D.
    """
    _expect_array(name, array)
    if array.dtype not in FLOATS:
        raise TypeError(
            f"{name} must hold floats (float32 or float64), but holds {array.dtype}. "
            "Token ids become floats by one_hot or embed, other numbers by .astype(float)."
        )
    _expect_dtype(name, array, dtype)
    _expect_shape(name, array.shape, sizes)


def expect_real_or_complex(
    name: str, array: Any, dtype: DTypeLike | None = None, /, **sizes: int | None
) -> None:
    """Refuse what `expect_floats` refuses, but take complex floats too.

    Raises: TypeError for a wrong type or dtype, ValueError for a wrong shape.

    >>> expect_real_or_complex("a", np.ones(2) * 1j, H=2)
    >>> expect_real_or_complex("a", np.ones(2) * 1j, np.float64, H=2)
    Traceback (most recent call last):
    TypeError: a must be float64 like the other arguments, but is complex128. Convert it with .astype(np.float64).
    """
    _expect_array(name, array)
    if array.dtype not in FLOATS | COMPLEX:
        raise TypeError(
            f"{name} must hold floats (float32 or float64) or complex floats, but holds {array.dtype}. "
            "Convert it with .astype(float) or .astype(complex)."
        )
    _expect_dtype(name, array, dtype)
    _expect_shape(name, array.shape, sizes)


def expect_no_nan(name: str, array: Any) -> None:
    """Refuse an array in which something is not a number. Infinite values pass.

    Raises: ValueError.

    >>> expect_no_nan("x", np.array([[0.0, np.nan]]))
    Traceback (most recent call last):
    ValueError: x must hold numbers, but holds NaN at 1 place, the first at (0, 1). Are values missing in the data?
    """
    # the smallest of numbers among which one is NaN is NaN, and a minimum is much cheaper than a look at every entry
    if array.size == 0 or not np.isnan(array.min()):
        return
    places = np.argwhere(np.isnan(array))
    count = f"{len(places)} place{'s' if len(places) > 1 else ''}"
    first = tuple(int(axis) for axis in places[0])
    raise ValueError(
        f"{name} must hold numbers, but holds NaN at {count}, the first at {first}. "
        "Are values missing in the data?"
    )


def expect_ids(name: str, array: Any, K: int, valid: Any = None, /, **sizes: int | None) -> None:
    """Refuse an array that does not hold whole numbers from 0 to K − 1; positions where `valid` is False may hold any.

    Raises: TypeError for a wrong type or dtype, ValueError for a wrong shape or range.

    >>> expect_ids("ids", np.array([0, 3]), 3)
    Traceback (most recent call last):
    ValueError: ids must lie between 0 and K - 1 = 2, but 3 occurs. Are ids counted from 1, or is K too small?
    """
    _expect_array(name, array)
    if not np.issubdtype(array.dtype, np.integer):
        raise TypeError(
            f"{name} must hold whole numbers (an integer dtype), but holds {array.dtype}. "
            "Class ids are wanted here, not one-hot vectors or probabilities."
        )
    if sizes:
        _expect_shape(name, array.shape, sizes)
    wrong = (array < 0) | (array >= K)
    if valid is not None:
        wrong &= valid
    if wrong.any():
        raise ValueError(
            f"{name} must lie between 0 and K - 1 = {K - 1}, but {array[wrong].flat[0]} occurs. "
            "Are ids counted from 1, or is K too small?"
        )


def expect_mask(name: str, array: Any, /, **sizes: int | None) -> None:
    """Refuse an array that is not boolean or has other axes than `sizes`.

    Raises: TypeError for a wrong type or dtype, ValueError for a wrong shape.

    >>> expect_mask("mask", np.ones((4, 2)), T=4, B=2)
    Traceback (most recent call last):
    TypeError: mask must be boolean, True at real steps and False at padding, but holds float64. Use .astype(bool).
    """
    _expect_array(name, array)
    if array.dtype != np.bool_:
        raise TypeError(
            f"{name} must be boolean, True at real steps and False at padding, but holds {array.dtype}. "
            "Use .astype(bool)."
        )
    _expect_shape(name, array.shape, sizes)


def expect_padding_at_the_end(name: str, mask: Any) -> None:
    """Refuse a mask (T, B) in which a real step follows padding. A sequence that is all padding passes.

    Raises: ValueError.

    >>> expect_padding_at_the_end("mask", np.array([[True], [False], [True]]))
    Traceback (most recent call last):
    ValueError: mask must be True up to each sequence's end and False after it, but at batch place 0 the step t = 2 is \
real after padding. Places in time are counted here: let all padding stand at the end.
    """
    places = np.argwhere(mask[1:] & ~mask[:-1])
    if len(places):
        t, b = places[0]
        raise ValueError(
            f"{name} must be True up to each sequence's end and False after it, but at batch place {b} the step "
            f"t = {t + 1} is real after padding. Places in time are counted here: let all padding stand at the end."
        )


def expect_sequence(x: Any, mask: Any, D: int, dtype: DTypeLike) -> None:
    """Refuse an input x that is not (T, B, D) of this dtype without NaN, or a mask that is neither None nor (T, B).

    Raises: TypeError for a wrong type or dtype, ValueError for a wrong shape or NaN.

    >>> expect_sequence(np.zeros((4, 2, 3)), np.ones((2, 4), bool), 3, float)
    Traceback (most recent call last):
    ValueError: mask must have the shape (T, B) with T = 4, B = 2, but has the shape (2, 4). The axes seem to stand in \
another order: .transpose(1, 0) would fit.
    """
    expect_floats("x", x, dtype, T=None, B=None, D=D)
    expect_no_nan("x", x)
    if mask is not None:
        expect_mask("mask", mask, T=len(x), B=x.shape[1])


def expect_state(name: str, state: Any, dtype: DTypeLike, B: int, H: int) -> None:
    """Refuse a state, or its gradient, that is neither None nor (B, H) of this dtype without NaN.

    Raises: TypeError for a wrong type or dtype, ValueError for a wrong shape or NaN.

    >>> expect_state("state", np.array([[np.nan]]), float, B=1, H=1)
    Traceback (most recent call last):
    ValueError: state must hold numbers, but holds NaN at 1 place, the first at (0, 0). Are values missing in the data?
    """
    if state is not None:
        expect_floats(name, state, dtype, B=B, H=H)
        expect_no_nan(name, state)


def expect_array(name: str, array: Any, /, **sizes: int | None) -> None:
    """Refuse an array that has other axes than `sizes`, where None allows any size. It may hold anything.

    Raises: TypeError for a wrong type, ValueError for a wrong shape.

    >>> expect_array("ids", [[0, 1]], T=None, B=None)
    Traceback (most recent call last):
    TypeError: ids must be a NumPy array, but is of type list. Convert it with np.asarray(...).
    """
    _expect_array(name, array)
    _expect_shape(name, array.shape, sizes)


def expect_record(name: str, value: Any, kind: type, maker: str) -> None:
    """Refuse a value that is not a record (a named tuple) of this kind; `maker` is the call that gives one.

    Raises: TypeError.

    >>> from rnnlab.nets.rnn import Params
    >>> expect_record("params", (), Params, "rnn.init")
    Traceback (most recent call last):
    TypeError: params must be an rnnlab.nets.rnn.Params, as rnn.init gives it, but is of type tuple.
    """
    if not isinstance(value, kind):
        raise TypeError(
            f"{name} must be an {_full_name(kind)}, as {maker} gives it, but is of type {_full_name(type(value))}."
        )


def expect_one_each(name: str, values: Any, count: int, places: str) -> None:
    """Refuse what is not a plain tuple or list with one entry, which may be anything, for each of `count` `places`.

    Raises: TypeError for a wrong type, ValueError for a wrong number.

    >>> expect_one_each("state", (np.zeros((1, 2)),), 2, "layers")
    Traceback (most recent call last):
    ValueError: state must be a tuple with one entry for each of the 2 layers, but has 1.
    """
    expected = f"{name} must be a tuple with one entry for each of the {count} {places}"
    if not isinstance(values, tuple | list) or hasattr(values, "_fields"):
        raise TypeError(f"{expected}, but is of type {_full_name(type(values))}.")
    if len(values) != count:
        raise ValueError(f"{expected}, but has {len(values)}.")


def expect_sizes(**sizes: int) -> None:
    """Refuse a size that is not a positive whole number.

    Raises: ValueError.

    >>> expect_sizes(H=0)
    Traceback (most recent call last):
    ValueError: H must be a positive whole number, but is 0.
    """
    for name, size in sizes.items():
        if not isinstance(size, int | np.integer) or size < 1:
            raise ValueError(f"{name} must be a positive whole number, but is {size!r}.")


def expect_one_of(name: str, value: Any, options: tuple[str, ...]) -> None:
    """Refuse a value that is not among the options.

    Raises: ValueError.

    >>> expect_one_of("reduction", "average", ("mean", "sum"))
    Traceback (most recent call last):
    ValueError: reduction must be 'mean' or 'sum', but is 'average'.
    """
    if value not in options:
        raise ValueError(f"{name} must be {' or '.join(map(repr, options))}, but is {value!r}.")


def leading_axes(array: Any) -> dict[str, int | None]:
    """The axes before the last one, whose number is free, with their sizes: for `expect_floats`.

    >>> leading_axes(np.zeros((4, 3, 2)))
    {'axis 0': 4, 'axis 1': 3}
    """
    return {f"axis {axis}": size for axis, size in enumerate(np.shape(array)[:-1])}


def _full_name(kind: type) -> str:
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"


def _expect_array(name: str, array: Any) -> None:
    if not isinstance(array, np.ndarray | np.generic):
        kind = type(array).__name__
        raise TypeError(
            f"{name} must be a NumPy array, but is of type {kind}. Convert it with np.asarray(...)."
        )


def _expect_dtype(name: str, array: Any, dtype: DTypeLike | None) -> None:
    if dtype is not None and array.dtype != dtype:
        raise TypeError(
            f"{name} must be {np.dtype(dtype)} like the other arguments, but is {array.dtype}. "
            f"Convert it with .astype(np.{np.dtype(dtype)})."
        )


def _expect_shape(name: str, shape: Shape, sizes: Sizes) -> None:
    if _fits(shape, sizes):
        return
    axes = ", ".join(sizes) + ("," if len(sizes) == 1 else "")
    known = ", ".join(f"{axis} = {size}" for axis, size in sizes.items() if size is not None)
    expected = f"({axes}) with {known}" if known else f"({axes})"
    raise ValueError(
        f"{name} must have the shape {expected}, but has the shape {shape}. {_likely_cause(shape, sizes)}"
    )


def _fits(shape: Shape, sizes: Sizes) -> bool:
    if len(shape) != len(sizes):
        return False
    for size, expected in zip(shape, sizes.values(), strict=True):
        if size < 1 if expected is None else size != expected:
            return False
    return True


def _likely_cause(shape: Shape, sizes: Sizes) -> str:
    if 0 in shape:
        return "An axis is empty: is there any data?"
    if len(shape) < len(sizes):
        advice = " A single sequence has a batch axis too, with B = 1." if "B" in sizes else ""
        return f"An axis is missing.{advice}"
    if len(shape) > len(sizes):
        return "There is an axis too many."
    for order in permutations(range(len(shape))):
        if _fits(tuple(shape[axis] for axis in order), sizes):
            return f"The axes seem to stand in another order: .transpose{order} would fit."
    fixed = [axis for axis, size in sizes.items() if size is not None]
    return f"The other arguments set {' and '.join(fixed)}."
