"""A submission is graded again only when something that its marks depend on has changed."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path

import rnnlab


def fingerprint(submitted: Path, released: Path, isolation: str) -> str:
    """A digest of the submitted file, the released notebook, the grading code and the isolation asked for."""
    digest = hashlib.blake2b(digest_size=16)
    for part in (_content(submitted), _content(released), grading_code().encode(), isolation.encode()):
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()


@functools.cache
def grading_code() -> str:
    """A digest of every module of the package that has a part in a mark."""
    package = Path(rnnlab.__file__).parent
    digest = hashlib.blake2b(digest_size=16)
    for folder in ("exercises", "check", "grading"):
        for module in sorted((package / folder).rglob("*.py")):
            digest.update(
                module.relative_to(package).as_posix().encode() + b"\0" + module.read_bytes() + b"\0"
            )
    return digest.hexdigest()


def _content(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""
