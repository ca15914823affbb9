"""A student's process that outlives its own death: a fresh one repeats the cells that ended well.

One cell that loops for ever or kills its process costs itself, and nothing that comes after it.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from rnnlab.check.outcome import Outcome, Stopped
from rnnlab.grading.sandbox import CellResult, Sandbox, Session

SUBMISSION_SECONDS = 120.0
USED_UP = Stopped("time", f"the whole notebook had used up its {SUBMISSION_SECONDS:.0f} s")


class StudentProcess:
    """Runs a submission's cells and calls in one sandboxed process after another, within one time budget."""

    def __init__(self, sandbox: Sandbox, seconds: float = SUBMISSION_SECONDS) -> None:
        self._sandbox = sandbox
        self._deadline = time.monotonic() + seconds
        self._history: list[str] = []
        self._session: Session | None = None

    def __enter__(self) -> StudentProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def run(self, source: str) -> CellResult:
        """Run a cell; it is repeated in a later process only if it came to its end in this one."""
        session = self._alive()
        if session is None:
            return CellResult(outputs=(), error=None, stopped=USED_UP, seconds=0.0)
        result = session.run(source)
        if session.alive and result.stopped is None:
            self._history.append(source)
        return result

    def call_many(self, name: str, arguments: Sequence[tuple[Any, ...]]) -> Sequence[Outcome]:
        """Call the student's function once for each argument tuple."""
        session = self._alive()
        return session.call_many(name, arguments) if session else [USED_UP for _ in arguments]

    def value(self, name: str) -> Outcome:
        """The value of one of the student's variables."""
        session = self._alive()
        return session.value(name) if session else USED_UP

    def _alive(self) -> Session | None:
        """The running process, or a fresh one that has repeated the cells so far; `None` when time is up."""
        while time.monotonic() < self._deadline:
            if self._session is not None and self._session.alive:
                return self._session
            self._close()
            self._session = self._sandbox.open()
            self._repeat(self._session)
        self._close()
        return None

    def _repeat(self, session: Session) -> None:
        """Repeat the history; a cell that kills this time is not repeated again."""
        for number, source in enumerate(self._history):
            session.run(source)
            if not session.alive:
                del self._history[number]
                return

    def _close(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None
