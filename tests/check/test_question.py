"""Questions: tolerant of spelling, strict about the answer, kind about typical slips."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from rnnlab.check import judge_question
from rnnlab.check.local import value_of
from rnnlab.check.outcome import Missing
from rnnlab.exercises import assignment, find
from rnnlab.exercises.spec import Question

SHARING = find("hidden_state.question_sharing")
SECOND_STATE = find("hidden_state.question_second_state")
QUESTIONS = [part for part in assignment("hidden_state").parts if isinstance(part, Question)]


@pytest.mark.parametrize("answer", ["b", "B", " b ", "(b)", "b)", "b."])
def test_a_choice_may_be_written_in_several_ways(answer):
    assert judge_question(SHARING, value_of(answer)).passed


@pytest.mark.parametrize("answer", [0.4082, 0.408, np.float64(0.40824), np.array(0.4081)])
def test_a_number_is_right_within_its_tolerance(answer):
    assert judge_question(SECOND_STATE, value_of(answer)).passed


@pytest.mark.parametrize("answer", ["a", "c", "d"])
def test_a_wrong_choice_gets_a_sentence_of_its_own(answer):
    verdict = judge_question(SHARING, value_of(answer))
    assert not verdict.passed
    assert verdict.headline == SHARING.wrong[answer]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.name)
def test_typical_wrong_answers_are_wrong_and_told_apart(question):
    for wrong, says in question.wrong.items():
        verdict = judge_question(question, value_of(wrong))
        assert not verdict.passed
        assert verdict.headline == says
    assert judge_question(question, value_of(question.answer)).passed


@pytest.mark.parametrize(
    ("question", "answer", "stage"),
    [
        (SHARING, None, "unwritten"),
        (SHARING, ..., "unwritten"),
        (SHARING, "e", "form"),
        (SHARING, 2, "form"),
        (SHARING, "", "form"),
        (SECOND_STATE, "0.4082", "form"),
        (SECOND_STATE, True, "form"),
        (SECOND_STATE, float("nan"), "form"),
        (SECOND_STATE, float("inf"), "form"),
        (SECOND_STATE, np.array([0.4082]), "form"),
        (SECOND_STATE, [], "form"),
        (SECOND_STATE, 17.0, "question"),
    ],
)
def test_other_answers_are_not_passed(question, answer, stage):
    verdict = judge_question(question, value_of(answer))
    assert not verdict.passed
    assert verdict.stage == stage


@pytest.mark.parametrize(
    "answer",
    [
        np.complex128(0.4082),
        np.array(0.4082 + 0j),
        np.True_,
        np.array(True),
        np.datetime64(0, "ns"),
        0.4082 + 0j,
        (1, (2, 3)),
        {"answer": 0.4082},
        np.array([0.4082, 0.4082]),
        np.array(0.4082, dtype=object),
    ],
)
def test_what_is_not_a_real_number_is_said_to_be_none(answer):
    verdict = judge_question(SECOND_STATE, value_of(answer))
    assert verdict.stage == "form"
    assert verdict.headline.endswith("should be a number.")


@pytest.mark.parametrize("answer", [2**2000, -(2**2000)])
def test_a_number_too_large_for_a_float_is_simply_wrong(answer):
    verdict = judge_question(SECOND_STATE, value_of(answer))
    assert not verdict.passed
    assert verdict.stage == "question"


class Hostile(float):
    """A number whose every use raises."""

    def refuse(self, *others):
        raise RuntimeError

    __float__ = __eq__ = __lt__ = __sub__ = __bool__ = __array__ = __len__ = __iter__ = refuse
    __hash__ = float.__hash__


class HostileText(str):
    __slots__ = ()

    def strip(self, *others):
        raise RuntimeError


LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=2**1024),
    st.floats(),
    st.complex_numbers(),
    st.text(),
    st.binary(),
    st.dates(),
    st.decimals(),
    st.fractions(),
    st.just(...),
    st.builds(object),
    st.builds(Hostile),
    st.just(HostileText("b")),
    st.sampled_from([int, len, np, np.float64, np.longdouble("1e4000"), np.str_("b"), np.void(b"b")]),
    hnp.arrays(hnp.scalar_dtypes(), hnp.array_shapes(min_dims=0, max_dims=2, min_side=0, max_side=2)),
    hnp.scalar_dtypes().flatmap(hnp.from_dtype),
)
ANYTHING = st.recursive(
    LEAVES, lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner)
)


@given(ANYTHING)
def test_no_answer_makes_the_judge_raise(answer):
    for question in (SHARING, SECOND_STATE):
        verdict = judge_question(question, value_of(answer))
        assert verdict.headline
        assert not verdict.passed or type(answer) is not Hostile


def test_an_answer_that_is_not_defined_is_unwritten():
    verdict = judge_question(SHARING, Missing("the name is not defined"))
    assert verdict.stage == "unwritten"
    assert "answer_sharing" in verdict.headline
