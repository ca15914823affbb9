"""The controller's end of a submission's socket: whole frames, always against a deadline."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable

from . import frames

_TICK_SECONDS = 0.05
_CHUNK = 2**18


class Hangup(Exception):
    """The other end closed the connection."""


class Channel:
    """Sends and receives frames; `watch` is called every 50 ms of waiting and may raise."""

    def __init__(self, connection: socket.socket, max_payload: int, watch: Callable[[], None]) -> None:
        connection.setblocking(False)
        self._connection = connection
        self._max_payload = max_payload
        self._watch = watch
        self._received = bytearray()

    def send(self, frame: bytes, deadline: float) -> None:
        """Send a frame by `deadline` (of `time.monotonic`), or raise TimeoutError or Hangup."""
        view = memoryview(frame)
        while view:
            try:
                view = view[self._connection.send(view) :]
            except BlockingIOError:
                self._wait(select.POLLOUT, deadline)
            except OSError:
                raise Hangup from None

    def receive(self, deadline: float) -> bytes:
        """Return the next frame's bytes by `deadline`, or raise TimeoutError, Hangup or ProtocolError."""
        prefix = self._exactly(frames.PREFIX.size, deadline)
        return prefix + self._exactly(frames.parse_prefix(prefix, self._max_payload).total, deadline)

    def _exactly(self, size: int, deadline: float) -> bytes:
        """Return the next bytes; what came with them is kept for later, for small frames come many at a time."""
        while len(self._received) < size:
            try:
                part = self._connection.recv(_CHUNK)
            except BlockingIOError:
                self._wait(select.POLLIN, deadline)
                continue
            except OSError:
                raise Hangup from None
            if not part:
                raise Hangup
            self._received += part
            if time.monotonic() > deadline:
                raise TimeoutError
        exact = bytes(self._received[:size])
        del self._received[:size]
        return exact

    def _wait(self, event: int, deadline: float) -> None:
        poller = select.poll()
        poller.register(self._connection, event)
        while (left := deadline - time.monotonic()) > 0:
            if poller.poll(1000 * min(left, _TICK_SECONDS)):
                return
            self._watch()
        raise TimeoutError

    def close(self) -> None:
        """Hang up."""
        self._connection.close()
