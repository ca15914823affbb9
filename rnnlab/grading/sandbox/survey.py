"""What this machine offers, layer by layer, and how to get what it lacks: the content of `rnnlab doctor`."""

from __future__ import annotations

import enum
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from . import bubblewrap, doctor
from .system import System

_MANY_BYTES = "8G"


class State(enum.Enum):
    """Whether a layer is there: MISSING stops safe grading, ABSENT costs something that can be done without."""

    THERE = "yes"
    ABSENT = "no"
    MISSING = "missing"


@dataclass(frozen=True)
class Layer:
    """One thing that a machine may offer: what was found, what it is for, and how to get it where it is not there."""

    name: str
    state: State
    found: str
    purpose: str
    remedy: str = ""


def survey(system: System | None = None) -> tuple[Layer, ...]:
    """Return every layer, the ones that contain code first. bubblewrap is run once, and nothing is changed."""
    system = system or System.here()
    return tuple(_containing(system)) + tuple(_serving(system))


def _containing(system: System) -> Iterator[Layer]:
    yield Layer("Python", State.THERE, platform.python_version(), "runs everything")
    if system.family == "macos" or sys.platform != "linux":
        yield _elsewhere(system)
        return
    kernel = f"Linux {platform.release().split('-')[0]}, {platform.machine()}"
    yield Layer("kernel", State.THERE, kernel, "holds the locks below")
    yield _landlock()
    yield _seccomp(system)
    yield Layer("limits", State.THERE, "rlimits", "end code that takes too much time, memory or disk")
    yield _bubblewrap(system)
    yield _outer_limit()


def _elsewhere(system: System) -> Layer:
    remedy = "Grade on Linux. A virtual machine will do, such as: " + system.virtual_machine
    return Layer(
        "kernel", State.MISSING, platform.system(), "Linux holds the locks for students' code", remedy
    )


def _landlock() -> Layer:
    from . import landlock

    purpose = "closes files and the network to students' code"
    abi = landlock.abi()
    if abi >= 1:
        return Layer("Landlock", State.THERE, f"version {abi}", purpose)
    remedy = (
        "Linux 5.13 or later has it; name `landlock` in the boot parameter `lsm=` where it is switched off."
    )
    return Layer("Landlock", State.MISSING, "none", purpose, remedy)


def _seccomp(system: System) -> Layer:
    purpose = "closes all system calls that honest code does not make"
    problems = doctor.seccomp_problems()
    if not problems:
        return Layer("seccomp", State.THERE, f"pyseccomp {_version('pyseccomp')}", purpose)
    remedy = " ".join(problems)
    if doctor.lacks_library():
        remedy = f"Install the library libseccomp: {system.install('libseccomp2', 'libseccomp')}"
    return Layer("seccomp", State.MISSING, "none", purpose, remedy)


def _bubblewrap(system: System) -> Layer:
    purpose = "gives students' code a machine of its own, with no files to look for"
    problem = bubblewrap.problem()
    if problem is None:
        return Layer("bubblewrap", State.THERE, bubblewrap.installed_version(), purpose)
    if bubblewrap.program() is None:
        remedy = f"Install it: {system.install('bubblewrap', 'bubblewrap')}"
        return Layer("bubblewrap", State.ABSENT, "not installed", purpose, remedy)
    return Layer("bubblewrap", State.ABSENT, "does not run", purpose, problem)


def _outer_limit() -> Layer:
    """Whether this user's systemd can bound the memory of the grader and all that it starts."""
    purpose = "can bound the memory of all submissions together"
    if not _has_user_manager():
        remedy = (
            "Nothing to do: each submission has its own limit. A login under systemd offers this one too."
        )
        return Layer("cgroup", State.ABSENT, "no systemd of yours", purpose, remedy)
    remedy = f"Put it in front: systemd-run --user --scope -p MemoryMax={_MANY_BYTES} rnnlab autograde …"
    return Layer("cgroup", State.THERE, "systemd-run", purpose, remedy)


def _has_user_manager() -> bool:
    systemd = shutil.which("systemctl")
    if systemd is None or shutil.which("systemd-run") is None:
        return False
    asked = [systemd, "--user", "show-environment"]
    try:
        return subprocess.run(asked, capture_output=True, timeout=5, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _serving(system: System) -> Iterator[Layer]:
    """Yield what some assignments and large classes need besides."""
    wanted = (
        ("torch", "torch", "assignments that train with torch", "pip install 'rnnlab[torch]'"),
        ("Dask", "distributed", "grading on several machines: --scheduler", "pip install 'rnnlab[cluster]'"),
        ("PostgreSQL", "psycopg", "a gradebook on a server: db_url", "pip install 'rnnlab[postgresql]'"),
    )
    for name, distribution, purpose, remedy in wanted:
        found = _version(distribution)
        if found is None:
            yield Layer(name, State.ABSENT, "not installed", purpose, f"Install it: {remedy}")
        else:
            yield Layer(name, State.THERE, found, purpose)


def _version(distribution: str) -> str | None:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None
