"""The questions of the assignment that are graded automatically."""

from __future__ import annotations

from rnnlab.exercises.spec import Question

# σ(3) = 0.95257, and σ(3)^k = 1/2 gives k = ln 2 / −ln σ(3) = 0.69315 / 0.04859 = 14.27
HALF_LIFE = Question(
    name="gated.question_half_life",
    answer=14.27,
    points=1,
    chapter="lstm",
    tolerance=0.3,
    wrong={
        0.23: "That takes the bias 3 itself as the rate; the gate is σ(3) = 0.953, and it acts once a step.",
        10.54: "Each step keeps 95 % of what is still there, not of what was there at the start: it is a product.",
        21.08: "After 1/(1 − f) = 21 steps a share of 1/e = 0.37 is left. Asked is when half is left.",
        6.196: "Numerator and denominator have logarithms of different bases.",
        1.0: "That is the answer for a bias of 0, where the gate stands at 1/2.",
        15.0: "After 15 whole steps a little less than half is left. The equation has an exact solution.",
    },
)

# c_t = 0.8 · (−1.5) + 0.25 · 0.6 = −1.05, h_t = 0.5 tanh(−1.05) = −0.3909
# ∂h_t/∂c_{t−1} = o (1 − tanh²(c_t)) f = 0.5 · 0.3888 · 0.8 = 0.1555
CELL_GRADIENT = Question(
    name="gated.question_cell_gradient",
    answer=0.1555,
    points=1,
    chapter="lstm",
    tolerance=0.001,
    wrong={
        0.8: "That is ∂c_t/∂c_{t−1} = f. The change of c_t has yet to reach h_t.",
        0.4: "The slope of tanh at c_t, 1 − tanh²(c_t), is missing.",
        0.1944: "That is ∂h_t/∂c_t. What multiplies c_{t−1} on its way into c_t?",
        0.311: "The output gate o = 0.5 is missing.",
        0.3888: "That is the slope of tanh alone; the two gates o and f are missing.",
        -0.041: "The slope of tanh at c_t is 1 − tanh²(c_t), and not 1 − c_t².",
        0.339: "The slope of tanh is taken at h_t; it belongs at c_t: 1 − tanh²(c_t).",
        0.0723: "The slope of tanh is taken at the old cell; it belongs at the new one, c_t = −1.05.",
    },
)

CONVENTION = Question(
    name="gated.question_convention",
    answer="b",
    points=1,
    chapter="gru",
    options={
        "a": "Nothing: training has found the weights, and they know what they mean.",
        "b": "Exchange the first two blocks of H rows, and change the sign of those of z.",
        "c": "Exchange the first two blocks of H rows, and take 1 − W for those of z.",
        "d": "It cannot be done: the two libraries compute different functions.",
    },
    wrong={
        "a": "A row says nothing about which gate it belongs to: your step reads the first H rows as r.",
        "c": "Not the weight is to become 1 − W, but the gate 1 − z; and 1 − σ(a) = σ(−a).",
        "d": "That would be so if the reset gate stood elsewhere. Order and sign can be converted exactly.",
    },
)

WRONG_LINE = Question(
    name="gated.question_wrong_line",
    answer="b",
    points=1,
    chapter="lstm",
    options={
        "a": "line a",
        "b": "line b",
        "c": "line c",
        "d": "line d",
        "e": "line e",
    },
    wrong={
        "a": "Line a is right: input and hidden state, each with the stacked weights of all four blocks.",
        "c": "Line c is right: the three gates are sigmoids, and the candidate g is none of them.",
        "d": "Line d is right: at a padded step the cell stays as it was.",
        "e": "Line e is right: at a padded step the hidden state stays as it was; elsewhere c_t is the new cell.",
    },
)
