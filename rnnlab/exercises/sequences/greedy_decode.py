"""greedy_decode: a network writes one token after the other, each time the one that it holds to be most probable."""

from __future__ import annotations

import numpy as np

from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.equivalents import NEVER_NEGATIVE
from rnnlab.exercises.sequences.shared import EVERY_SHAPE, NO_TANH, TRANSPOSED_RECURRENT_WEIGHT
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result

TWO_HALVES = "chapter encoder-decoder, “Two networks and one hand-over”"
WRITING = "chapter encoder-decoder, “Writing: greedy search and beam search”"


def greedy_decode(h_0, E, W_xh, W_hh, b_h, W_hy, b_y, start_id, end_id, longest):
    B = len(h_0)
    ids = np.full((B, longest), end_id)
    alive = np.ones(B, dtype=bool)
    h_t, last = h_0, np.full(B, start_id)
    for t in range(longest):
        h_t = np.tanh(E[last] @ W_xh.T + h_t @ W_hh.T + b_h)
        last = np.argmax(h_t @ W_hy.T + b_y, axis=1)
        ids[alive, t] = last[alive]
        alive = alive & (last != end_id)
    return ids


MISTAKES = (
    Mistake(
        name="not_fed_back",
        summary="the start token is fed at every step, and not the token that was written",
        tag="feedback",
        hints=Hints(
            where="Which token does your network read at the second step?",
            idea=f"Each written token is the next input ({TWO_HALVES}).",
            fix="At the end of each turn set `last` to the tokens that you chose.",
        ),
        edits=(("E[last]", "E[0 * last + start_id]"),),
    ),
    Mistake(
        name="nothing_read",
        summary="the network reads no token at all: the term with E is missing",
        tag="dropped term",
        hints=Hints(
            where="If you change `E`, does your result change?",
            idea=f"The decoder's input is the embedding of the last token ({TWO_HALVES}).",
            fix="Add `E[last] @ W_xh.T` to the sum inside tanh.",
        ),
        edits=(("E[last] @ W_xh.T + ", ""),),
    ),
    Mistake(
        name="state_not_carried",
        summary="every step starts from h_0 again",
        tag="dropped term",
        hints=Hints(
            where="Which state multiplies W_hh at the second step?",
            idea=f"The state is what the decoder knows of all that it has written ({TWO_HALVES}).",
            fix="In the loop write `h_t @ W_hh.T`, and not `h_0 @ W_hh.T`.",
        ),
        edits=(("h_t @ W_hh.T", "h_0 @ W_hh.T"),),
    ),
    Mistake(
        name="zero_start",
        summary="the decoder starts from zeros, so that it knows nothing of the source",
        tag="initial state",
        hints=Hints(
            where="If you change `h_0`, does your result change?",
            idea=f"h_0 is the context vector, the only thing that passes from the encoder ({TWO_HALVES}).",
            fix="Start with `h_t = h_0`.",
        ),
        edits=(("h_t, last = h_0,", "h_t, last = 0 * h_0,"),),
    ),
    Mistake(
        name="never_ends",
        summary="the end token is ignored: sequences go on after it",
        tag="end",
        hints=Hints(
            where="What stands in your rows after the end token?",
            idea=f"A sequence is over with its end token; what the network says later does not count ({TWO_HALVES}).",
            fix="Remember which sequences are still alive, and write `end_id` into the others.",
        ),
        edits=(("ids[alive, t] = last[alive]", "ids[:, t] = last"),),
    ),
    Mistake(
        name="wakes_up_again",
        summary="a sequence that has ended pauses for one step and then goes on",
        tag="end",
        hints=Hints(
            where="Can a sequence of yours come to life again?",
            idea=f"Who has ended stays so: alive now means alive before *and* no end token now ({TWO_HALVES}).",
            fix="Write `alive = alive & (last != end_id)`.",
        ),
        edits=(("alive & (last != end_id)", "last != end_id"),),
    ),
    Mistake(
        name="all_end_with_the_first",
        summary="the loop stops for all sequences as soon as one of them has ended",
        tag="end",
        hints=Hints(
            where="After which turn does your loop break, and are all sequences done then?",
            idea=f"Each sequence has an end of its own ({TWO_HALVES}).",
            fix="Break only where `not alive.any()`, or never.",
        ),
        edits=(
            (
                "alive = alive & (last != end_id)",
                "alive = alive & (last != end_id)\n        if not alive.all():\n            break",
            ),
        ),
    ),
    Mistake(
        name="padded_with_start",
        summary="what comes after the end is filled with the start token, where the end token is asked for",
        tag="end",
        hints=Hints(
            where="What stands in your rows after the end token?",
            idea=f"Here all that follows the end is end tokens, too ({TWO_HALVES}).",
            fix="Write `end_id` into the rows of sequences that have ended.",
        ),
        edits=(("np.full((B, longest), end_id)", "np.full((B, longest), start_id)"),),
    ),
    Mistake(
        name="end_not_written",
        summary="the end token is replaced: the sequence goes on with the second best token",
        tag="end",
        hints=Hints(
            where="Can your network ever choose the end token?",
            idea=f"The end token is one more class, and it is chosen like any other ({TWO_HALVES}).",
            fix="Take the argmax over all K tokens.",
        ),
        edits=(
            (
                "h_t @ W_hy.T + b_y, axis=1",
                "np.where(np.arange(len(b_y)) == end_id, -np.inf, h_t @ W_hy.T + b_y), axis=1",
            ),
        ),
    ),
    Mistake(
        name="start_written",
        summary="the start token stands first in the result, and everything comes one step late",
        tag="off by one",
        hints=Hints(
            where="What stands in column 0 of your result?",
            idea=f"The start token is fed, and never written ({TWO_HALVES}).",
            fix="Store the token after you have chosen it, in column t.",
        ),
        edits=(
            ("        ids[alive, t] = last[alive]\n", ""),
            (
                "    for t in range(longest):\n",
                "    for t in range(longest):\n        ids[alive, t] = last[alive]\n",
            ),
        ),
    ),
    Mistake(
        name="least_probable",
        summary="the least probable token is chosen",
        tag="inverted",
        hints=Hints(
            where="Do you look for the largest or for the smallest number?",
            idea=f"Greedy search takes the token with the largest logit ({WRITING}).",
            fix="Write `np.argmax`.",
        ),
        edits=(("np.argmax", "np.argmin"),),
    ),
    Mistake(
        name="no_readout_bias",
        summary="the bias b_y of the readout is missing",
        tag="dropped term",
        hints=Hints(
            where="Which of its arguments does your function never use?",
            idea=f"The logits are W_hy h_t + b_y, and the bias can change which one is largest ({TWO_HALVES}).",
            fix="Add `b_y` before you take the argmax.",
        ),
        edits=((" + b_y", ""),),
    ),
    Mistake(
        name="no_bias",
        summary="the bias b_h is missing",
        tag="dropped term",
        hints=Hints(
            where="Which of its arguments does your function never use?",
            idea=f"Three terms go into tanh: input, past and bias ({EVERY_SHAPE}).",
            fix="Add `b_h` to the sum inside tanh.",
        ),
        edits=((" + b_h", ""),),
    ),
    NO_TANH,
    TRANSPOSED_RECURRENT_WEIGHT,
    Mistake(
        name="time_first",
        summary="batch and time are exchanged: the result has one column a sequence, where it should have one row",
        tag="axes",
        hints=Hints(
            where="Does your result have the shape (B, longest)?",
            idea=f"Here each row is one written sequence, to be read from left to right ({WRITING}).",
            fix="Stack the steps along axis 1: `np.stack(…, axis=1)`.",
        ),
        edits=(("return ids", "return ids.T"),),
    ),
)

MARGIN = 1e-3


def arguments(scene: Scene):
    """A network whose sequences end at different steps, some of them never, and go on talking if they are let."""
    while True:
        weights, start_id, longest = _network(scene), int(scene.rng.integers(scene.K)), scene.T + 2
        said, margin = _said(*weights, start_id, longest)
        ends = [end for end in range(scene.K) if end != start_id and _telling(said, end)]
        if ends and margin > MARGIN:
            return *weights, start_id, int(scene.rng.choice(ends)), longest


def _network(scene: Scene):
    """Loud weights, so that the tokens vary."""
    B, D, H, K = scene.B, scene.D, scene.H, scene.K
    E, W_xh, W_hh = (scene.given(2 * scene.weight(*shape)) for shape in ((K, D), (H, D), (H, H)))
    return (
        scene.state(B, H),
        E,
        W_xh,
        W_hh,
        scene.state(H),
        scene.given(2 * scene.weight(K, H)),
        scene.state(K),
    )


def _said(h_t, E, W_xh, W_hh, b_h, W_hy, b_y, start_id, steps):
    """What the network says if nothing ends it, (B, steps), and the smallest lead of a chosen token."""
    last, said, lead = np.full(len(h_t), start_id), [], np.inf
    for _ in range(steps):
        h_t = np.tanh(E[last] @ W_xh.T + h_t @ W_hh.T + b_h)
        logits = h_t @ W_hy.T + b_y
        first, second = np.sort(logits, axis=1)[:, :-3:-1].T
        lead = min(lead, (first - second).min())
        last = logits.argmax(axis=1)
        said.append(last)
    return np.stack(said, axis=1), lead


def _telling(said, end):
    """Whether one sequence ends before its last two steps and would go on, and another one (if any) ends later."""
    at = [list(row).index(end) if end in row else len(row) for row in said]
    early = min(at)
    goes_on = early < said.shape[1] - 2 and (said[at.index(early), early + 1 :] != end).all()
    return goes_on and (len(at) == 1 or max(at) > early + 1)


WITHOUT = {
    "large": "the inputs are tokens, and states lie between −1 and 1",
    "small": "a sequence of one token feeds nothing back",
}

GREEDY_DECODE = Exercise(
    name="sequences.greedy_decode",
    reference=greedy_decode,
    probes=probes_from("BDHK", arguments, without=WITHOUT),
    results=(Result("ids", ("B", "longest")),),
    points=5,
    chapter="encoder-decoder",
    mistakes=MISTAKES,
    equivalents={
        "return ids → return abs(ids) (line 11)": NEVER_NEGATIVE,
        "ids[alive, t] = last[alive]; alive = alive & (last != end_id) → "
        "alive = alive & (last != end_id); ids[alive, t] = last[alive] (line 6)": "the end token is there already",
        "h_t @ W_hy.T + b_y → 2 * (h_t @ W_hy.T + b_y) (line 8)": "twice the logits are largest at the same place",
    },
    without=WITHOUT,
)
