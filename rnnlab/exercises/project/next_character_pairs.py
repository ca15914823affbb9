"""next_character_pairs: one long text as streams that are read side by side, window after window."""

from __future__ import annotations

from rnnlab.exercises.draw import Scene
from rnnlab.exercises.project.shared import CLASSES_ALONE, Drawn, probes_with_sizes, whole_numbers
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result

STREAMS = "chapter bptt, “Truncated: cutting the loop short”"
TARGETS = "chapter losses, “A loss for a sequence”"


def next_character_pairs(text_ids, B, T):
    L = len(text_ids) // B
    streams = text_ids[: B * L].reshape(B, L).T
    n = (L - 1) // T
    inputs = streams[: n * T].reshape(n, T, B)
    targets = streams[1 : n * T + 1].reshape(n, T, B)
    return inputs, targets


MISTAKES = (
    Mistake(
        name="dealt_out",
        summary="the text is dealt out like cards: neighbors in the text stand in different streams",
        tag="axes",
        hints=Hints(
            where="Read column 0 of your first window from top to bottom. Is it text?",
            idea=f"Each stream is one piece of the text, in order ({STREAMS}).",
            fix="Write `text_ids[: B * L].reshape(B, L).T`: first one row for each stream, then time to the front.",
        ),
        edits=((".reshape(B, L).T", ".reshape(L, B)"),),
    ),
    Mistake(
        name="windows_dealt_out",
        summary="neighboring windows of the text stand side by side, so that the state is carried to the wrong place",
        tag="order",
        hints=Hints(
            where="What stands in the text before column 0 of your second window: column 0 of the first?",
            idea=f"The state after a window is the start of the next, so each column must go on ({STREAMS}).",
            fix="Cut the text into B long pieces first, and cut windows out of these.",
        ),
        edits=(
            (
                "streams[: n * T].reshape(n, T, B)",
                "np.stack([text_ids[k : k + B * T].reshape(B, T).T for k in range(0, n * B * T, B * T)])",
            ),
            (
                "streams[1 : n * T + 1].reshape(n, T, B)",
                "np.stack([text_ids[k + 1 : k + 1 + B * T].reshape(B, T).T for k in range(0, n * B * T, B * T)])",
            ),
        ),
    ),
    Mistake(
        name="targets_are_inputs",
        summary="the targets are the inputs: the network is asked for what it has already read",
        tag="shift",
        hints=Hints(
            where="What is the first target, and what was the first input?",
            idea=f"The target of each step is the character that comes next ({TARGETS}).",
            fix="Begin the targets one character later: `streams[1 : n * T + 1]`.",
        ),
        edits=(("streams[1 : n * T + 1]", "streams[: n * T]"),),
    ),
    Mistake(
        name="targets_come_before",
        summary="the targets are the characters before the inputs, and not those after them",
        tag="shift",
        hints=Hints(
            where="Does the network have to say what comes, or what was?",
            idea=f"The target of each step is the character that comes next ({TARGETS}).",
            fix="The inputs begin at character 0 of the stream, and the targets at character 1.",
        ),
        edits=(("return inputs, targets", "return targets, inputs"),),
    ),
    Mistake(
        name="shifted_by_two",
        summary="the targets are two characters ahead",
        tag="shift",
        hints=Hints(
            where="How far apart are input and target?",
            idea=f"The target of each step is the very next character ({TARGETS}).",
            fix="Begin the targets at character 1 of each stream.",
        ),
        edits=(
            ("(L - 1) // T", "(L - 2) // T"),
            ("streams[1 : n * T + 1]", "streams[2 : n * T + 2]"),
        ),
    ),
    Mistake(
        name="shifted_inside_windows",
        summary="the shift happens inside each window, whose last target is then its own first character",
        tag="shift",
        hints=Hints(
            where="What is the last target of your first window?",
            idea=f"The target of a window's last step is the first input of the next window ({TARGETS}).",
            fix="Shift the whole streams first, and cut afterwards; `np.roll` brings the start to the end.",
        ),
        edits=(("streams[1 : n * T + 1].reshape(n, T, B)", "np.roll(inputs, -1, axis=1)"),),
    ),
    Mistake(
        name="batch_before_time",
        summary="the batch comes before time in each window, (n, B, T)",
        tag="axes",
        hints=Hints(
            where="Is one step of a window a row of it?",
            idea=f"Each window is time-first, (T, B), so that a loop over it goes through time ({STREAMS}).",
            fix="Exchange the last two axes, or return `(n, T, B)` at once.",
        ),
        edits=(("return inputs, targets", "return inputs.swapaxes(1, 2), targets.swapaxes(1, 2)"),),
    ),
    Mistake(
        name="windows_mixed",
        summary="each window takes every n-th character of a stream, and not T characters in a row",
        tag="axes",
        hints=Hints(
            where="Which characters of stream 0 are in your first window?",
            idea=f"A window is T steps in a row; `reshape` fills the last axes first ({STREAMS}).",
            fix="Reshape to `(n, T, B)`, and not to `(T, n, B)`.",
        ),
        edits=(
            ("streams[: n * T].reshape(n, T, B)", "streams[: n * T].reshape(T, n, B).swapaxes(0, 1)"),
            (
                "streams[1 : n * T + 1].reshape(n, T, B)",
                "streams[1 : n * T + 1].reshape(T, n, B).swapaxes(0, 1)",
            ),
        ),
    ),
    Mistake(
        name="one_window_too_few",
        summary="the last full window is left out",
        tag="off by one",
        hints=Hints(
            where="How many characters of each stream are left over?",
            idea=f"A stream of L characters has L − 1 pairs, which are (L − 1) // T windows ({STREAMS}).",
            fix="Compute `n = (L - 1) // T`, and use all n windows.",
        ),
        edits=(("(L - 1) // T", "(L - 1) // T - 1"),),
    ),
    Mistake(
        name="overlapping_windows",
        summary="each window starts one character after the one before, so that every character is read T times",
        tag="order",
        hints=Hints(
            where="At which character of its stream does your second window start?",
            idea=f"The next window goes on where the last one ended ({STREAMS}).",
            fix="Let window i start at character i · T.",
        ),
        edits=(
            ("streams[: n * T].reshape(n, T, B)", "np.stack([streams[i : i + T] for i in range(n)])"),
            (
                "streams[1 : n * T + 1].reshape(n, T, B)",
                "np.stack([streams[i + 1 : i + 1 + T] for i in range(n)])",
            ),
        ),
    ),
    Mistake(
        name="end_of_the_text",
        summary="the streams are cut from the end of the text, and its beginning is left over",
        tag="order",
        hints=Hints(
            where="Which is the first character of stream 0?",
            idea=f"Stream 0 starts where the text starts; what is left over is at the end ({STREAMS}).",
            fix="Write `text_ids[: B * L]`.",
        ),
        edits=(("text_ids[: B * L]", "text_ids[len(text_ids) - B * L :]"),),
    ),
)


def arguments(scene: Scene) -> Drawn:
    """A text in which no character occurs twice, with a rest; at the edge a stream is an exact number of windows."""
    rng, T, B = scene.rng, scene.T, scene.B
    n = int(rng.integers(3, 5))
    L = n * T if scene.edge else n * T + int(rng.integers(1, T + 1))
    rest = int(rng.integers(1, B)) if B > 1 else 0
    return (whole_numbers(scene, rng.permutation(B * L + rest)), B, T), {"T": T, "B": B}


WITHOUT = CLASSES_ALONE

NEXT_CHARACTER_PAIRS = Exercise(
    name="project.next_character_pairs",
    reference=next_character_pairs,
    probes=probes_with_sizes(arguments, WITHOUT),
    results=(Result("inputs", ("n", "T", "B")), Result("targets", ("n", "T", "B"))),
    points=4,
    chapter="bptt",
    mistakes=MISTAKES,
    views=True,
    without=WITHOUT,
)
