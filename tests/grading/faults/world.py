"""A course with things that no submission may read or change, and traps that tell when one was reached."""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import os
import secrets
import shutil
import signal
import socket
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import nbformat

from tests.grading.faults.fault import Raw, Reach

ASSIGNMENT = "hidden_state"
_WATCHED = ("/tmp", "/dev/shm", "/var/tmp")
_SUBREAPER = 36
SECONDS_TO_DIE = 10.0


class World:
    """The course's folder, the traps around it, and the words by which a fault names them (`@secret@`)."""

    def __init__(self, root: Path, honest: Raw, public_probes: int) -> None:
        self.canary = f"canary-{secrets.token_hex(12)}"
        self.course, self.outside = root / "course", root / "outside"
        self._marker = f"rnnlab-marker-{secrets.token_hex(8)}"
        self._listeners = _listeners(root / "service.sock")
        self.outside.mkdir()
        self._build(honest)
        self.words = self._words(root, public_probes)
        self._kept = root / "kept"
        shutil.copytree(self.course, self._kept)
        self._digest = self._state()
        os.environ["RNNLAB_CANARY"] = self.canary
        # What a fault leaves behind becomes a child of this process, however often it changed its parents.
        ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)

    def _build(self, honest: Raw) -> None:
        victim = self.course / "submitted" / "victim" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
        for path, text in (
            (self.course / ".course-secret", self.canary),
            (self.course / ".git" / "HEAD", self.canary),
            (self.course / "solutions" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", self._with_canary(honest)),
            (victim, self._with_canary(honest)),
            (self.course / "feedback" / "victim" / ASSIGNMENT / f"{ASSIGNMENT}.html", self.canary),
        ):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        with contextlib.closing(sqlite3.connect(self.course / "gradebook.db")) as gradebook:
            gradebook.execute("create table grade (student text, score real)")
            gradebook.execute("insert into grade values (?, 0)", (self.canary,))
            gradebook.commit()

    def _with_canary(self, honest: Raw) -> str:
        notebook = nbformat.from_dict(honest)
        notebook.cells.append(nbformat.v4.new_markdown_cell(self.canary, id="canary"))
        return nbformat.writes(notebook)

    def _words(self, root: Path, public_probes: int) -> dict[str, str]:
        notebook = f"{ASSIGNMENT}/{ASSIGNMENT}"
        return {
            "course": str(self.course),
            "secret": str(self.course / ".course-secret"),
            "gradebook": str(self.course / "gradebook.db"),
            "solution": str(self.course / f"solutions/{notebook}.ipynb"),
            "victim": str(self.course / f"submitted/victim/{notebook}.ipynb"),
            "feedback": str(self.course / f"feedback/victim/{notebook}.html"),
            "outside": str(self.outside),
            "marker": self._marker,
            "port": str(self._listeners["tcp"].getsockname()[1]),
            "udp": str(self._listeners["udp"].getsockname()[1]),
            "socket": str(root / "service.sock"),
            "public": str(public_probes),
        }

    def placed(self, data: bytes) -> bytes:
        """The submitted file with this world's paths and ports in place of the words that name them."""
        for word, value in self.words.items():
            data = data.replace(f"@{word}@".encode(), value.encode())
        return data

    def reached(self, graded: str) -> set[Reach]:
        """What a submission got hold of; `graded` is all that grading wrote down of it."""
        found = {
            Reach.SECRET: self.canary in graded,
            Reach.COURSE: self._state() != self._digest,
            Reach.NETWORK: True in [_called(listener) for listener in self._listeners.values()],
            Reach.OUTSIDE: bool(self._markers()),
            Reach.PROCESS: bool(self._left_behind()),
        }
        return {reach for reach, reached in found.items() if reached}

    def restore(self) -> None:
        """Undo what a submission did, after a test on a sandbox that lets it."""
        for path in self._markers():
            path.unlink()
        for pid in self._left_behind():
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        shutil.rmtree(self.course)
        shutil.copytree(self._kept, self.course)
        self._digest = self._state()

    def close(self) -> None:
        for listener in self._listeners.values():
            listener.close()
        del os.environ["RNNLAB_CANARY"]
        ctypes.CDLL(None).prctl(_SUBREAPER, 0, 0, 0, 0)

    def _state(self) -> str:
        """A digest of every file of the course: name, contents, permissions and time of the last change."""
        digest = hashlib.sha256()
        for path in sorted(self.course.rglob("*")):
            status = path.lstat()
            digest.update(f"{path}\0{status.st_mode}\0{status.st_uid}\0".encode())
            if path.is_file():
                digest.update(f"{status.st_mtime_ns}\0".encode() + path.read_bytes())
        return digest.hexdigest()

    def _markers(self) -> list[Path]:
        import site

        folders = [
            self.outside,
            Path.home(),
            Path.cwd(),
            *map(Path, _WATCHED),
            *map(Path, site.getsitepackages()),
        ]
        return [path for folder in folders if folder.is_dir() for path in folder.glob(f"{self._marker}*")]

    def bury_bubblewrap(self) -> None:
        """Collect what closed sandboxes were: dead processes of bubblewrap, which nobody else collects.

        On a busy machine one of them takes a moment to die.
        """
        deadline = time.monotonic() + SECONDS_TO_DIE
        for pid in self._left_behind():
            process = Path(f"/proc/{pid}")
            if (process / "comm").read_text() != "bwrap\n":
                continue
            while _fields(process)[0] != "Z" and time.monotonic() < deadline:
                time.sleep(0.02)
            if _fields(process)[0] == "Z":
                os.waitpid(pid, 0)

    def _left_behind(self) -> list[int]:
        """Children of this process that it did not start: they lost their own parent and run on."""
        return [pid for pid in _children(os.getpid()) if _is_stray(pid)]


def _listeners(path: Path) -> dict[str, socket.socket]:
    tcp, udp, unix = (
        socket.socket(),
        socket.socket(type=socket.SOCK_DGRAM),
        socket.socket(socket.AF_UNIX),
    )
    for listener, address in ((tcp, ("127.0.0.1", 0)), (udp, ("127.0.0.1", 0)), (unix, str(path))):
        listener.bind(address)
        listener.setblocking(False)
    tcp.listen()
    unix.listen()
    return {"tcp": tcp, "udp": udp, "unix": unix}


def _called(listener: socket.socket) -> bool:
    """Whether anybody connected or sent something since the last look."""
    called = False
    with contextlib.suppress(BlockingIOError):
        while True:
            if listener.type == socket.SOCK_DGRAM:
                listener.recv(1000)
            else:
                listener.accept()[0].close()
            called = True
    return called


def _children(parent: int) -> Iterator[int]:
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            if entry.name.isdigit() and int(_fields(entry)[1]) == parent:
                yield int(entry.name)


def _is_stray(pid: int) -> bool:
    """Whether a child was adopted: what this process starts is a session of its own or shares this one's."""
    fields = _fields(Path(f"/proc/{pid}"))
    session = int(fields[3])
    return session not in (pid, os.getsid(0))


def _fields(process: Path) -> list[str]:
    """State, parent, group, session … of a process; its name, which may hold anything, is left out."""
    return (process / "stat").read_text().rpartition(")")[2].split()
