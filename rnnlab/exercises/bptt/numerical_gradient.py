"""numerical_gradient: the gradient of any loss by central differences, one entry at a time."""

from __future__ import annotations

import numpy as np

from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.spec import Exercise, Formula, Hints, Mistake, Result

CHECKS = "chapter bptt, “Is it right? Two checks that do not trust us”"


def numerical_gradient(f, x, epsilon):
    moved = x.copy()
    gradient = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        moved[place] = x[place] + epsilon
        above = f(moved)
        moved[place] = x[place] - epsilon
        below = f(moved)
        moved[place] = x[place]
        gradient[place] = (above - below) / (2 * epsilon)
    return gradient


MISTAKES = (
    Mistake(
        name="one_sided",
        summary="the difference is taken to one side only, f(x + ε) − f(x)",
        tag="formula",
        hints=Hints(
            where="At which two points do you compute f?",
            idea=f"One-sided differences are wrong by about ε, central ones by about ε² only ({CHECKS}).",
            fix="Compute f at x + ε and at x − ε, and divide by 2ε.",
        ),
        edits=(("below = f(moved)", "below = f(x)"), ("(2 * epsilon)", "epsilon")),
    ),
    Mistake(
        name="two_missing",
        summary="the difference is divided by ε and not by 2ε",
        tag="factor",
        hints=Hints(
            where="How far apart are your two points?",
            idea=f"From x − ε to x + ε it is 2ε ({CHECKS}).",
            fix="Divide by `(2 * epsilon)`.",
        ),
        edits=(("(2 * epsilon)", "epsilon"),),
    ),
    Mistake(
        name="precedence",
        summary="the difference is divided by 2 and multiplied by ε, as parentheses are missing",
        tag="formula",
        hints=Hints(
            where="In which order does Python compute `a / 2 * epsilon`?",
            idea=f"The whole of 2ε belongs below the line ({CHECKS}).",
            fix="Write `/ (2 * epsilon)`, with parentheses.",
        ),
        edits=(("(2 * epsilon)", "2 * epsilon"),),
    ),
    Mistake(
        name="not_divided",
        summary="the difference is not divided by the distance",
        tag="dropped term",
        hints=Hints(
            where="If you halve ε, does your result stay about the same?",
            idea=f"A slope is a difference divided by a distance ({CHECKS}).",
            fix="Divide by `(2 * epsilon)`.",
        ),
        edits=((" / (2 * epsilon)", ""),),
    ),
    Mistake(
        name="not_put_back",
        summary="an entry is not put back after it was moved, so that later entries are measured at another point",
        tag="state",
        hints=Hints(
            where="After the first turn of your loop, is your array the one that you were given?",
            idea=f"A partial derivative moves one entry, and all others stay where they are ({CHECKS}).",
            fix="After computing both values, set the entry back to `x[place]`.",
        ),
        edits=(("        moved[place] = x[place]\n", ""),),
    ),
    Mistake(
        name="all_moved_at_once",
        summary="all entries are moved at once, which gives one number for all",
        tag="axes",
        hints=Hints(
            where="Are all numbers of your result the same?",
            idea=f"A gradient has one slope for each entry, so each is moved alone ({CHECKS}).",
            fix="Loop over the entries, `for place in np.ndindex(x.shape)`, and move one in each turn.",
        ),
        edits=(
            ("moved[place] = x[place] + epsilon", "moved[...] = x + epsilon"),
            ("moved[place] = x[place] - epsilon", "moved[...] = x - epsilon"),
        ),
    ),
    Mistake(
        name="sign",
        summary="the difference is taken the wrong way round",
        tag="sign",
        hints=Hints(
            where="If f grows with x, is your result positive?",
            idea=f"The value at x + ε comes first, minus the value at x − ε ({CHECKS}).",
            fix="Write `(above - below)`.",
        ),
        edits=(("above - below", "below - above"),),
    ),
    Mistake(
        name="relative_step",
        summary="the step is ε times the entry and not ε",
        tag="formula",
        hints=Hints(
            where="How far do you move an entry whose value is 2?",
            idea=f"Every entry is moved by the same ε, and divided by the same 2ε ({CHECKS}).",
            fix="Write `x[place] + epsilon`, without a factor.",
        ),
        edits=(
            ("x[place] + epsilon", "x[place] * (1 + epsilon)"),
            ("x[place] - epsilon", "x[place] * (1 - epsilon)"),
        ),
    ),
    Mistake(
        name="first_row_only",
        summary="only the first row gets a gradient; the loop does not reach the others",
        tag="axes",
        hints=Hints(
            where="How many turns does your loop make, and how many entries has x?",
            idea=f"x may have any number of axes; every entry has its own slope ({CHECKS}).",
            fix="Loop with `for place in np.ndindex(x.shape)`, which knows all axes.",
        ),
        edits=(
            ("np.ndindex(x.shape):", "np.ndindex(x.shape):\n        if place[0] > 0:\n            continue"),
        ),
    ),
    Mistake(
        name="flat",
        summary="the gradient is returned as one long vector",
        tag="axes",
        hints=Hints(
            where="Is the shape of your result that of x?",
            idea=f"A gradient has the shape of what it is the gradient of ({CHECKS}).",
            fix="Return it in the shape of x: `gradient.reshape(x.shape)`.",
        ),
        edits=(("return gradient", "return gradient.ravel()"),),
    ),
)

# Each curves, so that one-sided and central differences differ, and treats every entry in its own way.
LOSSES = (
    Formula("lambda x: np.sum(np.sin(x) * np.arange(1.0, x.size + 1).reshape(x.shape))"),
    Formula("lambda x: np.sum(x**3) + np.prod(1.0 + 0.3 * x)"),
    Formula("lambda x: np.log(np.sum(np.exp(x) * np.arange(1.0, x.size + 1).reshape(x.shape)))"),
)


def arguments(scene: Scene):
    f = LOSSES[int(scene.rng.integers(len(LOSSES)))]
    return f, scene.values(scene.H, scene.D), float(scene.rng.choice([0.01, 0.003]))


WITHOUT = {
    "large": "the losses would overflow",
    "float32": "the difference of two losses in float32 has hardly a correct digit",
    "single": "x has no batch",
}

NUMERICAL_GRADIENT = Exercise(
    name="bptt.numerical_gradient",
    reference=numerical_gradient,
    probes=probes_from("HD", arguments, without=WITHOUT),
    results=(Result("gradient", ("H", "D")),),
    points=3,
    chapter="bptt",
    mistakes=MISTAKES,
    rtol=1e-6,
    atol=1e-8,
    without=WITHOUT,
)
