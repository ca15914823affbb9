"""layer_parameters: how many numbers an LSTM, a GRU and an attention layer of the same width learn."""

from __future__ import annotations

from rnnlab.exercises.architectures.shared import SIZES_ONLY
from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result

LSTM = "chapter lstm, “Two states and four blocks”"
GRU = "chapter gru, “The equations”"
HEADS = "chapter transformer, “Every step asks every earlier step”"


def layer_parameters(D, H):
    lstm = 4 * (H * D + H * H + H)
    gru = 3 * (H * D + H * H + H) + H
    attention = 4 * (H * H + H)
    return lstm, gru, attention


MISTAKES = (
    Mistake(
        name="three_blocks_in_the_lstm",
        summary="the LSTM has three blocks of weights and not four: the gates are counted, the candidate is not",
        tag="dropped term",
        hints=Hints(
            where="How many vectors does an LSTM compute from x_t and h_{t−1} at each step?",
            idea=f"i, f, g and o: g is no gate, but it has weights like the gates ({LSTM}).",
            fix="Count four blocks of `H * D + H * H + H`.",
        ),
        edits=(("lstm = 4", "lstm = 3"),),
    ),
    Mistake(
        name="one_bias_for_all_gates",
        summary="the four blocks of the LSTM share one bias",
        tag="dropped term",
        hints=Hints(
            where="Which shape has the bias of an LSTM: (H,) or (4H,)?",
            idea=f"Each of the four blocks has weights and a bias of its own ({LSTM}).",
            fix="Count `4 * H` for the bias.",
        ),
        edits=(("4 * (H * D + H * H + H)", "4 * (H * D + H * H) + H"),),
    ),
    Mistake(
        name="two_biases_in_the_lstm",
        summary="each block of the LSTM has two biases, as torch.nn.LSTM keeps them",
        tag="repeated term",
        hints=Hints(
            where="How many biases are added up in one block's sum in the equation?",
            idea=f"One bias a block is enough: the sum of two is one ({LSTM}).",
            fix="Count `4 * H` for the bias of the LSTM.",
        ),
        edits=(("4 * (H * D + H * H + H)", "4 * (H * D + H * H + 2 * H)"),),
    ),
    Mistake(
        name="no_recurrent_weights",
        summary="the weights on the state, H·H in each block, are not counted",
        tag="dropped term",
        hints=Hints(
            where="Which two vectors does each block of an LSTM or a GRU read?",
            idea=f"Each block has weights for x_t and weights for h_{{t−1}} ({LSTM}).",
            fix="Count `H * D + H * H + H` in each block.",
        ),
        edits=(
            ("4 * (H * D + H * H + H)", "4 * (H * D + H)"),
            ("3 * (H * D + H * H + H)", "3 * (H * D + H)"),
        ),
    ),
    Mistake(
        name="no_input_weights",
        summary="the weights on the input, H·D in each block, are not counted",
        tag="dropped term",
        hints=Hints(
            where="Does D matter in your numbers?",
            idea=f"Each block has weights for x_t and weights for h_{{t−1}} ({LSTM}).",
            fix="Count `H * D + H * H + H` in each block.",
        ),
        edits=(
            ("4 * (H * D + H * H + H)", "4 * (H * H + H)"),
            ("3 * (H * D + H * H + H)", "3 * (H * H + H)"),
        ),
    ),
    Mistake(
        name="no_second_bias_in_the_gru",
        summary="the GRU lacks b_hn, the second bias of its candidate",
        tag="dropped term",
        hints=Hints(
            where="Which biases stand inside the candidate n_t in the recap above?",
            idea=f"r_t multiplies W_hn h + b_hn, so this bias cannot be joined with b_n ({GRU}).",
            fix="Add `H` to the three blocks of the GRU.",
        ),
        edits=(("3 * (H * D + H * H + H) + H", "3 * (H * D + H * H + H)"),),
    ),
    Mistake(
        name="two_biases_in_the_gru",
        summary="each block of the GRU has two biases, as torch.nn.GRU keeps them",
        tag="repeated term",
        hints=Hints(
            where="In which of the three blocks can two biases not be joined into one?",
            idea=f"Only b_hn stands apart, because r_t multiplies it; there are four biases in all ({GRU}).",
            fix="Count one bias for each of the three blocks, and H for b_hn.",
        ),
        edits=(("3 * (H * D + H * H + H) + H", "3 * (H * D + H * H + 2 * H)"),),
    ),
    Mistake(
        name="no_biases_in_the_cells",
        summary="the biases of the LSTM and the GRU are not counted",
        tag="dropped term",
        hints=Hints(
            where="Are biases learned?",
            idea=f"A bias is a parameter like any weight: four for the LSTM, and four for the GRU ({LSTM}).",
            fix="Add `4 * H` to both.",
        ),
        edits=(
            ("4 * (H * D + H * H + H)", "4 * (H * D + H * H)"),
            ("3 * (H * D + H * H + H) + H", "3 * (H * D + H * H)"),
        ),
    ),
    Mistake(
        name="two_blocks_in_the_gru",
        summary="the GRU has two blocks of weights and not three: the gates are counted, the candidate is not",
        tag="dropped term",
        hints=Hints(
            where="How many vectors does a GRU compute from x_t and h_{t−1} at each step?",
            idea=f"r, z and n: the candidate has weights like the gates ({GRU}).",
            fix="Count three blocks of `H * D + H * H + H`, and H for b_hn.",
        ),
        edits=(("gru = 3", "gru = 2"),),
    ),
    Mistake(
        name="four_blocks_in_the_gru",
        summary="the GRU has four blocks of weights, as many as the LSTM",
        tag="repeated term",
        hints=Hints(
            where="Which gate of the LSTM has no counterpart in the GRU?",
            idea=f"r, z and n: the GRU has three blocks ({GRU}).",
            fix="Count three blocks, and H for b_hn.",
        ),
        edits=(("gru = 3", "gru = 4"),),
    ),
    Mistake(
        name="no_output_matrix",
        summary="the attention layer has three matrices and not four: W_out is not counted",
        tag="dropped term",
        hints=Hints(
            where="What happens to the context c_i before it leaves the layer?",
            idea=f"Beside W_q, W_k and W_v there is W_out with its bias ({HEADS}).",
            fix="Count four matrices of `H * H`, and four biases.",
        ),
        edits=(("attention = 4", "attention = 3"),),
    ),
    Mistake(
        name="no_biases_in_attention",
        summary="the biases of the attention layer are not counted",
        tag="dropped term",
        hints=Hints(
            where="How many vectors, beside the four matrices, does the attention layer learn?",
            idea=f"Each of the four matrices has a bias of H numbers ({HEADS}).",
            fix="Count `4 * (H * H + H)`.",
        ),
        edits=(("(H * H + H)", "(H * H)"),),
    ),
    Mistake(
        name="attention_reads_the_input",
        summary="the matrices of the attention layer are counted with the input's size D",
        tag="size",
        hints=Hints(
            where="How many numbers has each vector that the attention layer reads here?",
            idea=f"It reads and makes vectors of H numbers, so its matrices are (H, H) ({HEADS}).",
            fix="Count `H * H` for each of the four matrices.",
        ),
        edits=(("4 * (H * H + H)", "4 * (H * D + H)"),),
    ),
    Mistake(
        name="sizes_exchanged",
        summary="D and H are exchanged",
        tag="mixed up",
        hints=Hints(
            where="Which letter is the width of the layer, D or H?",
            idea=f"D is the input's size and H the number of units ({LSTM}).",
            fix="Write the shapes of all arrays beside each other, (H, D), (H, H), (H,), and multiply.",
        ),
        edits=(
            ("4 * (H * D + H * H + H)", "4 * (D * H + D * D + D)"),
            ("3 * (H * D + H * H + H) + H", "3 * (D * H + D * D + D) + D"),
            ("4 * (H * H + H)", "4 * (D * D + D)"),
        ),
    ),
)


def arguments(scene: Scene):
    return scene.D, scene.H


LAYER_PARAMETERS = Exercise(
    name="architectures.layer_parameters",
    reference=layer_parameters,
    probes=probes_from("DH", arguments, without=SIZES_ONLY),
    results=(Result("lstm", ()), Result("gru", ()), Result("attention", ())),
    points=2,
    chapter="comparison",
    mistakes=MISTAKES,
    without=SIZES_ONLY,
)
