"""Files that are written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO


@contextmanager
def drafted(path: Path, encoding: str = "utf-8", newline: str | None = None) -> Iterator[TextIO]:
    """A file beside `path` that takes its place when all has gone well, and is gone when it has not."""
    draft = path.with_name(f".{path.name}.draft")
    try:
        with draft.open("w", encoding=encoding, newline=newline) as file:
            yield file
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def replace(path: Path, text: str) -> None:
    """Write a whole text file."""
    with drafted(path) as file:
        file.write(text)
