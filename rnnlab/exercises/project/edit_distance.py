"""edit_distance: how many letters must be inserted, deleted or replaced to make one word of another."""

from __future__ import annotations

from numpy.random import Generator

from rnnlab.exercises.equivalents import NEVER_NEGATIVE
from rnnlab.exercises.project.shared import NO_ARRAYS
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Probe, Result

DISTANCE = "chapter encoder-decoder, “Spelling to sound”"


def edit_distance(a, b):
    D = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i in range(len(a) + 1):
        D[i][0] = i
    for j in range(len(b) + 1):
        D[0][j] = j
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            cost = int(a[i - 1] != b[j - 1])
            D[i][j] = min([D[i - 1][j - 1] + cost, D[i - 1][j] + 1, D[i][j - 1] + 1])
    return D[-1][-1]


MISTAKES = (
    Mistake(
        name="replacing_costs_two",
        summary="to replace a letter costs 2, as much as to delete one and insert another",
        tag="formula",
        hints=Hints(
            where='What is your distance between "a" and "b"?',
            idea=f"Replacing is a step of its own, and costs 1 ({DISTANCE}).",
            fix="Add 1 to the diagonal entry where the letters differ.",
        ),
        edits=(("int(a[i - 1] != b[j - 1])", "2 * int(a[i - 1] != b[j - 1])"),),
    ),
    Mistake(
        name="equal_letters_cost",
        summary="a letter that stays as it is costs a step, too",
        tag="formula",
        hints=Hints(
            where="What is your distance between a word and itself?",
            idea=f"Equal letters are passed over for nothing ({DISTANCE}).",
            fix="Add 0 to the diagonal entry where the letters are equal.",
        ),
        edits=(("int(a[i - 1] != b[j - 1])", "1"),),
    ),
    Mistake(
        name="replacing_is_free",
        summary="to replace a letter costs nothing, so that only the lengths count",
        tag="dropped term",
        hints=Hints(
            where='What is your distance between "a" and "b"?',
            idea=f"The diagonal step is free only where the letters are equal ({DISTANCE}).",
            fix="Add 1 to the diagonal entry where `a[i - 1] != b[j - 1]`.",
        ),
        edits=(("int(a[i - 1] != b[j - 1])", "0"),),
    ),
    Mistake(
        name="borders_zero",
        summary="the first row and column of the table are zeros, so that a beginning may be left out for nothing",
        tag="initial state",
        hints=Hints(
            where='What is your distance between "" and "abc"?',
            idea=f"From nothing to j letters it takes j insertions ({DISTANCE}).",
            fix="Fill the first row with 0, 1, 2, …, and the first column, too.",
        ),
        edits=(("D[i][0] = i", "D[i][0] = 0"), ("D[0][j] = j", "D[0][j] = 0")),
    ),
    Mistake(
        name="first_row_zero",
        summary="the first row of the table is zeros: insertions before the first letter cost nothing",
        tag="initial state",
        hints=Hints(
            where='What is your distance between "" and "abc"?',
            idea=f"The first row says what it costs to make the first letters of b from nothing ({DISTANCE}).",
            fix="Fill the first row with 0, 1, 2, ….",
        ),
        edits=(("D[0][j] = j", "D[0][j] = 0"),),
    ),
    Mistake(
        name="first_column_zero",
        summary="the first column of the table is zeros: deletions before the first letter cost nothing",
        tag="initial state",
        hints=Hints(
            where='What is your distance between "abc" and ""?',
            idea=f"The first column says what it costs to delete the first letters of a ({DISTANCE}).",
            fix="Fill the first column with 0, 1, 2, ….",
        ),
        edits=(("D[i][0] = i", "D[i][0] = 0"),),
    ),
    Mistake(
        name="never_deletes",
        summary="letters of the first word are never deleted",
        tag="dropped term",
        hints=Hints(
            where="Which three neighbors does each entry of your table compare?",
            idea=f"An entry is reached by replacing (diagonal), deleting (from above) or inserting (from the left) "
            f"({DISTANCE}).",
            fix="Take the minimum of all three, `D[i - 1][j] + 1` among them.",
        ),
        edits=((", D[i - 1][j] + 1", ""),),
    ),
    Mistake(
        name="never_inserts",
        summary="letters of the second word are never inserted",
        tag="dropped term",
        hints=Hints(
            where="Which three neighbors does each entry of your table compare?",
            idea=f"An entry is reached by replacing (diagonal), deleting (from above) or inserting (from the left) "
            f"({DISTANCE}).",
            fix="Take the minimum of all three, `D[i][j - 1] + 1` among them.",
        ),
        edits=((", D[i][j - 1] + 1", ""),),
    ),
    Mistake(
        name="place_by_place",
        summary="the words are compared place by place, so that one letter more moves all that follow",
        tag="formula",
        hints=Hints(
            where='What is your distance between "abcd" and "xabcd"?',
            idea=f"A letter inserted at the front costs one step, and not a difference at every place ({DISTANCE}).",
            fix="Fill a table of distances between the beginnings of both words.",
        ),
        edits=(
            (
                "return D[-1][-1]",
                "return sum(x != y for x, y in zip(a, b)) + abs(len(a) - len(b))",
            ),
        ),
    ),
    Mistake(
        name="exchange_costs_one",
        summary="two neighbors that change places cost 1, where they cost 2 here",
        tag="formula",
        hints=Hints(
            where='What is your distance between "ab" and "ba"?',
            idea=f"The three steps are insert, delete and replace; an exchange takes two of them ({DISTANCE}).",
            fix="Leave out the case of two letters that are exchanged.",
        ),
        edits=(
            (
                "D[i][j - 1] + 1])",
                "D[i][j - 1] + 1])\n"
                "            if i > 1 and j > 1 and a[i - 2 : i] == b[j - 2 : j][::-1]:\n"
                "                D[i][j] = min(D[i][j], D[i - 2][j - 2] + cost)",
            ),
        ),
    ),
    Mistake(
        name="last_letters_left_out",
        summary="the last letter of each word is left out",
        tag="off by one",
        hints=Hints(
            where="How many rows and columns has your table?",
            idea=f"There is an entry for each beginning, the empty one and the whole word included ({DISTANCE}).",
            fix="Make the table with `len(a) + 1` rows and `len(b) + 1` columns, and return its last entry.",
        ),
        edits=(("return D[-1][-1]", "return D[max(len(a) - 1, 0)][max(len(b) - 1, 0)]"),),
    ),
    Mistake(
        name="share_of_the_length",
        summary="the distance is divided by the length of the longer word",
        tag="factor",
        hints=Hints(
            where="Can your result be a fraction?",
            idea=f"The distance is a number of steps; a rate is made of it later ({DISTANCE}).",
            fix="Return the last entry of the table as it is.",
        ),
        edits=(("return D[-1][-1]", "return D[-1][-1] / max(len(a), len(b), 1)"),),
    ),
    Mistake(
        name="letters_in_common",
        summary="the order of the letters is ignored: only which letters occur is compared",
        tag="formula",
        hints=Hints(
            where='What is your distance between "abc" and "cab"?',
            idea=f"Two words of the same letters can be far apart ({DISTANCE}).",
            fix="Fill a table of distances between the beginnings of both words.",
        ),
        edits=(("return D[-1][-1]", "return max(len(set(a) - set(b)), len(set(b) - set(a)))"),),
    ),
)


def probes(rng: Generator) -> tuple[Probe, ...]:
    """Pairs of words that differ by one kind of step or by several, or of which one is empty; letters drawn anew."""
    letters = rng.permutation(list("abcdefghijklmnopqrstuvwxyz"))
    word, (p, q, r) = "".join(letters[:6]), letters[6:9]
    cut = int(rng.integers(1, 4))
    pairs = {
        "a letter in front": (word, p + word),
        "a letter less": (word, word[:cut] + word[cut + 1 :]),
        "other letters": (word, p + word[1:cut] + q + word[cut + 1 :]),
        "neighbors exchanged": (word, word[:cut] + word[cut + 1] + word[cut] + word[cut + 2 :]),
        "the last letter": (word[:-1] + p, word[:-1] + q),
        "turned round": (word[:5], word[4::-1]),
        "everything at once": (p + word[1:4] + word[5] + q, word[1:3] + r + word[3:6]),
        "from nothing": ("", word[:cut]),
        "to nothing": (word[: cut + 1], ""),
        "the same word": (word, word),
    }
    return tuple(Probe(f"{label}: {a!r}, {b!r}", (str(a), str(b))) for label, (a, b) in pairs.items())


WITHOUT = NO_ARRAYS | {
    "single": "two words are compared, and there is no batch",
    "small": "words of any length occur, the empty one included",
}

OVERWRITTEN = "every entry of the table is written before it is read"

EDIT_DISTANCE = Exercise(
    name="project.edit_distance",
    reference=edit_distance,
    probes=probes,
    equivalents={
        "return D[-1][-1] → return abs(D[-1][-1]) (line 11)": NEVER_NEGATIVE,
        "0 → 1 (line 2)": OVERWRITTEN,
        "0 → -1 (line 2)": OVERWRITTEN,
    },
    results=(Result("distance", ()),),
    points=4,
    chapter="encoder-decoder",
    mistakes=MISTAKES,
    without=WITHOUT,
)
