"""lstm_init: starting weights from given random numbers, with a bias that opens the forget gate."""

from __future__ import annotations

import numpy as np

from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.gated.shared import START, STEP
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result


def lstm_init(u_xh, u_hh, forget_bias):
    H = u_hh.shape[1]
    bound = 1 / np.sqrt(H)
    W_xh = (2 * u_xh - 1) * bound
    W_hh = (2 * u_hh - 1) * bound
    b_h = np.zeros(4 * H)
    b_h[H : 2 * H] = forget_bias
    return W_xh, W_hh, b_h


def _bias_on(name: str, summary: str, where: str, rows: str) -> Mistake:
    """The forget bias on other rows than those of the forget gate."""
    return Mistake(
        name=name,
        summary=summary,
        tag="gate order",
        hints=Hints(
            where=where,
            idea=f"The rows are stacked as i, f, g, o, and the bias is meant for f alone ({START}).",
            fix="Set the rows from H to 2H: `b_h[H : 2 * H] = forget_bias`.",
        ),
        edits=(("b_h[H : 2 * H]", rows),),
    )


MISTAKES = (
    _bias_on(
        "bias_on_the_input_gate",
        "the bias is set on the first block, which is the input gate",
        "Which of the four gates has the first H rows?",
        "b_h[:H]",
    ),
    _bias_on(
        "bias_on_the_candidate",
        "the bias is set on the third block, which is the candidate",
        "Which of the four blocks has the rows from 2H to 3H?",
        "b_h[2 * H : 3 * H]",
    ),
    _bias_on(
        "bias_on_the_output_gate",
        "the bias is set on the last block, which is the output gate",
        "Which of the four gates has the last H rows?",
        "b_h[3 * H :]",
    ),
    _bias_on(
        "bias_everywhere",
        "the bias is set on all four blocks, and not on the forget gate alone",
        "What does a bias of 4 do to the input gate and the output gate, and do you want that?",
        "b_h[:]",
    ),
    _bias_on(
        "bias_on_one_unit",
        "the bias is set for the first unit only, and not for all H",
        "How many numbers of your `b_h` are not zero?",
        "b_h[H]",
    ),
    _bias_on(
        "bias_on_every_fourth_row",
        "the bias is set on every fourth row, as if the gates of each unit stood side by side",
        "With H = 2 there are 8 rows. Which two of them belong to the forget gate?",
        "b_h[1::4]",
    ),
    Mistake(
        name="bias_set_twice",
        summary="the forget bias is twice what is asked for",
        tag="factor",
        hints=Hints(
            where="What does your `b_h` hold for `forget_bias = 1`?",
            idea=f"Libraries with two biases add them, so a bias set in both counts double ({START}).",
            fix="Here is one bias only: set it to `forget_bias`, once.",
        ),
        edits=(("] = forget_bias", "] = 2 * forget_bias"),),
    ),
    Mistake(
        name="bias_ignored",
        summary="the forget bias is not set: all biases are zero",
        tag="dropped term",
        hints=Hints(
            where="If you change `forget_bias`, does your result change?",
            idea=f"With a bias of 0 a forget gate starts near σ(0) = 1/2 and forgets by halves ({START}).",
            fix="Set the rows of the forget gate: `b_h[H : 2 * H] = forget_bias`.",
        ),
        edits=(("] = forget_bias", "] = 0"),),
    ),
    Mistake(
        name="gate_value_for_bias",
        summary="σ(forget_bias) is stored, which is the gate that comes out and not the bias that goes in",
        tag="wrong quantity",
        hints=Hints(
            where="Is the number that you store a bias or a gate?",
            idea=f"The step itself applies σ to the sum with the bias ({START}).",
            fix="Store `forget_bias` as it is.",
        ),
        edits=(("] = forget_bias", "] = 1 / (1 + np.exp(-forget_bias))"),),
    ),
    Mistake(
        name="not_centered",
        summary="the weights lie between 0 and 1/√H, so that all of them are positive",
        tag="formula",
        hints=Hints(
            where="Does your `W_hh` have negative entries?",
            idea=f"u lies in [0, 1); the weights are to lie in [−1/√H, 1/√H) ({START}).",
            fix="Use `2 * u - 1`, which lies between −1 and 1.",
        ),
        edits=(("(2 * u_xh - 1)", "u_xh"), ("(2 * u_hh - 1)", "u_hh")),
    ),
    Mistake(
        name="half_the_range",
        summary="the weights lie between −1/(2√H) and 1/(2√H): the range is half as wide as asked for",
        tag="factor",
        hints=Hints(
            where="What are the smallest and the largest weight that your formula can give?",
            idea=f"u − 1/2 lies between −1/2 and 1/2; the weights go up to 1/√H, with H units and 4H rows ({START}).",
            fix="Use `2 * u - 1` in place of `u - 0.5`, and H in place of 4H under the root.",
        ),
        edits=(("(2 * u_xh - 1)", "(u_xh - 0.5)"), ("(2 * u_hh - 1)", "(u_hh - 0.5)")),
    ),
    Mistake(
        name="no_root",
        summary="the bound is 1/H and not 1/√H",
        tag="formula",
        hints=Hints(
            where="For H = 100: is your bound 0.1 or 0.01?",
            idea=f"A sum of H terms grows like √H, so the weights shrink by √H ({START}).",
            fix="Write `1 / np.sqrt(H)`.",
        ),
        edits=(("1 / np.sqrt(H)", "1 / H"),),
    ),
    Mistake(
        name="bound_of_the_inputs",
        summary="the bound of W_xh is 1/√D and not 1/√H",
        tag="formula",
        hints=Hints(
            where="Which size stands under the root for `W_xh`?",
            idea=f"Here, as in PyTorch, both matrices use the same bound, 1/√H ({START}).",
            fix="Use one `bound = 1 / np.sqrt(H)` for both matrices.",
        ),
        edits=(("(2 * u_xh - 1) * bound", "(2 * u_xh - 1) / np.sqrt(u_xh.shape[1])"),),
    ),
    Mistake(
        name="bias_of_one_block",
        summary="b_h has H numbers and not 4H",
        tag="shape",
        hints=Hints(
            where="How many rows has `W_hh`, and how many numbers your `b_h`?",
            idea=f"Each of the four blocks has its own bias, so b_h has 4H numbers ({STEP}).",
            fix="Start from `np.zeros(4 * H)`, and set the rows from H to 2H.",
        ),
        edits=(
            ("np.zeros(4 * H)", "np.zeros(H)"),
            ("b_h[H : 2 * H]", "b_h[:]"),
        ),
    ),
)


def arguments(scene: Scene):
    """Random numbers of [0, 1) as `rng.random` gives them, and a forget bias that is neither 0 nor 1."""
    uniform = (scene.rng.random((4 * scene.H, columns)) for columns in (scene.D, scene.H))
    return *map(scene.given, uniform), float(scene.rng.uniform(1.5, 4.0))


WITHOUT = {
    "single": "starting weights know no batch",
    "large": "random numbers of [0, 1) are never large",
}

LSTM_INIT = Exercise(
    name="gated.lstm_init",
    reference=lstm_init,
    probes=probes_from("DH", arguments, without=WITHOUT),
    results=(Result("W_xh", ("4H", "D")), Result("W_hh", ("4H", "H")), Result("b_h", ("4H",))),
    points=3,
    chapter="lstm",
    mistakes=MISTAKES,
    equivalents={"2 * H → -(2 * H) (line 7)": "of 4H rows, row 2H is the same counted from either end"},
    without=WITHOUT,
)
