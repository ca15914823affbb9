"""attention: each query reads an average of the values, weighted by how well their keys fit it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.equivalents import SYMMETRIC
from rnnlab.exercises.sequences.shared import handed_over
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result

LOOK_UP = "chapter attention, “A soft look-up”"
THE_ROOT = "chapter attention, “Why divide by the root?”"
THE_MASK = "chapter attention, “The mask”"


def attention(queries, keys, values, allowed):
    scores = queries.swapaxes(0, 1) @ keys.transpose(1, 2, 0) / np.sqrt(keys.shape[2])
    reachable = np.where(allowed, scores, -np.inf)
    highest = reachable.max(axis=2, keepdims=True)
    e = np.exp(reachable - np.where(np.isfinite(highest), highest, 0))
    total = e.sum(axis=2, keepdims=True)
    weights = e / np.maximum(total, 1)  # the highest score adds 1, so only an empty sum is below it
    context = weights @ values.swapaxes(0, 1)
    return context.swapaxes(0, 1), weights


SAME_SWAP = "two axes change places, in whichever order they are named"
ANY_FINITE = "e^(−∞) is 0, whichever finite number is taken from −∞ first"

MISTAKES = (
    Mistake(
        name="mask_after_softmax",
        summary="the mask is applied after the softmax, so that the weights of the real keys no longer add up to one",
        tag="mask",
        hints=Hints(
            where="What is the sum of the weights of one query?",
            idea=f"The scores of closed keys become −∞ *before* the softmax ({THE_MASK}).",
            fix="Write `np.where(allowed, scores, -np.inf)` first, and take the softmax of that.",
        ),
        edits=(
            ("np.where(allowed, scores, -np.inf)", "scores"),
            ("e / np.maximum(total, 1)", "np.where(allowed, e / total, 0)"),
        ),
    ),
    Mistake(
        name="mask_as_zero",
        summary="the scores of closed keys are set to 0 and not to −∞, so that these keys still get weight",
        tag="mask",
        hints=Hints(
            where="What is e⁰?",
            idea=f"A score of zero is a score like any other; only e^(−∞) is 0 ({THE_MASK}).",
            fix="Write `np.where(allowed, scores, -np.inf)`, and not `scores * allowed`.",
        ),
        edits=(("scores, -np.inf)", "scores, 0)"),),
    ),
    Mistake(
        name="mask_ignored",
        summary="the mask has no effect",
        tag="mask",
        hints=Hints(
            where="If you change `allowed`, does your result change?",
            idea=f"A query must not look at what is closed to it ({THE_MASK}).",
            fix="Before the softmax write `np.where(allowed, scores, -np.inf)`.",
        ),
        edits=(("np.where(allowed, scores, -np.inf)", "scores"),),
    ),
    Mistake(
        name="mask_inverted",
        summary="the mask is read the wrong way round: each query looks only where it may not",
        tag="inverted",
        hints=Hints(
            where="Does True in `allowed` mean that a query may look there, or that it may not?",
            idea=f"True is where a query may look ({THE_MASK}).",
            fix="Exchange the last two arguments of `np.where`, or leave out the `~`.",
        ),
        edits=(("np.where(allowed, scores", "np.where(~allowed, scores"),),
    ),
    Mistake(
        name="closed_rows_even",
        summary="a query that may look nowhere gets equal weights for all keys, where it should get zeros",
        tag="mask",
        hints=Hints(
            where="What are your weights in a row of `allowed` that is all False?",
            idea=f"Where all scores are the same large negative number, the softmax is even ({THE_MASK}).",
            fix="Set the weights to zero where `allowed` is False, once more after the softmax.",
        ),
        edits=(("np.where(allowed, scores, -np.inf)", "np.where(allowed, scores, -1e30)"),),
    ),
    Mistake(
        name="closed_rows_nan",
        summary="a query that may look nowhere gives NaN, because its softmax divides zero by zero",
        tag="stability",
        hints=Hints(
            where="What are your weights in a row of `allowed` that is all False?",
            idea=f"Such a row has no weights to share out; a query without a key reads nothing ({THE_MASK}).",
            fix="Divide by 1 where the sum is 0, and subtract no −∞.",
        ),
        edits=(("np.maximum(total, 1)", "total"),),
    ),
    Mistake(
        name="no_scale",
        summary="the scores are not divided by √D",
        tag="dropped term",
        hints=Hints(
            where="If vectors were twice as long, how much larger would your scores be?",
            idea=f"A product of two vectors of D numbers has a spread of about √D ({THE_ROOT}).",
            fix="Divide the scores by `np.sqrt(keys.shape[2])`.",
        ),
        edits=((" / np.sqrt(keys.shape[2])", ""),),
    ),
    Mistake(
        name="divided_by_d",
        summary="the scores are divided by D and not by its root",
        tag="factor",
        hints=Hints(
            where="By which number do you divide for D = 4?",
            idea=f"The spread of the scores grows with √D ({THE_ROOT}).",
            fix="Divide by `np.sqrt(keys.shape[2])`.",
        ),
        edits=(("np.sqrt(keys.shape[2])", "keys.shape[2]"),),
    ),
    Mistake(
        name="multiplied_by_the_root",
        summary="the scores are multiplied by √D, where they should be divided",
        tag="factor",
        hints=Hints(
            where="Are your scores larger or smaller than the plain products?",
            idea=f"The root makes the scores smaller, so that no key takes all the weight ({THE_ROOT}).",
            fix="Write `/ np.sqrt(keys.shape[2])`.",
        ),
        edits=(("/ np.sqrt(keys", "* np.sqrt(keys"),),
    ),
    Mistake(
        name="root_of_the_length",
        summary="the scores are divided by the root of the number of keys and not by √D",
        tag="factor",
        hints=Hints(
            where="Which axis of `keys` has the size that you take the root of?",
            idea=f"What makes the scores large is how many numbers a vector has ({THE_ROOT}).",
            fix="Divide by `np.sqrt(keys.shape[2])`.",
        ),
        edits=(("np.sqrt(keys.shape[2])", "np.sqrt(keys.shape[0])"),),
    ),
    Mistake(
        name="softmax_over_queries",
        summary="the softmax runs over the queries and not over the keys",
        tag="axes",
        hints=Hints(
            where="Over which axis do your weights add up to one?",
            idea=f"Each query shares one unit of weight among the keys ({LOOK_UP}).",
            fix="Take the softmax along the last axis, that of the keys.",
        ),
        edits=(
            ("reachable.max(axis=2,", "reachable.max(axis=1,"),
            ("e.sum(axis=2,", "e.sum(axis=1,"),
        ),
    ),
    Mistake(
        name="no_softmax",
        summary="the scores themselves are the weights; the softmax is missing",
        tag="dropped term",
        hints=Hints(
            where="Are your weights positive, and do they add up to one?",
            idea=f"The softmax turns scores into weights ({LOOK_UP}).",
            fix="Take the softmax of the scores along the last axis.",
        ),
        edits=(("weights = e / np.maximum(total, 1)", "weights = np.where(allowed, scores, 0)"),),
    ),
    Mistake(
        name="not_normalized",
        summary="the exponentials are not divided by their sum",
        tag="dropped term",
        hints=Hints(
            where="What is the sum of the weights of one query?",
            idea=f"The weights of a query add up to one ({LOOK_UP}).",
            fix="Divide by the sum along the last axis, `keepdims=True`.",
        ),
        edits=(("e / np.maximum(total, 1)", "e"),),
    ),
    Mistake(
        name="overflow",
        summary="the exponentials overflow for large scores, and give NaN",
        tag="stability",
        hints=Hints(
            where="What is `np.exp(1000)`, and what is it divided by itself?",
            idea="Take away the largest score of each query first: the weights stay the same (chapter losses).",
            fix="Subtract `scores.max(axis=2, keepdims=True)` before `np.exp`.",
        ),
        edits=(("np.where(np.isfinite(highest), highest, 0)", "0"),),
    ),
    Mistake(
        name="keys_for_values",
        summary="the keys are averaged, where the values should be",
        tag="mixed up",
        hints=Hints(
            where="If you change `values`, does your result change?",
            idea=f"The keys say where to look, the values what is found there ({LOOK_UP}).",
            fix="Multiply the weights by `values`.",
        ),
        edits=(("weights @ values", "weights @ keys"),),
    ),
    Mistake(
        name="batch_first",
        summary="the context is returned with the batch first, (B, T_q, H)",
        tag="axes",
        hints=Hints(
            where="Compare the shapes of `queries` and of your context. Which axis is the batch in each?",
            idea=f"Everything is time-first here, the context like the queries ({LOOK_UP}).",
            fix="Exchange the first two axes of the context before you return it.",
        ),
        edits=(("return context.swapaxes(0, 1)", "return context"),),
    ),
)


def arguments(scene: Scene):
    """Each query may look at some keys but not at all; the first one of the first sequence may look nowhere."""
    T_q, T, B, D, H = scene.K, scene.T, scene.B, scene.D, scene.H
    allowed = scene.rng.random((B, T_q, T)) < 0.6
    if T > 1:
        allowed[:, :, 0], allowed[:, :, 1], allowed[:, :, 2] = False, True, True
        allowed[0, 0] = scene.trait == "large"
    given = scene.values(T_q, B, D), scene.values(T, B, D), scene.values(T, B, H)
    return *given, handed_over(scene, allowed)


def with_queries_named(probes):
    """The probes with T_q in the label, the number of queries, which the scene calls K."""

    def drawn(rng):
        return tuple(
            replace(
                probe,
                label=probe.label.replace("K=", "T_q="),
                sizes={"T_q" if letter == "K" else letter: size for letter, size in probe.sizes.items()},
            )
            for probe in probes(rng)
        )

    return drawn


ATTENTION = Exercise(
    name="sequences.attention",
    reference=attention,
    probes=with_queries_named(probes_from("KTBDH", arguments)),
    results=(Result("context", ("T_q", "B", "H")), Result("weights", ("B", "T_q", "T"))),
    points=6,
    chapter="attention",
    mistakes=MISTAKES,
    equivalents={
        "queries.swapaxes(0, 1) → queries.swapaxes(1, 0) (line 2)": SAME_SWAP,
        "values.swapaxes(0, 1) → values.swapaxes(1, 0) (line 8)": SAME_SWAP,
        "context.swapaxes(0, 1) → context.swapaxes(1, 0) (line 9)": SAME_SWAP,
        "keys → queries (line 2)": "both have D numbers, and only D is asked for",
        "0 → 1 (line 5)": ANY_FINITE,
        "0 → -1 (line 5)": ANY_FINITE,
        "np.maximum(total, 1) → np.maximum(1, total) (line 7)": SYMMETRIC,
    },
)
