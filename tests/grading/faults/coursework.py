"""A small course of one assignment in a folder of its own, and submissions for it."""

from __future__ import annotations

import shutil
from pathlib import Path

from rnnlab.grading.source import write_source_notebook
from tests.course.conftest import CourseFolder
from tests.grading.faults.fault import Raw, as_bytes
from tests.grading.faults.topics import FAULTS
from tests.grading.faults.world import ASSIGNMENT

NOTEBOOK = f"{ASSIGNMENT}.ipynb"
CONFIG = "nbgrader_config.py"
# One or two of each topic that end at once, for a class in which not everybody is honest.
QUICK_FAULTS = (
    "half-a-file",
    "stripped-metadata",
    "numpy-patched",
    "read-secret",
    "syntax-error",
    "os-exit",
    "script-in-words",
)


def released_course(source: Path, root: Path) -> CourseFolder:
    """A course with one assignment that has just been released, and a secret that is always the same."""
    root.mkdir(parents=True)
    shutil.copy(source / CONFIG, root)
    folder = root / "solutions" / ASSIGNMENT
    folder.mkdir(parents=True)
    shutil.copy(source / "solutions" / ASSIGNMENT / f"{ASSIGNMENT}.md", folder)
    write_source_notebook(root, ASSIGNMENT)
    course = CourseFolder(root)
    course.do("rnnlab", "release", ASSIGNMENT)
    (root / ".course-secret").write_text("5e" * 32 + "\n")
    return course


def submitted(course: CourseFolder, student: str) -> Path:
    """Where a student's notebook belongs; its folder is made."""
    path = course.root / "submitted" / student / ASSIGNMENT / NOTEBOOK
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def hand_in_class(course: CourseFolder, honest: Raw, students: int) -> None:
    """Hand in `students` honest notebooks, each a little different, and a few faults."""
    for number in range(students):
        raw = honest | {"cells": [*honest["cells"], _remark(number)]}
        submitted(course, f"student-{number:02d}").write_bytes(as_bytes(raw))
    for fault in FAULTS:
        if fault.name in QUICK_FAULTS:
            submitted(course, f"student-{fault.name}").write_bytes(fault.file(honest))


def _remark(number: int) -> Raw:
    source = f"I am number {number}."
    return {"cell_type": "markdown", "metadata": {}, "id": f"remark-{number}", "source": source}


def copied(course: CourseFolder, root: Path) -> CourseFolder:
    shutil.copytree(course.root, root)
    return CourseFolder(root)
