"""The data that the assignment `project` hands out: surnames of ten languages, and chapters of an English text.

The files lie beside this module and are extracts of the course's data sets: the names are those of
`rnnlab.data.surnames` (Faker, MIT license), the text is that of `rnnlab.data.text` (American Standard Version, public
domain); `LICENSE` says more. Each has a part to learn from and a part to try a model on. A third part is held out: it
is not here, and grading measures on it.
"""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

LANGUAGES = (
    "Croatian",
    "Dutch",
    "English",
    "German",
    "Irish",
    "Italian",
    "Polish",
    "Slovak",
    "Spanish",
    "Zulu",
)
LETTERS = "abcdefghijklmnopqrstuvwxyz '-"
CHARACTERS = "abcdefghijklmnopqrstuvwxyz !',-.:;?"
PARTS = ("learn", "validation")

HERE = Path(__file__).parent
NAMES_FILE = HERE / "names.csv"


def names(part: str) -> tuple[list[str], NDArray[np.int64]]:
    """The surnames of a part, in the characters of `LETTERS`, and the number of each one's language in `LANGUAGES`.

    Raises: ValueError for a part that is not "learn" or "validation".

    >>> some, languages = names("validation")
    >>> len(some), languages.shape, LANGUAGES[languages[0]]
    (700, (700,), 'Croatian')
    """
    _known(part)
    with NAMES_FILE.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["part"] == part]
    numbers = [LANGUAGES.index(row["language"]) for row in rows]
    return [row["name"] for row in rows], np.array(numbers, dtype=np.int64)


def text(part: str) -> str:
    """The text of a part, in the characters of `CHARACTERS`: whole chapters, one after the other.

    Raises: ValueError for a part that is not "learn" or "validation".

    >>> set(text("validation")) <= set(CHARACTERS)
    True
    """
    _known(part)
    with gzip.open(text_file(part), "rt", encoding="ascii") as file:
        return file.read()


def text_file(part: str) -> Path:
    """Where the text of a part lies."""
    return HERE / f"text-{part}.txt.gz"


def _known(part: str) -> None:
    if part not in PARTS:
        raise ValueError(f"part must be 'learn' or 'validation', but was {part!r}.")
