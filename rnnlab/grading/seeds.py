"""Fresh probes for grading come from a seed that nobody can guess and that a regrade finds again.

seed = BLAKE2b(key = course secret, student / exercise / digest of the submitted file)

The file belongs to it, so that what a submission learns about its probes is of no use to the next one.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

SECRET_FILE = ".course-secret"


class DamagedSecret(Exception):
    """The course's secret file does not hold a secret; the message says what to do."""


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


def probe_seed(secret: bytes, student: str, exercise: str, submitted: str) -> int:
    """The seed of one submission's probes for one exercise; `submitted` is the digest of its file.

    >>> probe_seed(b"k" * 32, "ada", "x.f", "d1") == probe_seed(b"k" * 32, "ada", "x.f", "d1")
    True
    """
    message = f"{student}\x00{exercise}\x00{submitted}".encode("utf-8", "surrogateescape")
    return int.from_bytes(hashlib.blake2b(message, key=secret, digest_size=16).digest(), "big")


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
