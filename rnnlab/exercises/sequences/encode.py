"""encode: a batch of padded sequences, each made into one vector, the state after its last real step."""

from __future__ import annotations

import numpy as np

from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.sequences.shared import (
    EVERY_SHAPE,
    NO_BIAS,
    NO_TANH,
    PADDING,
    TRANSPOSED_RECURRENT_WEIGHT,
    ZERO_START,
)
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result

HAND_OVER = "chapter encoder-decoder, “Two networks and one hand-over”"


def encode(x, mask, h_0, W_xh, W_hh, b_h):
    h_t = h_0
    for x_t, real in zip(x, mask[:, :, np.newaxis], strict=True):
        updated = np.tanh(x_t @ W_xh.T + h_t @ W_hh.T + b_h)
        h_t = np.where(real, updated, h_t)
    return h_t


MISTAKES = (
    Mistake(
        name="mask_ignored",
        summary="the mask has no effect: the vector is the state after the last row, padding or not",
        tag="mask",
        hints=Hints(
            where="If you change the mask, does your result change?",
            idea=f"Padding is no input. Where the mask is False, the state waits ({PADDING}).",
            fix="After computing the new state, choose: `h_t = np.where(real, updated, h_t)`.",
        ),
        edits=(("np.where(real, updated, h_t)", "updated"),),
    ),
    Mistake(
        name="mask_inverted",
        summary="the mask is read the wrong way round: padding is read, and real steps are skipped",
        tag="inverted",
        hints=Hints(
            where="Does True in the mask mean a real step or padding?",
            idea=f"True marks a real step ({PADDING}).",
            fix="Exchange the last two arguments: `np.where(real, updated, h_t)`.",
        ),
        edits=(("real, updated, h_t", "real, h_t, updated"),),
    ),
    Mistake(
        name="state_zeroed",
        summary="padding sets the state to zero, so that the sequence is forgotten",
        tag="mask",
        hints=Hints(
            where="After a padded step, what is your state: zero, or the state before it?",
            idea=f"Multiplying by the mask erases; carrying over keeps ({PADDING}).",
            fix="Keep the old state: `np.where(real, updated, h_t)` in place of `updated * real`.",
        ),
        edits=(("updated, h_t)", "updated, 0 * h_t)"),),
    ),
    Mistake(
        name="input_zeroed",
        summary="padded inputs are set to zero, but the state still takes a step at each of them",
        tag="mask",
        hints=Hints(
            where="With x_t = 0, is tanh(W_hh h + b_h) the state h?",
            idea=f"A step with an input of zero is a step; at padding the state must wait ({PADDING}).",
            fix="Choose between the states, `np.where(real, updated, h_t)`, and leave the inputs as they are.",
        ),
        edits=(("x_t @", "(x_t * real) @"), ("np.where(real, updated, h_t)", "updated")),
    ),
    Mistake(
        name="row_at_the_count",
        summary="padding is read, and the row is taken whose number is the count of real steps",
        tag="mask",
        hints=Hints(
            where="Where the mask has a hole, does the row `mask.sum(axis=0) - 1` hold the last real step?",
            idea=f"A count tells the last real row only if no padding comes before it ({PADDING}).",
            fix="Let the state wait wherever the mask is False; then the last row is right for all.",
        ),
        edits=(
            ("    for x_t", "    states = [h_t]\n    for x_t"),
            ("h_t = np.where(real, updated, h_t)", "h_t = updated\n        states.append(h_t)"),
            ("return h_t", "return np.stack(states)[mask.sum(axis=0), np.arange(len(h_0))]"),
        ),
    ),
    Mistake(
        name="mean_of_all_states",
        summary="the mean of the states over time is returned",
        tag="wrong result",
        hints=Hints(
            where="Over what do you average?",
            idea=f"The context vector is one state, the last one ({HAND_OVER}).",
            fix="Return the state that the loop ends with.",
        ),
        edits=(
            ("    for x_t", "    states = []\n    for x_t"),
            ("updated, h_t)", "updated, h_t)\n        states.append(h_t)"),
            ("return h_t", "return np.mean(states, axis=0)"),
        ),
    ),
    Mistake(
        name="all_states",
        summary="all states are returned, and not the last one alone",
        tag="wrong result",
        hints=Hints(
            where="Has your result an axis of time?",
            idea=f"All that is handed over is one vector for each sequence ({HAND_OVER}).",
            fix="Return the state that the loop ends with, (B, H).",
        ),
        edits=(
            ("    for x_t", "    states = []\n    for x_t"),
            ("updated, h_t)", "updated, h_t)\n        states.append(h_t)"),
            ("return h_t", "return np.stack(states)"),
        ),
    ),
    Mistake(
        name="first_state",
        summary="the state after the first step is returned",
        tag="wrong result",
        hints=Hints(
            where="After how many steps does your function return?",
            idea=f"The context vector has read the whole sequence ({HAND_OVER}).",
            fix="Move `return` out of the loop.",
        ),
        edits=(("updated, h_t)", "updated, h_t)\n        break"),),
    ),
    Mistake(
        name="no_recurrence",
        summary="each step starts from h_0 again, so that only the last real input is remembered",
        tag="dropped term",
        hints=Hints(
            where="Which state multiplies W_hh at the second step?",
            idea=f"Each step starts from the state that the step before it left ({EVERY_SHAPE}).",
            fix="In the loop write `h_t @ W_hh.T`, and not `h_0 @ W_hh.T`.",
        ),
        edits=(("h_t @ W_hh.T", "h_0 @ W_hh.T"),),
    ),
    Mistake(
        name="read_backward",
        summary="the sequence is read from its end",
        tag="order",
        hints=Hints(
            where="Which row does the first turn of your loop read?",
            idea=f"The encoder reads x_1 first ({HAND_OVER}).",
            fix="Loop over `x` and the mask as they are, without `[::-1]`.",
        ),
        edits=(("zip(x, mask[:, :, np.newaxis]", "zip(x[::-1], mask[::-1, :, np.newaxis]"),),
    ),
    ZERO_START,
    NO_BIAS,
    NO_TANH,
    TRANSPOSED_RECURRENT_WEIGHT,
)


def arguments(scene: Scene):
    T, B, D, H = scene.T, scene.B, scene.D, scene.H
    weights = scene.weight(H, D), scene.weight(H, H), scene.state(H)
    return scene.values(T, B, D), scene.mask(), scene.state(B, H), *weights


ENCODE = Exercise(
    name="sequences.encode",
    reference=encode,
    probes=probes_from("TBDH", arguments),
    results=(Result("c", ("B", "H")),),
    points=3,
    chapter="encoder-decoder",
    mistakes=MISTAKES,
)
