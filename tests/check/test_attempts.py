"""Hints rise as attempts go on: one more for each new answer that falls to the same mistake."""

import subprocess
import sys

from rnnlab.check import Verdict
from rnnlab.check.attempts import Attempts

BIAS = Verdict("a.step", False, "mistake", "…", mistakes=("no_bias",))
TANH = Verdict("a.step", False, "mistake", "…", mistakes=("no_tanh",))
OTHER = Verdict("a.forward", False, "mistake", "…", mistakes=("no_bias",))


def answers(*sources):
    return [eval(f"lambda x: {source}") for source in sources]


def test_each_new_answer_earns_a_level_up_to_the_third():
    attempts = Attempts()
    assert [attempts.level(BIAS, answer) for answer in answers("x", "x + 1", "x + 2", "x + 3")] == [
        1,
        2,
        3,
        3,
    ]


def test_the_same_answer_checked_again_is_no_new_attempt():
    attempts = Attempts()
    assert [attempts.level(BIAS, answer) for answer in answers("x + 1", "x + 1", "x  +  1")] == [1, 1, 1]


def test_another_mistake_and_another_exercise_begin_at_the_first_hint():
    attempts = Attempts()
    first, second = answers("x", "x + 1")
    assert [attempts.level(verdict, first) for verdict in (BIAS, TANH, OTHER)] == [1, 1, 1]
    assert attempts.level(BIAS, second) == 2


def test_whatever_is_no_function_is_counted_too():
    attempts = Attempts()
    assert [attempts.level(BIAS, answer) for answer in (3, 3, "three", None)] == [1, 1, 2, 3]


def test_a_notebook_shows_more_with_each_attempt():
    """In a session of IPython: the first card has one hint, the third all; a request for a level is obeyed."""
    code = """
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

shell = InteractiveShell.instance()


def told(body, more=""):
    cell = f'''
import numpy as np
from rnnlab.check import check
def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):
    {body}
check("hidden_state.rnn_step", rnn_step{more})
'''
    with capture_output() as shown:
        shell.run_cell(cell)
    return shown.outputs[0].data['text/plain']


bodies = [f"a = {n}; return np.tanh(x_t @ W_xh.T + h_prev @ W_hh.T)" for n in range(3)]
first, again, second, third = (told(body) for body in (bodies[0], bodies[0], *bodies[1:]))
assert "Where to look" in first and "The idea" not in first, first
assert first == again
assert "The idea" in second and "Nearly the fix" not in second, second
assert "Nearly the fix" in third, third
assert "The idea" not in told("return x_t @ W_xh.T + h_prev @ W_hh.T + b_h")
assert "Nearly the fix" in told("return x_t @ W_xh.T + h_prev @ W_hh.T + b_h", ", hint=3")
"""
    subprocess.run([sys.executable, "-c", code], check=True)
