"""Mistakes that every function with a softmax over keys can have: in its scale, its softmax, and its operands."""

from __future__ import annotations

from rnnlab.exercises.architectures.shared import ATTENTION, SOFTMAX
from rnnlab.exercises.spec import Hints, Mistake

NO_SCALE = Mistake(
    name="no_scale",
    summary="the scores are not divided by √d",
    tag="scale",
    hints=Hints(
        where="What stands between the product of queries and keys and the softmax?",
        idea=f"The root keeps the scores from growing with the number of entries ({ATTENTION}).",
        fix="Divide the scores by `np.sqrt(d)`, with d the number of entries of a query.",
    ),
    edits=((" / np.sqrt(len(W_q))", ""),),
)

SCALE_WITHOUT_ROOT = Mistake(
    name="scale_without_root",
    summary="the scores are divided by d and not by √d",
    tag="scale",
    hints=Hints(
        where="By which number do you divide when a query has 4 entries: by 4 or by 2?",
        idea=f"A sum of d independent products has the standard deviation √d ({ATTENTION}).",
        fix="Divide by `np.sqrt(d)`.",
    ),
    edits=(("np.sqrt(len(W_q))", "len(W_q)"),),
)

SCALE_OF_THE_INPUT = Mistake(
    name="scale_of_the_input",
    summary="the scores are divided by the root of the input's size, and not by that of the query's",
    tag="scale",
    hints=Hints(
        where="Over which axis does the product of a query and a key sum, and how long is it?",
        idea=f"d is the number of entries of a query, which is the number of rows of W_q ({ATTENTION}).",
        fix="Use `len(W_q)` for d.",
    ),
    edits=(("len(W_q)", "W_q.shape[1]"),),
)


def overflow(shift: str) -> Mistake:
    """The softmax without the shift by the largest score, which the reference writes like this."""
    return Mistake(
        name="overflow",
        summary="the exponential of a large score overflows, and the weights become NaN",
        tag="stability",
        hints=Hints(
            where="What is `np.exp(1000)`, and what is it divided by itself?",
            idea=f"A softmax stays the same when one number is taken from all scores ({SOFTMAX}).",
            fix="Take the largest score of each query away before the exponential.",
        ),
        edits=((shift, ""),),
    )


def not_normalized(line: str) -> Mistake:
    """The weights are the exponentials; `line` is where the reference divides them by their sum."""
    return Mistake(
        name="not_normalized",
        summary="the weights are not divided by their sum",
        tag="dropped term",
        hints=Hints(
            where="Do your weights for one query add up to 1?",
            idea=f"The softmax ends with a division by the sum over all keys ({ATTENTION}).",
            fix="Divide the exponentials by their sum over the keys, with `keepdims=True` where it is needed.",
        ),
        edits=((line, ""),),
    )


def keys_for_values(old: str, new: str) -> Mistake:
    """What is read are the keys and not the values."""
    return Mistake(
        name="keys_for_values",
        summary="the keys are averaged where the values are wanted",
        tag="wrong operand",
        hints=Hints(
            where="If you change W_v, does the output change?",
            idea=f"A key is what a step is found by; what it hands out is its value ({ATTENTION}).",
            fix="Multiply the weights by the values.",
        ),
        edits=((old, new),),
    )


def transposed_weights(old: str, new: str) -> Mistake:
    """The three matrices are applied as they are to rows."""
    return Mistake(
        name="transposed_weights",
        summary="the matrices W_q, W_k and W_v are used transposed",
        tag="transposed",
        hints=Hints(
            where="W_q has the shape (H, D), and the vectors are rows of D numbers. Which product fits?",
            idea=f"q = W_q x for a column; for rows that is `x @ W_q.T` ({ATTENTION}).",
            fix="Write `@ W_q.T`, and the same for the other two.",
        ),
        edits=((old, new),),
    )
