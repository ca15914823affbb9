"""The process that is forked for each submission: Python with NumPy and IPython warm, and no secret in memory.

It takes orders from the controller, one JSON line each, and never reads what a student wrote.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import socket
import sys
import warnings
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any

from .isolation import Isolation, IsolationUnavailable
from .limits import Limits, held_address_space

_OPEN_MODULES = {"rnnlab", "rnnlab.check", "rnnlab.grading"}
_OPEN_PACKAGES = ("rnnlab.grading.sandbox", "rnnlab.data", "rnnlab.plots")


def main(control_descriptor: int, package: Path) -> None:
    """Warm up as ordered, then fork and reap until the controller hangs up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control = socket.socket(fileno=control_descriptor)
    order, _ = receive(control)
    try:
        zygote = Zygote(order, package)
    except IsolationUnavailable as error:
        return answer(control, {"unavailable": str(error)})
    except Exception as error:
        problem = f"The sandbox's process did not start: {type(error).__name__}: {error}"
        return answer(control, {"unavailable": problem})
    answer(control, {"ready": True})
    return zygote.work(control)


class Zygote:
    """The warm process: a shell, and the confinement that its children will enter."""

    def __init__(self, order: dict[str, Any], package: Path) -> None:
        self._package = package
        for name in ("numpy", *order["preload"]):
            importlib.import_module(name)
        _stand_in_for_checks()
        from .shell import make_shell

        # The warm-up makes mistakes on purpose; nobody reads its warnings.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._shell = make_shell()
        self._confinement = self._prepare(Isolation(order["isolation"]), Limits(**order["limits"]))
        _assert_clean()
        self._harden()

    def _prepare(self, isolation: Isolation, limits: Limits):
        from .confine import Confinement

        common = {
            "isolation": isolation,
            "limits": limits,
            "zygote": os.getpid(),
            "held_bytes": held_address_space(),
        }
        if isolation is Isolation.PROCESS:
            return Confinement(**common)
        from . import seccomp
        from .doctor import require
        from .readable import readable_paths

        require(isolation)
        readable = readable_paths(self._package)
        return Confinement(**common, readable=readable, filter_program=seccomp.build_program())

    def _harden(self) -> None:
        gc.collect()
        gc.freeze()
        if sys.platform == "linux":
            from . import linux

            linux.prctl(linux.PR_SET_DUMPABLE, 0)

    def work(self, control: socket.socket) -> None:
        """Serve orders; the end of the connection is the end of the zygote and, with it, of its children."""
        while True:
            order, descriptors = receive(control)
            match order:
                case None:
                    return
                case {"fork": str(scratch)} if len(descriptors) == 1:
                    self._fork(control, descriptors[0], Path(scratch))
                case {"reap": int(pid)}:
                    _reap(control, pid)

    def _fork(self, control: socket.socket, job: int, scratch: Path) -> None:
        pid = os.fork()
        if pid == 0:
            from .child import live

            live(self._shell, self._confinement, job, scratch)
        os.close(job)
        if sys.platform != "linux":
            return answer(control, {"pid": pid})
        handle = os.pidfd_open(pid)
        answer(control, {"pid": pid}, [handle])
        return os.close(handle)


def _reap(control: socket.socket, pid: int) -> None:
    """Collect a dead child; the controller asks again while it is not dead yet."""
    if hasattr(os, "waitid") and os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
        # What it started dies with it; until it is collected, nobody else can have its number.
        with suppress(OSError):
            os.killpg(pid, signal.SIGKILL)
    done, status, usage = os.wait4(pid, os.WNOHANG)
    seconds = usage.ru_utime + usage.ru_stime
    answer(control, {"status": status if done else None, "cpu_seconds": seconds})


def _stand_in_for_checks() -> None:
    """Let `from rnnlab.check import check` work where the real checks must not be readable."""

    def check(*arguments: Any, **options: Any) -> None:
        print("the grader runs the checks")

    module = ModuleType("rnnlab.check")
    module.__dict__["check"] = check
    sys.modules["rnnlab.check"] = module
    sys.modules["rnnlab"].__dict__["check"] = module


def _assert_clean() -> None:
    own = {name for name in sys.modules if name.partition(".")[0] == "rnnlab"} - _OPEN_MODULES
    secret = [name for name in own if not name.startswith(_OPEN_PACKAGES)]
    tasks = os.listdir("/proc/self/task") if sys.platform == "linux" else ["main"]
    if secret or len(tasks) != 1:
        raise RuntimeError(f"the zygote must be clean, but has {len(tasks)} threads and the modules {secret}")


def receive(control: socket.socket) -> tuple[Any, list[int]]:
    """Return the next line's value and the descriptors that came with it; None at the end of the connection."""
    line, descriptors = b"", []
    while not line.endswith(b"\n"):
        part, received, _, _ = socket.recv_fds(control, 65536, 4)
        if not part:
            return None, []
        line += part
        descriptors += received
    return json.loads(line), descriptors


def answer(control: socket.socket, value: dict[str, Any], descriptors: list[int] | None = None) -> None:
    """Send one line, with descriptors."""
    socket.send_fds(control, [json.dumps(value).encode() + b"\n"], descriptors or [])
