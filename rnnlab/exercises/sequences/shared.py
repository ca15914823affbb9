"""What the functions of this assignment share: padded batches, how arguments are handed over, and mistakes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnlab.exercises.draw import Scene, read_only, spread_out
from rnnlab.exercises.spec import Hints, Mistake

TURNING = "chapter bidirectional, “Turning a padded batch”"
TWO_WAYS = "chapter bidirectional, “Two recurrences and one output”"
PADDING = "chapter sequences, “Names of different lengths”"
EVERY_SHAPE = "chapter hidden-state, “One equation, every shape”"


def handed_over(scene: Scene, array: NDArray[Any]) -> NDArray[Any]:
    """Whole numbers or booleans as the scene hands over its floats: read-only, and a view where that is its trait."""
    return read_only(spread_out(array) if scene.trait == "strided" else array)


def lengths_of(scene: Scene) -> NDArray[np.int64]:
    """How many real steps each sequence has: unequal numbers from 2 to T; at the edge and alone, none has all T."""
    T, B = scene.T, scene.B
    if T < 4:
        return handed_over(scene, np.full(B, T))
    lengths = scene.rng.integers(2, T, B)
    if B > 1:
        lengths[0], lengths[-1] = 2, T - 1
        if not scene.edge:
            lengths[scene.rng.integers(1, B)] = T
    return handed_over(scene, lengths)


NO_BIAS = Mistake(
    name="no_bias",
    summary="the bias b_h is missing",
    tag="dropped term",
    hints=Hints(
        where="Which of its arguments does your function never use?",
        idea=f"Three terms go into tanh: input, past and bias ({EVERY_SHAPE}).",
        fix="Add `b_h` to the sum inside tanh.",
    ),
    edits=((" + b_h", ""),),
)

TRANSPOSED_RECURRENT_WEIGHT = Mistake(
    name="transposed_recurrent_weight",
    summary="the state is multiplied by W_hh where its transpose is wanted",
    tag="transposed",
    hints=Hints(
        where="W_hh is square, so both products run. Which of its axes is the output, which the input?",
        idea=f"Weights are (out, in), and vectors are rows: row vector times W.T ({EVERY_SHAPE}).",
        fix="Write `h_t @ W_hh.T`.",
    ),
    edits=(("W_hh.T", "W_hh"),),
)

NO_TANH = Mistake(
    name="no_tanh",
    summary="tanh is missing",
    tag="activation",
    hints=Hints(
        where="Can your states be larger than 1?",
        idea="Without the non-linearity all steps collapse into one linear map (chapter activations).",
        fix="Wrap the sum at every step: `np.tanh(…)`.",
    ),
    edits=(("np.tanh(", "("),),
)

ZERO_START = Mistake(
    name="zero_start",
    summary="the loop starts from zeros, and the argument h_0 is not used",
    tag="initial state",
    hints=Hints(
        where="If you change `h_0`, does your result change?",
        idea=f"h_0 is an input like any other; zeros are only its usual value ({EVERY_SHAPE}).",
        fix="Start the loop from `h_0`, and not from `np.zeros(…)`.",
    ),
    edits=(("h_t = h_0", "h_t = 0 * h_0"),),
)
