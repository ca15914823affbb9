"""Fresh probes for grading come from a seed that nobody can guess and that a regrade finds again.

key  = BLAKE2b(key = course secret, student / digest of the submitted file / draw)
seed = BLAKE2b(key = key, exercise)

The file belongs to it, so that what a submission learns about its probes is of no use to the next one. The draw counts
how often new probes were asked for; it is kept for each student in a file beside the secret. Only a submission's own
key leaves the course's folder, for a worker that grades it.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path

SECRET_FILE = ".course-secret"
DRAWS_FILE = ".probe-draws.json"


class DamagedSecret(Exception):
    """One of the files that the probes come from cannot be read; the message says what to do."""


def course_secret(root: Path) -> bytes:
    """The course's secret of 32 bytes, made at its first use and readable by its owner alone."""
    path = root / SECRET_FILE
    if not path.exists():
        _write_new(path, secrets.token_hex(32))
    try:
        secret = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except ValueError:
        secret = b""
    if len(secret) != 32:
        raise DamagedSecret(
            f"{path.name} should hold 64 hexadecimal digits and does not; restore it from a backup, "
            "or delete it and regrade (every submission then gets new probes)"
        )
    return secret


def submission_key(secret: bytes, student: str, submitted: str, draw: int = 0) -> bytes:
    """The key of one submission's probes, 32 bytes; `submitted` is the digest of its file."""
    message = f"{student}\x00{submitted}\x00{draw}".encode("utf-8", "surrogateescape")
    return hashlib.blake2b(message, key=secret, digest_size=32).digest()


def exercise_seed(key: bytes, exercise: str) -> int:
    """The seed of one exercise's probes.

    >>> exercise_seed(b"k" * 32, "x.f") == exercise_seed(b"k" * 32, "x.f")
    True
    """
    return int.from_bytes(hashlib.blake2b(exercise.encode(), key=key, digest_size=16).digest(), "big")


def probe_seed(secret: bytes, student: str, exercise: str, submitted: str, draw: int = 0) -> int:
    """The seed of one submission's probes for one exercise."""
    return exercise_seed(submission_key(secret, student, submitted, draw), exercise)


def draws(root: Path, assignment: str) -> Mapping[str, int]:
    """How often each student's probes for the assignment were drawn anew; who is not there has the first ones."""
    return _all_draws(root).get(assignment, {})


def draw_again(root: Path, assignment: str, students: Iterable[str]) -> None:
    """Give these students new probes for the assignment, from their next grading on."""
    every = _all_draws(root)
    own = every.setdefault(assignment, {})
    for student in students:
        own[student] = own.get(student, 0) + 1
    path = root / DRAWS_FILE
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_text(json.dumps(every, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    os.replace(draft, path)


def _all_draws(root: Path) -> dict[str, dict[str, int]]:
    path = root / DRAWS_FILE
    try:
        found = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        return {name: {student: int(n) for student, n in own.items()} for name, own in found.items()}
    except (ValueError, AttributeError, TypeError):
        raise DamagedSecret(
            f"{path.name} should say how often each student's probes were drawn anew, and cannot be read; "
            "restore it from a backup, or delete it (every student then has the first probes again)"
        ) from None


def _write_new(path: Path, text: str) -> None:
    """Create the file whole or not at all; of two processes that race, the first one's secret stays."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(text + "\n", encoding="ascii")
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
