"""A roster: the file that a platform's gradebook gives when it is downloaded, with the ids that its upload asks for."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from rnnlab.grading.course import CourseError

LARGEST = 20_000_000
DELIMITERS = ",\t;"


@dataclass(frozen=True)
class Roster:
    """The rows of a downloaded gradebook, found by any of the columns that may hold a student's id."""

    path: Path
    headings: tuple[str, ...]
    rows: Mapping[str, Mapping[str, str]]
    doubled: frozenset[str] = frozenset()

    def find(self, ids: Iterable[str]) -> Mapping[str, str] | None:
        """The row of the student with any of these ids; raises `CourseError` where two rows have one of them."""
        for key in filter(None, map(_key, ids)):
            if key in self.doubled:
                raise CourseError(
                    f"{self.path.name} has two rows for {key!r}; remove the wrong one, or give the roster of one course"
                )
            if key in self.rows:
                return self.rows[key]
        return None


def read(path: Path, id_columns: tuple[str, ...], platform: str) -> Roster:
    """Read a download of `platform`; raises `CourseError` for a file that is not one."""
    headings, lines = _table(path)
    known = [name for name in id_columns if name in headings]
    if not known:
        raise CourseError(
            f"{path.name} is no gradebook downloaded from {platform}: it has none of the columns "
            f"{', '.join(id_columns)}; download it there once more, and give that file"
        )
    rows: dict[str, Mapping[str, str]] = {}
    doubled: set[str] = set()
    for line in lines:
        row = dict(zip(headings, line, strict=False))
        for key in {_key(row.get(name, "")) for name in known} - {""}:
            if key in rows:
                doubled.add(key)
            rows[key] = row
    return Roster(path, headings, rows, frozenset(doubled))


def _key(value: str) -> str:
    return value.strip().casefold()


def _table(path: Path) -> tuple[tuple[str, ...], list[list[str]]]:
    """The headings and the lines of a table whose encoding and delimiter are found out."""
    if not path.is_file():
        raise CourseError(f"there is no roster {path}; give the file that the platform's gradebook downloads")
    if path.stat().st_size > LARGEST:
        raise CourseError(f"{path.name} is larger than {LARGEST // 10**6} MB, which no roster is")
    text = _decoded(path.read_bytes())
    first = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=first.count)
    try:
        lines = [line for line in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if any(line)]
    except csv.Error as error:
        raise CourseError(f"{path.name} is not a table that can be read: {error}") from error
    if not lines:
        raise CourseError(f"{path.name} is empty; download the roster once more")
    return tuple(heading.strip() for heading in lines[0]), lines[1:]


def _decoded(data: bytes) -> str:
    """Text in UTF-16 with its mark (Blackboard's downloads), UTF-8 with or without, or else Windows-1252."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")
