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


class State(enum.Enum):
    """Whether a layer is there: MISSING stops safe grading, ABSENT costs something that can be done without."""

    THERE = "yes"
    ABSENT = "no"
    MISSING = "missing"


@dataclass(frozen=True)
class Layer:
    """One thing that a machine may offer: what was found, what it is for, and where it is not there, how to get it:
    a sentence, and commands to type.
    """

    name: str
    state: State
    found: str
    purpose: str
    remedy: str = ""
    commands: tuple[str, ...] = ()


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
    yield Layer("limits", State.THERE, "rlimits", "stop code that takes too much")
    yield _bubblewrap(system)
    yield _outer_limit()


def _elsewhere(system: System) -> Layer:
    purpose, remedy = "Linux has the locks for submissions", "Grade on Linux. A virtual machine will do:"
    return Layer("kernel", State.MISSING, platform.system(), purpose, remedy, (system.virtual_machine,))


def _landlock() -> Layer:
    from . import landlock

    purpose = "closes files and network to submissions"
    abi = landlock.abi()
    if abi >= 1:
        return Layer("Landlock", State.THERE, f"version {abi}", purpose)
    remedy = (
        "Linux 5.13 or later has it; name `landlock` in the boot parameter `lsm=` where it is switched off."
    )
    return Layer("Landlock", State.MISSING, "none", purpose, remedy)


def _seccomp(system: System) -> Layer:
    purpose = "refuses what honest code never calls"
    problems = doctor.seccomp_problems()
    if not problems:
        return Layer("seccomp", State.THERE, f"pyseccomp {_version('pyseccomp')}", purpose)
    if not doctor.lacks_library():
        return Layer("seccomp", State.MISSING, "none", purpose, " ".join(problems))
    install = system.install("libseccomp2", "libseccomp")
    return Layer("seccomp", State.MISSING, "none", purpose, "Install the library libseccomp:", (install,))


def _bubblewrap(system: System) -> Layer:
    purpose = "gives submissions a machine of their own"
    problem = bubblewrap.problem()
    if problem is None:
        return Layer("bubblewrap", State.THERE, bubblewrap.installed_version(), purpose)
    if bubblewrap.program() is None:
        install = system.install("bubblewrap", "bubblewrap")
        return Layer("bubblewrap", State.ABSENT, "not installed", purpose, "Install it:", (install,))
    return Layer("bubblewrap", State.ABSENT, "does not run", purpose, problem.sentence, problem.commands)


def _outer_limit() -> Layer:
    """Return whether this user's systemd can bound the memory of the grader and of all that it starts:
    `systemd-run --user --scope -p MemoryMax=8G rnnlab autograde …`.
    """
    purpose = "one memory limit for all together"
    if not _has_user_manager():
        remedy = (
            "A login under systemd offers it. Nothing depends on it: each submission has a limit of its own."
        )
        return Layer("cgroup", State.ABSENT, "not here", purpose, remedy)
    return Layer("cgroup", State.THERE, "systemd-run", purpose)


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
        ("Dask", "distributed", "grading on several machines", "pip install 'rnnlab[cluster]'"),
        ("PostgreSQL", "psycopg", "a gradebook on a server", "pip install 'rnnlab[postgresql]'"),
    )
    for name, distribution, purpose, install in wanted:
        found = _version(distribution)
        if found is None:
            yield Layer(name, State.ABSENT, "not installed", purpose, "Install it:", (install,))
        else:
            yield Layer(name, State.THERE, found, purpose)


def _version(distribution: str) -> str | None:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None
