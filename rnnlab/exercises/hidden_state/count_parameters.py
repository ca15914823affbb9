"""count_parameters: how many numbers a plain RNN with a readout learns."""

from __future__ import annotations

from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.equivalents import NEVER_NEGATIVE
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result


def count_parameters(D, H, K):
    cell = H * D + H * H + H
    readout = K * H + K
    return cell + readout


MISTAKES = (
    Mistake(
        name="no_recurrent_weights",
        summary="the H·H numbers of W_hh are not counted",
        tag="dropped term",
        hints=Hints(
            where="Go through the arguments of rnn_step one by one. Is every weight in your sum?",
            idea=(
                "The cell has three parameter arrays: W_xh, W_hh and b_h (chapter hidden-state, "
                "“One equation, every shape”)."
            ),
            fix="Add `H * H` for W_hh.",
        ),
        edits=((" + H * H", ""),),
    ),
    Mistake(
        name="diagonal_recurrence",
        summary="W_hh is counted as H numbers, as if each unit saw only itself",
        tag="size",
        hints=Hints(
            where="What is the shape of W_hh?",
            idea=(
                "Every unit feeds every unit, so W_hh is a full square matrix (chapter hidden-state, "
                "“One equation, every shape”)."
            ),
            fix="Count `H * H` for W_hh.",
        ),
        edits=((" + H * H", " + H"),),
    ),
    Mistake(
        name="no_input_weights",
        summary="the H·D numbers of W_xh are not counted",
        tag="dropped term",
        hints=Hints(
            where="Go through the arguments of rnn_step one by one. Is every weight in your sum?",
            idea=(
                "The cell has three parameter arrays: W_xh, W_hh and b_h (chapter hidden-state, "
                "“One equation, every shape”)."
            ),
            fix="Add `H * D` for W_xh.",
        ),
        edits=(("H * D + ", ""),),
    ),
    Mistake(
        name="two_biases",
        summary="the cell's bias is counted twice",
        tag="repeated term",
        hints=Hints(
            where="How many bias vectors does rnn_step take?",
            idea=(
                "This cell has one bias b_h. torch.nn.RNN keeps two, which do the work of one (chapter "
                "hidden-state, “One equation, every shape”)."
            ),
            fix="Count H once for b_h.",
        ),
        edits=(("H * H + H", "H * H + 2 * H"),),
    ),
    Mistake(
        name="no_bias",
        summary="the H numbers of b_h are not counted",
        tag="dropped term",
        hints=Hints(
            where="Are biases learned?",
            idea=(
                "A bias is a parameter like any weight; b_h has one number per unit (chapter hidden-state, "
                "“One equation, every shape”)."
            ),
            fix="Add `H` for b_h.",
        ),
        edits=(("H * H + H", "H * H"),),
    ),
    Mistake(
        name="no_readout_bias",
        summary="the K numbers of b_y are not counted",
        tag="dropped term",
        hints=Hints(
            where="Which arrays does readout take besides h?",
            idea="The readout has W_hy and b_y (chapter hidden-state, “One equation, every shape”).",
            fix="Add `K` for b_y.",
        ),
        edits=(("K * H + K", "K * H"),),
    ),
    Mistake(
        name="no_biases",
        summary="neither b_h nor b_y is counted",
        tag="dropped term",
        hints=Hints(
            where="Are biases learned?",
            idea="A bias is a parameter like any weight (chapter hidden-state, “One equation, every shape”).",
            fix="Add `H` for b_h and `K` for b_y.",
        ),
        edits=(("H * H + H", "H * H"), ("K * H + K", "K * H")),
    ),
    Mistake(
        name="no_readout",
        summary="the readout is not counted",
        tag="dropped term",
        hints=Hints(
            where="Does K matter in your sum?",
            idea=(
                "The network is the cell and the readout; both are learned (chapter hidden-state, "
                "“One equation, every shape”)."
            ),
            fix="Add `K * H + K` for W_hy and b_y.",
        ),
        edits=(("cell + readout", "cell"),),
    ),
    Mistake(
        name="cell_missing",
        summary="only the readout is counted",
        tag="dropped term",
        hints=Hints(
            where="Does D matter in your sum?",
            idea=(
                "The network is the cell and the readout; both are learned (chapter hidden-state, "
                "“One equation, every shape”)."
            ),
            fix="Add `H * D + H * H + H` for W_xh, W_hh and b_h.",
        ),
        edits=(("cell + readout", "readout"),),
    ),
    Mistake(
        name="readout_from_input",
        summary="the readout is counted as if it read the input: K·D in place of K·H",
        tag="size",
        hints=Hints(
            where="What does the readout multiply: x_t or h_t?",
            idea=(
                "W_hy leads from the state to the classes, (K, H) (chapter hidden-state, “One equation, "
                "every shape”)."
            ),
            fix="Count `K * H` for W_hy.",
        ),
        edits=(("K * H", "K * D"),),
    ),
    Mistake(
        name="sizes_exchanged",
        summary="D and H are exchanged",
        tag="mixed up",
        hints=Hints(
            where="Which letter is the size of the state, D or H?",
            idea=(
                "D is the input's size and H the hidden state's (chapter hidden-state, “One equation, "
                "every shape”)."
            ),
            fix="Write the shapes beside the arrays, W_xh (H, D), W_hh (H, H), b_h (H,), and multiply.",
        ),
        edits=(("H * D + H * H + H", "D * H + D * D + D"), ("K * H", "K * D")),
    ),
    Mistake(
        name="float_result",
        summary="the count is a float",
        tag="dtype",
        hints=Hints(
            where="What does `type(result)` print?",
            idea="A count is a whole number (chapter hidden-state, “One equation, every shape”).",
            fix="Use `*` and `+` on the sizes; if you divide, divide with `//`.",
        ),
        edits=(("cell + readout", "float(cell + readout)"),),
    ),
)


def arguments(scene: Scene):
    return scene.D, scene.H, scene.K


WITHOUT = {
    "single": "its inputs are three sizes",
    "float32": "its inputs are three sizes",
    "strided": "its inputs are three sizes",
    "large": "its inputs are three sizes",
}

COUNT_PARAMETERS = Exercise(
    name="hidden_state.count_parameters",
    reference=count_parameters,
    probes=probes_from("DHK", arguments, without=WITHOUT),
    results=(Result("count", ()),),
    points=2,
    chapter="hidden-state",
    mistakes=MISTAKES,
    equivalents={
        "return cell + readout → return abs(cell + readout) (line 4)": NEVER_NEGATIVE,
    },
    without=WITHOUT,
)
