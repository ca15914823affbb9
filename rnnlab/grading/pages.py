"""Feedback pages by nbgrader's own generate_feedback, written again when the gradebook or a notebook is newer."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from pathlib import Path

from rnnlab.grading.course import Course


class Page(enum.Enum):
    """What became of one feedback page."""

    WRITTEN = "written"
    UNCHANGED = "unchanged"
    FAILED = "failed"


def write_feedback(course: Course, assignment: str, students: tuple[str, ...]) -> Iterator[tuple[str, Page]]:
    """Write each student's page; one that cannot be written is named and holds nobody else up."""
    for student in students:
        graded, page = course.autograded(assignment, student), course.feedback(assignment, student)
        if not graded.is_file() or _newer(page, (graded, course.root / "gradebook.db")):
            yield student, Page.UNCHANGED
        else:
            result = course.api.generate_feedback(assignment, student, force=True)
            yield student, Page.WRITTEN if result["success"] else Page.FAILED


def _newer(page: Path, origins: tuple[Path, ...]) -> bool:
    """Whether the page was written after all of its origins (a gradebook elsewhere counts as always newer)."""
    times = [path.stat().st_mtime if path.is_file() else float("inf") for path in origins]
    return page.is_file() and page.stat().st_mtime >= max(times)
