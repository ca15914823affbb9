"""birnn_forward: two networks that read a padded batch from both ends, to be found from a version with a bug.

The notebook shows a version that turns the whole axis of time, padding included; it is what one of the mistakes makes.
"""

from __future__ import annotations

import numpy as np

from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.equivalents import ARRAY_STACKS
from rnnlab.exercises.sequences.shared import (
    NO_TANH,
    TRANSPOSED_RECURRENT_WEIGHT,
    TURNING,
    TWO_WAYS,
    lengths_of,
)
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result


def birnn_forward(x, lengths, h_0, W_xh, W_hh, b_h):
    t = np.arange(len(x))[:, np.newaxis]
    order = np.where(t < lengths, lengths - 1 - t, t)
    batch = np.arange(len(lengths))
    both = []
    for way in range(2):
        read = x[order, batch] if way else x
        h_t, states = h_0[way], []
        for x_t in read:
            h_t = np.tanh(x_t @ W_xh[way].T + h_t @ W_hh[way].T + b_h[way])
            states.append(h_t)
        h = np.stack(states)
        both.append(h[order, batch] if way else h)
    real = (t < lengths)[:, :, np.newaxis]
    return np.where(real, np.concatenate(both, axis=2), 0)


ZEROED = "another padded step is read after the real ones, and what comes of padding is set to zero"

MISTAKES = (
    Mistake(
        name="whole_axis_turned",
        summary="the whole axis of time is turned, so that the second network reads the padding first",
        tag="padding",
        hints=Hints(
            where="What does the second network read first in the shortest sequence of the batch?",
            idea=f"Only the real steps change their order ({TURNING}).",
            fix="Step t reads step `lengths - 1 - t` of its sequence, and not `len(x) - 1 - t`.",
        ),
        edits=(("np.where(t < lengths, lengths - 1 - t, t)", "len(x) - 1 - t + 0 * lengths"),),
    ),
    Mistake(
        name="longest_turned",
        summary="every sequence is turned as if it were as long as the longest",
        tag="padding",
        hints=Hints(
            where="Whose length decides where the last step of a sequence is?",
            idea=f"Each sequence has a length of its own ({TURNING}).",
            fix="Use the array `lengths` itself, one number for each sequence.",
        ),
        edits=(
            (
                "np.where(t < lengths, lengths - 1 - t, t)",
                "np.where(t < lengths.max(), lengths.max() - 1 - t, t) + 0 * lengths",
            ),
        ),
    ),
    Mistake(
        name="not_turned_back",
        summary="the states of the second network are not turned back, so that the last step stands first",
        tag="order",
        hints=Hints(
            where="Which input has the second half of your `h[0]` read last?",
            idea=f"At step t stand the state that has read x_1 … x_t and the one that has read x_n … x_t ({TWO_WAYS}).",
            fix="Turn the second network's states as you turned its inputs, before you join them.",
        ),
        edits=(("both.append(h[order, batch] if way else h)", "both.append(h)"),),
    ),
    Mistake(
        name="not_turned",
        summary="the second network reads from left to right as well",
        tag="order",
        hints=Hints(
            where="What does the second network read first?",
            idea=f"The second network reads the sequence from its end ({TWO_WAYS}).",
            fix="Turn the real steps of x for the second network, and its states back.",
        ),
        edits=(
            ("x[order, batch] if way else x", "x"),
            ("h[order, batch] if way else h", "h"),
        ),
    ),
    Mistake(
        name="only_states_turned",
        summary="the second network reads from left to right, and then its states are turned",
        tag="order",
        hints=Hints(
            where="What does the second network read first?",
            idea=f"Turn what is read, and turn back what is written ({TURNING}).",
            fix="Turn the real steps of x before the second network reads them.",
        ),
        edits=(("x[order, batch] if way else x", "x"),),
    ),
    Mistake(
        name="weights_shared",
        summary="both networks use the weights of the first",
        tag="mixed up",
        hints=Hints(
            where="Where does your code read `W_xh[1]`?",
            idea=f"The two networks share nothing but the input ({TWO_WAYS}).",
            fix="Take `W_xh[1]`, `W_hh[1]` and `b_h[1]` for the second network.",
        ),
        edits=(("W_xh[way]", "W_xh[0]"), ("W_hh[way]", "W_hh[0]"), ("b_h[way]", "b_h[0]")),
    ),
    Mistake(
        name="weights_exchanged",
        summary="the two networks have exchanged their weights",
        tag="mixed up",
        hints=Hints(
            where="Which weights does the network use that reads from left to right?",
            idea=f"Index 0 belongs to the network that reads from left to right ({TWO_WAYS}).",
            fix="Take `W_xh[0]`, `W_hh[0]` and `b_h[0]` from left to right, those with 1 from right to left.",
        ),
        edits=(("W_xh[way]", "W_xh[1 - way]"), ("W_hh[way]", "W_hh[1 - way]"), ("b_h[way]", "b_h[1 - way]")),
    ),
    Mistake(
        name="start_shared",
        summary="both networks start from the first one's h_0",
        tag="initial state",
        hints=Hints(
            where="Where does your code read `h_0[1]`?",
            idea=f"Each network has a start of its own ({TWO_WAYS}).",
            fix="Start the second network from `h_0[1]`.",
        ),
        edits=(("h_0[way]", "h_0[0]"),),
    ),
    Mistake(
        name="goes_on_from_the_first",
        summary="the second network starts from the state with which the first one ended",
        tag="initial state",
        hints=Hints(
            where="What is the second network's state before it has read anything?",
            idea=f"The two networks run side by side, and neither sees the other's state ({TWO_WAYS}).",
            fix="Start the second network from `h_0[1]`.",
        ),
        edits=(("h_0[way]", "(h_0[0] if way == 0 else h_t)"),),
    ),
    Mistake(
        name="zero_start",
        summary="both networks start from zeros, and the argument h_0 is not used",
        tag="initial state",
        hints=Hints(
            where="If you change `h_0`, does your result change?",
            idea=f"Each network has a start of its own, an input like any other ({TWO_WAYS}).",
            fix="Start from `h_0[0]` and `h_0[1]`.",
        ),
        edits=(("h_0[way]", "0 * h_0[way]"),),
    ),
    Mistake(
        name="padding_not_zeroed",
        summary="at padded steps the result holds states, where zeros are asked for",
        tag="padding",
        hints=Hints(
            where="What does your result hold after the last real step of a short sequence?",
            idea=f"What a network makes of padding means nothing, so here it is set to zero ({TURNING}).",
            fix="Wrap the joined states: `np.where(real, joined, 0)` with `real` of shape (T, B, 1).",
        ),
        edits=(
            (
                "np.where(real, np.concatenate(both, axis=2), 0)",
                "np.concatenate(both, axis=2)",
            ),
        ),
    ),
    Mistake(
        name="added",
        summary="the two states are added and not concatenated",
        tag="wrong result",
        hints=Hints(
            where="How many numbers has your result at each step: H or 2H?",
            idea="Here both states are kept side by side (chapter bidirectional, “Concatenate, add, or average”).",
            fix="Join them along the last axis: `np.concatenate([…], axis=2)`.",
        ),
        edits=(("np.concatenate(both, axis=2)", "both[0] + both[1]"),),
    ),
    Mistake(
        name="joined_in_time",
        summary="the two results are joined along time and not along the units",
        tag="axes",
        hints=Hints(
            where="How many steps has your result: T or 2T?",
            idea="The states of a step stand side by side (chapter bidirectional, “Concatenate, add, or average”).",
            fix="Join along the last axis: `np.concatenate([…], axis=2)`.",
        ),
        edits=(("np.where(real, np.concatenate(both, axis=2), 0)", "np.concatenate(both, axis=0)"),),
    ),
    Mistake(
        name="second_first",
        summary="the right-to-left states come first, where they should come second",
        tag="order",
        hints=Hints(
            where="Whose state are the first H numbers of your result?",
            idea=f"First comes the network that reads from left to right ({TWO_WAYS}).",
            fix="Exchange the two parts in `np.concatenate`.",
        ),
        edits=(("np.concatenate(both, axis=2)", "np.concatenate(both[::-1], axis=2)"),),
    ),
    NO_TANH,
    Mistake(
        name="no_bias",
        summary="the biases b_h are missing",
        tag="dropped term",
        hints=Hints(
            where="Which of its arguments does your function never use?",
            idea=f"Three terms go into each tanh: input, past and bias ({TWO_WAYS}).",
            fix="Add `b_h[0]` or `b_h[1]` to the sum inside tanh.",
        ),
        edits=((" + b_h[way]", ""),),
    ),
    Mistake(
        name="transposed_recurrent_weight",
        summary=TRANSPOSED_RECURRENT_WEIGHT.summary,
        tag="transposed",
        hints=TRANSPOSED_RECURRENT_WEIGHT.hints,
        edits=(("W_hh[way].T", "W_hh[way]"),),
    ),
)


def arguments(scene: Scene):
    T, B, D, H = scene.T, scene.B, scene.D, scene.H
    W_xh = scene.given(np.stack([scene.weight(H, D), scene.weight(H, D)]))
    W_hh = scene.given(np.stack([scene.weight(H, H), scene.weight(H, H)]))
    return scene.values(T, B, D), lengths_of(scene), scene.state(2, B, H), W_xh, W_hh, scene.state(2, H)


BIRNN_FORWARD = Exercise(
    name="sequences.birnn_forward",
    reference=birnn_forward,
    probes=probes_from("TBDH", arguments),
    results=(Result("h", ("T", "B", "2H")),),
    points=5,
    chapter="bidirectional",
    mistakes=MISTAKES,
    equivalents={
        "np.stack → np.array (line 12)": ARRAY_STACKS,
        "t < lengths → t <= lengths (line 3)": ZEROED,
        "t → lengths (line 3)": ZEROED,
    },
)
