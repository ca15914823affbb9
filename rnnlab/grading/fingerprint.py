"""A submission is graded again only when something that its marks depend on has changed."""

from __future__ import annotations

import functools
import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

import rnnlab
from rnnlab.exercises.project import held_out

NO_PART_IN_MARKS = ("grading/commands", "grading/reporting", "grading/synthetic")


def fingerprint(
    submitted: str,
    released: str,
    isolation: str,
    timestamp: str = "",
    draw: int = 0,
    limits: Mapping[str, float] | None = None,
) -> str:
    """All that marks depend on in one line: what was handed in and when, the released notebook, grader and probes.

    `submitted` and `released` are the files' digests, `isolation` is the one asked for, `draw` is the number of the
    probes' draw, and `limits` are those that the instructor changed.
    """
    when = hashlib.blake2b(timestamp.encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()
    changed = ",".join(f"{name}={value:g}" for name, value in sorted((limits or {}).items()))
    return "-".join((submitted, released, grading_code(), isolation, when, str(draw), changed))


def grading_code() -> str:
    """A digest of every module that has a part in a mark, and of the data that an instructor holds out."""
    return _grading_code(os.environ.get(held_out.FOLDER, ""))


@functools.cache
def _grading_code(_folder: str) -> str:
    code = digest_of(Path(rnnlab.__file__).parent)
    own = held_out.own_data()
    return f"{code}{hashlib.blake2b(own, digest_size=8).hexdigest()}" if own else code


def digest_of(package: Path) -> str:
    """A digest of the modules in this folder that have a part in a mark: not of commands, reports or examples."""
    digest = hashlib.blake2b(digest_size=16)
    for folder in ("exercises", "check", "grading"):
        for module in sorted((package / folder).rglob("*.py")):
            name = module.relative_to(package).as_posix()
            if not name.startswith(NO_PART_IN_MARKS):
                digest.update(name.encode() + b"\0" + module.read_bytes() + b"\0")
    return digest.hexdigest()
