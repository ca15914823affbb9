"""Each assignment gets the sandbox that it asks for, and those that ask for the same share a warm one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rnnlab import exercises
from rnnlab.exercises.catalogue import ASSIGNMENTS
from rnnlab.grading import sandboxes
from rnnlab.grading.sandbox import Isolation, Libraries, Limits


@pytest.fixture
def opened(monkeypatch):
    """Records which sandboxes are opened, and opens none."""
    asked = []

    class Recorded:
        def __init__(self, limits, isolation, libraries):
            asked.append((limits, isolation, libraries))

        def close(self):
            """Nothing was opened."""

    monkeypatch.setattr(sandboxes, "Sandbox", Recorded)
    sandboxes._warm.cache_clear()
    yield asked
    sandboxes._warm.cache_clear()


def test_assignments_with_the_same_needs_share_a_sandbox(opened):
    first = sandboxes.open_sandbox("hidden_state", Isolation.LANDLOCK)
    assert sandboxes.open_sandbox("gradients", Isolation.LANDLOCK) is first
    assert sandboxes.open_sandbox("hidden_state", Isolation.BUBBLEWRAP) is not first
    assert opened[0] == (Limits(), Isolation.LANDLOCK, Libraries.NUMPY)
    assert len(opened) == 2


def test_the_instructors_limits_come_last(opened):
    sandboxes.open_sandbox("hidden_state", Isolation.LANDLOCK, {"cell_seconds": 99.0})
    assert opened[0][0] == Limits(cell_seconds=99.0)


def test_an_assignment_that_trains_gets_its_time(opened, monkeypatch):
    trains = replace(
        exercises.assignment("hidden_state"),
        libraries="torch",
        cell_seconds=200.0,
        call_seconds=30.0,
        submission_seconds=500.5,
    )
    monkeypatch.setattr(exercises, "assignment", lambda name: trains)
    sandboxes.open_sandbox("hidden_state", Isolation.LANDLOCK)
    limits = Limits(cell_seconds=200.0, call_seconds=30.0, session_seconds=500.5, cpu_seconds=501)
    assert opened == [(limits, Isolation.LANDLOCK, Libraries.TORCH)]


def test_an_assignment_that_the_course_does_not_know_gets_the_defaults():
    assert sandboxes.needs("of somebody else") == (Libraries.NUMPY, Limits())


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_every_assignment_asks_for_something_that_there_is(name):
    libraries, limits = sandboxes.needs(name)
    assert isinstance(libraries, Libraries)
    assert limits.session_seconds >= limits.cell_seconds
