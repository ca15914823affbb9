"""rnn_backward: back-propagation through time, from a gradient at every state to those at inputs, start and weights."""

from __future__ import annotations

import numpy as np

from rnnlab.exercises.bptt.shared import (
    ALL_GRADIENTS,
    DERIVATION,
    NO_SLOPE,
    SAME_LINES,
    SLOPE_OF_THE_SIGMOID,
    SLOPE_OF_THE_STATE,
    START_IGNORED,
    START_WRAPS_AROUND,
    STATE_AFTER_THE_STEP,
    TRANSPOSED_INPUT_WEIGHT,
    TRANSPOSED_RECURRENT_WEIGHT,
    backward_arguments,
)
from rnnlab.exercises.draw import probes_from
from rnnlab.exercises.equivalents import SAME_LENGTH
from rnnlab.exercises.spec import Exercise, Hints, Mistake


def rnn_backward(d_h, x, h, h_0, W_xh, W_hh):
    before = np.concatenate([h_0[np.newaxis], h[:-1]])
    d_x = np.zeros(x.shape)
    d_W_xh, d_W_hh, d_b_h = np.zeros(W_xh.shape), np.zeros(W_hh.shape), np.zeros(len(W_hh))
    from_later = np.zeros(h_0.shape)
    for t in reversed(range(len(x))):
        d_a = (d_h[t] + from_later) * (1 - h[t] ** 2)
        d_x[t] = d_a @ W_xh
        d_W_xh += d_a.T @ x[t]
        d_W_hh += d_a.T @ before[t]
        d_b_h += d_a.sum(axis=0)
        from_later = d_a @ W_hh
    return d_x, from_later, d_W_xh, d_W_hh, d_b_h


MISTAKES = (
    Mistake(
        name="future_dropped",
        summary="each step sees the gradient of its own loss only, and nothing comes back from the steps after it",
        tag="dropped term",
        hints=Hints(
            where="How does a change of h_1 reach the loss at the last step, and where is that path in your loop?",
            idea=f"δ_t has two parts: from the loss at t, and from h_{{t+1}} ({DERIVATION}).",
            fix="Add what the step after handed back: `d_h[t] + from_later`.",
        ),
        edits=(("(d_h[t] + from_later)", "d_h[t]"),),
    ),
    Mistake(
        name="own_loss_dropped",
        summary="only the last step's loss is used: the gradients d_h[t] of the other steps are dropped",
        tag="dropped term",
        hints=Hints(
            where="How many of the T slices of `d_h` does your code read?",
            idea=f"δ_t has two parts: from the loss at t, and from h_{{t+1}} ({DERIVATION}).",
            fix="Add `d_h[t]` at every step, and not only before the loop.",
        ),
        edits=(("(d_h[t] + from_later)", "((d_h[t] if t == len(x) - 1 else 0) + from_later)"),),
    ),
    NO_SLOPE,
    SLOPE_OF_THE_STATE,
    SLOPE_OF_THE_SIGMOID,
    Mistake(
        name="slope_skipped_on_the_way_back",
        summary="the gradient that goes back in time skips the slope of tanh",
        tag="dropped term",
        hints=Hints(
            where="Which gradient does your line for the step before start from: the one at a_t, or the one at h_t?",
            idea=f"h_{{t−1}} enters inside tanh, so its gradient starts from ∂L/∂a_t ({DERIVATION}).",
            fix="Write `from_later = d_a @ W_hh`.",
        ),
        edits=(("from_later = d_a @ W_hh", "from_later = (d_h[t] + from_later) @ W_hh"),),
    ),
    TRANSPOSED_RECURRENT_WEIGHT,
    TRANSPOSED_INPUT_WEIGHT,
    STATE_AFTER_THE_STEP,
    START_IGNORED,
    START_WRAPS_AROUND,
    Mistake(
        name="weights_overwritten",
        summary="each step overwrites the gradients of the weights, so that only the first step's are left",
        tag="missing sum",
        hints=Hints(
            where="After the loop, of how many steps does your `d_W_hh` know?",
            idea=f"The same weights are used at every step, so the gradients of all steps add up ({DERIVATION}).",
            fix="Write `+=` in place of `=` for the three gradients of the weights.",
        ),
        edits=(("d_W_xh +=", "d_W_xh ="), ("d_W_hh +=", "d_W_hh ="), ("d_b_h +=", "d_b_h =")),
    ),
    Mistake(
        name="forward_in_time",
        summary="the loop runs forward in time, so that the gradient is carried to the wrong neighbor",
        tag="order",
        hints=Hints(
            where="Which step's gradient must be known first: that of the first step, or that of the last?",
            idea=f"δ_t needs δ_{{t+1}}, so the loop starts at the end ({SAME_LINES}).",
            fix="Write `for t in reversed(range(len(x))):`.",
        ),
        edits=(("reversed(range(len(x)))", "range(len(x))"),),
    ),
    Mistake(
        name="first_step_skipped",
        summary="the loop ends before the first step",
        tag="off by one",
        hints=Hints(
            where="Which values of t does your loop take? Is 0 among them?",
            idea=f"All T steps used the weights, and the first one also used h_0 ({SAME_LINES}).",
            fix="Let t run down to 0: `reversed(range(len(x)))`, or `range(T - 1, -1, -1)`.",
        ),
        edits=(("reversed(range(len(x)))", "reversed(range(1, len(x)))"),),
    ),
    Mistake(
        name="last_step_skipped",
        summary="the loop leaves out the last step",
        tag="off by one",
        hints=Hints(
            where="Which values of t does your loop take? Is the last one T − 1?",
            idea=f"The last step has a loss too, and nothing comes back to it from later ({SAME_LINES}).",
            fix="Start at T − 1: `reversed(range(len(x)))`.",
        ),
        edits=(("reversed(range(len(x)))", "reversed(range(len(x) - 1))"),),
    ),
    Mistake(
        name="averaged_over_time",
        summary="the gradients of the weights are divided by the number of steps",
        tag="mean for sum",
        hints=Hints(
            where="Does a `mean` or a division by T stand in your code?",
            idea=f"The chain rule adds; whether the loss is a mean is already in d_h ({DERIVATION}).",
            fix="Leave out the division by T.",
        ),
        edits=(
            (
                "from_later, d_W_xh, d_W_hh, d_b_h",
                "from_later, d_W_xh / len(x), d_W_hh / len(x), d_b_h / len(x)",
            ),
        ),
    ),
    Mistake(
        name="averaged_over_batch",
        summary="the gradients of the weights are divided by the size of the batch",
        tag="mean for sum",
        hints=Hints(
            where="Does a `mean` or a division by B stand in your code?",
            idea=f"The chain rule adds; whether the loss is a mean is already in d_h ({DERIVATION}).",
            fix="Leave out the division by B.",
        ),
        edits=(
            (
                "from_later, d_W_xh, d_W_hh, d_b_h",
                "from_later, d_W_xh / len(h_0), d_W_hh / len(h_0), d_b_h / len(h_0)",
            ),
        ),
    ),
    Mistake(
        name="no_gradient_at_the_start",
        summary="the gradient at h_0 is missing its way back through the first step",
        tag="off by one",
        hints=Hints(
            where="What does your variable for d_h_0 hold after the loop: ∂L/∂h_0, or ∂L/∂h_1?",
            idea=f"h_0 goes into the first step like every state into the next: through W_hh and tanh ({DERIVATION}).",
            fix="Return what the first step hands back: `d_a @ W_hh` of t = 1.",
        ),
        edits=(
            (
                "from_later = d_a @ W_hh",
                "from_later = d_a @ W_hh if t > 0 else d_h[0] + from_later",
            ),
        ),
    ),
    Mistake(
        name="inputs_from_the_state_gradient",
        summary="the gradient at the inputs leaves out what comes back from later steps",
        tag="dropped term",
        hints=Hints(
            where="Can x_1 change the loss at the last step? Where is that in your `d_x`?",
            idea=f"∂L/∂x_t starts from the whole ∂L/∂a_t, the future's part included ({DERIVATION}).",
            fix="Compute `d_x[t]` from the same `d_a` as everything else.",
        ),
        edits=(("d_x[t] = d_a @ W_xh", "d_x[t] = (d_h[t] * (1 - h[t] ** 2)) @ W_xh"),),
    ),
)

RNN_BACKWARD = Exercise(
    name="bptt.rnn_backward",
    reference=rnn_backward,
    probes=probes_from("TBDH", backward_arguments),
    results=ALL_GRADIENTS,
    points=6,
    chapter="bptt",
    mistakes=MISTAKES,
    equivalents={
        "W_hh → W_xh (line 4)": SAME_LENGTH,
        "x → d_h (line 6)": SAME_LENGTH,
        "x → h (line 6)": SAME_LENGTH,
    },
)
