"""Exercises are found by name, and a typing slip is answered with the nearest names."""

import subprocess
import sys

import pytest

from rnnlab.check import public_probes
from rnnlab.exercises import UnknownName, assignment, find, names
from rnnlab.exercises.spec import Exercise, Question


def test_every_name_finds_its_part():
    assert len(set(names())) == len(names())
    assert [find(name).name for name in names()] == list(names())


def test_an_assignment_has_seven_functions_and_two_questions():
    parts = assignment("hidden_state").parts
    assert sum(isinstance(part, Exercise) for part in parts) >= 7
    assert sum(isinstance(part, Question) for part in parts) == 2


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("hidden_state.rnn_setp", "hidden_state.rnn_step"),
        ("rnn_forward", "hidden_state.rnn_forward"),
        ("hidden_state.rnn_backward", "bptt.rnn_backward"),
    ],
)
def test_a_typing_slip_is_answered_with_the_nearest_name(typed, meant):
    with pytest.raises(UnknownName, match=f"Did you mean '{meant}'"):
        find(typed)


def test_an_unknown_name_with_nothing_near_lists_what_there_is():
    with pytest.raises(UnknownName, match="There are: hidden_state"):
        assignment("zebra")


def test_public_probes_are_the_same_for_everybody():
    exercise = find("hidden_state.rnn_step")
    assert isinstance(exercise, Exercise)
    assert public_probes(exercise) is public_probes(exercise)
    assert public_probes(exercise)[0].label == "B=6, D=2, H=4"


def test_the_students_side_needs_numpy_alone():
    code = (
        "import sys; from rnnlab.check import check; from rnnlab.exercises import names; names();"
        "heavy = {'torch', 'matplotlib', 'IPython', 'pandas', 'nbformat'} & set(sys.modules); assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)
