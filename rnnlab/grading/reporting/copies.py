"""Near-copies: pairs of students who wrote more of the same than chance and the assignment explain.

Each student's code becomes a set of fingerprints: hashes of every run of `SHINGLE` tokens, with the student's own names
left out so that renaming hides nothing, thinned by winnowing (Schleimer, Wilkerson and Aiken, 2003). What the released
notebook or the reference solution holds is taken away, and so is what many students share: there is only one way to
write `E[ids]`. Only students who share something *rare* are compared, so that the work grows with the class and not
with its square. Notebooks that are equal to the last comment are found apart, however many they are. What is found is
a reason to look, and never a verdict.
"""

from __future__ import annotations

import builtins
import hashlib
import keyword
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

SHINGLE = 12
WINDOW = 4
# A fingerprint is rare where 2 % of the class have it, but a few may always, and never more than a dozen.
RARE_SHARE = 0.02
RARE_AT_LEAST, RARE_AT_MOST = 4, 12
LEAST_SHARED = 8
LEAST_OVERLAP = 0.5
MOST_PAIRS = 20
MOST_CODE = 50_000
# A string that is never closed ends with its line: looking for its end again and again would take for ever.
_TOKEN = re.compile(r"[^\W\d]\w*|\d[\w.]*|\"(?:\\.|[^\"\\\n])*\"?|'(?:\\.|[^'\\\n])*'?|[^\s\w]")
_IGNORED = re.compile(r"\"\"\".*?(?:\"\"\"|\Z)|'''.*?(?:'''|\Z)|#[^\n]*", re.DOTALL)
_KNOWN = frozenset(keyword.kwlist) | frozenset(dir(builtins)) | {"np", "torch"}
_NUMBER = 2_147_483_647

Prints = NDArray[np.int64]


@dataclass(frozen=True)
class Pair:
    """Two students and the share of the smaller one's own fingerprints that the other has too."""

    first: str
    second: str
    shared: int
    overlap: float


def fingerprints(code: str) -> Prints:
    """The winnowed fingerprints of some code, sorted and each once; none where it is shorter than a shingle."""
    numbers = [crc32(token.encode()) for token in tokens(code[:MOST_CODE])]
    if len(numbers) < SHINGLE:
        return np.empty(0, dtype=np.int64)
    hashes = _rolling(np.array(numbers, dtype=np.int64))
    if len(hashes) <= WINDOW:
        return np.unique(hashes.min(keepdims=True))
    windows = np.lib.stride_tricks.sliding_window_view(hashes, WINDOW)
    return np.unique(windows.min(axis=1))


def tokens(code: str) -> list[str]:
    """The code's tokens without comments and docstrings; names of the student's own all look the same.

    >>> tokens("state = np.tanh(a + 1)  # the step")
    ['·', '=', 'np', '.', 'tanh', '(', '·', '+', '1', ')']
    """
    found = _TOKEN.findall(_IGNORED.sub(" ", code))
    return [
        token if not token.isidentifier() or token in _KNOWN or (place and found[place - 1] == ".") else "·"
        for place, token in enumerate(found)
    ]


def _rolling(numbers: NDArray[np.int64]) -> Prints:
    """One hash for each run of `SHINGLE` tokens, the same on every machine."""
    runs = np.lib.stride_tricks.sliding_window_view(numbers % _NUMBER, SHINGLE)
    hashes = np.zeros(len(runs), dtype=np.int64)
    for column in runs.T:
        hashes = (hashes * 1_000_003 + column) % _NUMBER
    return hashes


class Copies:
    """Gathers the class's fingerprints one student at a time, a few kilobytes each, and finds the pairs at the end."""

    def __init__(self, template: Iterable[str] = ()) -> None:
        known = [fingerprints(code) for code in template]
        self._template = np.unique(np.concatenate(known)) if known else np.empty(0, dtype=np.int64)
        self._students: list[str] = []
        self._prints: list[Prints] = []
        self._texts: dict[bytes, list[int]] = {}

    def add(self, student: str, cells: Sequence[str]) -> None:
        """Take in a student's code, cell by cell, as the template was."""
        prints = [fingerprints(code) for code in cells]
        everything = np.unique(np.concatenate(prints)) if prints else np.empty(0, dtype=np.int64)
        own = np.setdiff1d(everything, self._template, assume_unique=True)
        self._students.append(student)
        self._prints.append(own)
        if len(own) >= LEAST_SHARED:
            text = "\n".join(line.strip() for code in cells for line in code.splitlines() if line.strip())
            group = self._texts.setdefault(hashlib.blake2b(text.encode(), digest_size=16).digest(), [])
            group.append(len(self._students) - 1)

    def identical(self) -> list[tuple[str, ...]]:
        """The groups of students whose own code is the same to the last comment, the largest first."""
        groups = [tuple(self._students[i] for i in group) for group in self._texts.values() if len(group) > 1]
        return sorted(groups, key=lambda group: (-len(group), group))

    def pairs(self) -> list[Pair]:
        """The pairs that share most of what is their own, the most alike first."""
        if not self._students:
            return []
        rare, owners = _rare(self._prints, self._most_owners)
        own = np.bincount(owners, minlength=len(self._students))
        found = []
        for (first, second), shared in _shared(rare, owners).items():
            overlap = shared / min(own[first], own[second])
            if shared >= LEAST_SHARED and overlap >= LEAST_OVERLAP:
                found.append(Pair(self._students[first], self._students[second], shared, float(overlap)))
        return sorted(found, key=lambda pair: (-pair.overlap * pair.shared, pair.first, pair.second))

    @property
    def _most_owners(self) -> int:
        """How many students may share a fingerprint that still counts as rare."""
        return min(max(RARE_AT_LEAST, int(RARE_SHARE * len(self._students))), RARE_AT_MOST)


def _rare(prints: Sequence[Prints], most: int) -> tuple[Prints, NDArray[np.int64]]:
    """The fingerprints that no more than `most` students have, sorted, each with the number of a student who has it."""
    everything = np.concatenate(prints)
    owners = np.repeat(np.arange(len(prints)), [len(own) for own in prints])
    order = np.lexsort((owners, everything))
    everything, owners = everything[order], owners[order]
    _, places, counts = np.unique(everything, return_inverse=True, return_counts=True)
    kept = counts[places] <= most
    return everything[kept], owners[kept]


def _shared(rare: Prints, owners: NDArray[np.int64]) -> dict[tuple[int, int], int]:
    """How many rare fingerprints each two students share; only those who share any are looked at."""
    counts: dict[tuple[int, int], int] = {}
    edges = np.flatnonzero(np.diff(rare)) + 1
    for group in np.split(owners, edges):
        for place, first in enumerate(group[:-1]):
            for second in group[place + 1 :]:
                counts[int(first), int(second)] = counts.get((int(first), int(second)), 0) + 1
    return counts


def marked_lines(code: str, other: str, template: Iterable[str] = ()) -> frozenset[int]:
    """The numbers of the lines of `code` that `other` has too, names and comments apart, and that no template has."""
    theirs = {tuple(tokens(line)) for line in other.splitlines()}
    theirs -= {tuple(tokens(line)) for text in template for line in text.splitlines()}
    own = enumerate(code.splitlines(), start=1)
    return frozenset(
        number for number, line in own if len(found := tuple(tokens(line))) > 3 and found in theirs
    )
