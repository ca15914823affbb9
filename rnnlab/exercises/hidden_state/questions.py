"""The two questions of the assignment that are graded automatically."""

from __future__ import annotations

from rnnlab.exercises.spec import Question

SHARING = Question(
    name="hidden_state.question_sharing",
    answer="b",
    points=1,
    chapter="hidden-state",
    options={
        "a": "It doubles.",
        "b": "It stays the same.",
        "c": "It grows by H·H.",
        "d": "It grows by T·H.",
    },
    wrong={
        "a": "It would double if every time step had its own weights; look at how many W_hh your loop uses.",
        "c": "A second H·H would be a second W_hh; look at whether your loop ever makes one.",
        "d": "T·H numbers is how many states there are for one sequence; states are computed, not learned.",
    },
)

# h_1 = tanh(0.5·1 + 0.2) = 0.6044, h_2 = tanh(0.5·(−0.5) + 0.8·h_1 + 0.2) = 0.4082
SECOND_STATE = Question(
    name="hidden_state.question_second_state",
    answer=0.4082,
    points=1,
    chapter="hidden-state",
    tolerance=0.002,
    wrong={
        0.6044: "That is h_1. Take one more step, with x_2 as input and h_1 in the place of h_0.",
        0.4335: "That is the sum inside the last tanh. The state is what tanh makes of it.",
        0.4699: "In the second step W_hh multiplies h_1, the value after tanh, and not the sum before it.",
        0.51: "The two sums are right, but tanh is missing: each state goes through it.",
        -0.05: "That is the second state without the term W_hh·h_1: the first state has been forgotten.",
        0.1191: "That is the second state without the bias: b_h is added at every step.",
        0.5784: "That is the second state if x_2 comes before x_1: start with x_1 = 1.",
    },
)
