"""What this machine offers for containing code, and what to do about each thing that it lacks."""

from __future__ import annotations

import ctypes.util
import importlib.util
import sys

from . import bubblewrap
from .isolation import Isolation, IsolationUnavailable


def resolve(isolation: Isolation) -> Isolation:
    """Return what is meant: the strongest that this machine offers where the best is asked for, at least LANDLOCK."""
    if isolation is not Isolation.BEST:
        return isolation
    return Isolation.LANDLOCK if problems(Isolation.BUBBLEWRAP) else Isolation.BUBBLEWRAP


def problems(isolation: Isolation) -> tuple[str, ...]:
    """Return one sentence, with the next step, for each thing that is missing; nothing when all is there."""
    if isolation is Isolation.PROCESS:
        return ()
    if sys.platform != "linux":
        return (
            f"Landlock and seccomp exist on Linux only, and this is {sys.platform}: grade on Linux (a container or a "
            "virtual machine will do), or accept less by name with --isolation=process.",
        )
    missing = lock_problems()
    if isolation is not Isolation.BUBBLEWRAP:
        return missing
    lacking = bubblewrap.problem()
    return missing if lacking is None else (*missing, str(lacking))


def lock_problems() -> tuple[str, ...]:
    """Return one sentence for each lock that this machine lacks."""
    landlock = _landlock()
    return (*([] if landlock is None else [landlock]), *seccomp_problems())


def seccomp_problems() -> tuple[str, ...]:
    """Return one sentence for each thing that is missing to close system calls."""
    return tuple(problem for problem in (_seccomp(), _libseccomp()) if problem)


def lacks_library() -> bool:
    """Return whether the C library libseccomp is missing."""
    return ctypes.util.find_library("seccomp") is None


def require(isolation: Isolation) -> None:
    """Raise `IsolationUnavailable` with every problem's sentence unless this machine can contain code so."""
    if found := problems(isolation):
        raise IsolationUnavailable(" ".join(found))


def require_kernel() -> None:
    """Raise `IsolationUnavailable` unless the kernel has the locks that each submission's process puts on itself."""
    if found := [problem for problem in (_landlock(), _seccomp()) if problem]:
        raise IsolationUnavailable(" ".join(found))


def describe(isolation: Isolation) -> str:
    """Return what is in force under this isolation, for reports."""
    isolation = resolve(isolation)
    if isolation is Isolation.PROCESS:
        memory = "" if sys.platform == "linux" else ", without a memory limit"
        return f"separate process + limits only{memory}: a submission could read this account's files"
    from . import landlock

    locks = f"Landlock ABI {landlock.abi()} + seccomp + rlimits"
    return f"bubblewrap + {locks}" if isolation is Isolation.BUBBLEWRAP else locks


def _landlock() -> str | None:
    from . import landlock

    if landlock.abi() >= 1:
        return None
    return (
        "The kernel has no Landlock: use Linux 5.13 or later with `landlock` among the `lsm=` boot parameters (see "
        "/sys/kernel/security/lsm), or accept less by name with --isolation=process."
    )


def _seccomp() -> str | None:
    from . import linux

    try:
        linux.prctl(linux.PR_GET_SECCOMP)
    except OSError:
        return (
            "The kernel has no seccomp: use a kernel built with CONFIG_SECCOMP_FILTER, as distributions' are."
        )
    return None


def _libseccomp() -> str | None:
    if importlib.util.find_spec("pyseccomp") is None:
        return "The Python package pyseccomp is missing: install it with `pip install 'rnnlab[grading]'`."
    if lacks_library():
        return "The library libseccomp is missing: install it, on Debian and Ubuntu with `apt install libseccomp2`."
    return None
