"""perplexity: among how many equally likely classes one would be equally lost."""

from __future__ import annotations

import numpy as np

from rnnlab.exercises.activations_losses.shared import BITS, WITHOUT_LARGE_SURPRISES, surprises
from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.equivalents import NEVER_NEGATIVE
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result


def perplexity(surprise):
    nats = surprise.mean()
    return np.exp(nats)


MISTAKES = (
    Mistake(
        name="mean_of_exponentials",
        summary="the exponential is taken of each surprise, and the mean after it",
        tag="order of operations",
        hints=Hints(
            where="Which comes first in your code, the mean or the exponential?",
            idea=f"The perplexity is e to the power of the mean loss; a mean of powers is larger ({BITS}).",
            fix="Write `np.exp(surprise.mean())`.",
        ),
        edits=(("surprise.mean()", "np.log(np.exp(surprise).mean())"),),
    ),
    Mistake(
        name="power_of_two",
        summary="2 is raised to the mean in nats: the bases do not match",
        tag="logarithm",
        hints=Hints(
            where="What does your function give for a surprise of log 27 everywhere? It should be 27.",
            idea=f"Nats go with e, bits go with 2 ({BITS}).",
            fix="Use `np.exp`.",
        ),
        edits=(("np.exp(nats)", "2**nats"),),
    ),
    Mistake(
        name="bits",
        summary="the mean is converted to bits, and no exponential is taken",
        tag="wrong result",
        hints=Hints(
            where="What does your function give for a surprise of log 27 everywhere? It should be 27.",
            idea=f"A number of classes is asked for, e to the power of L ({BITS}).",
            fix="Return `np.exp(…)` of the mean.",
        ),
        edits=(("np.exp(nats)", "nats / np.log(2)"),),
    ),
    Mistake(
        name="exponential_of_bits",
        summary="e is raised to the mean in bits: the bases do not match",
        tag="logarithm",
        hints=Hints(
            where="What does your function give for a surprise of log 27 everywhere? It should be 27.",
            idea=f"Nats go with e, bits go with 2 ({BITS}).",
            fix="Leave out the division by log 2.",
        ),
        edits=(("np.exp(nats)", "np.exp(nats / np.log(2))"),),
    ),
    Mistake(
        name="no_exponential",
        summary="the mean surprise itself is returned",
        tag="dropped term",
        hints=Hints(
            where="Can a perplexity be below 1?",
            idea=f"The perplexity is e to the power of the mean loss ({BITS}).",
            fix="Return `np.exp(…)` of the mean.",
        ),
        edits=(("np.exp(nats)", "nats"),),
    ),
    Mistake(
        name="inverse",
        summary="the sign in the exponent is wrong: that is a probability, and its inverse is asked for",
        tag="sign",
        hints=Hints(
            where="Can a perplexity be below 1?",
            idea=f"More surprise means more classes to choose from ({BITS}).",
            fix="Leave out the minus in the exponent.",
        ),
        edits=(("np.exp(nats)", "np.exp(-nats)"),),
    ),
    Mistake(
        name="sum_for_mean",
        summary="the surprises are summed and not averaged, so that longer texts explode",
        tag="sum for mean",
        hints=Hints(
            where="Does your result grow with the length of the text?",
            idea=f"The perplexity belongs to one token: take the mean loss ({BITS}).",
            fix="Use `.mean()` in place of `.sum()`.",
        ),
        edits=(("surprise.mean()", "surprise.sum()"),),
    ),
    Mistake(
        name="for_each_sequence",
        summary="the sum is divided by the number of sequences and not of tokens",
        tag="factor",
        hints=Hints(
            where="By how many numbers do you divide: by B, or by T times B?",
            idea=f"The perplexity belongs to one token: take the mean over all tokens ({BITS}).",
            fix="Use `.mean()` over both axes.",
        ),
        edits=(("surprise.mean()", "surprise.sum() / surprise.shape[1]"),),
    ),
    Mistake(
        name="mean_of_perplexities",
        summary="each sequence gets a perplexity of its own, and these are averaged",
        tag="order of operations",
        hints=Hints(
            where="How many exponentials does your code take: one, or one for each sequence?",
            idea=f"Average the losses first, over everything; the exponential comes last ({BITS}).",
            fix="Write `np.exp(surprise.mean())`.",
        ),
        edits=(("surprise.mean()", "np.log(np.exp(surprise.mean(axis=0)).mean())"),),
    ),
    Mistake(
        name="not_averaged",
        summary="one number for each token is returned, without a mean",
        tag="reduction",
        hints=Hints(
            where="How many numbers does your function return?",
            idea=f"One mean over all tokens ({BITS}).",
            fix="Take `surprise.mean()` first.",
        ),
        edits=(("surprise.mean()", "surprise"),),
    ),
    Mistake(
        name="one_for_each_step",
        summary="one number for each time step is returned, because the mean runs over the batch only",
        tag="reduction",
        hints=Hints(
            where="How many numbers does your function return?",
            idea=f"One mean over all tokens ({BITS}).",
            fix="Call `.mean()` without an axis.",
        ),
        edits=(("surprise.mean()", "surprise.mean(axis=1)"),),
    ),
    Mistake(
        name="one_too_few",
        summary="1 is subtracted from the result",
        tag="extra term",
        hints=Hints(
            where="What is the perplexity of a model that is always certain and right?",
            idea=f"Among one class there is nothing to guess: the least perplexity is 1, e to the power of 0 ({BITS}).",
            fix="Use `np.exp` in place of `np.expm1`.",
        ),
        edits=(("np.exp(nats)", "np.expm1(nats)"),),
    ),
)


def arguments(scene: Scene):
    return (surprises(scene),)


PERPLEXITY = Exercise(
    name="activations_losses.perplexity",
    reference=perplexity,
    probes=probes_from("TB", arguments, without=WITHOUT_LARGE_SURPRISES),
    results=(Result("perplexity", ()),),
    points=2,
    chapter="losses",
    mistakes=MISTAKES,
    equivalents={"return np.exp(nats) → return abs(np.exp(nats)) (line 3)": NEVER_NEGATIVE},
    without=WITHOUT_LARGE_SURPRISES,
)
