"""step_flops: the matrix products of one more token, in an LSTM and in an attention layer with T keys."""

from __future__ import annotations

from rnnlab.exercises.architectures.shared import SIZES_ONLY, TOKEN_COST, TRAINING_COST
from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result


def step_flops(T, D, H):
    lstm = 2 * 4 * H * (D + H)
    projections = 2 * 4 * H * H
    lookup = 2 * T * H + 2 * T * H
    return lstm, projections + lookup


MISTAKES = (
    Mistake(
        name="multiplications_only",
        summary="the additions are not counted: each entry of a matrix costs one operation and not two",
        tag="factor",
        hints=Hints(
            where="What is done with each product before the next one: is it added to something?",
            idea=f"Each entry costs a multiplication and an addition: 2 m n for an (m, n) matrix ({TRAINING_COST}).",
            fix="Multiply all numbers by 2.",
        ),
        edits=(
            ("2 * 4 * H * (D + H)", "4 * H * (D + H)"),
            ("2 * 4 * H * H", "4 * H * H"),
            ("2 * T * H + 2 * T * H", "T * H + T * H"),
        ),
    ),
    Mistake(
        name="no_recurrent_product",
        summary="the product of the LSTM's state with its weights is not counted",
        tag="dropped term",
        hints=Hints(
            where="Which two vectors does each block of an LSTM multiply?",
            idea=f"Each weight is used once a step, those on x_t and those on h_{{t−1}} ({TRAINING_COST}).",
            fix="Count `D + H` inputs for each of the 4H rows.",
        ),
        edits=(("4 * H * (D + H)", "4 * H * D"),),
    ),
    Mistake(
        name="no_input_product",
        summary="the product of the LSTM's input with its weights is not counted",
        tag="dropped term",
        hints=Hints(
            where="Does D matter in your count?",
            idea=f"Each weight is used once a step, those on x_t and those on h_{{t−1}} ({TRAINING_COST}).",
            fix="Count `D + H` inputs for each of the 4H rows.",
        ),
        edits=(("4 * H * (D + H)", "4 * H * H"),),
    ),
    Mistake(
        name="one_gate",
        summary="one of the LSTM's four blocks is counted",
        tag="dropped term",
        hints=Hints(
            where="How many rows do the weights of an LSTM have: H or 4H?",
            idea=f"Every weight costs two operations, and an LSTM has four blocks of them ({TRAINING_COST}).",
            fix="Multiply the LSTM's count by 4.",
        ),
        edits=(("2 * 4 * H * (D + H)", "2 * H * (D + H)"),),
    ),
    Mistake(
        name="whole_sequence_in_the_lstm",
        summary="the LSTM's count is that of T steps and not of one more",
        tag="size",
        hints=Hints(
            where="Does an LSTM read the old tokens again when a new one comes?",
            idea=f"What was read is in the state: one more token is one step ({TOKEN_COST}).",
            fix="Leave T out of the LSTM's count.",
        ),
        edits=(("2 * 4 * H * (D + H)", "2 * 4 * H * (D + H) * T"),),
    ),
    Mistake(
        name="past_projected_again",
        summary="queries, keys and values of all T tokens are computed again",
        tag="cache",
        hints=Hints(
            where="Which of the projections are in the cache already?",
            idea=f"Keys and values of earlier tokens are kept; the new token needs its own alone ({TOKEN_COST}).",
            fix="Count four products of H by H once, without T.",
        ),
        edits=(("2 * 4 * H * H", "2 * 4 * H * H * T"),),
    ),
    Mistake(
        name="all_pairs",
        summary="the scores of all T² pairs are counted and not those of the new query",
        tag="cache",
        hints=Hints(
            where="How many new queries are there when one token is added?",
            idea=f"One query meets T keys, so the cost grows with T and not with its square ({TRAINING_COST}).",
            fix="Count `2 * T * H` for the scores and as much for the values.",
        ),
        edits=(("2 * T * H + 2 * T * H", "2 * T * T * H + 2 * T * T * H"),),
    ),
    Mistake(
        name="values_not_read",
        summary="the products of the weights with the values are not counted",
        tag="dropped term",
        hints=Hints(
            where="What happens to the T weights after the softmax?",
            idea=f"T keys meet the query, and T values are added up: 2TH operations each ({TRAINING_COST}).",
            fix="Add another `2 * T * H`.",
        ),
        edits=(("2 * T * H + 2 * T * H", "2 * T * H"),),
    ),
    Mistake(
        name="no_lookup",
        summary="only the projections are counted, and the T keys and values are not",
        tag="dropped term",
        hints=Hints(
            where="Does T matter in your count?",
            idea=f"The query meets T keys, and T values are added up ({TRAINING_COST}).",
            fix="Add `4 * T * H`.",
        ),
        edits=(("projections + lookup", "projections"),),
    ),
    Mistake(
        name="no_projections",
        summary="only the T keys and values are counted, and the projections are not",
        tag="dropped term",
        hints=Hints(
            where="Where do q, k, v and the output of the new token come from?",
            idea=f"Each weight is used once a step: four matrices of H by H ({TRAINING_COST}).",
            fix="Add `8 * H * H`.",
        ),
        edits=(("projections + lookup", "lookup"),),
    ),
    Mistake(
        name="three_projections",
        summary="the product with W_out is not counted",
        tag="dropped term",
        hints=Hints(
            where="How many (H, H) matrices does one token pass?",
            idea=f"Each weight is used once a step: W_q, W_k, W_v and W_out ({TRAINING_COST}).",
            fix="Count four matrices of H by H.",
        ),
        edits=(("2 * 4 * H * H", "2 * 3 * H * H"),),
    ),
)


def arguments(scene: Scene):
    return 7 * scene.T, scene.D, scene.H


STEP_FLOPS = Exercise(
    name="architectures.step_flops",
    reference=step_flops,
    probes=probes_from("TDH", arguments, without=SIZES_ONLY),
    results=(Result("lstm", ()), Result("attention", ())),
    points=2,
    chapter="comparison",
    mistakes=MISTAKES,
    without=SIZES_ONLY,
)
