"""What the functions on the GRU share: chapters, weights, and mistakes."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from rnnlab.exercises.draw import Scene
from rnnlab.exercises.spec import Hints, Mistake

Array = NDArray[Any]

EQUATIONS = "chapter gru, “The equations”"
BACKWARD = "chapter gru, “The backward pass, line by line”"
RESET = "chapter gru, “Before or after the product?”"
UPDATE = "chapter gru, “Keep or replace?”"


def gru_weights(scene: Scene) -> tuple[Array, Array, Array, Array]:
    """W_xh (3H, D), W_hh (3H, H), b_h (3H), b_hn (H)."""
    D, H = scene.D, scene.H
    return scene.weight(3 * H, D), scene.weight(3 * H, H), scene.state(3 * H), scene.state(H)


Z_REPLACES = Mistake(
    name="update_gate_replaces",
    summary="z is the share that is replaced, and not the share of the old state that is kept",
    tag="convention",
    hints=Hints(
        where="With z near 1, does your state stand still, or does it follow the input?",
        idea=f"Both conventions are in use; in this equation, as in PyTorch, z keeps ({UPDATE}).",
        fix="Multiply the old state by `z` and the candidate by `1 - z`.",
    ),
    edits=(("(1 - z) * n + z * h", "z * n + (1 - z) * h"),),
)

RESET_BIAS_OUTSIDE = Mistake(
    name="bias_outside_the_reset",
    summary="the bias b_hn is added outside the reset gate, where r does not scale it",
    tag="wrong place",
    hints=Hints(
        where="Which two terms stand inside the brackets that r multiplies?",
        idea=f"r scales m = W_hn h + b_hn as a whole, its bias included ({EQUATIONS}).",
        fix="Write `r * (h_n + b_hn)`.",
    ),
    edits=(("r * (h_n + b_hn)", "r * h_n + b_hn"),),
)

RESET_BIAS_MISSING = Mistake(
    name="no_bias_at_the_reset",
    summary="the bias b_hn is missing",
    tag="dropped term",
    hints=Hints(
        where="Which of the arguments does your code never use?",
        idea=f"Beside the product with the old state stands a bias of its own: m = W_hn h + b_hn ({EQUATIONS}).",
        fix="Write `r * (h_n + b_hn)`.",
    ),
    edits=(("(h_n + b_hn)", "h_n"),),
)

NO_RESET = Mistake(
    name="no_reset_gate",
    summary="the reset gate is missing",
    tag="dropped factor",
    hints=Hints(
        where="Where in your code is the reset gate r used?",
        idea=f"r says how much of the old state the candidate sees: r ⊙ m ({EQUATIONS}).",
        fix="Write `np.tanh(x_n + r * (h_n + b_hn))`.",
    ),
    edits=(("r * (h_n + b_hn)", "(h_n + b_hn)"),),
)

RESET_AND_UPDATE_SWAPPED = Mistake(
    name="reset_and_update_swapped",
    summary="the blocks are read in the order z, r, n: reset gate and update gate have changed places",
    tag="gate order",
    hints=Hints(
        where="Which H of the 3H rows belong to the reset gate here, and which to the update gate?",
        idea=f"The rows are stacked as r, z, n; some libraries stack z first ({EQUATIONS}).",
        fix="Take the first H rows for r, the second H for z.",
    ),
    edits=(("x_r, x_z, x_n = ", "x_z, x_r, x_n = "), ("h_r, h_z, h_n = ", "h_z, h_r, h_n = ")),
)

SIGMOID_ON_CANDIDATE = Mistake(
    name="sigmoid_on_candidate",
    summary="the candidate n goes through the sigmoid, as the gates do, and not through tanh",
    tag="activation",
    hints=Hints(
        where="Which of the three blocks is no gate, and can your version of it be negative?",
        idea=f"The candidate is a new state, between −1 and 1: n = tanh ({EQUATIONS}).",
        fix="Write `n = np.tanh(…)`.",
    ),
    edits=(("np.tanh(x_n + r * (h_n + b_hn))", "1 / (1 + np.exp(-(x_n + r * (h_n + b_hn))))"),),
)

NO_BIAS = Mistake(
    name="no_bias",
    summary="the bias b_h is missing",
    tag="dropped term",
    hints=Hints(
        where="Is b_h, with its 3H numbers, used anywhere in your code?",
        idea=f"Each block has its own bias beside the input: b_r, b_z and b_n ({EQUATIONS}).",
        fix="Add `b_h` to `x_t @ W_xh.T`.",
    ),
    edits=(("W_xh.T + b_h,", "W_xh.T,"),),
)

SHARED_BIAS = Mistake(
    name="shared_bias",
    summary="the first H numbers of b_h are used for all three blocks",
    tag="one for all",
    hints=Hints(
        where="How many of the 3H numbers of `b_h` does your code read?",
        idea=f"Each block has its own bias: b_r, b_z and b_n ({EQUATIONS}).",
        fix="Add the whole `b_h` before you split into blocks, or split it in the same way.",
    ),
    edits=(("W_xh.T + b_h,", "W_xh.T + np.tile(b_h[: len(b_hn)], 3),"),),
)

WEIGHT_NOT_COMPLEMENTED = Mistake(
    name="both_shares_the_same",
    summary="old state and candidate are both multiplied by z",
    tag="formula",
    hints=Hints(
        where="What do the two shares of your weighted mean add up to?",
        idea=f"What is not kept is replaced: the shares are z and 1 − z ({EQUATIONS}).",
        fix="Multiply the candidate by `(1 - z)`.",
    ),
    edits=(("(1 - z) * n", "z * n"),),
)
