"""The class report: one static page and one table for an assignment, written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import jinja2

from rnnlab.grading.course import Course
from rnnlab.grading.record import Status
from rnnlab.grading.results import StudentResult, as_csv, collect, mistake_counts, part_names


def write_report(course: Course, assignment: str) -> Path:
    """Write `reports/<assignment>.html` and `.csv`; returns the page's path."""
    results = collect(course, assignment)
    folder = course.root / "reports"
    folder.mkdir(exist_ok=True)
    _replace(folder / f"{assignment}.csv", as_csv(results))
    page = folder / f"{assignment}.html"
    _replace(page, render(course, assignment, results))
    return page


def render(course: Course, assignment: str, results: tuple[StudentResult, ...]) -> str:
    """The report's page; everything that came from a student is escaped."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("rnnlab.grading"), autoescape=True, undefined=jinja2.StrictUndefined
    )
    return environment.get_template("report.html.j2").render(
        assignment=assignment,
        results=results,
        part_names=part_names(results),
        mistakes=mistake_counts(results),
        isolations=sorted({r.record.isolation for r in results if r.record.status is not Status.PERSON}),
        feedback={r.student for r in results if course.feedback(assignment, r.student).is_file()},
    )


def _replace(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.draft")
    draft.write_text(text, encoding="utf-8")
    os.replace(draft, path)
