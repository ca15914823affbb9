"""embed: a token id becomes a learned vector, a row of the table E."""

from __future__ import annotations

from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result


def embed(ids, E):
    vectors = E[ids]
    return vectors  # noqa: RET504 — mistakes change this line


MISTAKES = (
    Mistake(
        name="counts_from_one",
        summary="the row before the right one is taken: ids are counted from 1",
        tag="off by one",
        hints=Hints(
            where="Which row of E do you take for id 0?",
            idea=(
                "Ids run from 0 to K − 1, and so do the rows of E (chapter hidden-state, “Letters "
                "as vectors”)."
            ),
            fix="Use the id itself as the row number: `E[ids]`, with nothing added or taken away.",
        ),
        edits=(("E[ids]", "E[ids - 1]"),),
    ),
    Mistake(
        name="one_row_too_far",
        summary="the row after the right one is taken",
        tag="off by one",
        hints=Hints(
            where="Which row of E do you take for id 0?",
            idea=(
                "Ids run from 0 to K − 1, and so do the rows of E (chapter hidden-state, “Letters "
                "as vectors”)."
            ),
            fix="Use the id itself as the row number: `E[ids]`, with nothing added or taken away.",
        ),
        edits=(("E[ids]", "E[ids + 1]"),),
    ),
    Mistake(
        name="columns_for_rows",
        summary="columns of E are taken where its rows are wanted",
        tag="transposed",
        hints=Hints(
            where="E has the shape (K, D). Which of its axes do the ids number?",
            idea=(
                "Row k of E is the vector of class k; it has D entries (chapter hidden-state, “Letters "
                "as vectors”)."
            ),
            fix="Index the first axis, `E[ids]`, and leave out the transpose.",
        ),
        edits=(("E[ids]", "E.T[ids]"),),
    ),
    Mistake(
        name="columns_in_front",
        summary="columns of E are taken (`E[:, ids]`), so that their axis comes first, (K, T, B)",
        tag="transposed",
        hints=Hints(
            where="What does the colon in `E[:, ids]` keep: the classes or the vector's entries?",
            idea=(
                "Row k of E is the vector of class k; it has D entries (chapter hidden-state, “Letters "
                "as vectors”)."
            ),
            fix="Let the ids index the first axis: `E[ids]` gives (T, B, D) in one go.",
        ),
        edits=(("E[ids]", "E[:, ids]"),),
    ),
    Mistake(
        name="vector_axis_not_last",
        summary="the entries of the vectors stand before the batch, (T, D, B)",
        tag="axes",
        hints=Hints(
            where="What is `result[0, 0]`: the vector of the first token of the first sequence?",
            idea=(
                "Each id is replaced by a vector of D entries, so D comes last: (T, B, D) (chapter "
                "hidden-state, “One equation, every shape”)."
            ),
            fix="Leave the result of `E[ids]` as it is: it needs no transpose.",
        ),
        edits=(("return vectors", "return vectors.swapaxes(1, 2)"),),
    ),
    Mistake(
        name="batch_first",
        summary="batch and time are exchanged, (B, T, D)",
        tag="axes",
        hints=Hints(
            where=(
                "Compare `ids.shape` with the first two numbers of your result's shape. Are they "
                "in the same order?"
            ),
            idea=(
                "Sequences are time-first here: ids are (T, B), so the result is (T, B, D) (chapter "
                "hidden-state, “One equation, every shape”)."
            ),
            fix="Leave the axes of `ids` in their order: no transpose of `ids`, and none of the result.",
        ),
        edits=(("E[ids]", "E[ids.T]"),),
    ),
    Mistake(
        name="flattened",
        summary="time and batch are merged into one axis, (T·B, D)",
        tag="axes",
        hints=Hints(
            where="How many axes does `ids` have, and how many does your result have?",
            idea=(
                "Each id is replaced by a vector, the other axes stay: (T, B) becomes (T, B, D) "
                "(chapter hidden-state, “Letters as vectors”)."
            ),
            fix=(
                "If you flattened `ids` to loop over it, end with `.reshape(*ids.shape, -1)`. `E[ids]` "
                "needs neither."
            ),
        ),
        edits=(("E[ids]", "E[ids.reshape(-1)]"),),
    ),
    Mistake(
        name="bag_of_words",
        summary="the vectors are summed over time, so that their order is lost",
        tag="reduction",
        hints=Hints(
            where="Which axis of your result numbers the time steps?",
            idea=(
                "A recurrent net reads one vector per step, so every step keeps its own (chapter "
                "hidden-state, “Letters as vectors”)."
            ),
            fix="Leave out the sum over axis 0: the result is (T, B, D).",
        ),
        edits=(("return vectors", "return vectors.sum(axis=0)"),),
    ),
    Mistake(
        name="mean_vector",
        summary="the vectors are averaged over time, so that their order is lost",
        tag="reduction",
        hints=Hints(
            where="Which axis of your result numbers the time steps?",
            idea=(
                "A recurrent net reads one vector per step, so every step keeps its own (chapter "
                "hidden-state, “Letters as vectors”)."
            ),
            fix="Leave out the mean over axis 0: the result is (T, B, D).",
        ),
        edits=(("return vectors", "return vectors.mean(axis=0)"),),
    ),
    Mistake(
        name="first_sequence_only",
        summary="only the first sequence of the batch is looked up",
        tag="batch",
        hints=Hints(
            where="What does your code do with `ids[:, 1]`?",
            idea=(
                "`ids` holds B sequences side by side, one per column (chapter hidden-state, “One "
                "equation, every shape”)."
            ),
            fix="Index with all of `ids`, and not with a column of it: NumPy looks up whole arrays of ids.",
        ),
        edits=(("E[ids]", "E[ids[:, 0]]"),),
    ),
    Mistake(
        name="scaled",
        summary="the vectors are multiplied by √D",
        tag="scale",
        hints=Hints(
            where="Is `embed(ids, E)[0, 0]` exactly a row of E?",
            idea=(
                "A lookup copies rows as they are. The factor √D belongs to transformers (chapter "
                "hidden-state, “Letters as vectors”)."
            ),
            fix="Return the rows themselves, without the factor.",
        ),
        edits=(("return vectors", "return vectors * E.shape[1] ** 0.5"),),
    ),
    Mistake(
        name="normalized",
        summary="the vectors are scaled to length 1",
        tag="scale",
        hints=Hints(
            where="Is `embed(ids, E)[0, 0]` exactly a row of E?",
            idea=(
                "A lookup copies rows as they are; how long a vector is, is learned too (chapter "
                "hidden-state, “Letters as vectors”)."
            ),
            fix="Return the rows themselves, without dividing by their norm.",
        ),
        edits=(("return vectors", "return vectors / (vectors**2).sum(axis=-1, keepdims=True) ** 0.5"),),
    ),
    Mistake(
        name="last_class_never_used",
        summary="the last row of E is cut off, so that the last class has no vector",
        tag="off by one",
        hints=Hints(
            where="Which row of E do you take for id K − 1?",
            idea=(
                "The K rows of E belong to the ids 0 … K − 1, and the last one is a class like the others "
                "(chapter hidden-state, “Letters as vectors”)."
            ),
            fix="Look up in all of E: `E[ids]`, and not in `E[:-1]` or in a table with one row fewer.",
        ),
        edits=(("E[ids]", "E[:-1][ids]"),),
    ),
)


def arguments(scene: Scene):
    return scene.ids(scene.T, scene.B), scene.weight(scene.K, scene.D)


WITHOUT = {
    "large": "rows are looked up, and nothing is computed from them",
}

EMBED = Exercise(
    name="hidden_state.embed",
    reference=embed,
    probes=probes_from("TBKD", arguments, without=WITHOUT),
    results=(Result("vectors", ("T", "B", "D")),),
    points=2,
    chapter="hidden-state",
    mistakes=MISTAKES,
    without=WITHOUT,
)
