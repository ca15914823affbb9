"""What a cell shows, kept as the outputs of a notebook and cut at a limit."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

KEPT_TYPES = ("text/plain", "image/png")
CUT = "\n[the rest of the output was cut]\n"
ROOM_FOR_NOTE = 1_000
_COST_OF_AN_OUTPUT = 100


def clean(text: str) -> str:
    """Return `text` as valid Unicode."""
    return str(text).encode("utf-8", "replace").decode()


def size_of(output: dict[str, Any]) -> int:
    """Return how many bytes an output of a cell counts for."""
    shown = [output.get(name, "") for name in ("text", "ename", "evalue")]
    shown += [*output.get("traceback", ()), *output.get("data", {}).values()]
    return _COST_OF_AN_OUTPUT + sum(len(text.encode()) for text in shown)


class Recorder:
    """The outputs of one cell, at most `limit` bytes together."""

    def __init__(self, limit: int) -> None:
        self.outputs: list[dict[str, Any]] = []
        self._left = limit
        self._cut = limit == 0

    def stream(self, name: str, text: str) -> None:
        """Add text that was printed."""
        raw = text[: self._left].encode("utf-8", "replace")
        kept = raw[: self._left].decode("utf-8", "ignore")
        self._left -= len(kept.encode())
        if kept:
            self._append_text(name, kept)
        if len(kept) < len(text):
            self._note_cut()

    def display(self, kind: str, data: dict[str, Any], **fields: Any) -> None:
        """Add a shown object: its text and its image, where it has them."""
        kept = {name: clean(data[name]) for name in KEPT_TYPES if isinstance(data.get(name), str)}
        self._add({"output_type": kind, "data": kept, "metadata": {}, **fields})

    def error(self, kind: str, message: str, traceback: list[str]) -> None:
        """Add an exception's traceback."""
        lines = [clean(line) for line in traceback]
        self._add(
            {"output_type": "error", "ename": clean(kind), "evalue": clean(message), "traceback": lines}
        )

    def _add(self, output: dict[str, Any]) -> None:
        size = size_of(output)
        if size <= self._left:
            self._left -= size
            self.outputs.append(output)
        else:
            self._note_cut()

    def _note_cut(self) -> None:
        if not self._cut:
            self._cut = True
            self._append_text("stderr", CUT)

    def _append_text(self, name: str, text: str) -> None:
        last = self.outputs[-1] if self.outputs else {}
        if last.get("output_type") == "stream" and last["name"] == name:
            last["text"].append(text)
        else:
            self._left = max(self._left - _COST_OF_AN_OUTPUT, 0)
            self.outputs.append({"output_type": "stream", "name": name, "text": [text]})

    def finished(self) -> list[dict[str, Any]]:
        """Return the outputs with each stream's text joined."""
        return [o | {"text": "".join(o["text"])} if o["output_type"] == "stream" else o for o in self.outputs]


class RecordedStream(io.TextIOBase):
    """Stands for sys.stdout or sys.stderr and writes to whichever recorder is current."""

    def __init__(self, name: str, current: Callable[[], Recorder]) -> None:
        self.name = f"<{name}>"
        self._channel = name
        self._current = current

    encoding = "utf-8"

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._current().stream(self._channel, text)
        return len(text)
