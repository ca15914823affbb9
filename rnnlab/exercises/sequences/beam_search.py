"""beam_search: the best sequence found by keeping the most probable beginnings at each step."""

from __future__ import annotations

import numpy as np

from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result

WRITING = "chapter encoder-decoder, “Writing: greedy search and beam search”"
PRODUCT = "chapter encoder-decoder, “Two networks and one hand-over”"


def beam_search(log_p, start_id, width):
    ids = np.zeros((1, 0), dtype=int)
    total, last = np.zeros(1), [start_id]
    for table in log_p:
        candidates = total[:, np.newaxis] + table[last]
        best = np.argsort(-candidates.ravel())[:width]
        parent, last = np.divmod(best, candidates.shape[1])
        total = candidates.ravel()[best]
        ids = np.column_stack([ids[parent], last])
    return ids[0], float(total[0])


MISTAKES = (
    Mistake(
        name="greedy",
        summary="one beginning alone is kept at each step, which is greedy search",
        tag="pruning",
        hints=Hints(
            where="How many beginnings does your loop carry from one step to the next?",
            idea=f"Greedy search is the beam of width 1 ({WRITING}).",
            fix="Keep the best `width` candidates, `np.argsort(-candidates.ravel())[:width]`.",
        ),
        edits=(("[:width]", "[:1]"),),
    ),
    Mistake(
        name="one_child_each",
        summary="each beginning is extended by its best token alone",
        tag="pruning",
        hints=Hints(
            where="How many candidates are there before you keep the best ones?",
            idea=f"All beginnings are extended by all tokens; only then are the best kept ({WRITING}).",
            fix="Make width · K candidates, and choose among all of them.",
        ),
        edits=(
            (
                "best = np.argsort(-candidates.ravel())[:width]",
                "best = np.argsort(-candidates.ravel())[:width] if len(last) < width else "
                "np.arange(len(last)) * candidates.shape[1] + candidates.argmax(axis=1)",
            ),
            ("return ids[0], float(total[0])", "return ids[total.argmax()], float(total.max())"),
        ),
    ),
    Mistake(
        name="beam_too_wide",
        summary="one beginning too many is kept",
        tag="off by one",
        hints=Hints(
            where="How many beginnings are in your beam after the first step?",
            idea=f"The width is the number of beginnings that survive a step ({WRITING}).",
            fix="Write `[:width]`.",
        ),
        edits=(("[:width]", "[: width + 1]"),),
    ),
    Mistake(
        name="nothing_dropped",
        summary="nothing is dropped: all sequences are compared, and the width has no effect",
        tag="pruning",
        hints=Hints(
            where="If you change `width`, can your result change?",
            idea=f"The beam forgets all but the best beginnings; that is what makes it cheap ({WRITING}).",
            fix="After each step keep the best `width` candidates.",
        ),
        # The best beginning for each last token is enough to find the best of all K^T sequences, and quicker.
        edits=(
            (
                "np.argsort(-candidates.ravel())[:width]",
                "candidates.argmax(axis=0) * candidates.shape[1] + np.arange(candidates.shape[1])",
            ),
            ("return ids[0], float(total[0])", "return ids[total.argmax()], float(total.max())"),
        ),
    ),
    Mistake(
        name="worst_kept",
        summary="the least probable beginnings are kept",
        tag="inverted",
        hints=Hints(
            where="In which order does `np.argsort` sort?",
            idea=f"The most probable beginnings survive, those with the largest log-probabilities ({WRITING}).",
            fix="Sort `-candidates`, so that the largest come first.",
        ),
        edits=(("np.argsort(-candidates.ravel())", "np.argsort(candidates.ravel())"),),
    ),
    Mistake(
        name="last_step_counts_alone",
        summary="a beginning is judged by its last token alone",
        tag="dropped term",
        hints=Hints(
            where="Does the probability of the first token enter the choice at the third step?",
            idea=f"The probability of a sequence is the product of all its factors ({PRODUCT}).",
            fix="Add the beginnings' own log-probabilities: `total[:, np.newaxis] + table[last]`.",
        ),
        edits=(("total[:, np.newaxis] + table[last]", "table[last]"),),
    ),
    Mistake(
        name="logarithms_multiplied",
        summary="log-probabilities are multiplied, where they should be added",
        tag="formula",
        hints=Hints(
            where="What is the logarithm of a product?",
            idea=f"Probabilities are multiplied, so their logarithms are added ({PRODUCT}).",
            fix="Write `total[:, np.newaxis] + table[last]`, and start from 0.",
        ),
        edits=(
            ("np.zeros(1)", "-np.ones(1)"),
            ("total[:, np.newaxis] + table[last]", "-total[:, np.newaxis] * table[last]"),
        ),
    ),
    Mistake(
        name="mean_compared",
        summary="the mean log-probability of a token is returned, and not the sum",
        tag="factor",
        hints=Hints(
            where="Do you divide by the number of tokens?",
            idea=f"What is asked for is the log-probability of the whole sequence ({PRODUCT}).",
            fix="Return the sum as it is.",
        ),
        edits=(("float(total[0])", "float(total[0] / len(log_p))"),),
    ),
    Mistake(
        name="probability_returned",
        summary="the probability is returned, and not its logarithm",
        tag="wrong result",
        hints=Hints(
            where="Is your second result negative?",
            idea=f"Logarithms of probabilities are negative, and they do not underflow ({PRODUCT}).",
            fix="Return the sum of the logarithms, without `np.exp`.",
        ),
        edits=(("float(total[0])", "float(np.exp(total[0]))"),),
    ),
    Mistake(
        name="beginnings_not_reordered",
        summary="tokens are appended to the wrong beginnings: those were not put into the order of the new beam",
        tag="order",
        hints=Hints(
            where="To which beginning does the best candidate belong, and to which one do you append its token?",
            idea=f"After a step the beam has a new order, and everything must follow it ({WRITING}).",
            fix="Find each candidate's parent, and extend `ids[parent]`.",
        ),
        edits=(("ids[parent]", "ids[np.minimum(np.arange(len(best)), len(ids) - 1)]"),),
    ),
    Mistake(
        name="table_transposed",
        summary="the table is read the wrong way round: rows and columns are exchanged",
        tag="transposed",
        hints=Hints(
            where="In `log_p[t, i, j]`, which index is the token that was written last?",
            idea=f"Each row of a table is a distribution over the *next* token ({WRITING}).",
            fix="Take the rows of the last tokens, `table[last]`.",
        ),
        edits=(("table[last]", "table[:, last].T"),),
    ),
    Mistake(
        name="first_table_only",
        summary="the first step's table is used at every step",
        tag="wrong input",
        hints=Hints(
            where="How many of the T tables does your loop read?",
            idea=f"What comes next depends on the step, too: each step has a table of its own ({WRITING}).",
            fix="In turn t read `log_p[t]`.",
        ),
        edits=(("for table in log_p:", "for table in [log_p[0]] * len(log_p):"),),
    ),
    Mistake(
        name="start_written",
        summary="the start token stands first in the result",
        tag="off by one",
        hints=Hints(
            where="How many ids has your result: T or T + 1?",
            idea=f"The start token is fed, and never written ({PRODUCT}).",
            fix="Begin with a sequence that is empty.",
        ),
        edits=(("np.zeros((1, 0), dtype=int)", "np.array([[start_id]])"),),
    ),
    Mistake(
        name="last_of_the_beam",
        summary="the least probable sequence of the beam is returned",
        tag="wrong result",
        hints=Hints(
            where="Which sequence of the last beam do you return?",
            idea=f"The best one of the last beam is the answer ({WRITING}).",
            fix="Return the sequence with the largest log-probability.",
        ),
        edits=(("return ids[0], float(total[0])", "return ids[-1], float(total[-1])"),),
    ),
)

MARGIN = 1e-3


def arguments(scene: Scene):
    """Tables in which greedy search, a wider beam and a search through everything find other sequences."""
    width = int(scene.rng.integers(2, 4))
    start_id = int(scene.rng.integers(scene.K))
    while True:
        logits = scene.rng.uniform(0, 3, (scene.T, scene.K, scene.K))
        log_p = scene.given(logits - np.log(np.exp(logits).sum(axis=2, keepdims=True)))
        found = [tuple(beam_search(log_p, start_id, w)[0]) for w in (1, width, width + 1)]
        if scene.T == 1 or (found[0] != found[1] != found[2] and _clear(log_p, start_id, width + 1)):
            return log_p, start_id, width


def _clear(log_p, start_id, width):
    """Whether at every step the candidates that are kept, and the best one that is not, are well apart."""
    total, last = np.zeros(1), np.array([start_id])
    for table in log_p:
        candidates = (total[:, np.newaxis] + table[last]).ravel()
        best = np.argsort(-candidates)
        if (-np.diff(candidates[best][: width + 1])).min() < MARGIN:
            return False
        total, last = candidates[best][:width], best[:width] % log_p.shape[2]
    return True


WITHOUT = {
    "large": "log-probabilities are not that large, and a sum of some cannot overflow",
    "single": "there is one sequence, and no batch",
}

BEAM_SEARCH = Exercise(
    name="sequences.beam_search",
    reference=beam_search,
    probes=probes_from("TK", arguments, without=WITHOUT),
    results=(Result("ids", ("T",)), Result("log_probability", ())),
    points=5,
    chapter="encoder-decoder",
    mistakes=MISTAKES,
    equivalents={
        "1 → 2 (line 2)": "the second beginning is empty like the first, and nobody's parent",
        "candidates → log_p (line 7)": "both have K columns",
    },
    without=WITHOUT,
)
