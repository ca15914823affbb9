"""Bubblewrap: the zygote starts in a machine of its own, where no other process, no network and few files exist.

It needs no privilege where the kernel lets ordinary users make namespaces. Landlock, seccomp and the limits are in
force inside it all the same; what it adds is that a submission cannot even ask whether a file or a process exists.
Source: https://github.com/containers/bubblewrap
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from .readable import OPEN_PARTS, library_paths
from .system import System

_NAMESPACES = (
    "--unshare-all",
    "--cap-drop",
    "ALL",
    "--hostname",
    "sandbox",
    "--proc",
    "/proc",
    "--dev",
    "/dev",
)
# Libraries ask there how many processors there are; Debian keeps links to its own libraries in the other.
_ALSO_THERE = ("/sys/devices/system/cpu", "/etc/alternatives")
_PROBE_SECONDS = 20.0
_RESTRICTED = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
_COUNTS = {
    Path("/proc/sys/user/max_user_namespaces"): 15000,
    Path("/proc/sys/kernel/unprivileged_userns_clone"): 1,
}
_USE_UBUNTUS_PROFILE = (
    "sudo apt install apparmor-profiles",
    "sudo cp /usr/share/apparmor/extra-profiles/bwrap* /etc/apparmor.d/",
    "sudo systemctl reload apparmor",
)


@dataclass(frozen=True)
class Problem:
    """Why bubblewrap cannot be used here, in a sentence, and the commands that change it."""

    sentence: str
    commands: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return it on one line."""
        return self.sentence + "".join(f" Run: `{command}`." for command in self.commands)


def command(home: Path, package: Path, closed: Iterable[Path] = ()) -> list[str]:
    """Return how to start a program with nothing to be seen but Python, its libraries and `home`.

    `package` is the folder of rnnlab, of which only the open parts and the sandbox's own code are there; `closed` are
    other folders that must not be there, such as torch's.
    """
    package = package.resolve()
    arguments = [program() or "bwrap", *_NAMESPACES]
    for path in (*_outside(package), *_ALSO_THERE):
        arguments += ["--ro-bind-try", str(path), str(path)]
    for folder in (package, *closed):
        arguments += ["--tmpfs", str(folder)]
    for part in ("__init__.py", "grading/sandbox", *OPEN_PARTS):
        arguments += ["--ro-bind-try", str(package / part), str(package / part)]
    arguments += ["--bind", str(home), str(home)]
    for folder in ("/", package, *closed):
        arguments += ["--remount-ro", str(folder)]
    return [*arguments, "--chdir", str(home), "--"]


def _outside(package: Path) -> list[Path]:
    """Return what to show besides the package: libraries, Python's folders, and the names by which they are known."""
    names = {Path(name) for name in (sys.prefix, sys.base_prefix, "/lib", "/lib64")}
    found = names | {path.resolve() for path in names if path.exists()}
    found |= {path for path in library_paths(package) if path.parts[1] != "dev"}
    found = {path for path in found if not path.is_relative_to(package)}
    return sorted(path for path in found if not any(parent in found for parent in path.parents))


def program() -> str | None:
    """Return the path of the installed `bwrap`."""
    return shutil.which("bwrap")


@lru_cache(maxsize=1)
def problem() -> Problem | None:
    """Return why bubblewrap cannot be used here; None where it works. It is run once to see."""
    installed = program()
    if installed is None:
        install = System.here().install("bubblewrap", "bubblewrap")
        return Problem("bubblewrap (its program is bwrap) is not installed.", (install,))
    try:
        arguments = [installed, *_NAMESPACES, "--ro-bind", "/", "/", "--", installed, "--version"]
        done = subprocess.run(arguments, capture_output=True, text=True, timeout=_PROBE_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return Problem(f"bubblewrap is installed and did not run: {error}.")
    if done.returncode == 0:
        return None
    lines = done.stderr.strip().splitlines()
    return _explained(lines[-1] if lines else f"it ended with status {done.returncode}")


def installed_version() -> str:
    """Return the version of the installed program, such as "0.8.0"."""
    shown = subprocess.run(
        [program() or "bwrap", "--version"],
        capture_output=True,
        text=True,
        timeout=_PROBE_SECONDS,
        check=True,
    )
    return shown.stdout.split()[-1]


def _explained(complaint: str) -> Problem:
    said = f"bubblewrap is installed and did not work ({complaint})."
    if _says(_RESTRICTED, "1"):
        why = "AppArmor keeps programs from making namespaces. Ubuntu's own profile allows it for this one."
        return Problem(f"{said} {why}", _USE_UBUNTUS_PROFILE)
    forbidding = [setting for setting in _COUNTS if _says(setting, "0")]
    if forbidding:
        commands = tuple(f"sudo sysctl {_sysctl_name(each)}={_COUNTS[each]}" for each in forbidding)
        return Problem(f"{said} This kernel's settings allow no user namespaces.", commands)
    why = "Containers often forbid namespaces. Run the grader outside the container, or go on without bubblewrap."
    return Problem(f"{said} {why}")


def _sysctl_name(setting: Path) -> str:
    return f"{setting.parent.name}.{setting.name}"


def _says(setting: Path, value: str) -> bool:
    return setting.is_file() and setting.read_text().strip() == value
