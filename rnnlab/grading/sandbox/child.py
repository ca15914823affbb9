"""The child that holds one submission: it runs cells and calls functions as the controller asks, until it dies."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import numpy

from . import frames
from .confine import JOB_DESCRIPTOR, Confinement, confine
from .describing import describe_error, describe_result, message_of, name_of
from .limits import Limits
from .shell import GraderShell


def live(shell: GraderShell, confinement: Confinement, job: int, scratch: Path) -> NoReturn:
    """Confine this process, say so, and serve requests; never returns into the zygote's code."""
    try:
        confine(confinement, job, scratch)
    except BaseException as error:
        _send(job, {"failed": f"{name_of(type(error))}: {message_of(error)}"}, 0)
        os._exit(1)
    random.seed(0)  # As `warmup.seed` does for the others.
    try:
        Servant(shell, confinement.limits).serve()
    finally:
        os._exit(0)


class Servant:
    """Answers requests, one frame each way."""

    def __init__(self, shell: GraderShell, limits: Limits) -> None:
        self._shell = shell
        self._limits = limits
        self._student_is_running = False
        self._interrupted = False
        self._answers: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "cell": self._run_cell,
            "call": self._call,
            "value": self._value,
        }

    def serve(self) -> None:
        """Serve until the controller hangs up."""
        _send(JOB_DESCRIPTOR, {"ready": True}, 0)
        while (request := self._receive()) is not None:
            if request["op"] == "calls":
                self._answer_calls(request)
            else:
                self._reply(self.answer(request) | {"nonce": request["nonce"]})

    def _answer_calls(self, request: dict[str, Any]) -> None:
        """Make several calls and reply to quick ones together; after an interrupt make no more of them.

        `patience` is how many seconds a reply may be held back for the next one.
        """
        self._interrupted = False
        with self._in_charge():
            self._call_each(request)

    def _call_each(self, request: dict[str, Any]) -> None:
        held: list[dict[str, Any]] = []
        since = time.monotonic()
        for number, arguments in enumerate(request["calls"], start=1):
            reply = self._answer({"op": "call", "name": request["name"], "arguments": arguments})
            over = number == len(request["calls"]) or self._interrupted
            at_once = over or time.monotonic() - since >= request["patience"]
            try:
                held.append(self._as_it_is_now(reply))
            except MemoryError:  # sent before the function can change it
                held.append(reply)
                at_once = True
            if at_once:
                self._reply_together(held, f"{request['nonce']}-{number - len(held)}")
                held, since = [], time.monotonic()
            if over:
                return

    def _as_it_is_now(self, reply: dict[str, Any]) -> dict[str, Any]:
        """A reply with its arrays copied: a function may return the same array again and change what it holds."""
        return reply | {"value": self._copied(reply["value"])} if "value" in reply else reply

    def _copied(self, value: Any) -> Any:
        """The value with all arrays copied but those too large to be sent, which may stand for more than there is."""
        if isinstance(value, tuple):
            return tuple(map(self._copied, value))
        small = isinstance(value, numpy.ndarray) and value.nbytes <= self._limits.frame_bytes
        return value.copy(order="K") if small else value

    def _reply_together(self, replies: list[dict[str, Any]], nonce: str) -> None:
        try:
            _send(JOB_DESCRIPTOR, {"replies": replies, "nonce": nonce}, self._limits.frame_bytes)
        except (frames.ProtocolError, MemoryError):
            stem, _, first = nonce.rpartition("-")
            for number, reply in enumerate(replies, start=int(first)):
                self._reply({"replies": [reply], "nonce": f"{stem}-{number}"})

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Do what a request asks; whatever the student's code raises is in the reply."""
        with self._in_charge():
            return self._answer(request)

    @contextmanager
    def _in_charge(self) -> Iterator[None]:
        """Hear interrupts, for the student may have replaced what does; leave no alarm of the student's behind."""
        signal.signal(signal.SIGINT, self._on_interrupt)
        try:
            yield
        finally:
            _stop_timers()

    def _answer(self, request: dict[str, Any]) -> dict[str, Any]:
        try:
            self._student_is_running = True
            return self._answers[request["op"]](request)
        except BaseException as error:
            described = describe_error(error, self._shell.sources)
            return {"kind": "raised", "error": described, "outputs": []}
        finally:
            self._student_is_running = False

    def _on_interrupt(self, number: int, frame: Any) -> None:
        # An interrupt that comes after the student's code has ended must not break the reply.
        self._interrupted = True
        if self._student_is_running:
            self._student_is_running = False
            raise KeyboardInterrupt

    def _run_cell(self, request: dict[str, Any]) -> dict[str, Any]:
        outputs, error = self._shell.run_recorded(request["source"], self._limits.output_bytes)
        described = None if error is None else describe_error(error, self._shell.sources)
        return {"outputs": outputs, "error": described}

    def _call(self, request: dict[str, Any]) -> dict[str, Any]:
        name = request["name"]
        if name not in self._shell.user_ns:
            return {"kind": "missing", "why": "not defined"}
        function = self._shell.user_ns[name]
        if not callable(function):
            return {"kind": "missing", "why": f"is not a function (it is {name_of(type(function))})"}
        self._shell.record(limit=0)
        arguments = tuple(map(_argument, request["arguments"]))
        return describe_result(function(*arguments), arguments)

    def _value(self, request: dict[str, Any]) -> dict[str, Any]:
        if request["name"] not in self._shell.user_ns:
            return {"kind": "missing", "why": "not defined"}
        return describe_result(self._shell.user_ns[request["name"]], ())

    def _receive(self) -> Any:
        prefix = _read(frames.PREFIX.size)
        if prefix is None:
            return None
        rest = _read(frames.parse_prefix(prefix, self._limits.frame_bytes).total)
        return None if rest is None else frames.decode(prefix + rest, self._limits.frame_bytes)

    def _reply(self, reply: dict[str, Any]) -> None:
        try:
            _send(JOB_DESCRIPTOR, reply, self._limits.frame_bytes)
        except (frames.ProtocolError, MemoryError) as error:
            failure = {"kind": "ValueError", "message": f"the result is too large: {error}"}
            described = failure | {"line_number": None, "line": None}
            lost = {"kind": "raised", "error": described, "outputs": []}
            again = {"replies": [lost]} if "replies" in reply else lost
            _send(JOB_DESCRIPTOR, again | {"nonce": reply["nonce"]}, 0)


def _stop_timers() -> None:
    """An alarm that one cell set must not go off in another."""
    for timer in (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF):
        signal.setitimer(timer, 0)


def _argument(sent: Any) -> Any:
    """A function where the text of one was sent, else what was sent."""
    match sent:
        case {"formula": str(expression)}:
            return eval(expression, {"np": numpy})
    return sent


def _send(descriptor: int, tree: dict[str, Any], max_payload: int) -> None:
    # write(2), not send(2): the filter refuses what sockets offer beyond reading and writing.
    view = memoryview(frames.encode(tree, max_payload))
    while view:
        view = view[os.write(descriptor, view) :]


def _read(size: int) -> bytes | None:
    """Return exactly `size` bytes, or None when the controller has hung up."""
    parts = []
    while size:
        part = os.read(JOB_DESCRIPTOR, min(size, 2**20))
        if not part:
            return None
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
