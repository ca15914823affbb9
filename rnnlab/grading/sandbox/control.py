"""Orders from the controller to the zygote and its answers: one line of JSON each, with descriptors."""

from __future__ import annotations

import json
import socket
from typing import Any

_LINE_BYTES = 65536
_MOST_DESCRIPTORS = 4


def receive(control: socket.socket) -> tuple[Any, list[int]]:
    """Return the next line's value and the descriptors that came with it; None at the end of the connection."""
    line, descriptors = b"", []
    while not line.endswith(b"\n"):
        part, received, _, _ = socket.recv_fds(control, _LINE_BYTES, _MOST_DESCRIPTORS)
        if not part:
            return None, []
        line += part
        descriptors += received
    return json.loads(line), descriptors


def answer(control: socket.socket, value: dict[str, Any], descriptors: list[int] | None = None) -> None:
    """Send one line, with descriptors."""
    socket.send_fds(control, [json.dumps(value).encode() + b"\n"], descriptors or [])
