"""Optimizers: from a gradient to the next parameters. SGD with momentum, Adagrad, RMSProp and Adam.

Each one is a pure function, update(params, grads, state, rate) → (params, state), over the arrays of any network. θ is
a parameter, g_t its gradient at the t-th update, η the rate. Products and roots are entry by entry. What an optimizer
remembers is plain data, an `OptimizerState`, which a checkpoint can hold. `optimizer` gives one by name.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

import numpy as np

from rnnlab.nets.door import expect_one_of
from rnnlab.nets.parameters import mapped
from rnnlab.training.trees import expect_like, expect_parameters

Tree = TypeVar("Tree")

FRACTIONS = ("momentum", "decay", "beta_1", "beta_2")


class OptimizerState(NamedTuple):
    """What an optimizer remembers: the number of updates, and two trees like the parameters, or None.

    `direction` is SGD's and RMSProp's velocity v or Adam's mean gradient m; `squares` is the sum or mean s of g².
    """

    step: int
    direction: Any
    squares: Any


def init(params: Any) -> OptimizerState:
    """The state before the first update: zeros everywhere. It serves every optimizer.

    Raises: TypeError for arrays that do not hold floats, ValueError for a tree without arrays.

    >>> init((np.array([1.0, 2.0]),))
    OptimizerState(step=0, direction=(array([0., 0.]),), squares=(array([0., 0.]),))
    """
    expect_parameters("params", params)
    return OptimizerState(0, mapped(np.zeros_like, params), mapped(np.zeros_like, params))


def sgd(
    params: Tree,
    grads: Tree,
    state: OptimizerState,
    rate: float,
    momentum: float = 0.0,
    nesterov: bool = False,
) -> tuple[Tree, OptimizerState]:
    """Gradient descent, with momentum μ as a ball that keeps a part of its velocity.

    v_t = μ v_{t−1} + g_t,  θ_t = θ_{t−1} − η v_t;  with `nesterov`  θ_t = θ_{t−1} − η (g_t + μ v_t).

    Raises: ValueError for grads of another network or a setting out of range, TypeError for another dtype.
    Source: Polyak 1964; Sutskever et al. 2013; torch.optim.SGD; chapter training.

    >>> params, grads = (np.array([1.0]),), (np.array([2.0]),)
    >>> sgd(params, grads, init(params), rate=0.1)[0]
    (array([0.8]),)
    """
    rate = _checked(params, grads, rate, momentum=momentum, nesterov=nesterov)
    velocity = mapped(lambda v, g: momentum * v + g, state.direction, grads)
    direction = mapped(lambda v, g: g + momentum * v, velocity, grads) if nesterov else velocity
    params = mapped(lambda theta, d: theta - rate * d, params, direction)
    return params, OptimizerState(state.step + 1, velocity, state.squares)


def adagrad(
    params: Tree, grads: Tree, state: OptimizerState, rate: float, epsilon: float = 1e-10
) -> tuple[Tree, OptimizerState]:
    """A rate for each entry, which falls as its gradients add up.

    s_t = s_{t−1} + g_t²,  θ_t = θ_{t−1} − η g_t / (√s_t + ε).

    Raises: ValueError for grads of another network or a setting out of range, TypeError for another dtype.
    Source: Duchi, Hazan and Singer 2011; torch.optim.Adagrad; chapter training.

    >>> params, grads = (np.array([1.0, 1.0]),), (np.array([2.0, -0.1]),)
    >>> adagrad(params, grads, init(params), rate=0.25)[0]
    (array([0.75, 1.25]),)
    """
    rate = _checked(params, grads, rate, epsilon=epsilon)
    squares = mapped(lambda s, g: s + g * g, state.squares, grads)
    params = mapped(lambda theta, g, s: theta - rate * g / (np.sqrt(s) + epsilon), params, grads, squares)
    return params, OptimizerState(state.step + 1, state.direction, squares)


def rmsprop(
    params: Tree,
    grads: Tree,
    state: OptimizerState,
    rate: float,
    decay: float = 0.99,
    epsilon: float = 1e-8,
    momentum: float = 0.0,
) -> tuple[Tree, OptimizerState]:
    """Gradients in units of their recent size: Adagrad that forgets, with ρ the decay.

    s_t = ρ s_{t−1} + (1 − ρ) g_t²,  v_t = μ v_{t−1} + g_t / (√s_t + ε),  θ_t = θ_{t−1} − η v_t.

    Raises: ValueError for grads of another network or a setting out of range, TypeError for another dtype.
    Source: Tieleman and Hinton 2012; torch.optim.RMSprop; chapter training.

    >>> params, grads = (np.array([1.0, 1.0]),), (np.array([2.0, -0.1]),)
    >>> rmsprop(params, grads, init(params), rate=0.25, decay=0.75)[0][0].round(6)
    array([0.5, 1.5])
    """
    rate = _checked(params, grads, rate, decay=decay, epsilon=epsilon, momentum=momentum)
    squares = mapped(lambda s, g: decay * s + (1 - decay) * g * g, state.squares, grads)
    velocity = mapped(
        lambda v, g, s: momentum * v + g / (np.sqrt(s) + epsilon), state.direction, grads, squares
    )
    params = mapped(lambda theta, v: theta - rate * v, params, velocity)
    return params, OptimizerState(state.step + 1, velocity, squares)


def adam(
    params: Tree,
    grads: Tree,
    state: OptimizerState,
    rate: float,
    beta_1: float = 0.9,
    beta_2: float = 0.999,
    epsilon: float = 1e-8,
    weight_decay: float = 0.0,
) -> tuple[Tree, OptimizerState]:
    """The mean gradient in units of its recent size, both means corrected for their start at zero.

    m_t = β₁ m_{t−1} + (1 − β₁) g_t,  s_t = β₂ s_{t−1} + (1 − β₂) g_t²,
    θ_t = (1 − η λ) θ_{t−1} − η (m_t / (1 − β₁ᵗ)) / (√(s_t / (1 − β₂ᵗ)) + ε).

    With a weight decay λ > 0, which does not go through the gradient, this is AdamW; it decays every array, biases too.

    Raises: ValueError for grads of another network or a setting out of range, TypeError for another dtype.
    Source: Kingma and Ba 2015; Loshchilov and Hutter 2019; torch.optim.AdamW; chapter training.

    >>> params, grads = (np.array([1.0, 1.0]),), (np.array([2.0, -0.1]),)
    >>> adam(params, grads, init(params), rate=0.25)[0][0].round(6)
    array([0.75, 1.25])
    """
    rate = _checked(
        params, grads, rate, beta_1=beta_1, beta_2=beta_2, epsilon=epsilon, weight_decay=weight_decay
    )
    t = state.step + 1
    mean = mapped(lambda m, g: beta_1 * m + (1 - beta_1) * g, state.direction, grads)
    squares = mapped(lambda s, g: beta_2 * s + (1 - beta_2) * g * g, state.squares, grads)

    def updated(theta: Any, m: Any, s: Any) -> Any:
        m_hat, s_hat = m / (1 - beta_1**t), s / (1 - beta_2**t)
        return (1 - rate * weight_decay) * theta - rate * m_hat / (np.sqrt(s_hat) + epsilon)

    return mapped(updated, params, mean, squares), OptimizerState(t, mean, squares)


RULES: dict[str, Callable[..., Any]] = {"sgd": sgd, "adagrad": adagrad, "rmsprop": rmsprop, "adam": adam}


@dataclass(frozen=True)
class Optimizer:
    """An optimizer with its settings: `init(params)` gives its state, `update` the next parameters and state."""

    name: str
    rate: float
    options: dict[str, float] = field(default_factory=dict)

    def init(self, params: Any) -> OptimizerState:
        """The state before the first update."""
        return init(params)

    def update(
        self, params: Tree, grads: Tree, state: OptimizerState, rate: float | None = None
    ) -> tuple[Tree, OptimizerState]:
        """The next parameters and state; `rate` takes the place of the optimizer's own, as schedules do."""
        return RULES[self.name](params, grads, state, self.rate if rate is None else rate, **self.options)


def optimizer(name: str, rate: float, **options: float) -> Optimizer:
    """The optimizer "sgd", "adagrad", "rmsprop" or "adam" with its rate and options, named as in its function.

    Raises: ValueError for another name or a setting out of range, TypeError for an option that it does not have.

    >>> adam_w = optimizer("adam", rate=0.25, weight_decay=0.01)
    >>> params = (np.array([1.0]),)
    >>> params, state = adam_w.update(params, (np.array([2.0]),), adam_w.init(params))
    >>> params[0].round(6), state.step
    (array([0.7475]), 1)
    """
    expect_one_of("optimizer", name, tuple(RULES))
    known = list(inspect.signature(RULES[name]).parameters)[4:]
    unknown = sorted(options.keys() - set(known))
    if unknown:
        raise TypeError(f"{name} has the options {', '.join(known)}, but {', '.join(unknown)} came.")
    _expect_settings(rate=rate, **options)
    # NumPy's float64 numbers would widen float32 arrays; Python's do not
    plain = {key: value if isinstance(value, bool) else float(value) for key, value in options.items()}
    return Optimizer(name, float(rate), plain)


def _checked(params: Any, grads: Any, rate: float, **options: float) -> float:
    """The rate as a plain number, which keeps float32 arrays float32, when everything fits together."""
    expect_like("grads", grads, params)
    _expect_settings(rate=rate, **options)
    return float(rate)


def _expect_settings(**settings: float) -> None:
    for name, value in settings.items():
        if not math.isfinite(value) or value < 0:
            raise ValueError(f"{name} must be a finite number and not negative, but is {value!r}.")
        if name in FRACTIONS and value >= 1:
            raise ValueError(f"{name} must lie between 0 and 1, without 1, but is {value!r}.")
    if settings.get("nesterov") and not settings.get("momentum"):
        raise ValueError("nesterov needs a momentum above 0, but momentum is 0. Set momentum=0.9, say.")
