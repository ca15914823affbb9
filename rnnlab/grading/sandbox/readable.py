"""Which files a student's code may read: Python, its libraries, and of this package only what is not secret."""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
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


def library_paths(package: Path) -> tuple[Path, ...]:
    """Return the few folders that hold Python, its libraries and the open parts of rnnlab, whose folder is `package`.

    What they hold besides is for `readable_paths` to leave out.
    """
    opened = {package.resolve() / part for part in OPEN_PARTS}
    return tuple(sorted(_outermost(_existing() | opened)))


@dataclass(frozen=True)
class Readable:
    """Files and folders to read, and folders of which the names may be listed, also where some are closed.

    Python looks through the names beside its libraries for what they announce of themselves, such as matplotlib's
    backends.
    """

    contents: tuple[Path, ...]
    names: tuple[Path, ...] = ()


def readable_paths(package: Path, closed: Iterable[Path] = ()) -> Readable:
    """Return what may be read: all that `library_paths` names, but not what is closed.

    `package` is the folder of rnnlab, closed but for its open parts; `closed` are other folders, such as torch's.
    """
    package = package.resolve()
    folders = (package, *closed)
    outermost = opened = _outermost(_existing())
    for folder in folders:
        opened = {found for path in opened for found in _without(path, folder)}
    listed = {path for path in outermost if any(folder.is_relative_to(path) for folder in folders)}
    return Readable((*sorted(opened), *(package / part for part in OPEN_PARTS)), tuple(sorted(listed)))


def _existing() -> set[Path]:
    return {Path(path).resolve() for path in (*_SYSTEM, *_python_paths()) if os.path.exists(path)}


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
