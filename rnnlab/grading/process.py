"""A student's process that outlives its own death: a fresh one repeats the cells that ended well.

One cell that loops for ever or kills its process costs itself, and nothing that comes after it. The fresh one is forked
from the clean zygote, never from the process that has run the student's code: nobody may fork in there, and a copy of
it would lack the threads that its libraries wait for.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

from rnnlab.check.outcome import Missing, Outcome, Raised, Stopped
from rnnlab.exercises.spec import Formula
from rnnlab.grading.notebooks import defined_names
from rnnlab.grading.outputs import describe
from rnnlab.grading.sandbox import CellResult, Sandbox, Session

PATIENCE_SECONDS = 0.02
"""How long a call's outcome may wait for the next one's: most functions answer all probes of a check in this time."""


class StudentProcess:
    """Runs a submission's cells and calls in one sandboxed process after another, within one time budget.

    The budget is the sandbox's for one session, in seconds, unless `seconds` says otherwise.
    """

    def __init__(self, sandbox: Sandbox, seconds: float | None = None) -> None:
        self._sandbox = sandbox
        seconds = sandbox.limits.session_seconds if seconds is None else seconds
        self._deadline = time.monotonic() + seconds
        self._used_up = Stopped("time", f"the whole notebook had used up its {seconds:.0f} s")
        self._history: list[str] = []
        self._results: list[tuple[str, CellResult]] = []
        self._session: Session | None = None
        self._called: set[str] = set()
        self._late = False

    def __enter__(self) -> StudentProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def run(self, source: str) -> CellResult:
        """Run a cell; it is repeated in a later process only if it came to its end in this one."""
        session = self._alive()
        if session is None:
            return CellResult(outputs=(), error=None, stopped=self._used_up, seconds=0.0)
        result = session.run(source)
        self._results.append((source, result))
        if session.alive and result.stopped is None:
            self._history.append(source)
        return result

    def call_many(self, name: str, arguments: Sequence[tuple[Any, ...]]) -> Sequence[Outcome]:
        """Call the student's function once for each argument tuple."""
        sent = [tuple(map(_as_data, each)) for each in arguments]
        outcomes = self._called_with(name, sent, PATIENCE_SECONDS)
        if self._session is not None and not self._session.alive and not _late(outcomes):
            # It took along what was held back; this time, nothing is.
            outcomes = self._called_with(name, sent, patience=0.0)
        self._late = _late(outcomes)
        # Reading all cells takes a while, and what is missing once is missing on every probe.
        missing = {outcome for outcome in outcomes if isinstance(outcome, Missing)}
        explained = {outcome: self._explained(name, outcome) for outcome in missing}
        return [explained[outcome] if isinstance(outcome, Missing) else outcome for outcome in outcomes]

    def _called_with(self, name: str, sent: Sequence[tuple[Any, ...]], patience: float) -> Sequence[Outcome]:
        session = self._alive()
        if session is None:
            return [self._used_up for _ in sent]
        self._called.add(name)
        return session.call_many(name, sent, patience)

    def value(self, name: str) -> Outcome:
        """The value of one of the student's variables."""
        session = self._alive()
        return session.value(name) if session else self._used_up

    def start_anew(self, name: str) -> bool:
        """Undo what the calls of other functions may have changed in the process; whether `name` may be called again.

        It may not where no other function was called, nor where it ran into a limit of time, as it would again.
        """
        if self._late or self._called <= {name}:
            return False
        self._close()
        return True

    def _explained(self, name: str, missing: Missing) -> Missing:
        """Why a name is not there, as far as the submission's cells tell."""
        for result in self._suspects(name):
            if result.stopped is not None:
                return Missing(f"{missing.why}, for {_lower_first(describe(result.stopped))}")
            if result.error is not None:
                return Missing(f"{missing.why}, for its cell {_in_words(result.error)}")
        defined = {found for source, _ in self._results for found in defined_names(source)} - {name}
        near = get_close_matches(name, sorted(defined), n=1, cutoff=0.8)
        return (
            Missing(f"{missing.why}, but {near[0]} is") if near and "not defined" in missing.why else missing
        )

    def _suspects(self, name: str) -> list[CellResult]:
        """The results of the cells that speak of the name, the latest first; then that of the cell before the test."""
        speaks = re.compile(rf"\b{re.escape(name)}\b")
        speaking = [result for source, result in reversed(self._results) if speaks.search(source)]
        return speaking + [result for _, result in self._results[-1:]]

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
            self._called.clear()


def _late(outcomes: Sequence[Outcome]) -> bool:
    """Whether a call ran into a limit of time."""
    return any(isinstance(outcome, Stopped) and outcome.reason == "time" for outcome in outcomes)


def _as_data(argument: Any) -> Any:
    """The argument as a frame can hold it: a formula is sent as its text, and the sandbox makes a function of it."""
    return {"formula": argument.expression} if isinstance(argument, Formula) else argument


def _in_words(error: Raised) -> str:
    """What an error says, without the period that ends the sentence it becomes part of."""
    where = f" in line {error.line_number}" if error.line_number else ""
    message = error.message.strip().rstrip(".")
    return f"raised {error.kind}{where}" + (f": {message}" if message else "")


def _lower_first(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:].rstrip(".")
