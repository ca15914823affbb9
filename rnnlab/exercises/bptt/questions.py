"""The questions of the assignment that are graded automatically."""

from __future__ import annotations

from rnnlab.exercises.spec import Question

# h_1 = tanh(0.7) = 0.6044, h_2 = tanh(0.4335) = 0.4082, L = h_2:
# dL/db = (1 − h_2²) (1 + 0.8 (1 − h_1²)) = 0.8333 · 1.5078 = 1.2565
BIAS = Question(
    name="bptt.question_bias",
    answer=1.2565,
    points=1,
    chapter="bptt",
    tolerance=0.003,
    wrong={
        0.8333: "That is the way through the second step alone. b_h was used at the first step too.",
        1.5078: "The slope of the last tanh, 1 − h_2², is missing: it multiplies both terms.",
        1.8: "Both slopes of tanh are missing: 1 − h_2² for all, and 1 − h_1² for the way through h_1.",
        1.5: "The slope at the first step, 1 − h_1², is missing on the way through h_1.",
        1.3623: "The way through h_1 also goes through W_hh = 0.8.",
        0.4231: "That is the way through h_1 alone. The second step uses b_h directly, too.",
    },
)

MEMORY = Question(
    name="bptt.question_memory",
    answer="c",
    points=1,
    chapter="bptt",
    options={
        "a": "Both stay the same.",
        "b": "The time doubles, the memory stays the same.",
        "c": "Both double.",
        "d": "Both grow four times.",
    },
    wrong={
        "a": "The loop makes twice as many turns, forward and backward.",
        "b": "The backward pass needs h_t of every step, so all T states are kept.",
        "d": "Each step costs the same, however many there are: the cost is proportional to T and not to T².",
    },
)

WRONG_LINE = Question(
    name="bptt.question_wrong_line",
    answer="e",
    points=1,
    chapter="bptt",
    options={
        "a": "line a",
        "b": "line b",
        "c": "line c",
        "d": "line d",
        "e": "line e",
    },
    wrong={
        "a": "Line a is right: δ_t is the gradient from the loss at t plus what comes from later.",
        "b": "Line b is right: at a padded step no tanh was applied, so nothing reaches the sum inside it.",
        "c": "Line c is right: W_hh multiplied the state before the step, and gradients of all steps add up.",
        "d": "Line d is right: the sum over the batch, added to that of the other steps.",
    },
)
