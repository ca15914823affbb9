"""kv_cache_step: one new token looks at itself and at the cached keys and values of all tokens before it."""

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
from rnnlab.exercises.architectures.shared import ATTENTION, ONE_BY_ONE
from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.equivalents import SAME_LENGTH
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result


def kv_cache_step(x_t, keys, values, W_q, W_k, W_v):
    q, k, v = x_t @ W_q.T, x_t @ W_k.T, x_t @ W_v.T
    keys = np.concatenate([keys, k[np.newaxis]])
    values = np.concatenate([values, v[np.newaxis]])
    scores = np.einsum("bh,jbh->jb", q, keys) / np.sqrt(len(W_q))
    weights = np.exp(scores - scores.max(axis=0))
    weights = weights / weights.sum(axis=0)
    return np.einsum("jb,jbk->bk", weights, values), keys, values


MISTAKES = (
    Mistake(
        name="cannot_see_itself",
        summary="the new token looks at the cached ones alone, and not at itself",
        tag="off by one",
        hints=Hints(
            where="When do you append the new key: before or after the scores are computed?",
            idea=f"Step i sees the steps j ≤ i, and i is one of them ({ATTENTION}).",
            fix="Append the new key and value first, and attend to the grown caches then.",
        ),
        edits=(
            ("q, keys) / np.sqrt(len(W_q))", "q, keys[:-1]) / np.sqrt(len(W_q))"),
            ("weights, values)", "weights, values[:-1])"),
        ),
    ),
    Mistake(
        name="sees_itself_alone",
        summary="the new token looks at itself alone: the output is its own value",
        tag="cache",
        hints=Hints(
            where="If you change the cached values, does the output change?",
            idea=f"The cache holds the steps before, and the new token asks them all ({ONE_BY_ONE}).",
            fix="Compute the scores with all keys, the cached ones and the new one.",
        ),
        edits=(('np.einsum("jb,jbk->bk", weights, values), keys', "v, keys"),),
    ),
    Mistake(
        name="cache_not_grown",
        summary="the caches come back as they were, without the new key and value",
        tag="cache",
        hints=Hints(
            where="How many keys do you return for T cached ones?",
            idea=f"The next token must find this one in the cache ({ONE_BY_ONE}).",
            fix="Return the caches with the new key and value at their end.",
        ),
        edits=(("weights, values), keys, values", "weights, values), keys[:-1].copy(), values[:-1].copy()"),),
    ),
    Mistake(
        name="oldest_dropped",
        summary="the oldest key and value are dropped from the caches that come back",
        tag="cache",
        hints=Hints(
            where="How many keys do you return for T cached ones, and which is the first?",
            idea=f"The cache grows with every token; only a window would drop the oldest ({ONE_BY_ONE}).",
            fix="Return all T + 1 keys and values.",
        ),
        edits=(("weights, values), keys, values", "weights, values), keys[1:], values[1:]"),),
    ),
    Mistake(
        name="new_one_in_front",
        summary="the new key and value stand in front of the old ones",
        tag="order",
        hints=Hints(
            where="Which step is `keys[0]` of the cache that you return?",
            idea=f"The caches are in the order of time, and the new token is the last ({ONE_BY_ONE}).",
            fix="Append at the end: first the cache, then the new one.",
        ),
        edits=(
            ("[keys, k[np.newaxis]]", "[k[np.newaxis], keys]"),
            ("[values, v[np.newaxis]]", "[v[np.newaxis], values]"),
        ),
    ),
    Mistake(
        name="query_cached",
        summary="the query is stored in the cache of the keys",
        tag="wrong operand",
        hints=Hints(
            where="Which of q, k and v do later tokens compare their queries with?",
            idea=f"Keys and values are asked again by every later token; a query is used once ({ONE_BY_ONE}).",
            fix="Append `k` to the keys.",
        ),
        edits=(("k[np.newaxis]", "q[np.newaxis]"),),
    ),
    Mistake(
        name="input_cached",
        summary="the new key is the input itself, without W_k",
        tag="dropped term",
        hints=Hints(
            where="If you change W_k, does your result change?",
            idea=f"The cached keys are projected already; the new one must be, too ({ONE_BY_ONE}).",
            fix="Append `x_t @ W_k.T`.",
        ),
        edits=(("k[np.newaxis]", "x_t[np.newaxis]"),),
    ),
    Mistake(
        name="last_one_overwritten",
        summary="the new key and value take the place of the last cached ones",
        tag="cache",
        hints=Hints(
            where="Does the cache grow in your code, and is the last cached token still in it?",
            idea=f"The cache grows by one entry for each token ({ONE_BY_ONE}).",
            fix="Append with `np.concatenate`; assign to no entry of the cache.",
        ),
        edits=(
            ("[keys, k[np.newaxis]]", "[keys[:-1], k[np.newaxis]]"),
            ("[values, v[np.newaxis]]", "[values[:-1], v[np.newaxis]]"),
        ),
    ),
    Mistake(
        name="softmax_over_everything",
        summary="one softmax runs over all scores together, so that only all weights together add up to 1",
        tag="axes",
        hints=Hints(
            where="To what do the weights of a single query add up?",
            idea=f"Each query distributes its attention over its own keys: a softmax for each query ({ATTENTION}).",
            fix="Give the axis of the keys to `.max` and `.sum`.",
        ),
        edits=(
            ("scores.max(axis=0)", "scores.max()"),
            ("weights.sum(axis=0)", "weights.sum()"),
        ),
    ),
    Mistake(
        name="softmax_over_batch",
        summary="the softmax runs over the sequences of the batch and not over the keys",
        tag="axes",
        hints=Hints(
            where="Along which axis do your weights add up to 1?",
            idea=f"Each query distributes its attention over the keys j of its own sequence ({ATTENTION}).",
            fix="Take maximum and sum over the axis of the keys.",
        ),
        edits=(
            ("scores.max(axis=0)", "scores.max(axis=1, keepdims=True)"),
            ("weights.sum(axis=0)", "weights.sum(axis=1, keepdims=True)"),
        ),
    ),
    NO_SCALE,
    SCALE_WITHOUT_ROOT,
    SCALE_OF_THE_INPUT,
    overflow(" - scores.max(axis=0)"),
    not_normalized("    weights = weights / weights.sum(axis=0)\n"),
    keys_for_values("weights, values)", "weights, keys)"),
    transposed_weights("x_t @ W_q.T, x_t @ W_k.T, x_t @ W_v.T", "x_t @ W_q, x_t @ W_k, x_t @ W_v"),
)


def arguments(scene: Scene):
    T, B, D, H, K = scene.T, scene.B, scene.D, scene.H, scene.K
    keys, values = scene.values(T, B, H), scene.given(scene.rng.normal(size=(T, B, K)))
    weights = scene.weight(H, D), scene.weight(H, D), scene.weight(K, D)
    return scene.values(B, D), keys, values, *weights


KV_CACHE_STEP = Exercise(
    name="architectures.kv_cache_step",
    reference=kv_cache_step,
    probes=probes_from("TBDHK", arguments),
    results=(
        Result("y_t", ("B", "K")),
        Result("keys", ("T + 1", "B", "H")),
        Result("values", ("T + 1", "B", "K")),
    ),
    points=4,
    chapter="transformer",
    mistakes=MISTAKES,
    equivalents={
        "W_q → W_k (line 5)": SAME_LENGTH,
    },
)
