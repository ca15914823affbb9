"""A PostgreSQL server of the tests' own: made in a temporary folder, reached by a socket in it, gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

START_SECONDS = 60.0


def programs() -> Path | None:
    """The folder with `initdb` and `postgres`; Debian keeps them off the path."""
    beside = shutil.which("initdb")
    if beside:
        return Path(beside).resolve().parent
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    return found[-1].parent if found else None


@contextmanager
def running(binaries: Path) -> Iterator[Path]:
    """A running server with a user `grader`; yields the folder of its socket."""
    folder = Path(tempfile.mkdtemp(prefix="rnnlab-pg-"))
    user = _unprivileged()
    try:
        if user is not None:
            shutil.chown(folder, user)
        _initialise(binaries, folder, user)
        server = _start(binaries, folder, user)
        try:
            _await(binaries, folder, server)
            yield folder
        finally:
            server.send_signal(signal.SIGINT)  # "fast": it does not wait for connections to end
            server.wait(timeout=START_SECONDS)
    finally:
        shutil.rmtree(folder)


def create_database(binaries: Path, folder: Path, name: str) -> str:
    """A new, empty database; returns its address for nbgrader."""
    subprocess.run([binaries / "createdb", "-h", folder, "-U", "grader", name], check=True)
    return f"postgresql+psycopg://grader@/{name}?host={folder}"


def _unprivileged() -> str | None:
    """The user that the server runs as: it refuses to run as root."""
    if os.getuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _initialise(binaries: Path, folder: Path, user: str | None) -> None:
    subprocess.run(
        [binaries / "initdb", "-D", folder / "data", "-U", "grader", "-A", "trust", "-E", "UTF8", "--no-sync"],
        check=True, user=user, cwd=folder, capture_output=True,
    )  # fmt: skip


def _start(binaries: Path, folder: Path, user: str | None) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [binaries / "postgres", "-D", folder / "data", "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off"],
        user=user, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def _await(binaries: Path, folder: Path, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    ready = [binaries / "pg_isready", "-q", "-h", folder, "-U", "grader"]
    while subprocess.run(ready, check=False).returncode != 0:
        assert server.poll() is None, "the server ended while it was starting"
        assert time.monotonic() < deadline, "the server should be ready within a minute"
        time.sleep(0.05)
