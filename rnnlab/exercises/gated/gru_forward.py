"""gru_forward: all states of a sequence."""

from __future__ import annotations

import numpy as np

from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.equivalents import ARRAY_STACKS
from rnnlab.exercises.gated.gru_shared import (
    EQUATIONS,
    NO_BIAS,
    NO_RESET,
    RESET,
    RESET_AND_UPDATE_SWAPPED,
    RESET_BIAS_OUTSIDE,
    SIGMOID_ON_CANDIDATE,
    Z_REPLACES,
    gru_weights,
)
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result


def gru_forward(x, h_0, W_xh, W_hh, b_h, b_hn):
    h_t, h = h_0, []
    for x_t in x:
        x_r, x_z, x_n = np.split(x_t @ W_xh.T + b_h, 3, axis=1)
        h_r, h_z, h_n = np.split(h_t @ W_hh.T, 3, axis=1)
        r = 1 / (1 + np.exp(-(x_r + h_r)))
        z = 1 / (1 + np.exp(-(x_z + h_z)))
        n = np.tanh(x_n + r * (h_n + b_hn))
        h_t = (1 - z) * n + z * h_t
        h.append(h_t)
    return np.stack(h)


MISTAKES = (
    Z_REPLACES,
    Mistake(
        name="reset_before_the_product",
        summary="the reset gate scales the old state before the product with W_hn, and not the product",
        tag="convention",
        hints=Hints(
            where="Does your r multiply h_{t−1}, or W_hn h_{t−1} + b_hn?",
            idea=f"Both conventions are in use; in this equation, as in PyTorch, r comes after ({RESET}).",
            fix="Write `r * (h_t @ W_hn.T + b_hn)`.",
        ),
        edits=(("r * (h_n + b_hn)", "(r * h_t) @ W_hh[2 * len(b_hn) :].T + b_hn"),),
    ),
    RESET_BIAS_OUTSIDE,
    NO_RESET,
    RESET_AND_UPDATE_SWAPPED,
    SIGMOID_ON_CANDIDATE,
    NO_BIAS,
    Mistake(
        name="state_reset",
        summary="every step starts from h_0: the state is not carried over",
        tag="initial state",
        hints=Hints(
            where="What does the second turn of your loop start from?",
            idea=f"The state after a step is the state before the next ({EQUATIONS}).",
            fix="Start with `h_t = h_0` before the loop, and give each step the `h_t` of the one before.",
        ),
        edits=(("h_t @ W_hh", "h_0 @ W_hh"), ("z * h_t", "z * h_0")),
    ),
    Mistake(
        name="old_state_from_the_start",
        summary="what is kept is always h_0, though the blocks see the state before the step",
        tag="initial state",
        hints=Hints(
            where="Which state does z multiply at the second turn of your loop?",
            idea=f"z keeps a share of the state before the step, h_{{t−1}} ({EQUATIONS}).",
            fix="Write `z * h_t`, with the `h_t` of the turn before.",
        ),
        edits=(("z * h_t", "z * h_0"),),
    ),
    Mistake(
        name="blocks_from_the_start",
        summary="the blocks always see h_0, though the share that is kept comes from the state before the step",
        tag="initial state",
        hints=Hints(
            where="Which state does W_hh multiply at the second turn of your loop?",
            idea=f"All three blocks see the state before the step, h_{{t−1}} ({EQUATIONS}).",
            fix="Write `h_t @ W_hh.T`, with the `h_t` of the turn before.",
        ),
        edits=(("h_t @ W_hh", "h_0 @ W_hh"),),
    ),
    Mistake(
        name="starts_at_zero",
        summary="the state starts from zeros and not from h_0",
        tag="initial state",
        hints=Hints(
            where="If you change `h_0`, does your result change?",
            idea=f"h_0 is the state before the first step ({EQUATIONS}).",
            fix="Start with `h_t = h_0`.",
        ),
        edits=(("h_t, h = h_0", "h_t, h = 0 * h_0"),),
    ),
    Mistake(
        name="reversed_in_time",
        summary="the sequence is read from its end to its start",
        tag="order",
        hints=Hints(
            where="Which input does the first turn of your loop read?",
            idea=f"The first step reads x_1, which is `x[0]`, and starts from h_0 ({EQUATIONS}).",
            fix="Loop over `x` as it is, without `reversed` or `[::-1]`.",
        ),
        edits=(("in x:", "in x[::-1]:"),),
    ),
    Mistake(
        name="states_before_the_step",
        summary="the state before each step is stored: the result starts with h_0 and lacks h_T",
        tag="off by one",
        hints=Hints(
            where="Is what your first turn stores h_0 or h_1?",
            idea=f"The results are h_1 … h_T, the states after each step ({EQUATIONS}).",
            fix="Store `h_t` at the end of the turn, after you have computed it.",
        ),
        edits=(("np.stack(h)", "np.stack([h_0, *h[:-1]])"),),
    ),
    Mistake(
        name="candidates_stored",
        summary="the candidates n are stored in place of the states",
        tag="wrong result",
        hints=Hints(
            where="Which array do you store at each step?",
            idea=f"The state is the mean of candidate and old state ({EQUATIONS}).",
            fix="Store `h_t`.",
        ),
        edits=(("h.append(h_t)", "h.append(n)"),),
    ),
    Mistake(
        name="last_state_only",
        summary="only the state after the last step is returned",
        tag="wrong result",
        hints=Hints(
            where="Which shape has your result, and where is its time axis?",
            idea=f"A loss may ask for every state, so all T of them are wanted ({EQUATIONS}).",
            fix="Collect the states in a list, and join them with `np.stack`.",
        ),
        edits=(("np.stack(h)", "h_t"),),
    ),
    Mistake(
        name="batch_first",
        summary="the states come batch-first, (B, T, H)",
        tag="axes",
        hints=Hints(
            where="Which axis of your result is time?",
            idea=f"Sequences are time-first here, (T, B, H), inputs and results alike ({EQUATIONS}).",
            fix="Write `np.stack(h)`, which puts the steps on a new first axis.",
        ),
        edits=(("np.stack(h)", "np.stack(h, axis=1)"),),
    ),
)


def arguments(scene: Scene):
    T, B, D, H = scene.T, scene.B, scene.D, scene.H
    return scene.values(T, B, D), scene.state(B, H), *gru_weights(scene)


GRU_FORWARD = Exercise(
    name="gated.gru_forward",
    reference=gru_forward,
    probes=probes_from("TBDH", arguments),
    results=(Result("h", ("T", "B", "H")),),
    points=3,
    chapter="gru",
    mistakes=MISTAKES,
    equivalents={"np.stack → np.array (line 11)": ARRAY_STACKS},
)
