"""state_bytes: what must be kept to go on: the cache of a transformer, and the state of a GRU."""

from __future__ import annotations

from rnnlab.exercises.architectures.shared import ONE_BY_ONE, TOKEN_COST, probes_with
from rnnlab.exercises.draw import Scene
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result


def state_bytes(T, B, L, H, itemsize):
    cache = 2 * L * T * B * H * itemsize
    state = L * B * H * itemsize
    return cache, state


MISTAKES = (
    Mistake(
        name="keys_without_values",
        summary="the cache holds the keys alone: the values are not counted",
        tag="factor",
        hints=Hints(
            where="Which two vectors of an old token does a new token need?",
            idea=f"The query is compared with the keys, and the values are what is read ({ONE_BY_ONE}).",
            fix="Multiply the size of the cache by 2.",
        ),
        edits=(("cache = 2 * L", "cache = L"),),
    ),
    Mistake(
        name="queries_cached",
        summary="the queries are counted in the cache, beside keys and values",
        tag="factor",
        hints=Hints(
            where="Does any later token need the query of an old one?",
            idea=f"A query is used once, at its own step; keys and values are asked again ({ONE_BY_ONE}).",
            fix="Count keys and values: the factor 2.",
        ),
        edits=(("cache = 2 * L", "cache = 3 * L"),),
    ),
    Mistake(
        name="one_block_cached",
        summary="the cache of one block is counted and not of all L",
        tag="dropped term",
        hints=Hints(
            where="Do the L blocks share their keys and values?",
            idea=f"Each block has keys and values of its own: (L, T, B, H) ({ONE_BY_ONE}).",
            fix="Multiply the size of the cache by L.",
        ),
        edits=(("2 * L * T", "2 * T"),),
    ),
    Mistake(
        name="one_sequence_cached",
        summary="the cache of one sequence is counted and not of all B",
        tag="dropped term",
        hints=Hints(
            where="How many texts are written side by side?",
            idea=f"Each sequence of the batch has its own past: (L, T, B, H) ({ONE_BY_ONE}).",
            fix="Multiply the size of the cache by B.",
        ),
        edits=(("T * B * H", "T * H"),),
    ),
    Mistake(
        name="cache_of_one_token",
        summary="the cache does not grow with T",
        tag="dropped term",
        hints=Hints(
            where="Does T matter in your cache?",
            idea=f"The cache grows in proportion to the context ({TOKEN_COST}).",
            fix="Multiply the size of the cache by T.",
        ),
        edits=(("2 * L * T", "2 * L"),),
    ),
    Mistake(
        name="table_of_pairs",
        summary="the cache grows with the square of T, as the table of all scores does",
        tag="size",
        hints=Hints(
            where="If the context doubles, how many keys are added?",
            idea=f"Kept are keys and values, one of each for a token; scores are not kept ({ONE_BY_ONE}).",
            fix="Let T occur once in your product.",
        ),
        edits=(("2 * L * T", "2 * L * T * T"),),
    ),
    Mistake(
        name="state_grows",
        summary="the state of the GRU grows with T",
        tag="size",
        hints=Hints(
            where="Which of the T states does a GRU need to go on?",
            idea=f"The last state alone: any past must fit into the same bytes ({TOKEN_COST}).",
            fix="Leave T out of the state.",
        ),
        edits=(("state = L * B", "state = L * T * B"),),
    ),
    Mistake(
        name="two_states",
        summary="two vectors are counted for the GRU, as an LSTM keeps h and c",
        tag="factor",
        hints=Hints(
            where="Does a GRU have a cell state beside h?",
            idea=f"A GRU keeps h alone ({TOKEN_COST}).",
            fix="Leave the factor 2 out of the state.",
        ),
        edits=(("state = L * B", "state = 2 * L * B"),),
    ),
    Mistake(
        name="one_layer_kept",
        summary="the state of one layer is counted and not of all L",
        tag="dropped term",
        hints=Hints(
            where="Can the second layer of the GRU go on without its own old state?",
            idea=f"Each of the L layers has a state of its own ({TOKEN_COST}).",
            fix="Multiply the state by L.",
        ),
        edits=(("state = L * B", "state = B"),),
    ),
    Mistake(
        name="one_sequence_kept",
        summary="the state of one sequence is counted and not of all B",
        tag="dropped term",
        hints=Hints(
            where="How many texts are written side by side?",
            idea=f"Each sequence of the batch has its own state ({TOKEN_COST}).",
            fix="Multiply the state by B.",
        ),
        edits=(("state = L * B", "state = L"),),
    ),
    Mistake(
        name="numbers_for_bytes",
        summary="numbers are counted and not bytes",
        tag="factor",
        hints=Hints(
            where="If each number has 2 bytes in place of 8, does your result change?",
            idea=f"Memory is the count of the numbers times the bytes of each ({TOKEN_COST}).",
            fix="Multiply both results by `itemsize`.",
        ),
        edits=(
            ("T * B * H * itemsize", "T * B * H"),
            ("L * B * H * itemsize", "L * B * H"),
        ),
    ),
    Mistake(
        name="results_exchanged",
        summary="the state is returned first and the cache second",
        tag="order",
        hints=Hints(
            where="In which order does the docstring name the two results?",
            idea=f"First what the transformer keeps, then what the GRU keeps ({TOKEN_COST}).",
            fix="End with `return cache, state`.",
        ),
        edits=(("return cache, state", "return state, cache"),),
    ),
)


def context(scene: Scene) -> int:
    """Dozens of tokens, but one in the small scene."""
    return 1 if scene.trait == "small" else 10 * scene.T


def units(scene: Scene) -> int:
    """More units than there are blocks or sequences, but one in the small scene."""
    return 1 if scene.trait == "small" else 8 + scene.H


def arguments(scene: Scene):
    itemsize = {"single": 8, "small": 4}.get(scene.trait, 4 if scene.edge else 2)
    return context(scene), scene.B, scene.K, units(scene), itemsize


WITHOUT = {
    "square": "no weight matrix occurs that could be square",
    "float32": "its inputs are sizes",
    "strided": "its inputs are sizes",
    "large": "its inputs are sizes",
}

STATE_BYTES = Exercise(
    name="architectures.state_bytes",
    reference=state_bytes,
    probes=probes_with(
        {"T": context, "B": lambda scene: scene.B, "L": lambda scene: scene.K, "H": units},
        arguments,
        without=WITHOUT,
    ),
    results=(Result("cache", ()), Result("state", ())),
    points=2,
    chapter="comparison",
    mistakes=MISTAKES,
    without=WITHOUT,
)
