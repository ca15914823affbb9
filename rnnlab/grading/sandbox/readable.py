"""Which files a student's code may read: Python, its libraries, and of this package only what is not secret."""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

_SYSTEM = (
    "/usr/lib",
    "/usr/lib64",
    "/usr/local/lib",
    "/lib",
    "/lib64",
    "/usr/share/zoneinfo",
    "/usr/share/fonts",
    "/usr/share/fontconfig",
    "/etc/fonts",
    "/etc/localtime",
    "/etc/ld.so.cache",
    "/dev/urandom",
    "/dev/zero",
)
OPEN_PARTS = ("data", "plots")
DEVICES = (Path("/dev/null"),)


def readable_paths(package: Path) -> tuple[Path, ...]:
    """Return the files and folders to allow; `package` is the folder of rnnlab, closed but for its open parts."""
    package = package.resolve()
    wanted = {Path(path).resolve() for path in (*_SYSTEM, *_python_paths()) if os.path.exists(path)}
    opened = {found for path in _outermost(wanted) for found in _without(path, package)}
    return (*sorted(opened), *(package / part for part in OPEN_PARTS))


def _python_paths() -> Iterator[str]:
    yield from (sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib"))
    for prefix in {sys.prefix, sys.base_prefix}:
        yield from (f"{prefix}/lib", f"{prefix}/lib64", f"{prefix}/pyvenv.cfg")


def _outermost(paths: set[Path]) -> set[Path]:
    return {path for path in paths if not any(parent in paths for parent in path.parents)}


def _without(path: Path, closed: Path) -> Iterator[Path]:
    """Yield `path`, or, where `closed` lies inside it, everything in it but `closed`."""
    if path.is_relative_to(closed):
        return
    if not closed.is_relative_to(path):
        yield path
        return
    for child in path.iterdir():
        if not child.is_symlink():
            yield from _without(child, closed)
