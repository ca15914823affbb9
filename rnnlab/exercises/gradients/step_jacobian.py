"""step_jacobian: how a small change of one state changes the next, for each sequence of a batch."""

from __future__ import annotations

import numpy as np

from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.gradients.shared import JACOBIANS
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result


def step_jacobian(h_t, W_hh):
    slope = 1 - h_t**2
    rows = slope[:, :, np.newaxis]
    return rows * W_hh


MISTAKES = (
    Mistake(
        name="no_slope",
        summary="the slope of tanh is missing, so that the result is W_hh for every sequence",
        tag="dropped term",
        hints=Hints(
            where="If you change `h_t`, does your result change?",
            idea=f"h_t = tanh(a_t): the change of a_t is multiplied by the slope of tanh at a_t ({JACOBIANS}).",
            fix="Multiply row i of W_hh by `1 - h_t[b, i]**2`.",
        ),
        edits=(("1 - h_t**2", "np.ones(h_t.shape)"),),
    ),
    Mistake(
        name="columns_scaled",
        summary="column j of W_hh is multiplied by the slope of unit j, where row i belongs to unit i",
        tag="axes",
        hints=Hints(
            where="In J[b, i, j]: is the unit that goes through tanh at step t number i or number j?",
            idea=f"∂h_t,i/∂h_t−1,j = tanh′(a_t,i) W_ij: the slope has the index of the row ({JACOBIANS}).",
            fix="Give the slope its new axis at the end: `slope[:, :, np.newaxis] * W_hh`.",
        ),
        edits=(("slope[:, :, np.newaxis]", "slope[:, np.newaxis, :]"),),
    ),
    Mistake(
        name="transposed_weight",
        summary="W_hh.T stands where W_hh belongs",
        tag="transposed",
        hints=Hints(
            where="Does W_hh[i, j] lead from unit i to unit j, or from unit j to unit i?",
            idea=f"Weights are (out, in): row i of W_hh makes a_t,i, for a column vector h_t−1 ({JACOBIANS}).",
            fix="Write `W_hh`; the `.T` belongs to a batch of rows only.",
        ),
        edits=(("rows * W_hh", "rows * W_hh.T"),),
    ),
    Mistake(
        name="transposed_jacobian",
        summary="the Jacobian is transposed: its rows stand for the state before",
        tag="transposed",
        hints=Hints(
            where="In your J[b, i, j], which index belongs to h_t and which to h_{t−1}?",
            idea=f"J_t = ∂h_t/∂h_t−1 has a row for each entry of h_t ({JACOBIANS}).",
            fix="Return `slope[:, :, np.newaxis] * W_hh`, without a transpose.",
        ),
        edits=(("return rows * W_hh", "return np.swapaxes(rows * W_hh, 1, 2)"),),
    ),
    Mistake(
        name="slope_of_the_state",
        summary="the slope is taken at tanh(h_t), as if h_t were the sum inside tanh",
        tag="wrong place",
        hints=Hints(
            where="Is `h_t` the sum a_t or already its tanh?",
            idea=f"tanh′(a_t) = 1 − tanh²(a_t), and tanh(a_t) is h_t ({JACOBIANS}).",
            fix="Write `1 - h_t**2`, without another tanh.",
        ),
        edits=(("1 - h_t**2", "1 - np.tanh(h_t) ** 2"),),
    ),
    Mistake(
        name="slope_of_the_sigmoid",
        summary="the slope is h_t (1 − h_t), which is the sigmoid's and not that of tanh",
        tag="activation",
        hints=Hints(
            where="Of which function is s (1 − s) the derivative?",
            idea="σ′ = σ (1 − σ), but tanh′ = 1 − tanh² (chapter activations, “The slopes, derived”).",
            fix="Write `1 - h_t**2` in place of `h_t * (1 - h_t)`.",
        ),
        edits=(("1 - h_t**2", "h_t * (1 - h_t)"),),
    ),
    Mistake(
        name="square_missing",
        summary="the slope is 1 − h_t: the square is missing",
        tag="formula",
        hints=Hints(
            where="Which slope does your code give at h_t = −0.5, and can a slope of tanh be above 1?",
            idea=f"tanh′(a) = 1 − tanh²(a), between 0 and 1 for every state ({JACOBIANS}).",
            fix="Write `1 - h_t**2`.",
        ),
        edits=(("1 - h_t**2", "1 - h_t"),),
    ),
    Mistake(
        name="one_minus_missing",
        summary="the slope is h_t²: the “1 −” is missing",
        tag="formula",
        hints=Hints(
            where="Where is tanh steepest: at zero, or far from it?",
            idea=f"tanh′(a) = 1 − tanh²(a) is 1 at zero and falls to both sides ({JACOBIANS}).",
            fix="Write `1 - h_t**2`.",
        ),
        edits=(("1 - h_t**2", "h_t**2"),),
    ),
    Mistake(
        name="state_for_slope",
        summary="the state itself is used where its slope belongs",
        tag="wrong variable",
        hints=Hints(
            where="Which derivative does your code take?",
            idea=f"A Jacobian holds derivatives: the slope 1 − h_t², and not the value h_t ({JACOBIANS}).",
            fix="Multiply by `1 - h_t**2`.",
        ),
        edits=(("1 - h_t**2", "h_t"),),
    ),
    Mistake(
        name="first_sequence_for_all",
        summary="every sequence gets the slopes of the first one",
        tag="batch",
        hints=Hints(
            where="Are your B matrices all the same?",
            idea=f"Each sequence has states of its own, so it has slopes of its own ({JACOBIANS}).",
            fix="Keep the batch axis: `slope[:, :, np.newaxis]`.",
        ),
        edits=(("return rows * W_hh", "return np.repeat(rows[:1], len(h_t), axis=0) * W_hh"),),
    ),
    Mistake(
        name="averaged_over_batch",
        summary="every sequence gets the mean of the slopes of all",
        tag="batch",
        hints=Hints(
            where="Does a `mean` stand in your code?",
            idea=f"A Jacobian belongs to one sequence; nothing is averaged over the batch ({JACOBIANS}).",
            fix="Leave out the mean, and keep the batch axis: `slope[:, :, np.newaxis]`.",
        ),
        edits=(
            (
                "return rows * W_hh",
                "return np.repeat(rows.mean(axis=0, keepdims=True), len(h_t), axis=0) * W_hh",
            ),
        ),
    ),
    Mistake(
        name="weight_missing",
        summary="W_hh is missing: only the slopes stand on the diagonal",
        tag="dropped term",
        hints=Hints(
            where="How does h_{t−1} enter the sum a_t?",
            idea=f"a_t holds W_hh h_t−1, so by the chain rule the slope is multiplied by W_hh ({JACOBIANS}).",
            fix="Multiply: `slope[:, :, np.newaxis] * W_hh`.",
        ),
        edits=(("rows * W_hh", "rows * np.eye(len(W_hh))"),),
    ),
)


def arguments(scene: Scene):
    return scene.state(scene.B, scene.H), scene.weight(scene.H, scene.H)


WITHOUT = {
    "large": "a state of tanh lies between −1 and 1",
    "square": "a recurrent matrix is always square",
}

STEP_JACOBIAN = Exercise(
    name="gradients.step_jacobian",
    reference=step_jacobian,
    probes=probes_from("BH", arguments, without=WITHOUT),
    results=(Result("J", ("B", "H", "H")),),
    points=2,
    chapter="gradients",
    mistakes=MISTAKES,
    without=WITHOUT,
)
