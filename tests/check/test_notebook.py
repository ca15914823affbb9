"""`check` in a student's hands: in plain Python, in IPython, fast, and never saying too much."""

import subprocess
import sys
import time

import numpy as np
import pytest

from rnnlab.check import NotYet, check
from rnnlab.exercises import UnknownName, find
from rnnlab.exercises.gate import exercises

RIGHT = find("hidden_state.rnn_step").reference


def no_bias(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh.T + h_prev @ W_hh.T)


def test_passing_returns_a_verdict_that_speaks_of_public_checks():
    verdict = check("hidden_state.rnn_step", RIGHT)
    assert verdict.passed
    assert "The public checks of rnn_step pass" in str(verdict)
    assert "all tests" not in str(verdict)


def test_a_wrong_answer_raises_with_the_reason_as_text():
    with pytest.raises(NotYet, match="the bias b_h is missing") as caught:
        check("hidden_state.rnn_step", no_bias)
    assert caught.value.verdict.mistakes == ("no_bias",)
    assert caught.value._render_traceback_() == ["NotYet: In rnn_step, the bias b_h is missing."]


def test_hints_are_given_on_demand():
    with pytest.raises(NotYet) as first:
        check("hidden_state.rnn_step", no_bias)
    with pytest.raises(NotYet) as third:
        check("hidden_state.rnn_step", no_bias, hint=3)
    assert "Nearly the fix" not in str(first.value)
    assert "Nearly the fix" in str(third.value)


def test_a_question_is_recorded_and_not_judged():
    right, wrong = (check("hidden_state.question_sharing", answer) for answer in ("b", "a"))
    assert right.stage == wrong.stage == "recorded"
    assert str(right).replace("'b'", "'a'") == str(wrong)


def test_an_answer_of_the_wrong_form_is_not_recorded():
    with pytest.raises(NotYet, match="should be one of 'a', 'b', 'c', 'd'"):
        check("hidden_state.question_sharing", 3)


def test_something_else_than_a_function_is_answered_kindly():
    with pytest.raises(NotYet, match="no function rnn_step to check: what was given is of type int"):
        check("hidden_state.rnn_step", 3)


def test_an_unknown_exercise_proposes_the_nearest():
    with pytest.raises(UnknownName, match="Did you mean"):
        check("hidden_state.rnn_stp", RIGHT)


def test_warnings_of_the_students_code_do_not_count():
    def warns(x_t, h_prev, W_xh, W_hh, b_h):
        np.log(np.zeros(1) - 1)
        return RIGHT(x_t, h_prev, W_xh, W_hh, b_h)

    assert check("hidden_state.rnn_step", warns).passed


def test_the_line_in_the_cell_is_found(cell):
    function = cell("def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):\n    a = 1\n    return a / 0\n", "rnn_step")
    with pytest.raises(NotYet, match="line 3: return a / 0"):
        check("hidden_state.rnn_step", function)


def test_in_ipython_the_card_is_shown_and_the_traceback_is_one_line():
    code = (
        "from IPython.core.interactiveshell import InteractiveShell as Shell\n"
        "from IPython.utils.capture import capture_output\n"
        "shell = Shell.instance()\n"
        "with capture_output() as shown:\n"
        "    shell.run_cell('from rnnlab.check import check\\n"
        'check("hidden_state.rnn_step", lambda *a: None)\')\n'
        "assert 'returned nothing' in shown.stdout, shown.stdout\n"
        "assert 'Traceback' not in shown.stdout + shown.stderr\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_one_check_takes_a_fraction_of_a_second():
    for exercise in exercises():
        check(exercise.name, exercise.reference)
        started = time.process_time()
        check(exercise.name, exercise.reference)
        assert time.process_time() - started < 0.1
