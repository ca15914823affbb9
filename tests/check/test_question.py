"""Questions: tolerant of spelling, strict about the answer, kind about typical slips."""

import numpy as np
import pytest

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


def test_an_answer_that_is_not_defined_is_unwritten():
    verdict = judge_question(SHARING, Missing("the name is not defined"))
    assert verdict.stage == "unwritten"
    assert "answer_sharing" in verdict.headline
