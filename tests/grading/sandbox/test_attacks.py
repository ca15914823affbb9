"""Small hostile programs, each with its exact end, run against the real sandbox."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from textwrap import dedent, indent

import pytest

from rnnlab.check.outcome import Stopped
from tests.grading.sandbox.conftest import LIMITS, open_or_skip, process_of, runs
from tests.grading.sandbox.hostile import DEEP_FOLDERS, REFUSED, STOPPED

pytestmark = pytest.mark.sandbox


@pytest.mark.parametrize("attack", REFUSED, ids=lambda attack: attack.name)
def test_the_attack_is_an_error_of_its_cell(sandbox, session, attack):
    result = session.run(attack.source)
    assert result.stopped is None
    assert result.error is not None, "nothing refused it"
    assert result.error.kind in attack.kinds_under(sandbox.isolation), result.error
    session.run("x = None")
    assert session.run("1 + 1").error is None, "the next cell runs"


ENDLESS = [attack for attack in STOPPED if attack.stopped == "time"]
DEADLY = [attack for attack in STOPPED if attack.stopped != "time"]


@pytest.mark.parametrize("attack", DEADLY, ids=lambda attack: attack.name)
def test_the_attack_is_stopped_and_the_next_submission_is_well(sandbox, attack):
    check_that_it_is_stopped(sandbox, attack)


@pytest.mark.parametrize("attack", ENDLESS, ids=lambda attack: attack.name)
def test_the_endless_attack_is_stopped_and_the_next_submission_is_well(hasty, attack):
    check_that_it_is_stopped(hasty, attack)


def check_that_it_is_stopped(sandbox, attack):
    """The attack ends as it should, for good, and leaves nothing to the next submission."""
    with sandbox.open() as session:
        result = session.run(attack.source)
        assert result.stopped is not None, result
        assert result.stopped.reason == attack.stopped, result.stopped
        assert attack.detail in result.stopped.detail
        assert not session.alive
        assert session.run("1").stopped == result.stopped
        assert isinstance(session.call("f", ()), Stopped)
    with sandbox.open() as following:
        assert following.run("assert 'number' not in globals()").error is None


@pytest.mark.parametrize("attack", STOPPED, ids=lambda attack: attack.name)
def test_the_attack_in_a_call_is_stopped(hasty_session, attack):
    hasty_session.run("def attack():\n" + indent(attack.source, "    "))
    outcome = hasty_session.call("attack", ())
    assert isinstance(outcome, Stopped)
    # A call's limit is shorter than the time that some of these need.
    assert outcome.reason in {attack.stopped, "time"}


def test_processor_time_of_all_threads_is_limited():
    burn = "import threading\n[threading.Thread(target=pow, args=(3, 10**9)).start() for _ in range(4)]"
    with open_or_skip(replace(LIMITS, cpu_seconds=2)) as sandbox, sandbox.open() as session:
        session.run(burn)
        stopped = session.run("import time\nwhile True: time.sleep(9)").stopped
        assert stopped.reason == "time"
        assert "2 s of processor time" in stopped.detail


def test_floods_of_output_are_cut(session):
    result = session.run("""
import os
print('x' * 10**8)
for descriptor in (1, 2):
    for _ in range(1000): os.write(descriptor, b'x' * 10**5)
""")
    assert result.error is None
    assert sum(len(repr(output)) for output in result.outputs) < 70_000


def test_threads_are_bounded_and_die_with_the_session(sandbox):
    with sandbox.open() as session:
        result = session.run("""
import threading, time
for _ in range(10**4): threading.Thread(target=time.sleep, args=(99,), daemon=True).start()
""")
        assert result.error.kind in {"RuntimeError", "MemoryError"}
        pid = process_of(session._child._handle)
        assert runs(pid)
    assert not runs(pid)


def test_a_thread_that_stays_behind_does_not_reach_the_next_submission(sandbox):
    with sandbox.open() as session:
        session.run("""
import threading
def work():
    while True: open('left', 'a').close()
threading.Thread(target=work).start()
""")
    clean = "import os, threading\nassert threading.active_count() == 1\nassert os.listdir() == []"
    with sandbox.open() as following:
        assert following.run(clean).error is None


def test_scratch_is_writable_and_removed(sandbox):
    with sandbox.open() as session:
        session.run("""
import os, tempfile
folder = os.getcwd()
open('x', 'w').write('y')
tempfile.mkdtemp()
os.mkdir('closed', 0)
""")
        folder = Path(session.value("folder").value)
        assert (folder / "x").read_text() == "y"
    assert not folder.exists()


def test_folders_too_deep_for_a_path_are_removed(sandbox):
    with sandbox.open() as session:
        session.run("import os\nfolder = os.getcwd()")
        folder = Path(session.value("folder").value)
        assert session.run(dedent(DEEP_FOLDERS)).stopped is not None
    assert not folder.exists()
