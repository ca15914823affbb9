"""What is wrong with a shape, in words: the axes' order, a missing axis, a step too many."""

from __future__ import annotations

from itertools import permutations

Shape = tuple[int, ...]


def describe_shape(got: Shape, want: Shape, axes: tuple[str, ...]) -> str:
    """One clause that says how the shape that came differs from the one wanted, with axes named by letter."""
    for describe in (_permuted, _extra_ones, _missing_axis, _merged, _one_axis_differs):
        clause = describe(got, want, axes)
        if clause:
            return clause
    return _none_fits(got, want, axes)


def _permuted(got: Shape, want: Shape, axes: tuple[str, ...]) -> str:
    if sorted(got) != sorted(want):
        return ""
    order = next(p for p in permutations(range(len(want))) if tuple(want[i] for i in p) == got)
    names = f"({', '.join(axes[i] for i in order)})"
    if "T" in axes and order[axes.index("T")] != axes.index("T"):
        return f"yours is {names}, and the time axis comes first"
    return f"yours is {names}, transposed"


def _extra_ones(got: Shape, want: Shape, axes: tuple[str, ...]) -> str:
    if len(got) > len(want) and tuple(n for n in got if n != 1) == tuple(n for n in want if n != 1):
        return "there is an axis of size 1 too many"
    return ""


def _missing_axis(got: Shape, want: Shape, axes: tuple[str, ...]) -> str:
    if len(got) != len(want) - 1:
        return ""
    missing = [axes[i] for i in range(len(want)) if want[:i] + want[i + 1 :] == got]
    if not missing:
        return ""
    if missing[0] == "T":
        return "the time axis is missing, as if only the last step were returned"
    return f"the axis {missing[0]} is missing"


def _merged(got: Shape, want: Shape, axes: tuple[str, ...]) -> str:
    for i in range(len(want) - 1):
        if (*want[:i], want[i] * want[i + 1], *want[i + 2 :]) == got:
            return f"the axes {axes[i]} and {axes[i + 1]} are merged into one"
    return ""


def _one_axis_differs(got: Shape, want: Shape, axes: tuple[str, ...]) -> str:
    if len(got) != len(want):
        return ""
    differing = [sizes for sizes in zip(axes, got, want, strict=True) if sizes[1] != sizes[2]]
    if len(differing) != 1:
        return ""
    axis, came, wanted = differing[0]
    if abs(came - wanted) == 1:
        return f"along {axis} there is one too {'many' if came > wanted else 'few'}"
    return f"along {axis} there are {came} where {wanted} belong"


def _none_fits(got: Shape, want: Shape, axes: tuple[str, ...]) -> str:
    if len(got) != len(want):
        return f"that is {_axes(len(got))} where {_axes(len(want))} belong"
    right = [axis for axis, mine, other in zip(axes, got, want, strict=True) if mine == other]
    return f"{f'only {right[0]}' if right else 'no axis'} is as long as it should be"


def _axes(count: int) -> str:
    return {0: "a single number", 1: "one axis"}.get(count, f"{count} axes")
