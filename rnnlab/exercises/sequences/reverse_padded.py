"""reverse_padded: each sequence of a batch turned round inside its own length; its padding stays where it is."""

from __future__ import annotations

from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.sequences.shared import TURNING, lengths_of
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result


def reverse_padded(x, lengths):
    y = x.copy()
    for b in range(x.shape[1]):
        n = lengths[b]
        y[:n, b] = x[:n, b][::-1]
    return y


MISTAKES = (
    Mistake(
        name="whole_axis",
        summary="the whole axis of time is turned, so that short sequences begin with their padding",
        tag="padding",
        hints=Hints(
            where="What stands at the first step of your shortest sequence?",
            idea=f"Only the real steps change their order; padding stays at the end ({TURNING}).",
            fix="Turn the first `lengths[b]` steps of sequence b: `y[:n, b] = x[:n, b][::-1]`.",
        ),
        edits=(("n = lengths[b]", "n = len(x)"),),
    ),
    Mistake(
        name="longest_for_all",
        summary="the length of the longest sequence is used for all",
        tag="padding",
        hints=Hints(
            where="Which steps of the shortest sequence does your code turn?",
            idea=f"Each sequence has a length of its own ({TURNING}).",
            fix="In a loop over the batch use `lengths[b]`, and not `lengths.max()`.",
        ),
        edits=(("n = lengths[b]", "n = lengths.max()"),),
    ),
    Mistake(
        name="first_length_for_all",
        summary="the length of the first sequence is used for all",
        tag="padding",
        hints=Hints(
            where="Which entries of `lengths` does your code read?",
            idea=f"Each sequence has a length of its own ({TURNING}).",
            fix="In a loop over the batch use `lengths[b]`, and not `lengths[0]`.",
        ),
        edits=(("lengths[b]", "lengths[0]"),),
    ),
    Mistake(
        name="last_step_stays",
        summary="one step too few is turned: the last real step stays where it is",
        tag="off by one",
        hints=Hints(
            where="What stands at the first step of your result, and what should stand there?",
            idea=f"A sequence of n real steps has the indices 0 … n − 1; the slice `:n` holds them all ({TURNING}).",
            fix="Write `:n`, and not `:n - 1`.",
        ),
        edits=(("n = lengths[b]", "n = lengths[b] - 1"),),
    ),
    Mistake(
        name="one_step_too_many",
        summary="one step too many is turned, so that a padded step comes to the front",
        tag="off by one",
        hints=Hints(
            where="What stands at the first step of your result, and what should stand there?",
            idea=f"A sequence of n real steps has the indices 0 … n − 1, so the last one is n − 1 ({TURNING}).",
            fix="Write `:n`, and not `:n + 1`; for single steps read from `n - 1 - t`.",
        ),
        edits=(("n = lengths[b]", "n = lengths[b] + 1"),),
    ),
    Mistake(
        name="padding_zeroed",
        summary="the padded steps are zero in the result, where they should stay as they are",
        tag="padding",
        hints=Hints(
            where="What stands in your result after the real steps?",
            idea=f"Turned twice, a batch must be the batch again, padding and all ({TURNING}).",
            fix="Start from `x.copy()`, and not from zeros.",
        ),
        edits=(("y = x.copy()", "y = 0 * x"),),
    ),
    Mistake(
        name="padding_turned_too",
        summary="the padded steps are turned round among themselves",
        tag="padding",
        hints=Hints(
            where="In which order are the padded steps of your result?",
            idea=f"Turning the whole axis and moving the padding back turns the padding, too ({TURNING}).",
            fix="Leave the steps from `n` on as they are in x.",
        ),
        edits=(("= x[:n, b][::-1]", "= x[:n, b][::-1]\n        y[n:, b] = x[n:, b][::-1]"),),
    ),
    Mistake(
        name="read_what_was_written",
        summary="steps are read from the result after they were overwritten, so that one half mirrors the other",
        tag="aliasing",
        hints=Hints(
            where="When your loop reaches the second half, are the steps that it reads still the old ones?",
            idea=f"The second half of the result is the first half of the input, not yet overwritten ({TURNING}).",
            fix="Read from `x`, and write to another array.",
        ),
        edits=(("y[:n, b] = x[:n, b][::-1]", "for t in range(n):\n            y[t, b] = y[n - 1 - t, b]"),),
    ),
    Mistake(
        name="batch_turned",
        summary="the order of the sequences is turned, and not that of the steps",
        tag="axes",
        hints=Hints(
            where="Along which axis does your `[::-1]` work?",
            idea=f"Time is axis 0, the batch axis 1 ({TURNING}).",
            fix="Turn along axis 0, within each sequence: `x[:n, b][::-1]`.",
        ),
        edits=(("return y", "return x[:, ::-1].copy()"),),
    ),
    Mistake(
        name="features_turned",
        summary="the numbers of each vector are turned, and not the steps",
        tag="axes",
        hints=Hints(
            where="Along which axis does your `[::-1]` work?",
            idea=f"What stands in a vector keeps its order; only the steps change theirs ({TURNING}).",
            fix="Turn along axis 0, within each sequence: `x[:n, b][::-1]`.",
        ),
        edits=(("[::-1]", "[:, ::-1]"),),
    ),
    Mistake(
        name="nothing_turned",
        summary="the steps keep their order",
        tag="wrong result",
        hints=Hints(
            where="Is your result different from x?",
            idea=f"The last real step comes first, the first one last ({TURNING}).",
            fix="Write `[::-1]` after the slice of the real steps.",
        ),
        edits=(("[::-1]", ""),),
    ),
    Mistake(
        name="batch_first",
        summary="batch and time are exchanged in the result, (B, T, D)",
        tag="axes",
        hints=Hints(
            where="Compare `x.shape` with your result's shape. Which axis is T in each?",
            idea=f"Sequences are time-first here, the result like x ({TURNING}).",
            fix="Join the sequences along axis 1: `np.stack(…, axis=1)`.",
        ),
        edits=(("return y", "return y.swapaxes(0, 1)"),),
    ),
)


def arguments(scene: Scene):
    return scene.values(scene.T, scene.B, scene.D), lengths_of(scene)


REVERSE_PADDED = Exercise(
    name="sequences.reverse_padded",
    reference=reverse_padded,
    probes=probes_from("TBD", arguments),
    results=(Result("y", ("T", "B", "D")),),
    points=3,
    chapter="bidirectional",
    mistakes=MISTAKES,
)
