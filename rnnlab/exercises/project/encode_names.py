"""encode_names: names of different lengths as one padded batch of letter numbers."""

from __future__ import annotations

import numpy as np

from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.project.shared import NO_ARRAYS
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result

PADDING = "chapter sequences, “Names of different lengths”"
LETTERS = "abcdefghijklmnopqrstuvwxyz '-"


def encode_names(names, letters):
    lengths = np.array([len(name) for name in names])
    ids = np.zeros((lengths.max(), len(names)), dtype=int)
    for b, name in enumerate(names):
        for t, letter in enumerate(name):
            ids[t, b] = letters.index(letter) + 1
    return ids, lengths


MISTAKES = (
    Mistake(
        name="padding_is_a_letter",
        summary="letters are counted from 0, so that the first letter and the padding have the same number",
        tag="padding",
        hints=Hints(
            where="Which number has the first letter of `letters`, and which has padding?",
            idea=f"Padding is no letter, so it needs a number of its own ({PADDING}).",
            fix="Write `letters.index(letter) + 1`; then 0 is free for padding.",
        ),
        edits=(("letters.index(letter) + 1", "letters.index(letter)"),),
    ),
    Mistake(
        name="padded_in_front",
        summary="the padding stands in front of the shorter names",
        tag="padding",
        hints=Hints(
            where="What stands in the first row of your batch?",
            idea=f"Every name starts at step 0, and what is left over at the end is padding ({PADDING}).",
            fix="Write letter number t of a name into row t.",
        ),
        edits=(("ids[t, b]", "ids[t - len(name), b]"),),
    ),
    Mistake(
        name="batch_first",
        summary="the batch comes first, (B, T), where time should",
        tag="axes",
        hints=Hints(
            where="Is one name a row of your result, or a column?",
            idea=f"Sequences are time-first here: (T, B) ({PADDING}).",
            fix="Make the array with the shape (T, B), and write into `ids[t, b]`.",
        ),
        edits=(("return ids, lengths", "return ids.T, lengths"),),
    ),
    Mistake(
        name="read_backward",
        summary="the letters of each name are in reversed order",
        tag="order",
        hints=Hints(
            where="Which letter of a name stands in row 0?",
            idea=f"The network reads row 0 first, so the first letter belongs there ({PADDING}).",
            fix="Loop over `enumerate(name)`, and not over the name turned round.",
        ),
        edits=(("enumerate(name)", "enumerate(name[::-1])"),),
    ),
    Mistake(
        name="all_the_longest",
        summary="every length is that of the longest name",
        tag="padding",
        hints=Hints(
            where="What is the second number in `lengths` for a name of four letters?",
            idea=f"The length says where the padding of each name begins ({PADDING}).",
            fix="Take `len(name)` for each name.",
        ),
        edits=(("return ids, lengths", "return ids, 0 * lengths + len(ids)"),),
    ),
    Mistake(
        name="letters_alone_counted",
        summary="spaces, hyphens and apostrophes are not counted in the length",
        tag="padding",
        hints=Hints(
            where='What is the length of "o\'brien"?',
            idea=f"Each character is one step, whatever it is ({PADDING}).",
            fix="Take `len(name)`, which counts every character.",
        ),
        edits=(
            ("return ids, lengths", "return ids, np.array([sum(map(str.isalpha, name)) for name in names])"),
        ),
    ),
    Mistake(
        name="sorted_by_length",
        summary="the names were sorted by length, and no longer stand beside their languages",
        tag="order",
        hints=Hints(
            where="Is column 0 of your batch the first name that was given?",
            idea=f"The answers are matched with the names by their place ({PADDING}).",
            fix="Leave the names in their order; where a packed batch is needed, torch can sort and restore by itself.",
        ),
        edits=(("    lengths = np", "    names = sorted(names, key=len, reverse=True)\n    lengths = np"),),
    ),
    Mistake(
        name="numbers_from_the_data",
        summary="the letters are numbered by those that occur in the names, and not by `letters`",
        tag="wrong input",
        hints=Hints(
            where="Has a letter the same number in every batch?",
            idea=f"An embedding's row belongs to one letter for ever, so the numbers must not depend on the batch "
            f"({PADDING}).",
            fix="Look each letter up in `letters`.",
        ),
        edits=(("letters.index(letter)", "sorted(set(''.join(names))).index(letter)"),),
    ),
    Mistake(
        name="one_step_too_many",
        summary="there is a row of padding behind the longest name, too",
        tag="off by one",
        hints=Hints(
            where="How many letters has the longest name, and how many rows has your batch?",
            idea=f"The batch is as long as its longest name ({PADDING}).",
            fix="Take the largest length for T, and add nothing.",
        ),
        edits=(("(lengths.max(), len(names))", "(lengths.max() + 1, len(names))"),),
    ),
    Mistake(
        name="cut_to_the_shortest",
        summary="every name is cut to the length of the shortest",
        tag="padding",
        hints=Hints(
            where="How many rows has your batch?",
            idea=f"No letter may get lost: the shorter names are filled up, and the longest gives T ({PADDING}).",
            fix="Take `max` of the lengths, and not `min`.",
        ),
        edits=(
            ("(lengths.max(), len(names))", "(lengths.min(), len(names))"),
            ("enumerate(name)", "enumerate(name[: lengths.min()])"),
        ),
    ),
    Mistake(
        name="padded_with_minus_one",
        summary="padding is −1, which an embedding reads as its last row or refuses",
        tag="padding",
        hints=Hints(
            where="Which number stands behind the last letter of a short name?",
            idea=f"Number 0 is kept free for padding ({PADDING}).",
            fix="Start from `np.zeros((T, B), dtype=int)`.",
        ),
        edits=(
            ("np.zeros((lengths.max(), len(names)), dtype=int)", "np.full((lengths.max(), len(names)), -1)"),
        ),
    ),
    Mistake(
        name="floats",
        summary="the letter numbers are floats, which cannot name a row of a table",
        tag="wrong result",
        hints=Hints(
            where="What does `ids.dtype` print?",
            idea=f"A letter's number is an index, so it is whole ({PADDING}).",
            fix="Write `np.zeros((T, B), dtype=int)`.",
        ),
        edits=(("dtype=int", "dtype=float"),),
    ),
)


def arguments(scene: Scene):
    """B names whose longest has T letters and is neither first nor last where B allows; `letters` are in any order."""
    rng, T, B = scene.rng, scene.T, scene.B
    lengths = np.full(B, T)
    if T > 1 and B > 1:
        lengths = rng.integers(2, T, B)
        lengths[min(1, B - 1)] = T
    mixed = "".join(rng.permutation(list(LETTERS)))
    letters = mixed[:24].replace("'", "").replace("-", "") + "'-"
    used = letters[:1] + letters[5:]
    names = ["".join(rng.choice(list(used), size)) for size in lengths]
    if T > 1:
        names = [
            f"{name[0]}'{name[2:]}" if b % 2 == 0 else f"{letters[0]}{name[1:]}"
            for b, name in enumerate(names)
        ]
    return names, letters


ENCODE_NAMES = Exercise(
    name="project.encode_names",
    reference=encode_names,
    probes=probes_from("TB", arguments, without=NO_ARRAYS),
    results=(Result("ids", ("T", "B")), Result("lengths", ("B",))),
    points=3,
    chapter="sequences",
    mistakes=MISTAKES,
    without=NO_ARRAYS,
)
