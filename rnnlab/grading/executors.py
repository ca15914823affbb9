"""Where tasks are graded: in this process, by workers on this machine, or by whatever else follows `Executor`."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Protocol

from rnnlab.grading import work
from rnnlab.grading.task import Outcome, Task

TASK_SECONDS = 1800.0
"""A worker that has not answered after half an hour hangs: far longer than any submission may run."""
TRIES = 2
WORKER_PROGRAM = ("-m", "rnnlab.grading.worker")
_END_SECONDS = 5.0


class Executor(Protocol):
    """Runs `work.grade_submission` for each task, somewhere.

    What every executor keeps to:

    - `run` draws tasks as it can use them, a few ahead of its workers, because all tasks at once need not fit into
      memory. It yields exactly one outcome for each task, as soon as it is there and in any order.
    - A task whose worker died is tried once more. A task that loses its worker twice becomes
      `work.lost(task, why)`: it needs a person, and the batch goes on.
    - `grade_submission` answers for a submission's own faults. What it raises is about the machine (no isolation,
      another version of the grader) and ends the batch: `run` raises it too.
    - Whoever stops drawing outcomes closes the iterator; `run` then ends its workers, whatever they are doing.
    - Writing is the caller's. A worker reads and writes nothing of the course.
    """

    def run(self, tasks: Iterable[Task]) -> Iterator[Outcome]:
        """Grade each task and yield its outcome."""
        ...


class Here:
    """Grades one task after another in this process, whose sandbox stays warm."""

    def run(self, tasks: Iterable[Task]) -> Iterator[Outcome]:
        """Grade each task and yield its outcome, in order."""
        work.settle()
        return map(work.grade_submission, tasks)


@dataclass(frozen=True)
class _Try:
    task: Task
    number: int = 1


class _Worker:
    """A worker process and the task that it has.

    Each has a socket of its own: one that dies in the middle of an answer tears nobody else's.
    """

    def __init__(self, program: tuple[str, ...]) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", *program, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
            )
        self.channel = Connection(ours.detach())
        self.current: _Try | None = None
        self.deadline = 0.0

    def give(self, attempt: _Try, seconds: float) -> None:
        """Hand over a task; a worker that has died is found out when its answer is asked for."""
        self.current, self.deadline = attempt, time.monotonic() + seconds
        with suppress(ConnectionError):
            self.channel.send(attempt.task)

    def answer(self) -> Outcome | Exception | None:
        """The answer to the task; `None` where the worker died without one."""
        try:
            return self.channel.recv()
        except (EOFError, OSError):
            return None

    def end(self, kill: bool = False) -> None:
        """End the process: kindly, so that it clears up after itself, or at once."""
        self.channel.close()
        if kill:
            self._process.kill()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class LocalWorkers:
    """Worker processes on this machine, each with a sandbox of its own; they are started as tasks call for them.

    `program` is what Python runs as a worker, `seconds` the time that one task may take.
    """

    def __init__(
        self, jobs: int, seconds: float = TASK_SECONDS, program: tuple[str, ...] = WORKER_PROGRAM
    ) -> None:
        self._jobs, self._seconds, self._program = jobs, seconds, program

    def run(self, tasks: Iterable[Task]) -> Generator[Outcome, None, None]:
        """Grade each task on one of the workers and yield its outcome, in the order in which they end."""
        waiting, again, workers = iter(tasks), deque[_Try](), list[_Worker]()
        try:
            while True:
                self._hand_out(waiting, again, workers)
                if not any(worker.current for worker in workers):
                    return
                for worker in self._answered(workers):
                    yield from self._settle(worker, again, workers)
        finally:
            for worker in workers:
                worker.end(kill=worker.current is not None)

    def _hand_out(self, waiting: Iterator[Task], again: deque[_Try], workers: list[_Worker]) -> None:
        """Give every idle worker a task, and start workers while there are tasks for them."""
        while True:
            idle = next((worker for worker in workers if worker.current is None), None)
            if idle is None and len(workers) >= self._jobs:
                return
            attempt = again.popleft() if again else next(map(_Try, waiting), None)
            if attempt is None:
                return
            if idle is None:
                idle = _Worker(self._program)
                workers.append(idle)
            idle.give(attempt, self._seconds)

    def _answered(self, workers: list[_Worker]) -> list[_Worker]:
        """Wait for answers and deaths; a worker whose time is up is among them without an answer."""
        busy = [worker for worker in workers if worker.current is not None]
        left = min(worker.deadline for worker in busy) - time.monotonic()
        ready = wait([worker.channel for worker in busy], timeout=max(left, 0.0))
        late = [worker for worker in busy if worker.deadline <= time.monotonic()]
        return [worker for worker in busy if worker.channel in ready] or late

    def _settle(self, worker: _Worker, again: deque[_Try], workers: list[_Worker]) -> Iterator[Outcome]:
        """Take a worker's answer; where there is none, its task is tried once more, or given up."""
        attempt = worker.current
        assert attempt is not None
        late = not worker.channel.poll()
        answer = None if late else worker.answer()
        if isinstance(answer, Outcome):
            worker.current = None
            yield answer
            return
        if isinstance(answer, Exception):
            raise answer
        workers.remove(worker)
        worker.end(kill=True)
        if late:
            yield work.lost(attempt.task, f"the grader did not come to an end within {self._seconds:.0f} s")
        elif attempt.number < TRIES:
            again.append(_Try(attempt.task, attempt.number + 1))
        else:
            yield work.lost(attempt.task, "the process that graded it died, twice")


def local_executor(jobs: int) -> Executor:
    """This process for one job, worker processes for more."""
    return Here() if jobs <= 1 else LocalWorkers(jobs)
