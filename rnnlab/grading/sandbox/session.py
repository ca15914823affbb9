"""One submission in the sandbox: its cells run and its functions called, each within its limit."""

from __future__ import annotations

import secrets
import socket
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rnnlab.check.outcome import Outcome, Stopped

from . import frames, scratch, texts
from .channel import Channel, Hangup
from .containment import Containment
from .isolation import IsolationUnavailable
from .nursery import Nursery
from .replies import CellResult, read_cell, read_death, read_outcome

_OPEN_SECONDS = 60.0
_EXIT_SECONDS = 5.0


class _DiskFull(Exception):
    pass


@dataclass(frozen=True)
class _Answer:
    """A reply, or why there is none; both when code was interrupted at its limit."""

    reply: dict[str, Any] | None
    stopped: Stopped | None
    seconds: float


class Session:
    """A forked child with one submission's names. Not for use by several threads at once."""

    def __init__(self, nursery: Nursery, containment: Containment, folder: Path) -> None:
        self._limits, self._isolation, self._folder = containment.limits, containment.isolation, folder
        self._stopped: Stopped | None = None
        self._abandoned = ""
        self._seconds_left = self._limits.session_seconds
        ours, theirs = socket.socketpair()
        with theirs:
            self._channel = Channel(ours, self._limits.frame_bytes, self._watch_disk)
            try:
                self._child = nursery.fork(theirs, folder)
            except BaseException:
                self._channel.close()
                raise
        try:
            self._await_confinement()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @property
    def alive(self) -> bool:
        """Whether the submission can still be asked."""
        return self._stopped is None

    def run(self, source: str) -> CellResult:
        """Run a cell."""
        answer = self._ask({"op": "cell", "source": texts.valid(source)}, self._limits.cell_seconds)
        if answer.reply is None:
            return CellResult((), None, answer.stopped, answer.seconds)
        try:
            result = read_cell(answer.reply, answer.seconds, self._limits.output_bytes)
        except frames.ProtocolError as error:
            return CellResult((), None, self._stop("protocol", str(error)), answer.seconds)
        if answer.stopped is None:
            return result
        return CellResult(result.outputs, None, answer.stopped, answer.seconds)

    def call(self, name: str, arguments: tuple[Any, ...]) -> Outcome:
        """Call the function `name` of the submission; arrays reach it read-only."""
        return self._outcome({"op": "call", "name": name, "arguments": tuple(arguments)})

    def call_many(self, name: str, calls: Iterable[tuple[Any, ...]], patience: float = 0.0) -> list[Outcome]:
        """Call the function once for each tuple of arguments, each within the limit of one call.

        After a call that had to be stopped the others are not made and count as stopped too. With `patience`, an
        outcome is held back for at most so many seconds, so that quick ones come together; a process that dies takes
        it along.
        """
        calls = [tuple(arguments) for arguments in calls]
        nonce = secrets.token_hex(16)
        request = {"op": "calls", "name": name, "calls": calls, "nonce": nonce, "patience": patience}
        try:
            frame = frames.encode(request, self._limits.frame_bytes)
        except frames.ProtocolError:  # too large together, or one of them cannot be sent: each by itself
            return _until_stopped(len(calls), lambda number: [self.call(name, calls[number])])

        def ask(number: int) -> list[Outcome]:
            limit = self._limits.call_seconds + patience
            answer = self._timed(b"" if number else frame, f"{nonce}-{number}", limit)
            return self._read_outcomes(answer, len(calls) - number)

        outcomes = _until_stopped(len(calls), ask)
        if outcomes and isinstance(outcomes[-1], Stopped):
            self._abandoned = nonce
        return outcomes

    def value(self, name: str) -> Outcome:
        """Return what the submission assigned to `name`."""
        return self._outcome({"op": "value", "name": name})

    def close(self) -> None:
        """Kill the child and remove its folder."""
        self._child.kill()
        self._child.status(_EXIT_SECONDS)
        self._stopped = self._stopped or Stopped("crash", "the session is closed")
        self._child.close()
        self._channel.close()
        # Only under Isolation.PROCESS can something still write there; the sandbox's end removes it again.
        with suppress(OSError):
            scratch.remove(self._folder)

    def _outcome(self, request: dict[str, Any]) -> Outcome:
        return self._read_outcome(self._ask(request, self._limits.call_seconds))

    def _read_outcome(self, answer: _Answer) -> Outcome:
        if answer.stopped is not None:
            return answer.stopped
        try:
            return read_outcome(answer.reply or {})
        except frames.ProtocolError as error:
            return self._stop("protocol", str(error))

    def _read_outcomes(self, answer: _Answer, most: int) -> list[Outcome]:
        """Return the outcomes that came together, at least one; the last of them is of the call that was stopped."""
        match answer.reply:
            case None if answer.stopped is not None:
                return [answer.stopped]
            case {"replies": [_, *_] as replies} if len(replies) <= most and all(
                isinstance(reply, dict) for reply in replies
            ):
                answers = [_Answer(reply, None, 0.0) for reply in replies]
                if answer.stopped is not None:
                    answers[-1] = _Answer(None, answer.stopped, 0.0)
                return _until_stopped(len(answers), lambda number: [self._read_outcome(answers[number])])
        return [self._stop("protocol", "a reply to several calls has an outcome for each that was made")]

    def _ask(self, request: dict[str, Any], limit: float) -> _Answer:
        """Send a request and wait for its reply, at most `limit` seconds or what the session has left."""
        nonce = secrets.token_hex(16)
        try:
            frame = frames.encode(request | {"nonce": nonce}, self._limits.frame_bytes)
        except frames.ProtocolError as error:
            return _Answer(None, self._stopped or _unsent(request, error), 0.0)
        return self._timed(frame, nonce, limit)

    def _timed(self, frame: bytes, nonce: str, limit: float) -> _Answer:
        """Send a frame, which may be empty, and wait for the reply with this nonce."""
        if self._stopped is not None:
            return _Answer(None, self._stopped, 0.0)
        if self._seconds_left <= 0:
            used_up = f"all cells and calls together used up {self._limits.session_seconds:.3g} s"
            return _Answer(None, self._stop("time", used_up), 0.0)
        began = time.monotonic()
        reply, stopped = self._exchange(frame, nonce, began, min(limit, self._seconds_left))
        seconds = time.monotonic() - began
        self._seconds_left -= seconds
        return _Answer(reply, stopped, seconds)

    def _exchange(self, frame: bytes, nonce: str, began: float, limit: float) -> tuple[Any, Stopped | None]:
        try:
            try:
                self._channel.send(frame, began + limit)
                return self._reply(nonce, began + limit), None
            except TimeoutError:
                late = Stopped("time", f"stopped after {limit:.3g} s")
                return self._interrupt(nonce, late), late
        except Hangup:
            return None, self._examine_death()
        except _DiskFull:
            return None, self._stop("crash", f"stopped at {self._limits.disk_bytes} bytes of files")
        except frames.ProtocolError as error:
            return None, self._stop("protocol", str(error))

    def _reply(self, nonce: str, deadline: float) -> dict[str, Any]:
        while True:
            reply = frames.decode(self._channel.receive(deadline), self._limits.frame_bytes)
            if not isinstance(reply, dict) or not isinstance(reply.get("nonce"), str):
                raise frames.ProtocolError("a reply is an object with the number of its request")
            if reply["nonce"] == nonce:
                return reply
            # A call that was interrupted may have ended just then, and the next one of its batch have begun.
            if not self._abandoned or not reply["nonce"].startswith(f"{self._abandoned}-"):
                raise frames.ProtocolError("a reply repeats the number of its request")

    def _interrupt(self, nonce: str, late: Stopped) -> dict[str, Any] | None:
        """Interrupt code that is late; kill it if that does not help."""
        self._child.interrupt()
        try:
            return self._reply(nonce, time.monotonic() + self._limits.grace_seconds)
        except (TimeoutError, Hangup, _DiskFull, frames.ProtocolError):
            self._stop(late.reason, late.detail)
            return None

    def _stop(self, reason: str, detail: str) -> Stopped:
        self._child.kill()
        self._child.status(_EXIT_SECONDS)
        self._stopped = Stopped(reason, texts.message(detail))
        return self._stopped

    def _examine_death(self) -> Stopped:
        death = self._child.status(_EXIT_SECONDS)
        if death is None:
            return self._stop("protocol", "the process closed its connection")
        can_kill_itself = not self._isolation.locks
        self._stopped = read_death(*death, self._limits.cpu_seconds, can_kill_itself)
        return self._stopped

    def _watch_disk(self) -> None:
        if scratch.exceeds(self._folder, self._limits.disk_bytes):
            raise _DiskFull

    def _await_confinement(self) -> None:
        try:
            raw = self._channel.receive(time.monotonic() + _OPEN_SECONDS)
            reply = frames.decode(raw, self._limits.frame_bytes)
        except (TimeoutError, Hangup, frames.ProtocolError) as error:
            reply = {"failed": type(error).__name__}
        if reply != {"ready": True}:
            raise IsolationUnavailable(f"A process could not be confined, so no code was run in it: {reply}")


def _until_stopped(count: int, ask: Callable[[int], Sequence[Outcome]]) -> list[Outcome]:
    """Ask for the outcomes from each number on, at least one; after one that was stopped, the others were too."""
    outcomes: list[Outcome] = []
    while len(outcomes) < count:
        last = outcomes[-1] if outcomes else None
        outcomes += [last] if isinstance(last, Stopped) else ask(len(outcomes))
    return outcomes


def _unsent(request: dict[str, Any], error: frames.ProtocolError) -> Stopped:
    """Return why a request was not even sent; the session lives on."""
    if not isinstance(error, frames.FrameTooLarge):
        return Stopped("protocol", texts.message(str(error)))
    return Stopped(
        "memory", "the cell is too long" if request["op"] == "cell" else "the arguments are too large"
    )
