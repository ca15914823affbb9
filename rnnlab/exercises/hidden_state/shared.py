"""Mistakes that every function with the recurrent step can have: the same edits fit all their references."""

from __future__ import annotations

from rnnlab.exercises.spec import Hints, Mistake

NO_BIAS = Mistake(
    name="no_bias",
    summary="the bias b_h is missing",
    tag="dropped term",
    hints=Hints(
        where="Which of its arguments does your function never use?",
        idea=(
            "Three terms go into tanh: input, past and bias (chapter hidden-state, “One equation, "
            "every shape”)."
        ),
        fix="Add `b_h` to the sum inside tanh.",
    ),
    edits=((" + b_h", ""),),
)

TRANSPOSED_RECURRENT_WEIGHT = Mistake(
    name="transposed_recurrent_weight",
    summary="h is multiplied by W_hh where its transpose is wanted",
    tag="transposed",
    hints=Hints(
        where="W_hh is square, so both products run. Which axis of W_hh is the output, which the input?",
        idea=(
            "Weights are (out, in), and vectors are rows: row vector times W.T (chapter hidden-state, "
            "“One equation, every shape”)."
        ),
        fix="Write `… @ W_hh.T`.",
    ),
    edits=(("W_hh.T", "W_hh"),),
)

TRANSPOSED_INPUT_WEIGHT = Mistake(
    name="transposed_input_weight",
    summary="x_t is multiplied by W_xh where its transpose is wanted",
    tag="transposed",
    hints=Hints(
        where="x_t is (B, D) and W_xh is (H, D). Which two sizes must be equal in `x_t @ …`?",
        idea=(
            "Weights are (out, in), and vectors are rows: row vector times W.T (chapter hidden-state, "
            "“One equation, every shape”)."
        ),
        fix="Write `x_t @ W_xh.T`: (B, D) times (D, H) is (B, H).",
    ),
    edits=(("W_xh.T", "W_xh"),),
)

ZERO_START = Mistake(
    name="zero_start",
    summary="the loop starts from zeros, and the argument h_0 is not used",
    tag="initial state",
    hints=Hints(
        where="If you change `h_0`, does your first state change?",
        idea=(
            "h_0 is an input like any other; zeros are only its usual value (chapter hidden-state, "
            "“One equation, every shape”)."
        ),
        fix="Before the loop write `h_t = h_0`, and not `np.zeros(…)`.",
    ),
    edits=(("h_t = h_0", "h_t = np.zeros_like(h_0)"),),
)

BATCH_FIRST = Mistake(
    name="batch_first",
    summary="batch and time are exchanged, (B, T, H)",
    tag="axes",
    hints=Hints(
        where="Compare `x.shape` with your result's shape. Which axis is T in each?",
        idea=(
            "Sequences are time-first here, (T, B, H), unlike in some libraries (chapter hidden-state, "
            "“One equation, every shape”)."
        ),
        fix="Stack along axis 0: `np.stack(states)` and no transpose.",
    ),
    edits=(("np.stack(states)", "np.stack(states, axis=1)"),),
)
