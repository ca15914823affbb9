"""chunk_attention: several new tokens and a cache at once, to be found from a version whose mask has a bug.

The notebook shows what one of the mistakes makes: a mask for the new tokens alone, laid on the top left of
the larger table. Its diagonal belongs at the bottom right.
"""

from __future__ import annotations

import numpy as np

from rnnlab.exercises.architectures.attention_mistakes import (
    NO_SCALE,
    SCALE_OF_THE_INPUT,
    SCALE_WITHOUT_ROOT,
    keys_for_values,
    not_normalized,
    overflow,
)
from rnnlab.exercises.architectures.shared import ATTENTION, ONE_BY_ONE, probes_with
from rnnlab.exercises.draw import Scene
from rnnlab.exercises.equivalents import SAME_LENGTH
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result


def chunk_attention(x, keys, values, W_q, W_k, W_v):
    q = x @ W_q.T
    k = np.concatenate([keys, x @ W_k.T])
    v = np.concatenate([values, x @ W_v.T])
    scores = np.einsum("ibh,jbh->bij", q, k) / np.sqrt(len(W_q))
    allowed = np.tril(np.ones((len(q), len(k)), bool), len(keys))
    scores = np.where(allowed, scores, -np.inf)
    weights = np.exp(scores - scores.max(axis=2, keepdims=True))
    weights = weights / weights.sum(axis=2, keepdims=True)
    return np.einsum("bij,jbh->ibh", weights, v)


MISTAKES = (
    Mistake(
        name="mask_at_the_top_left",
        summary="the mask forgets the cache: new token i sees the first i + 1 keys, which are old ones",
        tag="mask",
        hints=Hints(
            where="With 5 cached tokens: at which place among the keys does the first new token stand?",
            idea=f"The new token i is step P + i of the whole sequence, and sees all keys up to there ({ONE_BY_ONE}).",
            fix="Move the diagonal of `np.tril` to the right by the length of the cache.",
        ),
        edits=((", bool), len(keys))", ", bool))"),),
    ),
    Mistake(
        name="cannot_see_itself",
        summary="a new token sees the cache and the new ones before it, but not itself",
        tag="off by one",
        hints=Hints(
            where="Which is the last key that the first new token sees in your code?",
            idea=f"Step i sees the steps j ≤ i, and i is one of them ({ATTENTION}).",
            fix="The diagonal of `np.tril` lies at P, and not at P − 1.",
        ),
        edits=((", bool), len(keys))", ", bool), len(keys) - 1)"),),
    ),
    Mistake(
        name="sees_the_next_token",
        summary="each new token sees the one after it, too",
        tag="off by one",
        hints=Hints(
            where="If you change the last new token alone, does another output change?",
            idea=f"Step i sees the steps j ≤ i ({ATTENTION}).",
            fix="The diagonal of `np.tril` lies at P, and not at P + 1.",
        ),
        edits=((", bool), len(keys))", ", bool), len(keys) + 1)"),),
    ),
    Mistake(
        name="no_mask",
        summary="the new tokens see each other without a mask, the later ones too",
        tag="mask",
        hints=Hints(
            where="If you change the last new token alone, does another output change?",
            idea=f"Inside the new ones the condition j ≤ i holds as everywhere ({ATTENTION}).",
            fix="Set the scores of later keys to −∞.",
        ),
        edits=(("np.where(allowed, scores, -np.inf)", "scores + 0"),),
    ),
    Mistake(
        name="cache_alone",
        summary="the new tokens see the cache alone, and not each other",
        tag="mask",
        hints=Hints(
            where="If you change the first new token, do the outputs after it change?",
            idea=f"A new token sees all that came before it, the other new ones too ({ONE_BY_ONE}).",
            fix="Append the new keys and values, and mask only what lies in the future.",
        ),
        edits=(("np.where(allowed,", "np.where(np.arange(len(k)) < len(keys),"),),
    ),
    Mistake(
        name="cache_not_seen",
        summary="the new tokens see each other, but not the cache",
        tag="cache",
        hints=Hints(
            where="If you change the cached values, does your result change?",
            idea=f"The cache holds the steps before the new ones ({ONE_BY_ONE}).",
            fix="Allow every new token all cached keys.",
        ),
        edits=(("np.where(allowed,", "np.where(allowed & (np.arange(len(k)) >= len(keys)),"),),
    ),
    Mistake(
        name="new_ones_in_front",
        summary="the new keys and values stand in front of the cached ones",
        tag="order",
        hints=Hints(
            where="Which step is the first row of your joined keys?",
            idea=f"The cache is the past: it comes first ({ONE_BY_ONE}).",
            fix="Join as `np.concatenate([keys, x @ W_k.T])`.",
        ),
        edits=(("[keys, x @ W_k.T]", "[x @ W_k.T, keys]"), ("[values, x @ W_v.T]", "[x @ W_v.T, values]")),
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
        name="mask_inverted",
        summary="the mask is the wrong way round: what is allowed is forbidden",
        tag="inverted",
        hints=Hints(
            where="What does True mean in your mask: may look, or may not?",
            idea=f"In this course True is allowed ({ATTENTION}).",
            fix="Exchange the two choices of `np.where`, or leave out the `~`.",
        ),
        edits=(("np.where(allowed,", "np.where(~allowed,"),),
    ),
    NO_SCALE,
    SCALE_WITHOUT_ROOT,
    SCALE_OF_THE_INPUT,
    overflow(" - scores.max(axis=2, keepdims=True)"),
    not_normalized("    weights = weights / weights.sum(axis=2, keepdims=True)\n"),
    keys_for_values("weights, v)", "weights, k)"),
)


def arguments(scene: Scene):
    T, B, D, H, P = scene.T, scene.B, scene.D, scene.H, scene.K
    values = scene.given(scene.rng.normal(size=(P, B, H)))
    weights = scene.weight(H, D), scene.weight(H, D), scene.weight(H, D)
    return scene.values(T, B, D), scene.values(P, B, H), values, *weights


CHUNK_ATTENTION = Exercise(
    name="architectures.chunk_attention",
    reference=chunk_attention,
    probes=probes_with(
        {
            "T": lambda scene: scene.T,
            "P": lambda scene: scene.K,
            "B": lambda scene: scene.B,
            "D": lambda scene: scene.D,
            "H": lambda scene: scene.H,
        },
        arguments,
    ),
    results=(Result("y", ("T", "B", "H")),),
    points=3,
    chapter="transformer",
    mistakes=MISTAKES,
    equivalents={
        "W_q → W_k (line 5)": SAME_LENGTH,
        "keys → values (line 6)": SAME_LENGTH,
        "q → x (line 6)": SAME_LENGTH,
        "W_q → W_v (line 5)": SAME_LENGTH,
    },
)
