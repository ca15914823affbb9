"""padded_lstm_forward: an LSTM over padded sequences, to be found from a version with a bug.

The notebook shows a version in which one bias serves all gates: with biases of zero it agrees with PyTorch to the last
digit. Public implementations were tested in this way for years.
"""

from __future__ import annotations

import numpy as np

from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.equivalents import ARRAY_STACKS
from rnnlab.exercises.gated.shared import (
    CANDIDATE_LAST,
    INPUT_AND_FORGET_SWAPPED,
    NO_BIAS,
    SHARED_BIAS,
    SIGMOID_ON_CANDIDATE,
    STEP,
    cell,
    lstm_weights,
)
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result

PADDING = "chapter sequences, “Names of different lengths”"


def padded_lstm_forward(x, mask, h_0, c_0, W_xh, W_hh, b_h):
    h_t, c_t, h, c = h_0, c_0, [], []
    for x_t, real in zip(x, mask[:, :, np.newaxis], strict=True):
        a_i, a_f, a_g, a_o = np.split(x_t @ W_xh.T + h_t @ W_hh.T + b_h, 4, axis=1)
        i = 1 / (1 + np.exp(-a_i))
        f = 1 / (1 + np.exp(-a_f))
        g = np.tanh(a_g)
        o = 1 / (1 + np.exp(-a_o))
        new_c = f * c_t + i * g
        c_t = np.where(real, new_c, c_t)
        h_t = np.where(real, o * np.tanh(new_c), h_t)
        h.append(h_t)
        c.append(c_t)
    return np.stack(h), np.stack(c)


MISTAKES = (
    SHARED_BIAS,
    Mistake(
        name="cell_does_not_wait",
        summary="at a padded step the hidden state waits, but the cell goes on",
        tag="mask",
        hints=Hints(
            where="Which of the two states does your mask hold back?",
            idea=f"An LSTM carries two states, and at padding both stay as they are ({PADDING}).",
            fix="Choose the cell by the mask, too: `np.where(real, new_c, c_t)`.",
        ),
        edits=(("np.where(real, new_c, c_t)", "new_c"),),
    ),
    Mistake(
        name="hidden_state_does_not_wait",
        summary="at a padded step the cell waits, but the hidden state is computed anew from it",
        tag="mask",
        hints=Hints(
            where="At a padded step the output gate still changes with x_t. Should h_t?",
            idea=f"An LSTM carries two states, and at padding both stay as they are ({PADDING}).",
            fix="Choose the hidden state by the mask, too: `np.where(real, o * np.tanh(c_t), h_t)`.",
        ),
        edits=(("np.where(real, o * np.tanh(new_c), h_t)", "o * np.tanh(c_t)"),),
    ),
    Mistake(
        name="mask_ignored",
        summary="the mask has no effect",
        tag="mask",
        hints=Hints(
            where="If you change the mask, does your result change?",
            idea=f"Where the mask is False both states stay as they are ({PADDING}).",
            fix="Choose both states by the mask with `np.where(real, new, old)`.",
        ),
        edits=(
            ("np.where(real, new_c, c_t)", "new_c"),
            ("np.where(real, o * np.tanh(new_c), h_t)", "o * np.tanh(new_c)"),
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
        edits=(("mask[:, :, np.newaxis]", "~mask[:, :, np.newaxis]"),),
    ),
    Mistake(
        name="zeros_at_padding",
        summary="at a padded step both states are set to zero, and the sequence starts anew after it",
        tag="mask",
        hints=Hints(
            where="What does the step after a padded one start from?",
            idea=f"At padding the states wait; they are not wiped out ({PADDING}).",
            fix="Keep the old states: `np.where(real, new, old)`, with no 0 and no product with the mask.",
        ),
        edits=(("new_c, c_t)", "new_c, 0)"), ("np.tanh(new_c), h_t)", "np.tanh(new_c), 0)")),
    ),
    Mistake(
        name="zeros_in_the_result",
        summary="both results are zero at padded steps, though the states were carried over them",
        tag="mask",
        hints=Hints(
            where="What should a reader find at a padded step: zeros, or the last real state?",
            idea=f"The waiting state is the result at a padded step, so that `h[-1]` is the last real one ({PADDING}).",
            fix="Store the states as they are, without a product with the mask.",
        ),
        edits=(("h.append(h_t)", "h.append(real * h_t)"), ("c.append(c_t)", "c.append(real * c_t)")),
    ),
    Mistake(
        name="input_zeroed_only",
        summary="the input is set to zero at padded steps, but the step is taken all the same",
        tag="mask",
        hints=Hints(
            where="With x_t = 0, do the states of your LSTM stay as they are?",
            idea=f"A step with input zero still forgets and writes; at padding there is no step ({PADDING}).",
            fix="Take the step, and then choose by the mask between new and old states.",
        ),
        edits=(
            ("x_t @ W_xh.T", "(real * x_t) @ W_xh.T"),
            ("np.where(real, new_c, c_t)", "new_c"),
            ("np.where(real, o * np.tanh(new_c), h_t)", "o * np.tanh(new_c)"),
        ),
    ),
    Mistake(
        name="cell_reset",
        summary="every step starts from c_0: the cell is not carried over",
        tag="initial state",
        hints=Hints(
            where="Which cell does the second turn of your loop multiply by f?",
            idea=f"Two states are carried from step to step, h and c ({STEP}).",
            fix="Multiply the `c_t` of the turn before by f.",
        ),
        edits=(("f * c_t", "f * c_0"),),
    ),
    INPUT_AND_FORGET_SWAPPED,
    CANDIDATE_LAST,
    SIGMOID_ON_CANDIDATE,
    NO_BIAS,
)


def arguments(scene: Scene):
    T, B, D, H = scene.T, scene.B, scene.D, scene.H
    x, mask = scene.values(T, B, D), scene.mask()
    return x, mask, scene.state(B, H), cell(scene, B, H), *lstm_weights(scene)


PADDED_LSTM_FORWARD = Exercise(
    name="gated.padded_lstm_forward",
    reference=padded_lstm_forward,
    probes=probes_from("TBDH", arguments),
    results=(Result("h", ("T", "B", "H")), Result("c", ("T", "B", "H"))),
    points=3,
    chapter="lstm",
    mistakes=MISTAKES,
    equivalents={"np.stack → np.array (line 14)": ARRAY_STACKS},
)
