"""The process that is forked for each submission: Python with its libraries and IPython warm, and no secret in memory.

It takes orders from the controller, one JSON line each, and never reads what a student wrote.
"""

from __future__ import annotations

import base64
import gc
import os
import shutil
import signal
import socket
import sys
import warnings
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from . import scratch
from .child import live
from .confine import Confinement, confine_zygote
from .containment import Containment
from .control import answer, receive
from .imports import ClosedLibraries, OpenParts
from .isolation import IsolationUnavailable
from .limits import held_address_space
from .readable import library_paths, readable_paths
from .shell import make_shell
from .warmup import practise, seed, warm_up

_OPEN_MODULES = {"rnnlab", "rnnlab.check", "rnnlab.grading"}
_OF_THE_SHELL = ("PWD", "OLDPWD", "SHLVL", "_")
_OPEN_PACKAGES = ("rnnlab.grading.sandbox", "rnnlab.data", "rnnlab.plots")


def main(control_descriptor: int, package: Path) -> None:
    """Warm up as ordered, then fork and reap until the controller hangs up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in _OF_THE_SHELL:
        os.environ.pop(name, None)
    children: set[int] = set()
    try:
        with suppress(ConnectionError):  # The controller may be killed at any moment.
            _serve(socket.socket(fileno=control_descriptor), package, children)
    finally:
        clean_up(children)


def _serve(control: socket.socket, package: Path, children: set[int]) -> None:
    order, _ = receive(control)
    if order is None:
        return
    try:
        program = base64.b64decode(order["filter"])
        zygote = Zygote(Containment.from_order(order), program, package, children)
    except Exception as error:
        answer(control, {"unavailable": _explain(error)})
    else:
        answer(control, {"ready": True})
        zygote.work(control)


def clean_up(children: Iterable[int]) -> None:
    """Leave no process and no file behind, also when the controller was killed and cannot see to it."""
    for pid in children:
        with suppress(OSError):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    # The folder itself is not this process's to remove: the shell that started it does.
    try:
        scratch.empty(Path.cwd())
    except OSError:  # Landlock's first version refuses to move a folder.
        for left in Path.cwd().iterdir():
            shutil.rmtree(left, ignore_errors=True)


def _explain(error: Exception) -> str:
    if isinstance(error, IsolationUnavailable):
        return str(error)
    return f"The sandbox's process did not start: {type(error).__name__}: {error}"


class Zygote:
    """The warm process: a shell, and the confinement that its children will enter."""

    def __init__(
        self, containment: Containment, filter_program: bytes, package: Path, children: set[int]
    ) -> None:
        self._children = children
        # The warm-up makes mistakes on purpose; nobody reads its warnings.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._shell = _warm_shell(containment, package)
        self._confinement = _prepare(containment, filter_program, package)
        _assert_clean()
        gc.collect()
        gc.freeze()
        _harden(self._confinement, containment, package)

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


def _prepare(containment: Containment, filter_program: bytes, package: Path) -> Confinement:
    """Return how each child will confine itself, as far as that can be found out beforehand."""
    common = {
        "isolation": containment.isolation,
        "limits": containment.limits,
        "zygote": os.getpid(),
        "held_bytes": held_address_space(),
    }
    if not containment.isolation.locks:
        return Confinement(**common)
    from . import doctor

    doctor.require_kernel()
    return Confinement(**common, libraries=library_paths(package), filter_program=filter_program)


def _harden(confinement: Confinement, containment: Containment, package: Path) -> None:
    if sys.platform != "linux":
        return
    from . import linux

    if containment.isolation.locks:
        readable = readable_paths(package, containment.libraries.closed_folders())
        confine_zygote(confinement, readable, home=Path.cwd())
    linux.prctl(linux.PR_SET_DUMPABLE, 0)


def _warm_shell(containment: Containment, package: Path):
    """Return the shell in which all submissions will begin, with the libraries warm."""
    warm_up(containment.libraries, containment.preload)
    _stand_in_for_checks()
    sys.meta_path[:0] = [OpenParts(package), ClosedLibraries(containment.libraries.closed)]
    shell = make_shell()
    practise(shell, containment.limits)
    seed(containment.libraries)
    return shell


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
