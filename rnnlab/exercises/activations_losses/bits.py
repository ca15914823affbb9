"""bits: how many yes-or-no questions a token is worth, from surprises in nats."""

from __future__ import annotations

import numpy as np

from rnnlab.exercises.activations_losses.shared import BITS, WITHOUT_LARGE_SURPRISES, surprises
from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.equivalents import NEVER_NEGATIVE
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result


def bits(surprise):
    nats = surprise.mean()
    return nats / np.log(2)


MISTAKES = (
    Mistake(
        name="nats",
        summary="the mean is returned as it is: in nats and not in bits",
        tag="natural log for bits",
        hints=Hints(
            where="What does your function give for a surprise of log 2 = 0.693, one fair coin?",
            idea=f"Surprises with the natural logarithm are in nats; a bit is log 2 of them ({BITS}).",
            fix="Divide by `np.log(2)`.",
        ),
        edits=(("nats / np.log(2)", "nats"),),
    ),
    Mistake(
        name="multiplied",
        summary="the mean is multiplied by log 2 and not divided by it",
        tag="inverted",
        hints=Hints(
            where="Is a bit larger or smaller than a nat, and which number is then the larger one?",
            idea=f"A bit is 0.693 nats, so there are more bits than nats ({BITS}).",
            fix="Divide by `np.log(2)`.",
        ),
        edits=(("nats / np.log(2)", "nats * np.log(2)"),),
    ),
    Mistake(
        name="logarithm_of_the_loss",
        summary="the logarithm of the mean is taken, which is a logarithm already",
        tag="extra term",
        hints=Hints(
            where="How many logarithms lie between a probability and your result?",
            idea=f"−log p is in the surprise already; its unit alone is changed, by a factor ({BITS}).",
            fix="Divide by `np.log(2)`, without another logarithm.",
        ),
        edits=(("nats / np.log(2)", "np.log2(nats)"),),
    ),
    Mistake(
        name="divided_by_two",
        summary="the mean is divided by 2 and not by the logarithm of 2",
        tag="formula",
        hints=Hints(
            where="What does your function give for a surprise of 0.693, one fair coin?",
            idea=f"Change of base: log₂ u = log u / log 2 ({BITS}).",
            fix="Divide by `np.log(2)`.",
        ),
        edits=(("np.log(2)", "2"),),
    ),
    Mistake(
        name="decimal_digits",
        summary="the mean is divided by log 10: that counts decimal digits and not bits",
        tag="logarithm",
        hints=Hints(
            where="What does your function give for a surprise of 0.693, one fair coin?",
            idea=f"A bit is one choice among two, a digit one among ten ({BITS}).",
            fix="Divide by `np.log(2)`.",
        ),
        edits=(("np.log(2)", "np.log(10)"),),
    ),
    Mistake(
        name="wrong_logarithm_of_two",
        summary="the mean is divided by log₁₀ 2 and not by the natural logarithm of 2",
        tag="logarithm",
        hints=Hints(
            where="To which base were the surprises, and to which base is your logarithm of 2?",
            idea=f"Change of base: log₂ u = log u / log 2, with the same logarithm twice ({BITS}).",
            fix="Use `np.log(2)`, the natural one.",
        ),
        edits=(("np.log(2)", "np.log10(2)"),),
    ),
    Mistake(
        name="perplexity",
        summary="a power of e is taken: that is the perplexity",
        tag="wrong result",
        hints=Hints(
            where="Is your result a number of questions, or a number of classes?",
            idea=f"Bits are L / log 2; the perplexity is e to the power of L ({BITS}).",
            fix="Divide by `np.log(2)`, without an exponential.",
        ),
        edits=(("nats / np.log(2)", "np.exp(nats)"),),
    ),
    Mistake(
        name="sum_for_mean",
        summary="the surprises are summed: bits for the whole text and not for each token",
        tag="sum for mean",
        hints=Hints(
            where="Does your result double when the text is twice as long?",
            idea=f"Bits for each token are a mean over tokens ({BITS}).",
            fix="Use `.mean()` in place of `.sum()`.",
        ),
        edits=(("surprise.mean()", "surprise.sum()"),),
    ),
    Mistake(
        name="bits_for_each_sequence",
        summary="the sum is divided by the number of sequences: bits for each sequence and not for each token",
        tag="factor",
        hints=Hints(
            where="By how many numbers do you divide: by B, or by T times B?",
            idea=f"Bits for each token are a mean over all tokens ({BITS}).",
            fix="Use `.mean()` over both axes.",
        ),
        edits=(("surprise.mean()", "surprise.sum() / surprise.shape[1]"),),
    ),
    Mistake(
        name="median",
        summary="the median is taken and not the mean",
        tag="formula",
        hints=Hints(
            where="If the most surprising token becomes twice as surprising, does your result change?",
            idea=f"The total of bits is shared out evenly among the tokens: a mean ({BITS}).",
            fix="Use `.mean()`.",
        ),
        edits=(("surprise.mean()", "np.median(surprise)"),),
    ),
    Mistake(
        name="logarithm_of_each",
        summary="the logarithm of each surprise is taken, which is a logarithm already",
        tag="extra term",
        hints=Hints(
            where="How many logarithms lie between a probability and your result?",
            idea=f"−log p is in the surprise already; its unit alone is changed, by a factor ({BITS}).",
            fix="Divide the mean by `np.log(2)`, without another logarithm.",
        ),
        edits=(("surprise.mean()", "np.log(surprise).mean()"),),
    ),
    Mistake(
        name="power_of_two",
        summary="a power of 2 is taken, which leads from bits to a number of classes",
        tag="wrong result",
        hints=Hints(
            where="Is your result a number of questions, or a number of classes?",
            idea=f"Bits are L / log 2, and need no exponential ({BITS}).",
            fix="Divide by `np.log(2)`.",
        ),
        edits=(("nats / np.log(2)", "2**nats"),),
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
        name="sign",
        summary="the sign is turned",
        tag="sign",
        hints=Hints(
            where="Is your result negative?",
            idea=f"A surprise is never negative, and neither are bits ({BITS}).",
            fix="Leave out the minus: it is in the surprise already.",
        ),
        edits=(("return nats", "return -nats"),),
    ),
)


def arguments(scene: Scene):
    return (surprises(scene),)


BITS_PER_TOKEN = Exercise(
    name="activations_losses.bits",
    reference=bits,
    probes=probes_from("TB", arguments, without=WITHOUT_LARGE_SURPRISES),
    results=(Result("bits", ()),),
    points=2,
    chapter="losses",
    mistakes=MISTAKES,
    equivalents={"return nats / np.log(2) → return abs(nats / np.log(2)) (line 3)": NEVER_NEGATIVE},
    without=WITHOUT_LARGE_SURPRISES,
)
