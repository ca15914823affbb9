"""Grade on a Dask cluster: tasks go to its workers by the scheduler's address, outcomes come back here to be written.

Start one thread for each worker process, so that each has a sandbox of its own:

    dask scheduler
    dask worker tcp://HOST:8786 --nworkers auto --nthreads 1

Every machine needs the same version of rnnlab. Nothing is encrypted with tcp://; use it in a network that you trust,
and Dask's tls:// elsewhere.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

import rnnlab
from rnnlab.grading import work
from rnnlab.grading.fingerprint import grading_code
from rnnlab.grading.task import Outcome, Task

if TYPE_CHECKING:
    from distributed import Client, Future

CONNECT_SECONDS = 10.0
WORKER_SECONDS = 30.0
"""How long to wait for a first worker, and for another one when all are gone."""
COUNTED_SECONDS = 2.0
"""How long a count of the workers is good for."""
AHEAD = 3
"""Tasks that are sent ahead for each of the cluster's threads."""


class ClusterUnavailable(Exception):
    """The cluster cannot grade; the message says why, and what to do next."""


class Cluster:
    """An `Executor` whose workers are those of a Dask scheduler.

    A task whose worker died goes to another one. After as many deaths as the scheduler allows (its setting
    `distributed.scheduler.allowed-failures`) it needs a person. A task that runs while the batch is given up ends on
    its worker by itself, and its outcome is dropped.
    """

    def __init__(
        self, address: str, connect_seconds: float = CONNECT_SECONDS, worker_seconds: float = WORKER_SECONDS
    ) -> None:
        self.address, self._worker_seconds = address, worker_seconds
        self._client = _connect(address, connect_seconds)
        try:
            self._require_workers()
            self._require_same_grader()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the scheduler; the cluster itself goes on."""
        self._client.close()

    @property
    def description(self) -> str:
        """The cluster in a few words."""
        threads = self._threads()
        return f"{self.address}: {len(threads)} worker(s), {sum(threads.values())} at once"

    def run(self, tasks: Iterable[Task]) -> Iterator[Outcome]:
        """Grade each task on some worker and yield its outcome, in the order in which they end."""
        waiting, pending = iter(tasks), {}
        room, asked = 0, -math.inf
        try:
            while True:
                if time.monotonic() - asked > COUNTED_SECONDS:  # workers come and go
                    room, asked = AHEAD * max(sum(self._threads().values()), 1), time.monotonic()
                free = max(room - len(pending), 0)
                pending |= {self._submit(task): task for task in islice(waiting, free)}
                if not pending:
                    return
                for future in self._finished(pending):
                    yield self._outcome(future, pending.pop(future))
        finally:
            self._client.cancel(list(pending), force=True)

    def _submit(self, task: Task) -> Future:
        import dask.config

        # A notebook with its pictures in it may be larger than what Dask would remark upon.
        with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GB"}):
            return self._client.submit(work.grade_submission, task, pure=False)

    def _finished(self, pending: Iterable[Future]) -> list[Future]:
        """Wait until something is finished; raises `ClusterUnavailable` when no worker is left to finish anything."""
        from distributed import CancelledError, wait

        while True:
            try:
                with self._client.as_current():
                    # Dask's functions are typed as if they were all called in its own event loop
                    ended: Any = wait(list(pending), timeout=1.0, return_when="FIRST_COMPLETED")
                    return list(ended.done)
            except TimeoutError:
                if not self._threads():
                    self._require_workers()
            except CancelledError as error:
                raise self._gone() from error

    def _outcome(self, future: Future, task: Task) -> Outcome:
        """The outcome of a finished task; what its worker raised is about that machine, and ends the batch."""
        from distributed import KilledWorker

        error: Any = future.exception()
        if error is None:
            return future.result()
        if isinstance(error, KilledWorker):
            return work.lost(task, "each worker that tried to grade it died")
        raise error

    def _threads(self) -> dict[str, int]:
        """The number of threads of each worker that is there."""
        try:
            found: Any = self._client.nthreads()
        except OSError as error:
            raise self._gone() from error
        return dict(found)

    def _gone(self) -> ClusterUnavailable:
        return ClusterUnavailable(
            f"the scheduler at {self.address} is gone, or has given up the batch; what was finished is kept: "
            "see to the scheduler, and run this again"
        )

    def _require_workers(self) -> None:
        try:
            self._client.wait_for_workers(1, timeout=self._worker_seconds)
        except TimeoutError:
            raise ClusterUnavailable(
                f"the scheduler at {self.address} has no workers; start one: "
                f"dask worker {self.address} --nworkers auto --nthreads 1"
            ) from None

    def _require_same_grader(self) -> None:
        """Another version would give other marks, so that nothing is graded unless all workers have this one."""
        here = (rnnlab.__version__, grading_code())
        answers: Any = self._client.run(_grader_question(), on_error="return")
        for worker, found in answers.items():
            if found != here:
                raise ClusterUnavailable(
                    f"the worker {worker} has {_described(found, here)}; "
                    "install the same version of rnnlab, with the same held-out data, on every machine, and start "
                    "its workers again"
                )


def _connect(address: str, seconds: float) -> Client:
    try:
        from distributed import Client
        from distributed.comm.addressing import get_address_host_port
    except ImportError as error:
        raise ClusterUnavailable(
            f"--scheduler needs Dask, which is not installed ({error}); pip install 'rnnlab[cluster]'"
        ) from error
    # Dask's own words about lost connections would stand between the lines of the progress bar.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    try:
        # Dask leaves a half-open client behind when it finds out by itself that this is no address.
        get_address_host_port(address)
        return Client(address, timeout=seconds, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ClusterUnavailable(
            f"no Dask scheduler answers at {address}; start one with `dask scheduler`, or correct --scheduler "
            "(such as tcp://127.0.0.1:8786)"
        ) from error


def _grader_question() -> Callable[[], tuple[str, str]]:
    """A function for a worker that may have no rnnlab: it is made here, so that its code is sent and not its name."""

    def grader() -> tuple[str, str]:
        try:
            import rnnlab
            from rnnlab.grading.fingerprint import grading_code
        except ImportError as error:
            return ("", str(error))
        return (rnnlab.__version__, grading_code())

    return grader


def _described(found: object, here: tuple[str, str]) -> str:
    if not isinstance(found, tuple):
        return f"a Python that cannot answer ({found})"
    version, code = found
    if not version:
        return f"no rnnlab that grades ({code})"
    if version != here[0]:
        return f"rnnlab {version}, and this is {here[0]}"
    return f"another state of rnnlab {version} than this machine"
