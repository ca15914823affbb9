"""causal_self_attention: each step reads a weighted mean of the values of the steps up to itself."""

from __future__ import annotations

import numpy as np

from rnnlab.exercises.architectures.attention_mistakes import (
    NO_SCALE,
    SCALE_OF_THE_INPUT,
    SCALE_WITHOUT_ROOT,
    keys_for_values,
    not_normalized,
    overflow,
    transposed_weights,
)
from rnnlab.exercises.architectures.shared import ATTENTION, SOFTMAX
from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.equivalents import SAME_LENGTH
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result


def causal_self_attention(x, W_q, W_k, W_v):
    q, k, v = x @ W_q.T, x @ W_k.T, x @ W_v.T
    scores = np.einsum("ibh,jbh->bij", q, k) / np.sqrt(len(W_q))
    allowed = np.tril(np.ones((len(x), len(x)), bool))
    scores = np.where(allowed, scores, -np.inf)
    weights = np.exp(scores - scores.max(axis=2, keepdims=True))
    weights = weights / weights.sum(axis=2, keepdims=True)
    return np.einsum("bij,jbk->ibk", weights, v)


MISTAKES = (
    Mistake(
        name="no_mask",
        summary="every step sees the whole sequence, the future too",
        tag="mask",
        hints=Hints(
            where="If you change the last input alone, does the first output change?",
            idea=f"The condition j ≤ i is the causal mask ({ATTENTION}).",
            fix="Set the scores with j > i to −∞ before the softmax.",
        ),
        edits=(("np.where(allowed, scores, -np.inf)", "scores + 0"),),
    ),
    Mistake(
        name="sees_the_next_step",
        summary="each step sees the one after it, too: the mask is one step too wide",
        tag="off by one",
        hints=Hints(
            where="How many steps may the first one see, and how many does your mask allow it?",
            idea=f"Step i sees the steps j ≤ i: in the first row of the mask one entry is True ({ATTENTION}).",
            fix="Use `np.tril(...)` with its diagonal at 0.",
        ),
        edits=(("(len(x), len(x)), bool))", "(len(x), len(x)), bool), 1)"),),
    ),
    Mistake(
        name="cannot_see_itself",
        summary="no step sees itself, and the first one has nothing to look at, which gives NaN",
        tag="off by one",
        hints=Hints(
            where="How many entries of the mask's first row are True?",
            idea=f"Step i sees the steps j ≤ i, and i is one of them ({ATTENTION}).",
            fix="Forbid j > i alone: the diagonal is allowed.",
        ),
        edits=(("(len(x), len(x)), bool))", "(len(x), len(x)), bool), -1)"),),
    ),
    Mistake(
        name="future_only",
        summary="the mask is the wrong way round: each step sees itself and the future",
        tag="inverted",
        hints=Hints(
            where="If you change the first input alone, which outputs change?",
            idea=f"Step i sees the steps j ≤ i: rows are queries, and the lower triangle is allowed ({ATTENTION}).",
            fix="Use `np.tril` for what is allowed, or `np.triu(..., 1)` for what is forbidden.",
        ),
        edits=(("np.tril", "np.triu"),),
    ),
    Mistake(
        name="mask_of_zeros",
        summary="forbidden scores are set to 0, which is a score like any other",
        tag="mask",
        hints=Hints(
            where="What is the exponential of a forbidden score in your code, and what should it be?",
            idea=f"exp(0) is 1; only a score of −∞ has the weight 0 ({ATTENTION}).",
            fix="Put −∞ (`-np.inf`) where looking is forbidden.",
        ),
        edits=(("scores, -np.inf", "scores, 0.0"),),
    ),
    Mistake(
        name="mask_after_softmax",
        summary="the mask is applied after the softmax, so that the weights no longer add up to 1",
        tag="mask",
        hints=Hints(
            where="Do the weights of the first step add up to 1?",
            idea=f"The sum below the fraction runs over the allowed steps alone ({ATTENTION}).",
            fix="Set the forbidden scores to −∞ before the softmax.",
        ),
        edits=(
            ("np.where(allowed, scores, -np.inf)", "scores + 0"),
            ("weights.sum(axis=2, keepdims=True)", "weights.sum(axis=2, keepdims=True) * allowed"),
        ),
    ),
    Mistake(
        name="mask_inverted",
        summary="what is allowed is forbidden: each step sees the future alone, and the last one nothing (NaN)",
        tag="inverted",
        hints=Hints(
            where="Does True in your mask mean that a step may look, or that it may not?",
            idea=f"In this course True is allowed; some libraries have it the other way round ({ATTENTION}).",
            fix="Exchange the two choices of `np.where`, or leave out the `~`.",
        ),
        edits=(("np.where(allowed,", "np.where(~allowed,"),),
    ),
    Mistake(
        name="mask_after_exponential",
        summary="the mask comes after the exponential: where a future score is much larger, 0/0 is left",
        tag="stability",
        hints=Hints(
            where="Over which scores do you take the largest one: over the allowed ones, or over all?",
            idea=f"The largest allowed score must become 0, so that the sum is never 0 ({SOFTMAX}).",
            fix="Set the forbidden scores to −∞ first; take the largest score of each query after that.",
        ),
        edits=(
            ("np.where(allowed, scores, -np.inf)", "scores + 0"),
            (
                "np.exp(scores - scores.max(axis=2, keepdims=True))",
                "np.exp(scores - scores.max(axis=2, keepdims=True)) * allowed",
            ),
        ),
    ),
    Mistake(
        name="softmax_over_everything",
        summary="one softmax runs over all scores together, so that only all weights together add up to 1",
        tag="axes",
        hints=Hints(
            where="To what do the weights of a single query add up?",
            idea=f"Each query distributes its attention over its own keys: a softmax for each query ({ATTENTION}).",
            fix="Give the axis of the keys to `.max` and `.sum`, with `keepdims=True`.",
        ),
        edits=(
            ("scores.max(axis=2, keepdims=True)", "scores.max()"),
            ("weights.sum(axis=2, keepdims=True)", "weights.sum()"),
        ),
    ),
    Mistake(
        name="softmax_over_queries",
        summary="the softmax runs over the queries, so that the weights of a key add up to 1",
        tag="axes",
        hints=Hints(
            where="Along which axis do your weights add up to 1: that of the queries, or that of the keys?",
            idea=f"Each query distributes its attention over the keys j ({ATTENTION}).",
            fix="Take maximum and sum over the axis of the keys, the last one of the scores.",
        ),
        edits=(("scores.max(axis=2", "scores.max(axis=1"), ("weights.sum(axis=2", "weights.sum(axis=1")),
    ),
    NO_SCALE,
    SCALE_WITHOUT_ROOT,
    SCALE_OF_THE_INPUT,
    overflow(" - scores.max(axis=2, keepdims=True)"),
    not_normalized("    weights = weights / weights.sum(axis=2, keepdims=True)\n"),
    Mistake(
        name="not_weighted",
        summary="the values are averaged with equal weights, whatever the scores are",
        tag="dropped term",
        hints=Hints(
            where="If you change W_q, does your result change?",
            idea=f"What fits the query better weighs more: α is the softmax of the scores ({ATTENTION}).",
            fix="Multiply each value by its softmax weight.",
        ),
        edits=(("np.where(allowed, scores,", "np.where(allowed, 0 * scores,"),),
    ),
    Mistake(
        name="roles_exchanged",
        summary="queries and keys are exchanged: step i is asked by the steps before it",
        tag="transposed",
        hints=Hints(
            where="Which step does a row of your scores belong to: the one that asks, or the one that is asked?",
            idea=f"s_ij is the product of the query of i with the key of j ({ATTENTION}).",
            fix="Let the rows be queries: `q` first, then `k`.",
        ),
        edits=(('"ibh,jbh->bij", q, k', '"ibh,jbh->bij", k, q'),),
    ),
    keys_for_values("weights, v)", "weights, k)"),
    transposed_weights("x @ W_q.T, x @ W_k.T, x @ W_v.T", "x @ W_q, x @ W_k, x @ W_v"),
    Mistake(
        name="batch_first",
        summary="batch and time are exchanged in the result",
        tag="axes",
        hints=Hints(
            where="Compare the first two numbers of the shapes of `x` and of your result. Are they in the same order?",
            idea=f"Sequences are time-first, and so are the outputs: (T, B, K) ({ATTENTION}).",
            fix="Bring the axis of the queries to the front before you return.",
        ),
        edits=(("bij,jbk->ibk", "bij,jbk->bik"),),
    ),
)


def arguments(scene: Scene):
    D, H, K = scene.D, scene.H, scene.K
    x = scene.values(scene.T, scene.B, D)
    return x, scene.weight(H, D), scene.weight(H, D), scene.weight(K, D)


CAUSAL_SELF_ATTENTION = Exercise(
    name="architectures.causal_self_attention",
    reference=causal_self_attention,
    probes=probes_from("TBDHK", arguments),
    results=(Result("y", ("T", "B", "K")),),
    points=5,
    chapter="transformer",
    mistakes=MISTAKES,
    equivalents={
        "W_q → W_k (line 3)": SAME_LENGTH,
    },
)
