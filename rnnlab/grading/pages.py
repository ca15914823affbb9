"""Feedback pages by nbgrader's own generate_feedback, written again only after a mark or a notebook changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rnnlab.grading.course import Course, CourseError


def write_feedback(course: Course, assignment: str, students: tuple[str, ...]) -> Iterator[bool]:
    """For each student, whether the page was written (False: it is up to date, or nothing was graded)."""
    for student in students:
        graded, page = course.autograded(assignment, student), course.feedback(assignment, student)
        if not graded.is_file() or _newer(page, (graded, course.root / "gradebook.db")):
            yield False
            continue
        result = course.api.generate_feedback(assignment, student, force=True)
        if not result["success"]:
            raise CourseError(
                f"nbgrader could not write the feedback for {student}:\n{result.get('error', '')}"
            )
        yield True


def _newer(page: Path, origins: tuple[Path, ...]) -> bool:
    """Whether the page was written after all of its origins (a gradebook elsewhere counts as always newer)."""
    times = [path.stat().st_mtime if path.is_file() else float("inf") for path in origins]
    return page.is_file() and page.stat().st_mtime >= max(times)
