"""sample_next: the next character, drawn with the model's probabilities and a random number."""

from __future__ import annotations

import numpy as np

from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.equivalents import NEVER_NEGATIVE
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result

DRAWING = "chapter task-shapes, “One-to-many: write a name”"


def sample_next(p, u):
    reached = np.cumsum(p, axis=1)
    beyond = u[:, np.newaxis] < reached
    beyond[:, -1] = True
    return beyond.argmax(axis=1)


MISTAKES = (
    Mistake(
        name="greedy",
        summary="the most probable character is taken, and nothing is drawn",
        tag="wrong result",
        hints=Hints(
            where="If you change `u`, does your result change?",
            idea=f"A sample takes each character as often as its probability says ({DRAWING}).",
            fix="Compare `u` with the sums of `p` up to each character.",
        ),
        edits=(("beyond.argmax(axis=1)", "p.argmax(axis=1)"),),
    ),
    Mistake(
        name="probabilities_not_summed",
        summary="u is compared with single probabilities, and not with their sums",
        tag="dropped term",
        hints=Hints(
            where="Where on the way from 0 to 1 does the second character's share begin?",
            idea=f"The shares lie side by side between 0 and 1: character k ends at p_0 + … + p_k ({DRAWING}).",
            fix="Use `np.cumsum(p, axis=1)`.",
        ),
        edits=(("np.cumsum(p, axis=1)", "p"),),
    ),
    Mistake(
        name="summed_over_the_batch",
        summary="the sums run over the batch, and not over the characters",
        tag="axes",
        hints=Hints(
            where="Along which axis do you sum up?",
            idea=f"Each row is one distribution, and its shares lie side by side ({DRAWING}).",
            fix="Write `np.cumsum(p, axis=1)`.",
        ),
        edits=(("np.cumsum(p, axis=1)", "np.cumsum(p, axis=0)"),),
    ),
    Mistake(
        name="other_side",
        summary="the shares are laid out from 1 down to 0",
        tag="inverted",
        hints=Hints(
            where="Which character do you draw for u = 0?",
            idea=f"The first character's share starts at 0 ({DRAWING}).",
            fix="Compare `u` itself, and not `1 - u`.",
        ),
        edits=(("u[:, np.newaxis] < reached", "1 - u[:, np.newaxis] < reached"),),
    ),
    Mistake(
        name="one_too_early",
        summary="the character before the right one is taken",
        tag="off by one",
        hints=Hints(
            where="Which character do you draw for a u just above 0?",
            idea=f"The drawn character is the *first* whose sum is beyond u ({DRAWING}).",
            fix="Count the sums that are at or below u: that count is the character's number.",
        ),
        edits=(("beyond.argmax(axis=1)", "np.maximum(beyond.argmax(axis=1) - 1, 0)"),),
    ),
    Mistake(
        name="one_too_late",
        summary="the character after the right one is taken",
        tag="off by one",
        hints=Hints(
            where="Can you ever draw character 0?",
            idea=f"The drawn character is the *first* whose sum is beyond u ({DRAWING}).",
            fix="Return the place of the first True, and add nothing.",
        ),
        edits=(("beyond.argmax(axis=1)", "np.minimum(beyond.argmax(axis=1) + 1, p.shape[1] - 1)"),),
    ),
    Mistake(
        name="impossible_drawn",
        summary="a character of probability 0 can be drawn, where u is exactly 0",
        tag="inverted",
        hints=Hints(
            where="With `p = [0, 1]` and u = 0, which character do you draw?",
            idea=f"Character k has the numbers from its beginning up to, and without, its end ({DRAWING}).",
            fix="Ask for `u < reached`, and not for `u <= reached`.",
        ),
        edits=(("u[:, np.newaxis] < reached", "u[:, np.newaxis] <= reached"),),
    ),
    Mistake(
        name="rounding_gives_the_first",
        summary="where the sums end a little below u by rounding, the first character is drawn",
        tag="stability",
        hints=Hints(
            where="What does `argmax` of a row that is all False give?",
            idea=f"By rounding the sums may end at 0.9999999; the rest belongs to the last ({DRAWING}).",
            fix="Let the last character take whatever is beyond the other sums.",
        ),
        edits=(("    beyond[:, -1] = True\n", ""),),
    ),
    Mistake(
        name="beyond_the_last",
        summary="where the sums end a little below u by rounding, the result is K, which is no character",
        tag="stability",
        hints=Hints(
            where="What does `np.searchsorted` give for a number above all others?",
            idea=f"By rounding the sums may end at 0.9999999; the rest belongs to the last ({DRAWING}).",
            fix="Cut the result at K − 1, for instance by `np.minimum`.",
        ),
        edits=(
            ("    beyond[:, -1] = True\n", ""),
            ("beyond.argmax(axis=1)", "(~beyond).sum(axis=1)"),
        ),
    ),
    Mistake(
        name="last_never_drawn",
        summary="the last character is never drawn",
        tag="off by one",
        hints=Hints(
            where="Which character do you draw for a u just below 1?",
            idea=f"The last character's share ends at 1, and is as long as its probability ({DRAWING}).",
            fix="Keep all K characters.",
        ),
        edits=(("beyond.argmax(axis=1)", "np.minimum(beyond.argmax(axis=1), p.shape[1] - 2)"),),
    ),
    Mistake(
        name="same_number_for_all",
        summary="the first random number is used for every row",
        tag="wrong input",
        hints=Hints(
            where="How many of the numbers in `u` does your function use?",
            idea=f"Each row draws for itself, with its own number ({DRAWING}).",
            fix="Compare row b with `u[b]`: write `u[:, np.newaxis]`.",
        ),
        edits=(("u[:, np.newaxis] < reached", "u[0] < reached"),),
    ),
    Mistake(
        name="probabilities_ignored",
        summary="all characters are drawn equally often",
        tag="wrong input",
        hints=Hints(
            where="If you change `p`, does your result change?",
            idea=f"A character's share of the numbers from 0 to 1 is as long as its probability ({DRAWING}).",
            fix="Compare `u` with `np.cumsum(p, axis=1)`.",
        ),
        edits=(("beyond.argmax(axis=1)", "(u * p.shape[1]).astype(int)"),),
    ),
    Mistake(
        name="sorted_first",
        summary="the probabilities are sorted, and the result is a rank, no longer a character",
        tag="order",
        hints=Hints(
            where="After sorting, does place 0 still mean character 0?",
            idea=f"The order of the shares does not matter for chance, but the name of each does ({DRAWING}).",
            fix="Leave `p` in its order.",
        ),
        edits=(("np.cumsum(p, axis=1)", "np.cumsum(-np.sort(-p, axis=1), axis=1)"),),
    ),
)


def arguments(scene: Scene):
    """Probabilities of which the first is 0, and numbers that fall into different shares, 0 and almost 1 among them.

    At the edge the probabilities add up to a little less than the largest of these numbers, as they do by rounding.
    """
    rng, B, K = scene.rng, scene.B, scene.K
    while True:
        p = rng.uniform(0.2, 1, (B, K))
        p[0, 0] = 0
        p /= p.sum(axis=1, keepdims=True)
        drawn = rng.integers(0, K, B)
        sums = np.cumsum(p, axis=1)
        u = sums[np.arange(B), drawn] - rng.uniform(0.2, 0.8, B) * p[np.arange(B), drawn]
        u[0] = 0 if B > 1 else 0.7 * sums[0, 1]
        if B > 1:
            u[-1] = 1 - 1e-4
        if B == 1 or u[1] != u[0]:
            break
    if scene.edge:
        p = p * (1 - 1e-3)
    return scene.given(p), scene.given(u)


WITHOUT = {
    "square": "there are no weights",
    "large": "probabilities are at most 1",
    "small": "there is no time, and there are no units",
}

SAMPLE_NEXT = Exercise(
    name="project.sample_next",
    reference=sample_next,
    probes=probes_from("BK", arguments, without=WITHOUT),
    equivalents={"return beyond.argmax(axis=1) → return abs(beyond.argmax(axis=1)) (line 5)": NEVER_NEGATIVE},
    results=(Result("ids", ("B",)),),
    points=3,
    chapter="task-shapes",
    mistakes=MISTAKES,
    without=WITHOUT,
)
