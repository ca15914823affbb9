"""The questions of the assignment that are graded automatically."""

from __future__ import annotations

from rnnlab.exercises.spec import Question

SATURATION = Question(
    name="gradients.question_saturation",
    answer="b",
    points=1,
    chapter="gradients",
    options={
        "a": "It stays the same, for W_hh is the same.",
        "b": "It falls faster.",
        "c": "It falls more slowly, or rises.",
        "d": "It rises by a factor of 10 at each step.",
    },
    wrong={
        "a": "W_hh is only one of the two factors of J_t. What do larger inputs do to the slopes?",
        "c": "Larger inputs push the units away from zero. Is tanh steeper there, or flatter?",
        "d": "The inputs are no factor of ∂h_t/∂h_t−1. They act on it by way of the slopes only.",
    },
)

TRANSIENT = Question(
    name="gradients.question_transient",
    answer="c",
    points=1,
    chapter="gradients",
    options={
        "a": "It is 0.9^20 = 0.12.",
        "b": "It is at most 1.",
        "c": "It is 0.12 or more, and may be far above 1.",
        "d": "It is above 1, if W_hh is not normal.",
    },
    wrong={
        "a": "That holds for normal matrices only. Your picture has another one with the same spectral radius.",
        "b": "That would need a largest singular value of 1 or less. The spectral radius rules the far end only.",
        "d": "It may be, but need not: 0.9 times a matrix that is hardly non-normal shrinks as well.",
    },
)

# By value (8, 0.6) becomes (1, 0.6): atan(0.6) − atan(0.075) = 30.96° − 4.29° = 26.67°. By norm nothing turns.
ANGLE = Question(
    name="gradients.question_angle",
    answer=26.67,
    points=1,
    chapter="gradients",
    tolerance=0.06,
    wrong={
        0.0: "That is true of clipping by norm. By value, the two entries are cut by different amounts.",
        30.96: "That is the angle of the clipped gradient to the first axis. The gradient itself has one, too.",
        4.29: "That is the angle of the gradient itself to the first axis, before it is clipped.",
        40.71: "The second entry is 0.6, below the threshold: it stays as it is.",
        35.25: "The two angles to the first axis are to be subtracted: both vectors lie on the same side of it.",
        0.4655: "That is the angle in radians. Degrees are asked for.",
        -26.67: "The size of the angle is asked for, without a sign.",
    },
)

WRONG_LINE = Question(
    name="gradients.question_wrong_line",
    answer="a",
    points=1,
    chapter="gradients",
    options={
        "a": "line a",
        "b": "line b",
        "c": "line c",
        "d": "line d",
        "e": "line e",
    },
    wrong={
        "b": "Line b is right: the gradients of the scaled loss are divided by the scale.",
        "c": "Line c is right: a gradient that is too long is multiplied by threshold / norm, and any other by 1. "
        "But of what is this the norm?",
        "d": "Line d is right: a step against the clipped gradient of the loss itself.",
        "e": "Line e is right: the bias takes the same factor as the weights, so that the direction stays.",
    },
)
