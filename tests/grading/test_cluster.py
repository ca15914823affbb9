"""A real Dask scheduler and two real workers on this machine: nothing is lost, and nothing is graded twice."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from rnnlab.grading import batch, cluster, work
from rnnlab.grading.cluster import Cluster, ClusterUnavailable
from rnnlab.grading.fingerprint import grading_code
from rnnlab.grading.record import Status
from rnnlab.grading.sandbox import Isolation, doctor
from rnnlab.grading.task import Outcome, Task
from tests.grading.own_course import ASSIGNMENT, answered, hand_in_alone, marks

pytestmark = pytest.mark.sandbox
PATIENCE = 120.0


@pytest.fixture(scope="module", autouse=True)
def _needs_dask_and_a_sandbox():
    pytest.importorskip(
        "distributed", reason="NOT TESTED: Dask is not installed; pip install 'rnnlab[cluster]'"
    )
    if problems := doctor.problems(Isolation.LANDLOCK):
        pytest.skip("NOT TESTED: no sandbox on this machine. " + " ".join(problems))


class OwnCluster:
    """A scheduler and its workers, each a process of ours."""

    def __init__(self, stack: ExitStack, folder: Path, allowed_deaths: int) -> None:
        self._stack, self._folder = stack, folder
        self._file = folder / "scheduler.json"
        self._patience = allowed_deaths
        self._start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-show", "--no-dashboard",
                    "--scheduler-file", str(self._file))  # fmt: skip
        self.address = str(self._awaited()["address"])
        self.workers: list[subprocess.Popen[bytes]] = []

    def add_worker(self) -> None:
        """One more worker process with one thread."""
        process = self._start(
            "worker", self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1",
            "--local-directory", str(self._folder),
        )  # fmt: skip
        self.workers.append(process)

    def stop_scheduler(self) -> None:
        self._scheduler.kill()

    def _start(self, role: str, *arguments: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.dask_{role}", *arguments],
            env={**os.environ, "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": str(self._patience)}, cwd=self._folder,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        self._stack.callback(_end, process)
        if role == "scheduler":
            self._scheduler = process
        return process

    def _awaited(self) -> dict:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return json.loads(self._file.read_text())
            except (OSError, ValueError):
                assert self._scheduler.poll() is None, "the scheduler ended while it was starting"
                assert time.monotonic() < deadline, "the scheduler should be ready by now"
                time.sleep(0.1)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


@contextmanager
def started(folder: Path, workers: int, allowed_deaths: int = 3):
    with ExitStack() as stack:
        own = OwnCluster(stack, folder, allowed_deaths)
        for _ in range(workers):
            own.add_worker()
        yield own


@pytest.fixture(scope="module")
def two_workers(tmp_path_factory):
    with started(tmp_path_factory.mktemp("dask"), workers=2) as own:
        yield own


@pytest.fixture(scope="module")
def released(course_root) -> bytes:
    return (course_root / "exercises" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_bytes()


def task(released: bytes, student: str, submitted: bytes, code: str = "") -> Task:
    return Task(
        student=student,
        assignment=ASSIGNMENT,
        submitted=submitted,
        released=released,
        key=b"k" * 32,
        isolation="landlock",
        fingerprint="",
        code=code or grading_code(),
    )


def points(outcome: Outcome) -> float:
    return sum(mark.points or 0 for mark in outcome.marks)


@dataclass
class KillsAWorker:
    """An executor that kills one worker of its cluster when the first outcome is there."""

    grid: Cluster
    victim: subprocess.Popen[bytes]

    def run(self, tasks):
        outcomes = self.grid.run(tasks)
        first = next(outcomes)
        busy = [address for address, tasks in self.grid._client.processing().items() if tasks]
        assert len(busy) == 2, "both workers have work when one of them is killed"
        self.victim.send_signal(signal.SIGKILL)
        yield first
        yield from outcomes


def test_a_worker_killed_in_the_middle_loses_nothing_and_nothing_is_graded_twice(
    tmp_path, handed_in_course, released
):
    students = [f"student-{number}" for number in range(8)]
    hand_in_alone(handed_in_course, answered(released, pause=1.0), *students)
    course = handed_in_course.course()
    with started(tmp_path, workers=2) as own, Cluster(own.address) as grid:
        grid._client.wait_for_workers(2, timeout=PATIENCE)
        killing = KillsAWorker(grid, own.workers[0])
        seen = list(batch.autograde(course, ASSIGNMENT, students, batch.Options(executor=killing)))
        assert own.workers[0].wait(timeout=PATIENCE) == -signal.SIGKILL
    assert Counter(done.student for done in seen) == dict.fromkeys(students, 1)
    assert {(done.status, done.reasons, done.unchanged) for done in seen} == {(Status.GRADED, (), False)}
    assert handed_in_course.do("autograde", ASSIGNMENT).startswith("0 graded, 8 unchanged")
    rows = marks(handed_in_course)
    assert len({row["score"] for row in rows.values()}) == 1
    assert all(float(row["score"]) == float(row["max_score"]) - 3 for row in rows.values())


def test_the_class_gets_the_same_marks_as_on_this_machine(two_workers, handed_in_course, graded_class):
    (handed_in_course.root / ".course-secret").write_bytes(
        (graded_class.root / ".course-secret").read_bytes()
    )
    printed = handed_in_course.do("autograde", ASSIGNMENT, "--scheduler", two_workers.address, code=1)
    assert f"{len(handed_in_course.course().students(ASSIGNMENT))} graded, 0 unchanged" in printed
    assert marks(handed_in_course) == marks(graded_class)


@pytest.mark.slow
def test_the_whole_class_gets_the_same_marks_as_on_this_machine(two_workers, whole_class):
    there = whole_class.copy(whole_class.root.with_name("there"))
    whole_class.do("autograde", ASSIGNMENT, code=1)
    (there.root / ".course-secret").write_bytes((whole_class.root / ".course-secret").read_bytes())
    there.do("autograde", ASSIGNMENT, "--scheduler", two_workers.address, code=1)
    assert marks(there) == marks(whole_class)


def test_a_batch_that_is_given_up_goes_on_where_it_was(two_workers, handed_in_course):
    course = handed_in_course.course()
    students = course.students(ASSIGNMENT)
    with Cluster(two_workers.address) as grid:
        started_batch = batch.autograde(course, ASSIGNMENT, students, batch.Options(executor=grid))
        first = next(started_batch)
        started_batch.close()
        rest = list(batch.autograde(course, ASSIGNMENT, students, batch.Options(executor=grid)))
    assert {done.student for done in rest} == set(students)
    assert next(done for done in rest if done.student == first.student).unchanged


def test_a_scheduler_that_is_not_there_is_one_sentence(handed_in_course):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{probe.getsockname()[1]}"
    assert f"no Dask scheduler answers at {address}" in handed_in_course.refused(
        "autograde", ASSIGNMENT, "--scheduler", address
    )


@pytest.mark.parametrize("address", ["nonsense", "ftp://127.0.0.1:1", "tcp://127.0.0.1:banana"])
def test_an_address_that_is_none_is_one_sentence(address):
    with pytest.raises(ClusterUnavailable, match="no Dask scheduler answers at"):
        Cluster(address, connect_seconds=1)


def test_a_scheduler_without_workers_says_how_to_start_one(tmp_path):
    with (
        started(tmp_path, workers=0) as own,
        pytest.raises(ClusterUnavailable, match="has no workers; start one"),
    ):
        Cluster(own.address, worker_seconds=0.5)


def test_workers_with_another_state_of_the_grader_are_refused(two_workers, monkeypatch):
    monkeypatch.setattr(cluster, "grading_code", lambda: "another")
    with pytest.raises(ClusterUnavailable, match=r"another state of rnnlab .* install the same version"):
        Cluster(two_workers.address)


def test_a_worker_that_joins_late_with_another_grader_ends_the_batch(two_workers, released):
    from rnnlab.grading.work import OtherGrader

    with Cluster(two_workers.address) as grid, pytest.raises(OtherGrader, match="another version"):
        list(grid.run([task(released, "ada", answered(released), code="another")]))


def test_a_task_that_takes_its_workers_along_needs_a_person_and_the_batch_goes_on(
    tmp_path, released, monkeypatch
):
    def deadly(task):
        import os

        os._exit(1)

    poison, harmless = (task(released, student, answered(released)) for student in ("poison", "ada"))
    with started(tmp_path, workers=2, allowed_deaths=0) as own, Cluster(own.address) as grid:
        grid._client.wait_for_workers(2, timeout=PATIENCE)
        with monkeypatch.context() as patched:
            patched.setattr(work, "grade_submission", deadly)
            (outcome,) = grid.run([poison])
        assert outcome.record.problems == ("each worker that tried to grade it died",)
        assert points(outcome) == 0
        (outcome,) = grid.run([harmless])
        assert outcome.record.problems == ()


def test_a_scheduler_that_goes_away_ends_the_batch_with_a_sentence(tmp_path, released):
    submitted = answered(released, pause=2.0)
    with started(tmp_path, workers=1) as own, Cluster(own.address) as grid:
        outcomes = grid.run(task(released, f"student-{number}", submitted) for number in range(6))
        next(outcomes)
        own.stop_scheduler()
        with pytest.raises(ClusterUnavailable, match="what was finished is kept"):
            list(outcomes)
