"""What the grade is measured on: names and text that no notebook is given.

They come from the same packages as the public data, by the split of `split`. Those packages are public, so a student
could collect the held-out part at home; the sandbox does not let a notebook read them while it is graded. Instructors
who want more set the environment variable `RNNLAB_HELD_OUT` to a folder of their own, with a file `names.csv` (a header
`name,language`, then one name a line, in the letters and languages of `rnnlab.data.project`) or `text.txt`, or both.
"""

from __future__ import annotations

import csv
import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rnnlab.data.project import CHARACTERS, LANGUAGES, LETTERS
from rnnlab.exercises.project import split

FOLDER = "RNNLAB_HELD_OUT"


class UnusableHeldOutData(ValueError):
    """A file of the instructor's does not hold what it should; the message says where, and what is expected."""


def names() -> tuple[list[str], NDArray[np.int64]]:
    """The names that are held out, and the number of each one's language.

    Raises: UnusableHeldOutData for a file of the instructor's that cannot be used.
    """
    path = _own_file("names.csv")
    pairs = split.names()["held out"] if path is None else _read_names(path)
    return [name for name, _ in pairs], np.array([LANGUAGES.index(language) for _, language in pairs])


def text() -> str:
    """The text that is held out.

    Raises: UnusableHeldOutData for a file of the instructor's that cannot be used.
    """
    path = _own_file("text.txt")
    if path is None:
        return split.texts()["held out"]
    own = " ".join(path.read_text(encoding="utf-8").split())
    if unknown := sorted(set(own) - set(CHARACTERS)):
        raise UnusableHeldOutData(
            f"{path} must use the characters {CHARACTERS!r} alone, but has {', '.join(map(repr, unknown[:5]))}. "
            "`rnnlab.data.text.plain` makes such a text."
        )
    return own


def own_data() -> bytes:
    """What the instructor's own files hold, for whoever must know whether it has changed."""
    files = [path.read_bytes() for name in ("names.csv", "text.txt") if (path := _own_file(name)) is not None]
    return b"\0".join(files)


def _own_file(name: str) -> Path | None:
    folder = os.environ.get(FOLDER)
    path = Path(folder) / name if folder else None
    return path if path is not None and path.is_file() else None


def _read_names(path: Path) -> tuple[tuple[str, str], ...]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = [(row.get("name") or "", row.get("language") or "") for row in csv.DictReader(file)]
    for number, (name, language) in enumerate(rows, start=2):
        if not name or set(name) - set(LETTERS) or language not in LANGUAGES:
            raise UnusableHeldOutData(
                f"line {number} of {path} must be a name in the letters {LETTERS!r} and one of the languages "
                f"{', '.join(LANGUAGES)}, but is {name!r}, {language!r}. `rnnlab.data.surnames.plain_letters` "
                "writes a name in these letters."
            )
    if not rows:
        raise UnusableHeldOutData(f"{path} must have names below its header `name,language`, but has none.")
    return tuple(rows)
