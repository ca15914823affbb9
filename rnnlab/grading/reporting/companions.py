"""The two small files beside a feedback page without which `nbgrader release_feedback` stops for the whole class.

They come from the submission, and only a class that hands in through nbgrader's exchange needs them. The folder of a
graded notebook does not have them: a student may have handed in anything under these names.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from pathlib import Path

from rnnlab.grading.draft import replace

TIMESTAMP, SECRET = "timestamp.txt", "submission_secret.txt"
FORMS = {TIMESTAMP: re.compile(r"[\d:. +TZUC/_-]{1,100}"), SECRET: re.compile(r"[0-9a-f]{16,256}")}
LARGEST = 300


def in_use(root: Path, assignment: str) -> bool:
    """Whether anybody handed this assignment in through the exchange."""
    return any(root.glob(f"submitted/*/{assignment}/{SECRET}"))


def put(submitted: Path, folder: Path) -> None:
    """Put both files into the feedback's folder, where there is one.

    A submission that did not come through the exchange has no secret; it gets one that opens nothing, so that the
    others' feedback can be released.
    """
    if not folder.is_dir():
        return
    for name, otherwise in ((TIMESTAMP, ""), (SECRET, secrets.token_hex(64))):
        theirs, there = _small_text(submitted / name), _small_text(folder / name)
        wanted = next((text for text in (theirs, there) if FORMS[name].fullmatch(text)), otherwise)
        if wanted != there or not (folder / name).is_file():
            replace(folder / name, wanted)


def after_feedback(assignment: str, student: str, notebooks: Sequence[str]) -> None:
    """The hook of `nbgrader generate_feedback`, which runs in the course's folder after each student's page."""
    root = Path.cwd()
    if notebooks and in_use(root, assignment):
        own = Path(notebooks[0]).parent.parent.name
        put(root / "submitted" / own / assignment, root / "feedback" / own / assignment)


def _small_text(path: Path) -> str:
    """What a small regular file says; nothing where it is a link, large, or not there."""
    if path.is_symlink() or path.parent.is_symlink() or not path.is_file() or path.stat().st_size > LARGEST:
        return ""
    return path.read_text(encoding="utf-8", errors="replace").strip()
