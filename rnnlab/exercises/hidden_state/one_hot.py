"""one_hot: a token id becomes a vector of K numbers with a single 1."""

from __future__ import annotations

import numpy as np

from rnnlab.exercises.draw import probes_from
from rnnlab.exercises.equivalents import NEVER_NEGATIVE
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result


def one_hot(ids, K):
    classes = np.arange(K)
    matches = ids[..., np.newaxis] == classes
    return matches.astype(float)


WITHOUT = {
    "float32": "its inputs are integers",
    "large": "its inputs are ids",
}

MISTAKES = (
    Mistake(
        name="boolean_result",
        summary="True and False are returned in place of 1.0 and 0.0",
        tag="dtype",
        hints=Hints(
            where=(
                "What does `result.dtype` print, and can a bool be multiplied into a sum of floats "
                "as a weight?"
            ),
            idea=(
                "A comparison gives booleans. A network's input is an array of floats (chapter "
                "hidden-state, “Letters as vectors”)."
            ),
            fix="Turn the booleans into numbers at the end: `.astype(float)`.",
        ),
        edits=(("matches.astype(float)", "matches"),),
    ),
    Mistake(
        name="integer_result",
        summary="whole numbers (an integer dtype) are returned where floats are wanted",
        tag="dtype",
        hints=Hints(
            where="What does `result.dtype` print?",
            idea=(
                "One-hot vectors are a network's input, and networks compute in floats (chapter "
                "hidden-state, “Letters as vectors”)."
            ),
            fix=(
                "Make the array with a float dtype: `np.zeros(shape)` without `dtype=int`, or "
                "`.astype(float)` at the end."
            ),
        ),
        edits=(("astype(float)", "astype(int)"),),
    ),
    Mistake(
        name="counts_from_one",
        summary="the 1 stands one place too far to the left: ids are counted from 1",
        tag="off by one",
        hints=Hints(
            where="Where is the 1 for id 0?",
            idea=(
                "Ids run from 0 to K − 1, just as positions in an array do (chapter hidden-state, "
                "“Letters as vectors”)."
            ),
            fix="Use the id itself as the position: nothing is added to it or taken from it.",
        ),
        edits=(("np.arange(K)", "np.arange(1, K + 1)"),),
    ),
    Mistake(
        name="one_too_far",
        summary="the 1 stands one place too far to the right",
        tag="off by one",
        hints=Hints(
            where="Where is the 1 for id 0?",
            idea=(
                "Ids run from 0 to K − 1, just as positions in an array do (chapter hidden-state, "
                "“Letters as vectors”)."
            ),
            fix="Use the id itself as the position: nothing is added to it or taken from it.",
        ),
        edits=(("np.arange(K)", "np.arange(K) - 1"),),
    ),
    Mistake(
        name="one_cold",
        summary="zeros and ones are exchanged: a single 0 among ones",
        tag="inverted",
        hints=Hints(
            where="How many ones does one vector of your result have?",
            idea=(
                "Exactly one entry is 1, so each vector sums to 1 (chapter hidden-state, “Letters "
                "as vectors”)."
            ),
            fix="Put the 1 where the class equals the id, with `==`, and 0 elsewhere.",
        ),
        edits=(("== classes", "!= classes"),),
    ),
    Mistake(
        name="thermometer",
        summary="all classes up to the id are 1, and not the id alone",
        tag="comparison",
        hints=Hints(
            where="How many ones does the vector for id 3 have?",
            idea=(
                "One-hot says which class, not how much: exactly one entry is 1 (chapter hidden-state, "
                "“Letters as vectors”)."
            ),
            fix="Compare with `==`, or write the 1 at a single position in place of a slice.",
        ),
        edits=(("== classes", ">= classes"),),
    ),
    Mistake(
        name="reversed_classes",
        summary="the classes are counted from the end: id 0 gets the last place",
        tag="order",
        hints=Hints(
            where="Where is the 1 for id 0, and where for id K − 1?",
            idea="Position k of the vector belongs to class k (chapter hidden-state, “Letters as vectors”).",
            fix="Use the id as the position, without a minus sign and without reversing the classes.",
        ),
        edits=(("np.arange(K)", "np.arange(K)[::-1]"),),
    ),
    Mistake(
        name="class_axis_first",
        summary="the new axis of the K classes is the first one, (K, T, B)",
        tag="axes",
        hints=Hints(
            where="What is `result[0, 0]`: the vector of one token, or something else?",
            idea=(
                "Each id is replaced by a vector, so the axis of the K classes comes last (chapter "
                "hidden-state, “Letters as vectors”)."
            ),
            fix="Add the new axis at the end: `ids[..., np.newaxis]`, compared with `np.arange(K)`.",
        ),
        edits=(
            ("ids[..., np.newaxis]", "ids"),
            ("np.arange(K)", "np.arange(K).reshape(-1, *[1] * ids.ndim)"),
        ),
    ),
    Mistake(
        name="batch_first",
        summary="batch and time are exchanged, (B, T, K)",
        tag="axes",
        hints=Hints(
            where=(
                "Compare `ids.shape` with the first two numbers of your result's shape. Are they "
                "in the same order?"
            ),
            idea=(
                "Sequences are time-first here: ids are (T, B), so the result is (T, B, K) (chapter "
                "hidden-state, “One equation, every shape”)."
            ),
            fix="Leave the axes of `ids` in their order, and add one of size K behind them.",
        ),
        edits=(("matches.astype(float)", "matches.astype(float).swapaxes(0, 1)"),),
    ),
    Mistake(
        name="flattened",
        summary="time and batch are merged into one axis, (T·B, K)",
        tag="axes",
        hints=Hints(
            where="How many axes does `ids` have, and how many does your result have?",
            idea=(
                "One-hot adds one axis and keeps the others: (T, B) becomes (T, B, K) (chapter "
                "hidden-state, “Letters as vectors”)."
            ),
            fix="If you flattened `ids` to loop over it, end with `.reshape(*ids.shape, K)`.",
        ),
        edits=(("matches.astype(float)", "matches.astype(float).reshape(-1, K)"),),
    ),
    Mistake(
        name="size_from_data",
        summary="the number of classes is taken from the largest id in the data, and not from K",
        tag="size",
        hints=Hints(
            where="What length do your vectors have when the last class does not occur in `ids`?",
            idea=(
                "K is the size of the vocabulary. A batch rarely contains all of it (chapter hidden-state, "
                "“Letters as vectors”)."
            ),
            fix="Make the last axis K long, whichever ids occur: use the argument K and not `ids.max() + 1`.",
        ),
        edits=(("np.arange(K)", "np.arange(ids.max() + 1)"),),
    ),
    Mistake(
        name="one_class_too_many",
        summary="the vectors have K + 1 entries",
        tag="off by one",
        hints=Hints(
            where="How long is one vector of your result, and what is K?",
            idea=(
                "The K classes have the ids 0 … K − 1, so K entries are enough (chapter hidden-state, "
                "“Letters as vectors”)."
            ),
            fix="Make the last axis K long, not K + 1: `np.arange(K)` already ends at K − 1.",
        ),
        edits=(("np.arange(K)", "np.arange(K + 1)"),),
    ),
    Mistake(
        name="last_class_never_used",
        summary="the last class is never encoded: where the id is K − 1, the vector has no 1",
        tag="off by one",
        hints=Hints(
            where="Where is the 1 for id K − 1, and does every vector of your result sum to 1?",
            idea=(
                "The K classes have the ids 0 … K − 1, and the last one is a class like the others (chapter "
                "hidden-state, “Letters as vectors”)."
            ),
            fix="Go through all K classes: `range(K)` ends at K − 1 already, `range(K - 1)` one class before it.",
        ),
        edits=(("== classes", "== np.where(classes < K - 1, classes, -1)"),),
    ),
)

ONE_HOT = Exercise(
    name="hidden_state.one_hot",
    reference=one_hot,
    probes=probes_from("TBK", lambda scene: (scene.ids(scene.T, scene.B), scene.K), without=WITHOUT),
    results=(Result("codes", ("T", "B", "K")),),
    points=2,
    chapter="hidden-state",
    mistakes=MISTAKES,
    equivalents={
        "return matches.astype(float) → return abs(matches.astype(float)) (line 4)": NEVER_NEGATIVE,
    },
    without=WITHOUT,
)
