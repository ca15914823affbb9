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
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path
from typing import Any

from . import scratch
from .isolation import Isolation, IsolationUnavailable
from .limits import Limits, held_address_space
from .readable import OPEN_PARTS

_OPEN_MODULES = {"rnnlab", "rnnlab.check", "rnnlab.grading"}
_OPEN_PACKAGES = ("rnnlab.grading.sandbox", "rnnlab.data", "rnnlab.plots")


def main(control_descriptor: int, package: Path) -> None:
    """Warm up as ordered, then fork and reap until the controller hangs up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control = socket.socket(fileno=control_descriptor)
    order, _ = receive(control)
    try:
        zygote = Zygote(order, package)
    except Exception as error:
        answer(control, {"unavailable": _explain(error)})
    else:
        answer(control, {"ready": True})
        zygote.work(control)
        zygote.clean_up()


def _explain(error: Exception) -> str:
    if isinstance(error, IsolationUnavailable):
        return str(error)
    return f"The sandbox's process did not start: {type(error).__name__}: {error}"


class Zygote:
    """The warm process: a shell, and the confinement that its children will enter."""

    def __init__(self, order: dict[str, Any], package: Path) -> None:
        self._package = package
        self._children: set[int] = set()
        for name in ("numpy", *order["preload"]):
            importlib.import_module(name)
        _stand_in_for_checks()
        sys.meta_path.insert(0, OpenParts(package))
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
                case {"fork": str(folder)} if len(descriptors) == 1:
                    self._fork(control, descriptors[0], Path(folder))
                case {"reap": int(pid)}:
                    self._reap(control, pid)

    def _fork(self, control: socket.socket, job: int, folder: Path) -> None:
        pid = os.fork()
        if pid == 0:
            from .child import live

            live(self._shell, self._confinement, job, folder)
        os.close(job)
        self._children.add(pid)
        if sys.platform != "linux":
            return answer(control, {"pid": pid})
        handle = os.pidfd_open(pid)
        answer(control, {"pid": pid}, [handle])
        return os.close(handle)

    def _reap(self, control: socket.socket, pid: int) -> None:
        """Collect a dead child; the controller asks again while it is not dead yet."""
        if hasattr(os, "waitid") and os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            # What it started dies with it; until it is collected, nobody else can have its number.
            with suppress(OSError):
                os.killpg(pid, signal.SIGKILL)
        done, status, usage = os.wait4(pid, os.WNOHANG)
        self._children.discard(done)
        seconds = usage.ru_utime + usage.ru_stime
        answer(control, {"status": status if done else None, "cpu_seconds": seconds})

    def clean_up(self) -> None:
        """Leave no process and no file behind, also when the controller was killed and cannot see to it."""
        for pid in self._children:
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
        with suppress(OSError):
            scratch.remove(Path.cwd())


class OpenParts:
    """Finds the parts of rnnlab that a submission may import, in a folder that it may not list."""

    def __init__(self, package: Path) -> None:
        self._folders = {f"rnnlab.{part}": package / part for part in OPEN_PARTS}

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """Return how to import `name`, None unless it is an open part."""
        folder = self._folders.get(name)
        if folder is None:
            return None
        return spec_from_file_location(name, folder / "__init__.py", submodule_search_locations=[str(folder)])


def _stand_in_for_checks() -> None:
    """Let `from rnnlab.check import check` work where the real checks must not be readable."""
    from .checks import as_module

    module = as_module()
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
