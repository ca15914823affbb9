"""The questions of the assignment that are graded automatically."""

from __future__ import annotations

from rnnlab.exercises.spec import Question

# The sigmoid's slope is a quarter at most, and slopes are multiplied: 0.25^5 = 0.000977.
SLOPES_OF_FIVE_STEPS = Question(
    name="activations_losses.question_slopes",
    answer=0.25**5,
    points=1,
    chapter="activations",
    tolerance=3e-5,
    wrong={
        0.25: "That is the largest slope of one step. The change passes five of them.",
        1.25: "The slopes of a chain are multiplied and not added: that is the chain rule.",
        1.0: "That is so for tanh, whose slope can be 1. How large can h (1 − h) become?",
        0.03125: "One half is the value of the sigmoid at 0. Its slope there is h (1 − h).",
        0.00390625: "That is 0.25 to the power of 4: one step is missing.",
        0.0: "It is small, but not zero: every slope of a sigmoid is positive.",
    },
)

# −log(1/27) = log 27 = 3.2958
UNIFORM = Question(
    name="activations_losses.question_uniform",
    answer=3.2958,
    points=1,
    chapter="losses",
    tolerance=0.003,
    wrong={
        4.7549: "That is log₂ 27, in bits. The loss uses the natural logarithm.",
        1.4314: "That is log₁₀ 27. The loss uses the natural logarithm.",
        27.0: "That is the perplexity. The loss is its logarithm.",
        0.037: "That is the probability of each class, 1/27. The loss is its negative logarithm.",
        -3.2958: "That is log(1/27). The loss has a minus before it.",
        0.963: "That is 1 − 1/27. The loss is a logarithm.",
        0.0: "A loss of 0 needs the probability 1 at the right class.",
    },
)

WRONG_LINE = Question(
    name="activations_losses.question_wrong_line",
    answer="b",
    points=1,
    chapter="losses",
    options={
        "a": "line a",
        "b": "line b",
        "c": "line c",
        "d": "line d",
        "e": "line e",
    },
    wrong={
        "a": "Line a is right: the readout gives logits, numbers of any sign and size.",
        "c": "Line c is right: the same number may be taken from a whole row, and then nothing overflows.",
        "d": "Line d is right: that is the log-softmax, which belongs to the loss. What does it expect to be given?",
        "e": "Line e is right: the surprise at the right class of each row, and the mean over the batch.",
    },
)
