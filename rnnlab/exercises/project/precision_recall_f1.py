"""precision_recall_f1: how good a classifier is at each class."""

from __future__ import annotations

import numpy as np

from rnnlab.exercises.draw import Scene
from rnnlab.exercises.equivalents import SYMMETRIC
from rnnlab.exercises.project.shared import CLASSES_ALONE, Drawn, probes_with_sizes, whole_numbers
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result

MEASURES = "chapter tables, “Measures of language understanding”"


def precision_recall_f1(truth, guess, K):
    hits = np.array([np.sum((truth == k) & (guess == k)) for k in range(K)])
    guessed = np.array([np.sum(guess == k) for k in range(K)])
    real = np.array([np.sum(truth == k) for k in range(K)])
    precision = hits / np.maximum(guessed, 1)
    recall = hits / np.maximum(real, 1)
    f1 = 2 * hits / np.maximum(guessed + real, 1)
    return precision, recall, f1


MISTAKES = (
    Mistake(
        name="exchanged",
        summary="precision and recall are exchanged",
        tag="inverted",
        hints=Hints(
            where="By what is precision divided: by what was guessed, or by what is real?",
            idea=f"Precision asks: of those that you called k, how many are? Recall: of those that are k, how many did "
            f"you find? ({MEASURES}).",
            fix="Divide the hits by the count in `guess` for precision, and by the count in `truth` for recall.",
        ),
        edits=(("return precision, recall", "return recall, precision"),),
    ),
    Mistake(
        name="nan_where_nothing_is",
        summary="a class that nobody guessed, or that does not occur, gives NaN",
        tag="stability",
        hints=Hints(
            where="What is 0 / 0 in NumPy, and which class leads there?",
            idea=f"Where nothing was guessed, or nothing is there, the score is 0 by agreement ({MEASURES}).",
            fix="Divide by `np.maximum(count, 1)`: where the count is 0, so are the hits.",
        ),
        edits=(
            ("np.maximum(guessed, 1)", "guessed"),
            ("np.maximum(real, 1)", "real"),
            ("np.maximum(guessed + real, 1)", "(guessed + real)"),
        ),
    ),
    Mistake(
        name="nan_without_hits",
        summary="a class without hits gives NaN: precision and recall are 0 / 0 there, or F1 is",
        tag="stability",
        hints=Hints(
            where="What is 2·P·R / (P + R) where both are 0?",
            idea=f"Where nothing was guessed, or nothing is there, the score is 0 by agreement ({MEASURES}).",
            fix="Write F1 as `2 * hits / np.maximum(guessed + real, 1)`, and guard the other two divisions alike.",
        ),
        edits=(
            ("np.maximum(guessed, 1)", "guessed"),
            ("np.maximum(real, 1)", "real"),
            ("2 * hits / np.maximum(guessed + real, 1)", "2 * precision * recall / (precision + recall)"),
        ),
    ),
    Mistake(
        name="nan_in_the_harmonic_mean",
        summary="F1 is NaN for a class whose precision and recall are both 0",
        tag="stability",
        hints=Hints(
            where="What is 2·P·R / (P + R) where both are 0?",
            idea=f"A class of which nothing was found has F1 = 0 ({MEASURES}).",
            fix="Write F1 as `2 * hits / np.maximum(guessed + real, 1)`, which is the same and divides by counts.",
        ),
        edits=(
            ("2 * hits / np.maximum(guessed + real, 1)", "2 * precision * recall / (precision + recall)"),
        ),
    ),
    Mistake(
        name="one_where_nothing_is",
        summary="a class that was never guessed gets precision 1, where 0 is asked for",
        tag="convention",
        hints=Hints(
            where="What is your precision for a class that nobody guessed?",
            idea=f"By agreement an empty division counts as 0, so that silence is not rewarded ({MEASURES}).",
            fix="Write 0 where the count is 0.",
        ),
        edits=(
            ("hits / np.maximum(guessed, 1)", "np.where(guessed == 0, 1, hits / np.maximum(guessed, 1))"),
        ),
    ),
    Mistake(
        name="arithmetic_mean",
        summary="F1 is the arithmetic mean of precision and recall, where it should be the harmonic one",
        tag="formula",
        hints=Hints(
            where="What is your F1 for precision 1 and recall 0?",
            idea=f"The harmonic mean is small as soon as one of the two is ({MEASURES}).",
            fix="Write 2·P·R / (P + R), or 2·hits / (guessed + real), which is the same.",
        ),
        edits=(("2 * hits / np.maximum(guessed + real, 1)", "(precision + recall) / 2"),),
    ),
    Mistake(
        name="geometric_mean",
        summary="F1 is the geometric mean of precision and recall, where it should be the harmonic one",
        tag="formula",
        hints=Hints(
            where="Does your F1 take a root?",
            idea=f"F1 is the harmonic mean, 2·P·R / (P + R) ({MEASURES}).",
            fix="Write 2·P·R / (P + R), and 0 where both are 0.",
        ),
        edits=(("2 * hits / np.maximum(guessed + real, 1)", "np.sqrt(precision * recall)"),),
    ),
    Mistake(
        name="factor_two_missing",
        summary="F1 lacks its factor 2",
        tag="factor",
        hints=Hints(
            where="What is your F1 where every guess is right?",
            idea=f"A perfect classifier has F1 = 1: 2·P·R / (P + R) ({MEASURES}).",
            fix="Multiply by 2.",
        ),
        edits=(("2 * hits", "hits"),),
    ),
    Mistake(
        name="overlap",
        summary="the third result is the overlap, hits / (guessed + real − hits), and not F1",
        tag="formula",
        hints=Hints(
            where="Are the hits counted once or twice in your denominator?",
            idea=f"The overlap (Jaccard) is another number than F1 = 2·P·R / (P + R) ({MEASURES}).",
            fix="Write 2·hits / (guessed + real).",
        ),
        edits=(("2 * hits / np.maximum(guessed + real, 1)", "hits / np.maximum(guessed + real - hits, 1)"),),
    ),
    Mistake(
        name="divided_by_all",
        summary="the hits of a class are divided by the number of all examples",
        tag="wrong denominator",
        hints=Hints(
            where="What is your recall of a rare class that is always found?",
            idea=f"Each class is measured against its own count: that is what lets a rare class count ({MEASURES}).",
            fix="Divide by the number of examples that are k, or were called k.",
        ),
        edits=(("np.maximum(guessed, 1)", "len(truth)"), ("np.maximum(real, 1)", "len(truth)")),
    ),
    Mistake(
        name="averaged_over_classes",
        summary="the mean over the classes is returned, and not one number for each class",
        tag="wrong result",
        hints=Hints(
            where="What is the shape of your results?",
            idea=f"The macro average comes later; which class is bad can only be seen before it ({MEASURES}).",
            fix="Return arrays (K,), without `.mean()`.",
        ),
        edits=(("return precision, recall, f1", "return precision.mean(), recall.mean(), f1.mean()"),),
    ),
    Mistake(
        name="classes_from_the_data",
        summary="only the classes that occur get a number, and not all K",
        tag="wrong result",
        hints=Hints(
            where="Which classes does your loop run over?",
            idea=f"A class that is not there has a score, too, 0, and every other class keeps its place ({MEASURES}).",
            fix="Loop over `range(K)`, and not over `np.unique(truth)`.",
        ),
        edits=(("    hits =", "    K = np.unique(np.concatenate([truth, guess])).size\n    hits ="),),
    ),
    Mistake(
        name="accuracy_of_each_class",
        summary="right rejections are counted as hits, which gives each class's accuracy",
        tag="formula",
        hints=Hints(
            where="Is an example a hit for class k if it neither is k nor was called k?",
            idea=f"Right rejections are many and easy; precision and recall leave them out ({MEASURES}).",
            fix="A hit needs both: `(truth == k) & (guess == k)`.",
        ),
        edits=(("(truth == k) & (guess == k)", "(truth == k) == (guess == k)"),),
    ),
    Mistake(
        name="misses_alone",
        summary="the hits are divided by the wrong guesses alone, so that a score can exceed 1",
        tag="wrong denominator",
        hints=Hints(
            where="Can your precision be larger than 1?",
            idea=f"Precision is a share: hits of all guesses, the right ones included ({MEASURES}).",
            fix="Divide by hits and misses together.",
        ),
        edits=(
            ("np.maximum(guessed, 1)", "np.maximum(guessed - hits, 1)"),
            ("np.maximum(real, 1)", "np.maximum(real - hits, 1)"),
        ),
    ),
)


def arguments(scene: Scene) -> Drawn:
    """Guesses that are often right; one class occurs and is never guessed, one is guessed and never occurs.

    At the edge a third class is neither; alone there is one example.
    """
    rng, K = scene.rng, scene.K
    if scene.B == 1:
        truth, guess = [0], [int(rng.integers(2))]
        return (whole_numbers(scene, truth), whole_numbers(scene, guess), K), {"B": 1, "K": K}
    never_guessed, never_real, absent = rng.permutation(K)[:3]
    usual = [k for k in range(K) if k not in (never_guessed, never_real, absent)]
    if not scene.edge:
        usual.append(absent)
    B = 12 * scene.B + scene.T
    truth = rng.choice(usual, B)
    guess = np.where(rng.random(B) < 0.6, truth, rng.choice(usual, B))
    truth[:2], guess[:2] = never_guessed, usual[0]
    truth[2:5], guess[2:5] = usual[-1], never_real
    truth[5:8], guess[5:8] = usual[0], usual[0]
    order = rng.permutation(B)
    return (whole_numbers(scene, truth[order]), whole_numbers(scene, guess[order]), K), {"B": B, "K": K}


WITHOUT = CLASSES_ALONE | {"small": "there is no time, and there are no units"}

LIST = "a list of numbers beside an array is taken for an array"
BOTH = "truth and guess are equal, and one of them is k: then both are"

PRECISION_RECALL_F1 = Exercise(
    name="project.precision_recall_f1",
    reference=precision_recall_f1,
    probes=probes_with_sizes(arguments, WITHOUT),
    equivalents={
        "np.array([np.sum(guess == k) for k in range(K)]) → [np.sum(guess == k) for k in range(K)] (line 3)": LIST,
        "np.array([np.sum(truth == k) for k in range(K)]) → [np.sum(truth == k) for k in range(K)] (line 4)": LIST,
        "np.maximum(guessed, 1) → np.maximum(1, guessed) (line 5)": SYMMETRIC,
        "np.maximum(real, 1) → np.maximum(1, real) (line 6)": SYMMETRIC,
        "np.maximum(guessed + real, 1) → np.maximum(1, guessed + real) (line 7)": SYMMETRIC,
        "1 → 2 (line 7)": "where both counts together are 1, there is no hit, and 0 divided by 2 is 0",
        "k → guess (line 2)": BOTH,
        "k → truth (line 2)": BOTH,
    },
    results=(Result("precision", ("K",)), Result("recall", ("K",)), Result("f1", ("K",))),
    points=4,
    chapter="tables",
    mistakes=MISTAKES,
    without=WITHOUT,
)
