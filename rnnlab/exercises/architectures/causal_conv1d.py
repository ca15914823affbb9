"""causal_conv1d: a convolution over time whose window ends at the present step."""

from __future__ import annotations

import numpy as np

from rnnlab.exercises.architectures.shared import CAUSAL, probes_with
from rnnlab.exercises.draw import Scene
from rnnlab.exercises.equivalents import SAME_LENGTH
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result


def causal_conv1d(x, W, b, dilation):
    T, kernel = len(x), W.shape[2]
    reach = (kernel - 1) * dilation
    padded = np.concatenate([np.zeros((reach, *x.shape[1:])), x])
    y = np.zeros((T, x.shape[1], len(W)))
    for j in range(kernel):
        start = j * dilation
        y = y + padded[start : start + T] @ W[:, :, j].T
    return y + b


MISTAKES = (
    Mistake(
        name="padded_on_the_right",
        summary="the zeros stand after the sequence, so that y_t sees the steps t … t + (k − 1)d of the future",
        tag="padding",
        hints=Hints(
            where="If you change the last input alone, which outputs change?",
            idea=f"The window ends at t, so the zeros are needed before the first input: on the left ({CAUSAL}).",
            fix="Put all (k − 1)·d zeros in front: `np.concatenate([zeros, x])`.",
        ),
        edits=(("[np.zeros((reach, *x.shape[1:])), x]", "[x, np.zeros((reach, *x.shape[1:]))]"),),
    ),
    Mistake(
        name="padded_on_both_sides",
        summary="half of the zeros stand on each side, as for images: y_t sees later inputs",
        tag="padding",
        hints=Hints(
            where="If you change the last input alone, does an earlier output change?",
            idea=f"A window round t looks into the future; a causal one ends at t ({CAUSAL}).",
            fix="Put all (k − 1)·d zeros in front of x, and none behind it.",
        ),
        edits=(
            (
                "[np.zeros((reach, *x.shape[1:])), x]",
                "[np.zeros((reach // 2, *x.shape[1:])), x, np.zeros((reach - reach // 2, *x.shape[1:]))]",
            ),
        ),
    ),
    Mistake(
        name="not_padded",
        summary="there are no zeros in front, so that the first (k − 1)d outputs are missing",
        tag="padding",
        hints=Hints(
            where="How many outputs do you return for T inputs?",
            idea=f"Every step has an output; before the first input stand zeros ({CAUSAL}).",
            fix="Put (k − 1)·d zeros in front of x.",
        ),
        edits=(("return y + b", "return (y + b)[reach:]"),),
    ),
    Mistake(
        name="wraps_around",
        summary="before the first input stand the last ones, as `np.roll` brings them there",
        tag="padding",
        hints=Hints(
            where="If you change the last input alone, does the first output change?",
            idea=f"Before the first input stand zeros; the end of the sequence is the future ({CAUSAL}).",
            fix="Put zeros in front in place of rolling the array round.",
        ),
        edits=(("np.zeros((reach, *x.shape[1:]))", "x[len(x) - reach :]"),),
    ),
    Mistake(
        name="first_input_skipped",
        summary="the first input is never read",
        tag="off by one",
        hints=Hints(
            where="Which index has the first input in Python, and does your condition let it through?",
            idea=f"Only what lies before the first input is zero ({CAUSAL}).",
            fix="If you compare an index with 0, use `>= 0`.",
        ),
        edits=(("*x.shape[1:])), x]", "*x.shape[1:])), 0 * x[:1], x[1:]]"),),
    ),
    Mistake(
        name="first_input_repeated",
        summary="the first input is repeated in front of the sequence, where zeros are wanted",
        tag="padding",
        hints=Hints(
            where="With which numbers do you fill the places before the first input?",
            idea=f"x_s = 0 for s < 1 ({CAUSAL}).",
            fix="Put zeros in front.",
        ),
        edits=(("np.zeros((reach, *x.shape[1:]))", "np.repeat(x[:1], reach, axis=0)"),),
    ),
    Mistake(
        name="present_not_seen",
        summary="y_t does not see x_t: the window ends one step too early",
        tag="off by one",
        hints=Hints(
            where="Which lag has the last tap, j = k − 1?",
            idea=f"The lag of tap j is (k − 1 − j)·d, which is 0 for the last one ({CAUSAL}).",
            fix="Put (k − 1)·d zeros in front, and not one more.",
        ),
        edits=(("np.zeros((reach, *x.shape[1:])), x]", "np.zeros((reach + 1, *x.shape[1:])), x]"),),
    ),
    Mistake(
        name="kernel_reversed",
        summary="the kernel is laid on the other way round: tap 0 meets the newest input",
        tag="order",
        hints=Hints(
            where="Which tap of yours meets x_t: W[:, :, 0] or W[:, :, k − 1]?",
            idea=f"The lag of tap j is (k − 1 − j)·d: tap 0 is the oldest, the last one the newest ({CAUSAL}).",
            fix="Let tap j multiply the inputs (k − 1 − j)·d steps back.",
        ),
        edits=(("W[:, :, j]", "W[:, :, kernel - 1 - j]"),),
    ),
    Mistake(
        name="dilation_ignored",
        summary="the dilation has no effect",
        tag="dilation",
        hints=Hints(
            where="If you call it with dilation 1 and 2, do the results differ?",
            idea=f"Neighboring taps look at inputs that are d steps apart ({CAUSAL}).",
            fix="Multiply the lag by the dilation: (k − 1 − j)·d.",
        ),
        edits=(("(kernel - 1) * dilation", "kernel - 1"), ("start = j * dilation", "start = j")),
    ),
    Mistake(
        name="dilation_counts_gaps",
        summary="the dilation is taken as the number of inputs left out, so that taps are d + 1 steps apart",
        tag="off by one",
        hints=Hints(
            where="With dilation 1: is any input between two taps left out in your code?",
            idea=f"d is the distance of two taps; d = 1 means neighbors ({CAUSAL}).",
            fix="Use d and not d + 1 for the lags and for the zeros.",
        ),
        edits=(
            ("(kernel - 1) * dilation", "(kernel - 1) * (dilation + 1)"),
            ("j * dilation", "j * (dilation + 1)"),
        ),
    ),
    Mistake(
        name="taps_not_dilated",
        summary="the zeros in front are counted with the dilation, but the taps are not d steps apart",
        tag="dilation",
        hints=Hints(
            where="How many steps apart are the inputs of tap 0 and tap 1 in your code?",
            idea=f"Neighboring taps look at inputs that are d steps apart ({CAUSAL}).",
            fix="Let the slice of tap j start at `j * dilation`.",
        ),
        edits=(("start = j * dilation", "start = j"),),
    ),
    Mistake(
        name="no_bias",
        summary="the bias is not added",
        tag="dropped term",
        hints=Hints(
            where="If you change `b`, does your result change?",
            idea=f"y_t is b plus the sum over the taps ({CAUSAL}).",
            fix="Add `b` to every output.",
        ),
        edits=(("return y + b", "return y"),),
    ),
    Mistake(
        name="bias_at_every_tap",
        summary="the bias is added once for each tap",
        tag="repeated term",
        hints=Hints(
            where="Does `+ b` stand inside your loop over the taps?",
            idea=f"y_t is b plus the sum over the taps: b stands outside the sum ({CAUSAL}).",
            fix="Add `b` once, after the loop.",
        ),
        edits=(("W[:, :, j].T", "W[:, :, j].T + b"), ("return y + b", "return y")),
    ),
    Mistake(
        name="newest_tap_only",
        summary="only the newest input is read: the other taps have no effect",
        tag="missing sum",
        hints=Hints(
            where="Is y added up over the taps, or set anew by each?",
            idea=f"The sum runs over all k taps ({CAUSAL}).",
            fix="Add each tap's product to what is there already: `y += …`.",
        ),
        edits=(("y = y + padded", "y = padded"),),
    ),
    Mistake(
        name="oldest_tap_missing",
        summary="the sum leaves out tap 0, the oldest input",
        tag="off by one",
        hints=Hints(
            where="Which values does j take in your loop?",
            idea=f"The taps are 0 … k − 1: there are k of them ({CAUSAL}).",
            fix="Loop over `range(k)`.",
        ),
        edits=(("range(kernel)", "range(1, kernel)"),),
    ),
    Mistake(
        name="averaged_over_taps",
        summary="the sum over the taps is divided by their number",
        tag="mean for sum",
        hints=Hints(
            where="Does a `mean`, or a division by k, stand in your code?",
            idea=f"The taps' products are added ({CAUSAL}).",
            fix="Leave out the division by k.",
        ),
        edits=(("return y + b", "return y / kernel + b"),),
    ),
    Mistake(
        name="activation_applied",
        summary="a ReLU is applied to the outputs",
        tag="activation",
        hints=Hints(
            where="Can your outputs be negative?",
            idea=f"The convolution itself is linear; an activation comes after it, in the block ({CAUSAL}).",
            fix="Return the sum as it is.",
        ),
        edits=(("return y + b", "return np.maximum(y + b, 0)"),),
    ),
    Mistake(
        name="transposed_weights",
        summary="each tap's matrix is used transposed",
        tag="transposed",
        hints=Hints(
            where="A tap's matrix has the shape (M, D), and rows come as (…, D). Which product gives (…, M)?",
            idea=f"W_j x for a column; for rows that is `x @ W_j.T` ({CAUSAL}).",
            fix="Write `@ W[:, :, j].T`.",
        ),
        edits=(("W[:, :, j].T", "W[:, :, j]"),),
    ),
)


def steps(scene: Scene) -> int:
    """More steps than the window is long, but for the scene of a single step."""
    return 1 if scene.trait == "small" else scene.T + 8


def taps(scene: Scene) -> int:
    """Two, three or four taps."""
    return {"single": 4, "small": 2}.get(scene.trait, 2 if scene.edge else 3)


def dilation(scene: Scene) -> int:
    """From 1 to 3, and not always 1."""
    return {"single": 1, "small": 1, "float32": 1}.get(scene.trait, 3 if scene.edge else 2)


def outputs(scene: Scene) -> int:
    """As many outputs as inputs in the square scene, and more than one in the small one."""
    return scene.K if scene.trait == "small" else scene.H


def arguments(scene: Scene):
    D, M, k = scene.D, outputs(scene), taps(scene)
    W = scene.given(scene.rng.normal(size=(M, D, k)) / np.sqrt(D * k))
    return scene.values(steps(scene), scene.B, D), W, scene.state(M), dilation(scene)


WITHOUT = {"large": "sums of products with inputs of ±1000 cannot overflow"}

CAUSAL_CONV1D = Exercise(
    name="architectures.causal_conv1d",
    reference=causal_conv1d,
    probes=probes_with(
        {"T": steps, "B": lambda scene: scene.B, "D": lambda scene: scene.D, "M": outputs},
        arguments,
        without=WITHOUT,
    ),
    results=(Result("y", ("T", "B", "M")),),
    points=4,
    chapter="convolution",
    mistakes=MISTAKES,
    equivalents={"W → b (line 5)": SAME_LENGTH},
    without=WITHOUT,
)
