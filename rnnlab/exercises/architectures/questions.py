"""The questions of the assignment that are graded automatically."""

from __future__ import annotations

from rnnlab.exercises.spec import Question

# 1 + 2 · (1 + 2 + 4 + 8) = 31
FIELD_BY_HAND = Question(
    name="architectures.question_field",
    answer=31,
    points=1,
    chapter="convolution",
    wrong={
        30: "That is the largest lag. The input at lag 0 counts, too.",
        46: "Three taps span two distances, so a layer adds (k − 1) d and not k d.",
        45: "Three taps span two distances, so a layer adds (k − 1) d; and the input at lag 0 counts, too.",
        16: "That would be k = 2. A layer with three taps adds 2 d.",
        34: "1 is counted once, for the input at lag 0, and not once for each layer.",
        9: "That is without dilation: a layer adds (k − 1) d.",
        17: "That is the last layer alone. The lags of all four layers add up.",
        81: "Lags add up over the layers; they do not multiply. Only 31 of the 81 paths' lags differ.",
        61: "The layers are causal: they see the past alone.",
    },
)

PER_TOKEN = Question(
    name="architectures.question_token",
    answer="b",
    points=1,
    chapter="comparison",
    options={
        "a": "Both grow 16-fold.",
        "b": "The GRU's stays the same; the attention layer's grows, in the end in proportion to the context.",
        "c": "The GRU's stays the same; the attention layer's grows with the square of the context, 256-fold.",
        "d": "Both stay the same, thanks to the cache.",
        "e": "The GRU's grows 16-fold, because it must read all tokens again; the attention layer's stays the same.",
    },
    wrong={
        "a": "What the GRU has read is in its state of H numbers. Where would T enter its step?",
        "c": "The square is the cost of a whole sequence. One new token has one query, which meets T keys.",
        "d": "The cache saves the projections of old tokens. The new query still meets each cached key.",
        "e": "It is the other way round: the GRU's state replaces its past, and the cache keeps all of it.",
    },
)

WRONG_LINE = Question(
    name="architectures.question_wrong_line",
    answer="c",
    points=1,
    chapter="transformer",
    options={
        "a": "line a",
        "b": "line b",
        "c": "line c",
        "d": "line d",
        "e": "line e",
    },
    wrong={
        "a": "Line a is right: the cached keys come first, and the new ones are appended.",
        "b": "Line b is right: every query meets every key, and d is the number of rows of W_q.",
        "d": "Line d is right: a score of −∞ has the weight 0. Which scores get it was decided before.",
        "e": "Line e is right: the softmax runs over the keys, and the largest score is taken away first.",
    },
)
