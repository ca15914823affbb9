"""Gradient checks: a hand-written gradient against numerical differentiation, for any tree of parameters.

Central differences cost two losses an entry and have an error of about ε² from the curvature and of about eps · |L| / ε
from rounding the loss. With ε = 1e-5 in float64 both are near 1e-10, the best there is. The complex step has no such
limit, but needs a function that computes with complex numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.analysis.gradient_report import GradientReport, LeafCheck
from rnnlab.nets.door import expect_floats, expect_sizes
from rnnlab.nets.parameters import leaves, mapped, named_leaves
from rnnlab.training.trees import expect_like

Array = NDArray[Any]

EPSILON = 1e-5
COMPLEX_STEP = 1e-30
TOLERANCE = 1e-7
# The loss is the result of many roundings, which add up to more than one half of a unit in its last place.
ROUNDINGS = 10


def numerical_gradient(loss: Callable[[Array], float], at: Array, epsilon: float = EPSILON) -> Array:
    """The gradient of a loss by central differences, one entry at a time: g_i = (L(a + ε e_i) − L(a − ε e_i)) / 2ε.

    Shapes: at, any; returns g of the same shape. The loss is called twice for each entry.

    Raises: TypeError unless `at` is float64: in float32 the difference of two losses has hardly a correct digit.
    Source: chapter bptt.

    >>> numerical_gradient(lambda a: float(np.sum(a**2)), np.array([1.0, -2.0])).round(6)
    array([ 2., -4.])
    """
    _expect_double("at", at)
    shifted = np.array(at)
    gradient = np.empty_like(shifted)
    for place in np.ndindex(at.shape):
        gradient[place] = _central_difference(lambda: loss(shifted), shifted, place, epsilon)
    return gradient


def complex_step_gradient(loss: Callable[[Array], Any], at: Array, step: float = COMPLEX_STEP) -> Array:
    """The gradient of a loss by a step into the complex plane: g_i = Im L(a + i s e_i) / s, exact to rounding.

    Nothing is subtracted, so nothing cancels, and s may be as small as 1e-30. The loss must compute with complex
    numbers throughout and be analytic: tanh, exp, products and sums are; abs, max, ReLU and comparisons are not. The
    networks of `rnnlab.nets` take real numbers only, so this is for equations written out.

    Shapes: at, any; returns g of the same shape.

    Raises: TypeError unless `at` is float64, or if the loss returns a real number. Source: Squire and Trapp 1998.

    >>> complex_step_gradient(lambda a: np.tanh(a).sum(), np.array([0.0, 1.0])).round(6)
    array([1.      , 0.419974])
    """
    _expect_double("at", at)
    shifted = np.array(at, complex)
    gradient = np.empty_like(at)
    for place in np.ndindex(at.shape):
        shifted[place] += 1j * step
        value = loss(shifted)
        if not np.iscomplexobj(value):
            raise TypeError(
                "loss must return a complex number when its argument is complex, but returned "
                f"{value!r}. Does it take abs, a maximum or .real somewhere? Use numerical_gradient there."
            )
        gradient[place] = np.imag(value) / step
        shifted[place] = at[place]
    return gradient


def check_gradient(
    loss: Callable[[Any], float],
    params: Any,
    grads: Any,
    epsilon: float = EPSILON,
    tolerance: float = TOLERANCE,
    samples: int | None = None,
    rng: Generator | None = None,
) -> GradientReport:
    """Compare a gradient with central differences, array by array, and say for each whether they agree.

    For a leaf with gradient a and numerical gradient n, and the scale s = max(max |a|, max |n|) of what was compared,
    relative error = max |a − n| / s. The scale is the leaf's own, so a small leaf cannot hide behind a large one, and
    one entry that happens to be near zero does not spoil the verdict. Rounding alone makes n wrong by up to the noise
    floor 10 · eps · |L| / ε. The verdicts are

    - "agrees": max |a − n| ≤ tolerance · s,
    - "within noise": not that, but max |a − n| is below the noise floor; the gradient is too small to tell (often 0),
    - "differs": everything else, NaN too.

    `params` and `grads` are trees as in `rnnlab.nets.parameters`, and loss(params) is a number. With `samples`, at most
    that many entries of each leaf are compared, drawn without replacement by `rng`.

    Raises: TypeError unless all leaves are float64, ValueError if the trees or shapes differ, for an ε ≤ 0, or for
    `samples` without `rng`. Source: chapter bptt.

    >>> params = (np.array([1.0, 2.0]), np.array([3.0]))
    >>> wrong = (np.array([2.0, 4.0]), np.array([3.0]))
    >>> report = check_gradient(lambda p: float(np.sum(p[0] ** 2) + np.sum(p[1] ** 2)), params, wrong)
    >>> report.passed, [leaf.verdict for leaf in report.leaves]
    (False, ['agrees', 'differs'])
    """
    _expect_settings(epsilon, samples, rng)
    expect_like("grads", grads, params)
    for path, leaf in named_leaves(params):
        _expect_double(f"params.{path}" if path else "params", leaf)
    moving = mapped(np.array, params)
    noise = ROUNDINGS * float(np.finfo(float).eps * abs(loss(moving))) / epsilon
    checks = []
    for (path, leaf), gradient in zip(named_leaves(moving), leaves(grads), strict=True):
        places = _places(leaf.shape, samples, rng)
        numerical = [_central_difference(lambda: loss(moving), leaf, place, epsilon) for place in places]
        checks.append(_compared(path, gradient, places, np.array(numerical), tolerance, noise))
    return GradientReport(tuple(checks), epsilon, tolerance, noise)


def _central_difference(
    loss: Callable[[], float], shifted: Array, place: tuple[int, ...], epsilon: float
) -> float:
    """Move one entry of `shifted`, which `loss` reads, to both sides, and put it back."""
    start = shifted[place]
    shifted[place] = start + epsilon
    above = loss()
    shifted[place] = start - epsilon
    below = loss()
    shifted[place] = start
    return (above - below) / (2 * epsilon)


def _places(shape: tuple[int, ...], samples: int | None, rng: Generator | None) -> list[tuple[int, ...]]:
    size = int(np.prod(shape))
    flat: Iterable[int] = range(size)
    if samples is not None and rng is not None and samples < size:
        flat = np.sort(rng.choice(size, samples, replace=False))
    return [tuple(int(axis) for axis in np.unravel_index(index, shape)) for index in flat]


def _compared(
    path: str,
    gradient: Array,
    places: list[tuple[int, ...]],
    numerical: Array,
    tolerance: float,
    noise: float,
) -> LeafCheck:
    analytic = np.array([gradient[place] for place in places])
    difference = np.abs(analytic - numerical)
    difference[np.isnan(difference)] = np.inf
    worst = int(np.argmax(difference))
    scale = max(np.abs(analytic).max(), np.abs(numerical).max())
    if difference[worst] <= tolerance * scale:
        verdict = "agrees"
    else:
        verdict = "within noise" if difference[worst] <= noise else "differs"
    return LeafCheck(
        path=path,
        relative_error=float(difference[worst] / scale) if difference[worst] > 0 else 0.0,
        place=places[worst],
        analytic=float(analytic[worst]),
        numerical=float(numerical[worst]),
        checked=len(places),
        size=gradient.size,
        verdict=verdict,
    )


def _expect_double(name: str, array: Any) -> None:
    expect_floats(name, array, **{f"axis {axis}": size for axis, size in enumerate(np.shape(array))})
    if array.dtype != np.float64:
        raise TypeError(
            f"{name} must be float64 for a numerical gradient, but is {array.dtype}: the difference of two "
            "float32 losses has hardly a correct digit. Convert everything with .astype(np.float64)."
        )


def _expect_settings(epsilon: float, samples: int | None, rng: Generator | None) -> None:
    if not epsilon > 0:
        raise ValueError(f"epsilon must be positive, but is {epsilon!r}. 1e-5 is best in float64.")
    if samples is not None:
        expect_sizes(samples=samples)
        if rng is None:
            raise ValueError(
                "samples needs rng, a numpy.random.Generator that draws which entries are checked."
            )
