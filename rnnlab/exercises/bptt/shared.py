"""What the backward functions of this assignment share: their results, their probes, and mistakes of them all."""

from __future__ import annotations

import numpy as np

from rnnlab.exercises.draw import Scene
from rnnlab.exercises.spec import Hints, Mistake, Result

DERIVATION = "chapter bptt, “The derivation”"
SAME_LINES = "chapter bptt, “The same lines in code”"

WEIGHTS = (Result("d_W_xh", ("H", "D")), Result("d_W_hh", ("H", "H")), Result("d_b_h", ("H",)))
ALL_GRADIENTS = (Result("d_x", ("T", "B", "D")), Result("d_h_0", ("B", "H")), *WEIGHTS)


def backward_arguments(scene: Scene):
    """What a backward pass is given: d_h, x, h, h_0, W_xh, W_hh, with the states of a real forward pass."""
    T, B, D, H = scene.T, scene.B, scene.D, scene.H
    d_h, x, h_0 = scene.values(T, B, H), scene.state(T, B, D), scene.state(B, H)
    W_xh, W_hh, b_h = scene.weight(H, D), scene.weight(H, H), scene.state(H)
    h = scene.given(states(x, np.ones((T, B), bool), h_0, W_xh, W_hh, b_h))
    return d_h, x, h, h_0, W_xh, W_hh


def states(x, mask, h_0, W_xh, W_hh, b_h):
    """The states h_1 … h_T; where the mask is False, the state waits."""
    h_t, kept = h_0, []
    for x_t, real in zip(x, mask[:, :, np.newaxis], strict=True):
        h_t = np.where(real, np.tanh(x_t @ W_xh.T + h_t @ W_hh.T + b_h), h_t)
        kept.append(h_t)
    return np.stack(kept)


NO_SLOPE = Mistake(
    name="no_slope",
    summary="the slope of tanh, 1 − h_t², is missing",
    tag="dropped term",
    hints=Hints(
        where="The gradient arrives at h_t. What must it pass before it reaches a_t, the sum inside tanh?",
        idea=f"h_t = tanh(a_t), so ∂L/∂a_t is ∂L/∂h_t times the slope of tanh at a_t ({DERIVATION}).",
        fix="Multiply by the slope, entry by entry: `* (1 - h_t**2)`.",
    ),
    edits=((" * (1 - h[t] ** 2)", ""),),
)

SLOPE_OF_THE_STATE = Mistake(
    name="slope_of_the_state",
    summary="the slope is taken at tanh(h_t), as if h_t were the sum inside tanh",
    tag="wrong place",
    hints=Hints(
        where="Is the formula 1 − tanh²(·) meant for a_t or for h_t, and which of them do you have?",
        idea=f"tanh′(a_t) = 1 − tanh²(a_t), and tanh(a_t) is already there: it is h_t ({DERIVATION}).",
        fix="Write `1 - h_t**2`, without another tanh.",
    ),
    edits=(("(1 - h[t] ** 2)", "(1 - np.tanh(h[t]) ** 2)"),),
)

SLOPE_OF_THE_SIGMOID = Mistake(
    name="slope_of_the_sigmoid",
    summary="the slope is h_t (1 − h_t), which is the sigmoid's and not that of tanh",
    tag="activation",
    hints=Hints(
        where="Of which function is s (1 − s) the derivative?",
        idea="σ′ = σ (1 − σ), but tanh′ = 1 − tanh² (chapter activations, “The slopes, derived”).",
        fix="Write `1 - h_t**2` in place of `h_t * (1 - h_t)`.",
    ),
    edits=(("(1 - h[t] ** 2)", "(h[t] * (1 - h[t]))"),),
)

TRANSPOSED_RECURRENT_WEIGHT = Mistake(
    name="transposed_recurrent_weight",
    summary="the gradient goes back through W_hh.T where W_hh is wanted",
    tag="transposed",
    hints=Hints(
        where="Forward you wrote `h_prev @ W_hh.T`. Which matrix carries rows back the other way?",
        idea=f"∂L/∂h_{{t−1}} = W_hhᵀ ∂L/∂a_t for a column; for rows that is `d_a @ W_hh` ({DERIVATION}).",
        fix="Write `d_a @ W_hh`, without `.T`.",
    ),
    edits=(("d_a @ W_hh", "d_a @ W_hh.T"),),
)

TRANSPOSED_INPUT_WEIGHT = Mistake(
    name="transposed_input_weight",
    summary="the gradient goes back to the input through W_xh.T where W_xh is wanted",
    tag="transposed",
    hints=Hints(
        where="d_a is (B, H), and the gradient at x_t must be (B, D). Which shape must stand between them?",
        idea=f"∂L/∂x_t = W_xhᵀ ∂L/∂a_t for a column; for rows that is `d_a @ W_xh` ({DERIVATION}).",
        fix="Write `d_a @ W_xh`, without `.T`.",
    ),
    edits=(("d_a @ W_xh", "d_a @ W_xh.T"),),
)

STATE_AFTER_THE_STEP = Mistake(
    name="state_after_the_step",
    summary="the gradient of W_hh uses h_t, the state after the step, where the state before it is wanted",
    tag="off by one",
    hints=Hints(
        where="Which state did W_hh multiply when a_t was computed?",
        idea=f"∂L/∂W_hh = Σ_t ∂L/∂a_t h_{{t−1}}ᵀ: the input of the product, and not its result ({DERIVATION}).",
        fix="Use the state before the step, h_{t−1}; for the first step that is `h_0`.",
    ),
    edits=(("before[t]", "h[t]"),),
)

START_IGNORED = Mistake(
    name="start_ignored",
    summary="the first step uses zeros as the state before it, and not h_0",
    tag="initial state",
    hints=Hints(
        where="What is the state before the first step in your gradient of W_hh?",
        idea=f"At t = 1 the sum Σ_t ∂L/∂a_t h_{{t−1}}ᵀ has the term with h_0 ({DERIVATION}).",
        fix="Put `h_0` in front of the states: `np.concatenate([h_0[np.newaxis], h[:-1]])`.",
    ),
    edits=(("[h_0[np.newaxis]", "[0 * h_0[np.newaxis]"),),
)

START_WRAPS_AROUND = Mistake(
    name="start_wraps_around",
    summary="the first step uses the last state as the one before it, because h[t - 1] is h[-1] at t = 0",
    tag="off by one",
    hints=Hints(
        where="What is `h[t - 1]` in Python when t is 0?",
        idea=f"A negative index counts from the end; before the first step stands h_0 ({DERIVATION}).",
        fix="Use `h_0` at the first step: `h[t - 1] if t > 0 else h_0`.",
    ),
    edits=(("np.concatenate([h_0[np.newaxis], h[:-1]])", "np.roll(h, 1, axis=0)"),),
)
