"""The questions of the assignment that are graded automatically."""

from __future__ import annotations

from rnnlab.exercises.spec import Question

FORECAST = Question(
    name="sequences.question_forecast",
    answer="c",
    points=1,
    chapter="bidirectional",
    options={
        "a": "Yes: it knows more than a network of one direction.",
        "b": "Yes, if the second network starts from zeros.",
        "c": "No: at noon today, what the second network read in the test has not happened yet.",
        "d": "No: a bidirectional network has too many parameters for it.",
    },
    wrong={
        "a": "In the test it knows more, because the file holds the hours after the one to be forecast. On the day it "
        "is used, nobody does.",
        "b": "The start is not what leaks. Wherever the second network starts, it reads the later hours.",
        "d": "Twice the parameters cost time, and they do not forbid anything. Think of what it reads, and when.",
    },
)

WRONG_LINE = Question(
    name="sequences.question_wrong_line",
    answer="a",
    points=1,
    chapter="bidirectional",
    options={
        "a": "line a",
        "b": "line b",
        "c": "line c",
        "d": "line d",
        "e": "line e",
    },
    wrong={
        "b": "Line b is right: each of the two networks has a start of its own.",
        "c": "Line c is right: rows times transposed weights, and a bias for each network.",
        "d": "Line d is right: what was turned before reading is turned back by the same order.",
        "e": "Line e is right: at each step the two states stand side by side.",
    },
)

# Greedy: A (0.5), then the best after A (0.4): 0.20. A beam of two also keeps B (0.4), whose best child has 0.9: 0.36.
BEAM = Question(
    name="sequences.question_beam",
    answer=0.36,
    points=1,
    chapter="encoder-decoder",
    tolerance=0.001,
    wrong={
        0.2: "That is what greedy search finds: A, and then the best after A. The beam has kept B as well.",
        0.9: "That is the second factor alone. The probability of a sequence is the product of both.",
        1.3: "Probabilities are multiplied; it is their logarithms that are added.",
        0.1: "After C, which the beam of two has dropped, nothing is read any more.",
        0.56: "That is the sum of two sequences. What is asked for is the probability of the one that is found.",
    },
)
