"""masked_backward: back-propagation through time over padded sequences, to be found from a version with a bug.

The notebook shows `BROKEN`, which drops the gradient at padded steps; it is what one of the mistakes makes.
"""

from __future__ import annotations

import numpy as np

from rnnlab.exercises.bptt.shared import (
    ALL_GRADIENTS,
    DERIVATION,
    NO_SLOPE,
    START_IGNORED,
    STATE_AFTER_THE_STEP,
    TRANSPOSED_RECURRENT_WEIGHT,
    states,
)
from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.equivalents import SAME_LENGTH
from rnnlab.exercises.spec import Exercise, Hints, Mistake

PADDING = "chapter sequences, “Names of different lengths”"


def masked_backward(d_h, x, mask, h, h_0, W_xh, W_hh):
    before = np.concatenate([h_0[np.newaxis], h[:-1]])
    d_x = np.zeros(x.shape)
    d_W_xh, d_W_hh, d_b_h = np.zeros(W_xh.shape), np.zeros(W_hh.shape), np.zeros(len(W_hh))
    from_later = np.zeros(h_0.shape)
    for t in reversed(range(len(x))):
        real = mask[t][:, np.newaxis]
        delta = d_h[t] + from_later
        d_a = np.where(real, delta * (1 - h[t] ** 2), 0)
        d_x[t] = d_a @ W_xh
        d_W_xh += d_a.T @ x[t]
        d_W_hh += d_a.T @ before[t]
        d_b_h += d_a.sum(axis=0)
        from_later = np.where(real, d_a @ W_hh, delta)
    return d_x, from_later, d_W_xh, d_W_hh, d_b_h


MISTAKES = (
    Mistake(
        name="gradient_lost_at_padding",
        summary="at a padded step the gradient is dropped, though the state passed through it unchanged",
        tag="mask",
        hints=Hints(
            where="At a padded step h_t = h_{t−1}. What is ∂h_t/∂h_{t−1} there: 0 or 1?",
            idea=f"Where the state waits, the gradient waits too: it goes on to the step before ({PADDING}).",
            fix="Where the step is padded, hand on `delta` itself: `np.where(real, d_a @ W_hh, delta)`.",
        ),
        edits=(("np.where(real, d_a @ W_hh, delta)", "d_a @ W_hh"),),
    ),
    Mistake(
        name="own_loss_lost_at_padding",
        summary="at a padded step the gradient d_h[t] is dropped, and only what comes from later is handed on",
        tag="mask",
        hints=Hints(
            where="At a padded step h_t is the state before it. Whose gradient is then `d_h[t]`?",
            idea=f"Who reads a waiting state reads the last real one, so the gradient belongs there ({PADDING}).",
            fix="Hand on the sum of both, `d_h[t] + from_later`.",
        ),
        edits=(("d_a @ W_hh, delta)", "d_a @ W_hh, from_later)"),),
    ),
    Mistake(
        name="padding_learned_from",
        summary="padded steps add to the gradients of inputs and weights",
        tag="mask",
        hints=Hints(
            where="Did W_xh see the input of a padded step?",
            idea=f"Padding is no input, and it teaches the weights nothing ({PADDING}).",
            fix="Set `d_a` to zero where the mask is False.",
        ),
        edits=(("np.where(real, delta * (1 - h[t] ** 2), 0)", "delta * (1 - h[t] ** 2)"),),
    ),
    Mistake(
        name="mask_ignored",
        summary="the mask has no effect",
        tag="mask",
        hints=Hints(
            where="If you change the mask, does your result change?",
            idea=f"At padding nothing is learned, and the gradient is handed on ({PADDING}).",
            fix="Use the mask in both places: for `d_a`, and for what is handed on.",
        ),
        edits=(
            ("np.where(real, delta * (1 - h[t] ** 2), 0)", "delta * (1 - h[t] ** 2)"),
            ("np.where(real, d_a @ W_hh, delta)", "d_a @ W_hh"),
        ),
    ),
    Mistake(
        name="mask_inverted",
        summary="the mask is read the wrong way round",
        tag="inverted",
        hints=Hints(
            where="Does True in the mask mean a real step or padding?",
            idea=f"True marks a real step ({PADDING}).",
            fix="Exchange the two choices of `np.where`, or leave out the `~`.",
        ),
        edits=(("mask[t][:, np.newaxis]", "~mask[t][:, np.newaxis]"),),
    ),
    Mistake(
        name="slope_at_padding",
        summary="at a padded step the gradient is handed on times the slope of tanh",
        tag="mask",
        hints=Hints(
            where="Was tanh applied at a padded step?",
            idea=f"The waiting state goes through no tanh, so its gradient meets no slope ({PADDING}).",
            fix="Hand on `d_h[t] + from_later` as it is.",
        ),
        edits=(("d_a @ W_hh, delta)", "d_a @ W_hh, delta * (1 - h[t] ** 2))"),),
    ),
    Mistake(
        name="future_dropped",
        summary="nothing comes back from later steps",
        tag="dropped term",
        hints=Hints(
            where="How does a change of h_1 reach the loss at the last step, and where is that path in your loop?",
            idea=f"δ_t has two parts: from the loss at t, and from h_{{t+1}} ({DERIVATION}).",
            fix="Add what the step after handed back: `d_h[t] + from_later`.",
        ),
        edits=(("delta = d_h[t] + from_later", "delta = d_h[t]"),),
    ),
    Mistake(
        name="forward_in_time",
        summary="the loop runs forward in time, so that the gradient is carried to the wrong neighbor",
        tag="order",
        hints=Hints(
            where="Which step's gradient must be known first: that of the first step, or that of the last?",
            idea=f"δ_t needs δ_{{t+1}}, so the loop starts at the end ({DERIVATION}).",
            fix="Write `for t in reversed(range(len(x))):`.",
        ),
        edits=(("reversed(range(len(x)))", "range(len(x))"),),
    ),
    NO_SLOPE,
    TRANSPOSED_RECURRENT_WEIGHT,
    STATE_AFTER_THE_STEP,
    START_IGNORED,
)


def arguments(scene: Scene):
    T, B, D, H = scene.T, scene.B, scene.D, scene.H
    d_h, x, mask, h_0 = scene.values(T, B, H), scene.state(T, B, D), scene.mask(), scene.state(B, H)
    W_xh, W_hh, b_h = scene.weight(H, D), scene.weight(H, H), scene.state(H)
    return d_h, x, mask, scene.given(states(x, mask, h_0, W_xh, W_hh, b_h)), h_0, W_xh, W_hh


MASKED_BACKWARD = Exercise(
    name="bptt.masked_backward",
    reference=masked_backward,
    probes=probes_from("TBDH", arguments),
    results=ALL_GRADIENTS,
    points=3,
    chapter="bptt",
    mistakes=MISTAKES,
    equivalents={
        "W_hh → W_xh (line 4)": SAME_LENGTH,
        "x → d_h (line 6)": SAME_LENGTH,
        "x → mask (line 6)": SAME_LENGTH,
        "x → h (line 6)": SAME_LENGTH,
    },
)
