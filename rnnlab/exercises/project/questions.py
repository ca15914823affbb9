"""The questions of the assignment that are graded automatically."""

from __future__ import annotations

from math import log, log2

from rnnlab.exercises.spec import Question

# 95 of class A, 5 of class B, everything called A: F1 of A = 190/195, of B = 0; the mean is 95/195.
MACRO = Question(
    name="project.question_macro",
    answer="b",
    points=1,
    chapter="tables",
    options={"a": "0.95", "b": "0.49", "c": "0.50", "d": "0.93"},
    wrong={
        "a": "That is the accuracy. One class is large; macro F1 gives both classes one vote each.",
        "c": "That is the mean recall: 1 for A, 0 for B. The F1 of A also counts the five B that were called A.",
        "d": "That is F1 with each class weighted by its size; macro means one vote for each class.",
    },
)

WRONG_LINE = Question(
    name="project.question_wrong_line",
    answer="e",
    points=1,
    chapter="bptt",
    options={"a": "line a", "b": "line b", "c": "line c", "d": "line d", "e": "line e"},
    wrong={
        "a": "Line a is right: L is how many characters each stream gets, and the rest is left out.",
        "b": "Line b is right: first one row for each stream, in the order of the text, then time to the front.",
        "c": "Line c is right: the last character of a stream has no target, so there are L − 1 pairs.",
        "d": "Line d is right: window i has the steps i·T to i·T + T − 1 of every stream.",
    },
)

UNIFORM = Question(
    name="project.question_uniform",
    answer=log2(35),
    points=1,
    chapter="losses",
    tolerance=0.01,
    wrong={
        round(log(35), 3): "That is the natural logarithm, in nats. In bits it is the logarithm to base 2.",
        35.0: "That is the perplexity, the number of equally likely characters. In bits it is its logarithm to base 2.",
        round(
            1 / 35, 4
        ): "That is the probability of each character. Surprise is the negative logarithm of it.",
        -log2(
            35
        ): "The logarithm of a probability is negative, and surprise is its negative: a positive number.",
    },
)
