"""What each tier adds: a sample of the attacks under bubblewrap, and what can be seen there; all of them run in
`make test-slow`.
"""

from __future__ import annotations

import os

import pytest

from rnnlab.check.outcome import Returned
from rnnlab.grading.sandbox import Isolation, Sandbox, doctor
from tests.grading.sandbox.conftest import HASTY, open_or_skip, process_of, runs
from tests.grading.sandbox.hostile import REFUSED, STOPPED
from tests.grading.sandbox.test_attacks import check_that_it_is_stopped

pytestmark = pytest.mark.sandbox

SAMPLE = {
    "memory",
    "kill its parent",
    "signal by handle",
    "subprocess",
    "inet socket",
    "symbolic link",
    "parent's memory",
    "list processes",
    "password file",
    "temporary folder",
    "other submissions",
    "grader",
    "source of the exercises",
    "repository",
    "change a library",
}
DEADLY = {"loop that ignores signals", "exit", "segmentation fault", "many files", "hang up"}


@pytest.fixture(scope="module")
def bubble():
    with open_or_skip(HASTY, Isolation.BUBBLEWRAP) as opened:
        yield opened


@pytest.mark.parametrize("attack", [a for a in REFUSED if a.name in SAMPLE], ids=lambda attack: attack.name)
def test_in_bubblewrap_the_attack_is_an_error_of_its_cell(bubble, attack):
    with bubble.open() as session:
        result = session.run(attack.source)
        assert result.stopped is None
        assert result.error is not None, "nothing refused it"
        assert result.error.kind in attack.kinds_under(Isolation.BUBBLEWRAP), result.error


@pytest.mark.parametrize("attack", [a for a in STOPPED if a.name in DEADLY], ids=lambda attack: attack.name)
def test_in_bubblewrap_the_attack_is_stopped(bubble, attack):
    check_that_it_is_stopped(bubble, attack)


def test_the_samples_name_attacks_that_exist():
    assert {attack.name for attack in REFUSED} >= SAMPLE
    assert {attack.name for attack in STOPPED} >= DEADLY


def test_in_bubblewrap_a_file_cannot_even_be_asked_for(bubble, course):
    """Landlock lets a submission ask whether a file exists and how large it is: its one known gap."""
    ask = f"import os\nexists = os.path.exists({str(course.gradebook)!r})"
    with bubble.open() as session:
        session.run(ask)
        assert session.value("exists") == Returned(False, "bool")
    with open_or_skip(HASTY, Isolation.LANDLOCK) as sandbox, sandbox.open() as session:
        session.run(ask)
        assert session.value("exists") == Returned(True, "bool")


def test_in_bubblewrap_no_other_process_and_no_name_of_the_machine_is_known(bubble):
    with bubble.open() as session:
        session.run(
            "import os\nnumbers = os.getpid(), os.getppid(), os.getsid(0)\nname = os.uname().nodename"
        )
        assert max(session.value("numbers").value) < 100
        assert session.value("name") == Returned("sandbox", "str")
        session.run(f"import os\nfound = os.path.exists('/proc/{os.getpid()}')")
        assert session.value("found") == Returned(False, "bool")


def test_the_best_is_what_the_machine_offers(bubble):
    with Sandbox(HASTY, Isolation.BEST) as sandbox:
        assert sandbox.isolation is Isolation.BUBBLEWRAP
        assert sandbox.description == doctor.describe(Isolation.BEST) == bubble.description
        assert sandbox.description.startswith("bubblewrap + Landlock ABI ")


def test_in_bubblewrap_no_process_is_killed_by_its_number(bubble, monkeypatch):
    """The numbers are those of another machine: here they belong to somebody else."""
    numbers = []
    monkeypatch.setattr(os, "kill", lambda pid, number: numbers.append(pid))
    monkeypatch.setattr(os, "killpg", lambda pid, number: numbers.append(pid))
    with bubble.open() as session:
        assert session.run("while True: pass").stopped.reason == "time"
        handled = process_of(session._child._handle)
        assert runs(handled)
    assert not runs(handled)
    assert numbers == []
