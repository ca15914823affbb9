"""The controller's hold on the zygote process: starting it, and having it fork and reap children."""

from __future__ import annotations

import base64
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from . import bubblewrap
from .containment import Containment
from .control import answer, receive
from .isolation import Isolation, IsolationUnavailable

# Generous, for a busy machine: torch alone takes seconds to import.
_START_SECONDS = 180.0
_ORDER_SECONDS = 60.0
# When the controller was killed, nobody else is left to remove the folder, and the zygote may only empty it.
_AND_REMOVE = ("/bin/sh", "-c", '"$@"; rm -rf "$0"')
_BOOT = Path(__file__).resolve().with_name("boot.py")
_PACKAGE = _BOOT.parent.parent.parent


class ZygoteLost(RuntimeError):
    """The zygote died; a new one must be started."""


class Child:
    """One forked child; its process number cannot be reused before `status` has reaped it."""

    def __init__(self, nursery: Nursery, pid: int, handle: int | None) -> None:
        self._nursery, self._pid, self._handle = nursery, pid, handle
        self._status: tuple[int, float] | None = None

    def interrupt(self) -> None:
        """Interrupt the child as Ctrl-C does."""
        self._signal(signal.SIGINT)

    def kill(self) -> None:
        """Kill the child; the zygote kills what is left of its process group when it collects it."""
        if self._handle is None and self._status is None:  # Not on Linux: the zygote cannot do that before.
            with suppress(OSError):
                os.killpg(self._pid, signal.SIGKILL)
        self._signal(signal.SIGKILL)

    def status(self, seconds: float) -> tuple[int, float] | None:
        """Return wait status and processor seconds once the child is dead; None if it lives on for `seconds`."""
        deadline = time.monotonic() + seconds
        while self._status is None:
            left = deadline - time.monotonic()
            if self._handle is not None:
                poller = select.poll()
                poller.register(self._handle, select.POLLIN)
                poller.poll(1000 * max(left, 0))
            self._status = self._nursery.reap(self._pid)
            if self._status is None and left <= 0:
                return None
            if self._status is None:
                time.sleep(0.002)
        return self._status

    def close(self) -> None:
        """Let go of the handle."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def _signal(self, number: int) -> None:
        if self._status is not None:
            return
        with suppress(OSError):
            if self._handle is not None:
                signal.pidfd_send_signal(self._handle, number)
            else:
                os.kill(self._pid, number)


class Nursery:
    """A running zygote. Orders from several threads wait for each other."""

    def __init__(self, containment: Containment, home: Path) -> None:
        self._lock = threading.Lock()
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115, closed with the nursery
        self._control, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [*_AND_REMOVE, str(home), *_python(containment, home), str(theirs.fileno())],
                env=_environment(home),
                cwd=home,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._complaints,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        try:
            self._start(containment)
        except BaseException:
            self.close()
            raise

    def _start(self, containment: Containment) -> None:
        order = containment.as_order() | {"filter": _filter(containment)}
        try:
            reply, _ = self._order(order, seconds=_START_SECONDS)
        except ZygoteLost:
            in_bubblewrap = containment.isolation is Isolation.BUBBLEWRAP
            advice = " To go on without bubblewrap: --isolation=landlock." if in_bubblewrap else ""
            raise IsolationUnavailable(
                f"The sandbox's process did not start: {self._complaint()}.{advice}"
            ) from None
        if "unavailable" in reply:
            raise IsolationUnavailable(reply["unavailable"])

    def _complaint(self) -> str:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=1)
        self._complaints.seek(0)
        lines = self._complaints.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else "it gave no reason"

    def fork(self, job: socket.socket, scratch: Path) -> Child:
        """Have a child forked that serves `job` and works in `scratch`."""
        reply, descriptors = self._order({"fork": str(scratch)}, [job.fileno()])
        return Child(self, int(reply["pid"]), descriptors[0] if descriptors else None)

    def reap(self, pid: int) -> tuple[int, float] | None:
        """Return the wait status and processor seconds of a child, None while it lives; a lost zygote's is 9."""
        try:
            reply, _ = self._order({"reap": pid})
        except ZygoteLost:
            return (signal.SIGKILL, 0.0)
        return None if reply["status"] is None else (reply["status"], reply["cpu_seconds"])

    def close(self) -> None:
        """End the zygote, and with it every child that is left."""
        self._control.close()
        self._complaints.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def _order(
        self, order: dict[str, Any], descriptors: list[int] | None = None, seconds: float = _ORDER_SECONDS
    ) -> tuple[dict[str, Any], list[int]]:
        with self._lock:
            try:
                self._control.settimeout(seconds)
                answer(self._control, order, descriptors)
                reply, received = receive(self._control)
            except (OSError, ValueError):
                reply, received = None, []
        if not isinstance(reply, dict):
            raise ZygoteLost("the zygote did not answer")
        return reply, received


def _python(containment: Containment, home: Path) -> list[str]:
    """Return how to start the zygote, but for its last argument, the number of its socket."""
    python = [sys.executable, "-I", str(_BOOT)]
    if containment.isolation is not Isolation.BUBBLEWRAP:
        return python
    return [*bubblewrap.command(home, _PACKAGE, containment.libraries.closed_folders()), *python]


def _filter(containment: Containment) -> str:
    """Return the program that refuses system calls, in base64: what builds it is not to be had inside bubblewrap."""
    if not containment.isolation.locks:
        return ""
    from . import seccomp

    return base64.b64encode(seccomp.build_program()).decode()


def _environment(home: Path) -> dict[str, str]:
    """Return the zygote's whole environment: nothing of the instructor's, and one thread for each library."""
    threads = ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "VECLIB_MAXIMUM")
    return {
        "PATH": "/usr/bin:/bin:/usr/sbin:/sbin",
        "LANG": "C.UTF-8",
        "HOME": str(home),
        "TMPDIR": str(home),
        "IPYTHONDIR": str(home),
        "MPLCONFIGDIR": str(home),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "MALLOC_ARENA_MAX": "2",
        "CUDA_VISIBLE_DEVICES": "",  # A process that has opened a graphics card cannot be forked.
        **{f"{library}_NUM_THREADS": "1" for library in threads},
    }
