"""The commands after grading: feedback for the students, the class report."""

from __future__ import annotations

import typer

from rnnlab.grading.commands.options import HERE, Assignment, Exit, Root, console, warn
from rnnlab.grading.source import require_assignment


def feedback(assignment: Assignment, root: Root = HERE) -> None:
    """Write each student's feedback page, with the hint for each mistake, into feedback/."""
    from rnnlab.grading import show
    from rnnlab.grading.course import Course
    from rnnlab.grading.pages import Page, write_feedback

    require_assignment(root, assignment)
    course = Course.open(root)
    students = course.students(assignment)
    pages = dict(show.progress(console, write_feedback(course, assignment, students), len(students)))
    failed = [student for student, page in pages.items() if page is Page.FAILED]
    written = sum(page is Page.WRITTEN for page in pages.values())
    console.print(f"{written} feedback pages written, {len(students) - written - len(failed)} unchanged")
    if failed:
        warn(f"No page could be written for: {', '.join(failed)}")
        raise typer.Exit(Exit.PERSON)


def report(assignment: Assignment, root: Root = HERE) -> None:
    """Write the class report and print the table of marks with each student's named mistakes."""
    from rnnlab.grading import show
    from rnnlab.grading.course import Course
    from rnnlab.grading.report import write_report
    from rnnlab.grading.results import collect

    require_assignment(root, assignment)
    course = Course.open(root)
    page = write_report(course, assignment)
    console.print(show.marks(assignment, collect(course, assignment)))
    console.print(f"Class report: {page.relative_to(course.root)} (and .csv)")
