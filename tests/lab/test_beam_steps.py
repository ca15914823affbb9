"""The recorded beam search is the package's own."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnlab.lab.beam_steps import beam_steps
from rnnlab.nets import decoding

END, START, K = 0, 4, 4


def table_step(seed: int):
    """A language model of K tokens that looks at the last token only."""
    logits = np.random.default_rng(seed).normal(size=(K + 1, K)) * 2
    table = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    return lambda state, ids: (state, table[ids])


@given(st.integers(0, 10**6), st.integers(1, 5), st.integers(1, 5))
def test_it_ends_with_the_hypotheses_of_beam_search(seed, width, length):
    step = table_step(seed)
    known = decoding.beam_search(step, None, np.array([START]), END, length, width)[0]
    ended = sorted(
        (c for c in beam_steps(step, None, START, END, length, width) if c.fate == "ended"),
        key=lambda candidate: -candidate.log_probability,
    )
    assert [c.ids for c in ended] == [tuple(hypothesis.ids) for hypothesis in known]
    assert [c.log_probability for c in ended] == pytest.approx([h.log_probability for h in known])


@given(st.integers(0, 10**6), st.integers(1, 4), st.integers(0, 3))
def test_no_step_keeps_more_than_the_width_or_shows_more_than_asked(seed, width, shown):
    found = beam_steps(table_step(seed), None, START, END, 4, width, shown)
    for length in range(1, 5):
        fates = [c.fate for c in found if len(c.ids) == length]
        assert fates.count("kept") + fates.count("ended") <= width
        assert fates.count("dropped") <= shown


def test_width_one_is_greedy():
    step = table_step(3)
    greedy = decoding.greedy(step, None, np.array([START]), END, 6)
    *_, last = [c for c in beam_steps(step, None, START, END, 6, width=1) if c.fate == "ended"]
    assert list(last.ids) == greedy.ids[greedy.mask[:, 0], 0].tolist()


def test_a_beam_of_two_can_miss_what_greedy_search_finds():
    # tokens: end, a, b, c, d, e; after a one way goes on surely, after b two ways lead astray
    p = np.full((7, 6), 0.1)
    p[6] = [0.01, 0.5, 0.48, 0.01, 0, 0]  # start
    p[1] = [0.14, 0.14, 0.14, 0.3, 0.14, 0.14]  # a: best is c
    p[2] = [0.02, 0.02, 0.03, 0.03, 0.45, 0.45]  # b: d or e
    p[3] = [1, 0, 0, 0, 0, 0]  # c ends
    p[4] = p[5] = [0.1, 0.18, 0.18, 0.18, 0.18, 0.18]  # d and e spread out
    with np.errstate(divide="ignore"):
        table = np.log(p / p.sum(axis=1, keepdims=True))
    step = lambda state, ids: (state, table[ids])  # noqa: E731
    greedy = decoding.greedy(step, None, np.array([6]), 0, 3)
    best, *_ = decoding.beam_search(step, None, np.array([6]), 0, 3, 2)[0]
    assert np.exp(greedy.log_probabilities[0]) == pytest.approx(0.15)
    assert best.log_probability < greedy.log_probabilities[0]
