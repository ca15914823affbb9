"""attention_mask: where each step may look, at real steps only, and not ahead."""

from __future__ import annotations

import numpy as np

from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.equivalents import NEVER_NEGATIVE
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result

THE_MASK = "chapter attention, “The mask”"
CAUSAL = "chapter transformer"


def attention_mask(mask, causal):
    T = len(mask)
    i, j = np.arange(T)[:, np.newaxis], np.arange(T)
    behind = (j <= i) if causal else np.ones((T, T), dtype=bool)
    return mask.T[:, np.newaxis, :] & behind


MISTAKES = (
    Mistake(
        name="padding_ignored",
        summary="padding has no effect: queries may look at it",
        tag="mask",
        hints=Hints(
            where="If you change `mask`, does your result change?",
            idea=f"A query must not look at padding ({THE_MASK}).",
            fix="Combine with the keys' mask: `mask.T[:, np.newaxis, :] & …`.",
        ),
        edits=(("mask.T[:, np.newaxis, :] & behind", "np.ones_like(mask.T[:, np.newaxis, :]) & behind"),),
    ),
    Mistake(
        name="causal_ignored",
        summary="a causal mask is asked for, but steps may look ahead",
        tag="mask",
        hints=Hints(
            where="If you change `causal`, does your result change?",
            idea=f"With `causal` no query may see a key after its own step ({CAUSAL}).",
            fix="Where `causal` is True, also ask for j ≤ i.",
        ),
        edits=(("(j <= i) if causal else ", ""),),
    ),
    Mistake(
        name="always_causal",
        summary="no step may look ahead, though `causal` is False",
        tag="mask",
        hints=Hints(
            where="If you change `causal`, does your result change?",
            idea=f"An encoder may look both ways; only where `causal` is True the future is closed ({CAUSAL}).",
            fix="Where `causal` is False, leave out the condition j ≤ i.",
        ),
        edits=((" if causal else np.ones((T, T), dtype=bool)", ""),),
    ),
    Mistake(
        name="looks_ahead",
        summary="the triangle is upside down: steps may look ahead and not back",
        tag="inverted",
        hints=Hints(
            where="How many keys may the first query see in your result, and how many the last one?",
            idea=f"Row i is a query, column j a key; the past are the keys with j ≤ i ({CAUSAL}).",
            fix="Use the lower triangle, `np.tri(T)`, and not the upper one.",
        ),
        edits=(("j <= i", "j >= i"),),
    ),
    Mistake(
        name="not_itself",
        summary="no step may look at itself",
        tag="off by one",
        hints=Hints(
            where="What stands on the diagonal of your triangle?",
            idea=f"The past includes the present: j ≤ i ({CAUSAL}).",
            fix="Write `<=` and not `<`, or leave out the `k=-1`.",
        ),
        edits=(("j <= i", "j < i"),),
    ),
    Mistake(
        name="one_step_ahead",
        summary="every step may look one step ahead",
        tag="off by one",
        hints=Hints(
            where="What stands beside the diagonal of your triangle, at j = i + 1?",
            idea=f"One step ahead is what a language model is to predict: seeing it is cheating ({CAUSAL}).",
            fix="Write j ≤ i, or leave out the `k=1`.",
        ),
        edits=(("j <= i", "j <= i + 1"),),
    ),
    Mistake(
        name="inverted",
        summary="True and False are exchanged: True marks what may not be seen",
        tag="inverted",
        hints=Hints(
            where="What does True mean in your result?",
            idea=f"Here True is where a query may look; some libraries have it the other way round ({THE_MASK}).",
            fix="Leave out the `~`.",
        ),
        edits=(("mask.T[:, np.newaxis, :] & behind", "~(mask.T[:, np.newaxis, :] & behind)"),),
    ),
    Mistake(
        name="padding_inverted",
        summary="the mask is read the wrong way round: queries may look at padding only",
        tag="inverted",
        hints=Hints(
            where="Does True in the mask mean a real step or padding?",
            idea=f"True marks a real step ({THE_MASK}).",
            fix="Use `mask`, and not `~mask`.",
        ),
        edits=(("mask.T[:, np.newaxis, :]", "~mask.T[:, np.newaxis, :]"),),
    ),
    Mistake(
        name="padded_queries",
        summary="the queries at padding are closed, where the keys should be",
        tag="axes",
        hints=Hints(
            where="Along which axis of (B, T, T) does your mask run: that of the queries or that of the keys?",
            idea=f"What must not be read is the padding among the keys, the last axis ({THE_MASK}).",
            fix="Put the new axis in the middle: `mask.T[:, np.newaxis, :]`.",
        ),
        edits=(("mask.T[:, np.newaxis, :]", "mask.T[:, :, np.newaxis]"),),
    ),
    Mistake(
        name="padded_queries_too",
        summary="the queries at padding are closed as well, where only the keys should be",
        tag="mask",
        hints=Hints(
            where="How many keys may a query at a padded step see in your result?",
            idea=f"What a padded query reads is thrown away later; the mask is about what is read ({THE_MASK}).",
            fix="Leave out the part that depends on the query's own mask.",
        ),
        edits=(("mask.T[:, np.newaxis, :] &", "mask.T[:, np.newaxis, :] & mask.T[:, :, np.newaxis] &"),),
    ),
    Mistake(
        name="or_for_and",
        summary="one of the two conditions is enough, where both must hold",
        tag="logic",
        hints=Hints(
            where="May a query of yours look at a padded key that lies behind it?",
            idea=f"A key must be real *and* not in the future ({THE_MASK}).",
            fix="Join the two by `&`, and not by `|`.",
        ),
        edits=((" & behind", " | behind"),),
    ),
    Mistake(
        name="batch_last",
        summary="the batch is the last axis, (T, T, B), where it should be the first",
        tag="axes",
        hints=Hints(
            where="Is the shape of your result (B, T, T)?",
            idea=f"The weights are one table for each sequence, and so is their mask ({THE_MASK}).",
            fix="Start from `mask.T`, and add the axis of the queries in the middle.",
        ),
        edits=(
            ("mask.T[:, np.newaxis, :] & behind", "np.moveaxis(mask.T[:, np.newaxis, :] & behind, 0, 2)"),
        ),
    ),
    Mistake(
        name="numbers",
        summary="zeros and ones are returned, and not booleans",
        tag="wrong result",
        hints=Hints(
            where="What does `result.dtype` print?",
            idea=f"The mask chooses, as in `np.where(allowed, scores, -np.inf)`, and is not a factor ({THE_MASK}).",
            fix="Combine booleans with `&`, and not with `*`.",
        ),
        edits=(("mask.T[:, np.newaxis, :] & behind", "(mask.T[:, np.newaxis, :] & behind) * 1.0"),),
    ),
)


def arguments(scene: Scene):
    """A mask with holes; the future is closed at the edge and in two more scenes."""
    return scene.mask(), scene.edge or scene.trait in ("single", "small")


WITHOUT = {
    "square": "there are no weights",
    "large": "there are no numbers, only booleans",
    "float32": "there are no numbers, only booleans",
}

ATTENTION_MASK = Exercise(
    name="sequences.attention_mask",
    reference=attention_mask,
    probes=probes_from("TB", arguments, without=WITHOUT),
    results=(Result("allowed", ("B", "T", "T")),),
    points=3,
    chapter="attention",
    mistakes=MISTAKES,
    equivalents={
        "return mask.T[:, np.newaxis, :] & behind → "
        "return abs(mask.T[:, np.newaxis, :] & behind) (line 5)": NEVER_NEGATIVE
    },
    without=WITHOUT,
)
