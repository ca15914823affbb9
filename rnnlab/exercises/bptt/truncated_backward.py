"""truncated_backward: the gradients of the weights when the backward pass stops at the start of each window."""

from __future__ import annotations

import numpy as np

from rnnlab.exercises.bptt.shared import (
    NO_SLOPE,
    START_IGNORED,
    STATE_AFTER_THE_STEP,
    TRANSPOSED_RECURRENT_WEIGHT,
    WEIGHTS,
    backward_arguments,
)
from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.equivalents import SAME_LENGTH, ZERO_ALONE
from rnnlab.exercises.spec import Exercise, Hints, Mistake

CUT = "chapter bptt, “Truncated: cutting the loop short”"


def truncated_backward(d_h, x, h, h_0, W_xh, W_hh, window):
    before = np.concatenate([h_0[np.newaxis], h[:-1]])
    d_W_xh, d_W_hh, d_b_h = np.zeros(W_xh.shape), np.zeros(W_hh.shape), np.zeros(len(W_hh))
    from_later = np.zeros(h_0.shape)
    for t in reversed(range(len(x))):
        if (t + 1) % window == 0:
            from_later = np.zeros(h_0.shape)
        d_a = (d_h[t] + from_later) * (1 - h[t] ** 2)
        d_W_xh += d_a.T @ x[t]
        d_W_hh += d_a.T @ before[t]
        d_b_h += d_a.sum(axis=0)
        from_later = d_a @ W_hh
    return d_W_xh, d_W_hh, d_b_h


MISTAKES = (
    Mistake(
        name="never_cut",
        summary="the gradient is never cut: that is the whole gradient",
        tag="truncation",
        hints=Hints(
            where="If you change `window`, does your result change?",
            idea=f"The state crosses the border between two windows; the gradient does not ({CUT}).",
            fix="At the last step of each window start from zeros, not from what came from later.",
        ),
        edits=(("(t + 1) % window == 0", "False"),),
    ),
    Mistake(
        name="cut_everywhere",
        summary="the gradient is cut at every step, so that each loss blames its own step only",
        tag="truncation",
        hints=Hints(
            where="How many steps back does the last loss of a window reach in your code?",
            idea=f"Inside a window the gradient goes back as in the whole one ({CUT}).",
            fix="Reset what comes from later only at the last step of a window: `(t + 1) % window == 0`.",
        ),
        edits=(("(t + 1) % window == 0", "True"),),
    ),
    Mistake(
        name="cut_one_step_late",
        summary="the cut lies one step from the border: at the first step of a window and not at its last",
        tag="off by one",
        hints=Hints(
            where="With a window of 3 and steps counted from 0: which steps are the last of their window?",
            idea=f"Steps 0, 1, 2 are the first window; nothing comes back to step 2 from step 3 ({CUT}).",
            fix="Cut where `(t + 1) % window == 0`.",
        ),
        edits=(("(t + 1) % window", "t % window"),),
    ),
    Mistake(
        name="windows_from_the_end",
        summary="the windows are counted from the end of the sequence and not from its start",
        tag="off by one",
        hints=Hints(
            where="When the window does not divide T, which window is short: your first, or your last?",
            idea=f"A stream is cut as it is read, from its start, and the last window is what is left over ({CUT}).",
            fix="Cut where `(t + 1) % window == 0`: that counts from the start.",
        ),
        edits=(("(t + 1) % window == 0", "(len(x) - 1 - t) % window == 0"),),
    ),
    Mistake(
        name="state_reset",
        summary="each window starts from the state zero: the state is cut along with the gradient",
        tag="initial state",
        hints=Hints(
            where="Which state stands before the first step of the second window?",
            idea=f"The state after a window is carried over; only the gradient is cut ({CUT}).",
            fix="Use `h[t - 1]` at the first step of every later window, and `h_0` only at t = 0.",
        ),
        edits=(("d_a.T @ before[t]", "d_a.T @ (before[t] if t % window or t == 0 else 0 * h_0)"),),
    ),
    Mistake(
        name="start_in_every_window",
        summary="each window starts from h_0: the state is not carried over",
        tag="initial state",
        hints=Hints(
            where="Which state stands before the first step of the second window?",
            idea=f"The state after a window is the h_0 of the next ({CUT}).",
            fix="Use `h[t - 1]` at the first step of every later window, and `h_0` only at t = 0.",
        ),
        edits=(("d_a.T @ before[t]", "d_a.T @ (before[t] if t % window else h_0)"),),
    ),
    Mistake(
        name="last_window_only",
        summary="only the last window gives a gradient",
        tag="missing sum",
        hints=Hints(
            where="Does your loop reach the first step?",
            idea=f"Every window is learned from; their gradients add up here ({CUT}).",
            fix="Go through all steps, and keep adding to the same three gradients.",
        ),
        edits=(("range(len(x))", "range((len(x) - 1) // window * window, len(x))"),),
    ),
    Mistake(
        name="rest_dropped",
        summary="the steps after the last whole window are left out",
        tag="missing sum",
        hints=Hints(
            where="With T = 7 and a window of 3: which step does your code never see?",
            idea=f"The last window may be shorter; it is learned from too ({CUT}).",
            fix="Loop over all T steps, not over `T // window * window` of them.",
        ),
        edits=(("range(len(x))", "range(len(x) // window * window)"),),
    ),
    Mistake(
        name="averaged_over_windows",
        summary="the gradients are divided by the number of windows",
        tag="mean for sum",
        hints=Hints(
            where="Does a division by the number of windows stand in your code?",
            idea=f"Truncation drops terms of a sum; it averages nothing ({CUT}).",
            fix="Leave out the division.",
        ),
        edits=(
            (
                "return d_W_xh, d_W_hh, d_b_h",
                "n = -(-len(x) // window)\n    return d_W_xh / n, d_W_hh / n, d_b_h / n",
            ),
        ),
    ),
    NO_SLOPE,
    TRANSPOSED_RECURRENT_WEIGHT,
    STATE_AFTER_THE_STEP,
    START_IGNORED,
)


def arguments(scene: Scene):
    return (*backward_arguments(scene), _window(scene.T))


def _window(T: int) -> int:
    """A window that does not divide T, so that counting from the start and from the end differ, by two steps if it can.

    An even one is taken where there is one: some wrong remainders are right for odd windows.
    """
    uneven = [window for window in range(2, T) if T % window] or [1]
    return min(uneven, key=lambda window: (T % window < 2, window % 2, window))


TRUNCATED_BACKWARD = Exercise(
    name="bptt.truncated_backward",
    reference=truncated_backward,
    probes=probes_from("TBDH", arguments),
    results=WEIGHTS,
    points=4,
    chapter="bptt",
    mistakes=MISTAKES,
    equivalents={
        "W_hh → W_xh (line 3)": SAME_LENGTH,
        "x → d_h (line 5)": SAME_LENGTH,
        "x → h (line 5)": SAME_LENGTH,
        "(t + 1) % window == 0 → (t + 1) % window <= 0 (line 6)": ZERO_ALONE,
        "(t + 1) % window → -((t + 1) % window) (line 6)": ZERO_ALONE,
        "(t + 1) % window → 2 * ((t + 1) % window) (line 6)": ZERO_ALONE,
        "t + 1 → -(t + 1) (line 6)": "a number and its negative are divisible by the same windows",
    },
)
