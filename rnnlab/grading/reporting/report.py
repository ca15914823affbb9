"""The class report: one static page and three tables for an assignment, each written whole or not at all."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from markupsafe import Markup
from nbformat.notebooknode import NotebookNode

from rnnlab import exercises
from rnnlab.check import Verdict
from rnnlab.exercises.mistakes import source_of
from rnnlab.exercises.spec import Exercise
from rnnlab.grading import timings
from rnnlab.grading.course import Course
from rnnlab.grading.draft import drafted
from rnnlab.grading.reporting import code_html, graded
from rnnlab.grading.reporting.class_summary import ClassSummary, flags_of
from rnnlab.grading.reporting.clusters import Cluster
from rnnlab.grading.reporting.copies import MOST_PAIRS, Pair, marked_lines
from rnnlab.grading.reporting.feedback_page import title_of
from rnnlab.grading.reporting.graded import Block
from rnnlab.grading.reporting.prose_html import prose, said
from rnnlab.grading.reporting.results import (
    StudentResult,
    csv_lines,
    line_of,
    mistake_summary,
    part_names,
    state_of,
    stream,
)
from rnnlab.grading.reporting.sheets import graded_cells
from rnnlab.grading.reporting.templating import environment, template_folder

MOST_MISTAKES = 60
MOST_CLUSTERS = 20
MOST_SHOWN_PAIRS = 8
DETAILS = ("student", "status", "final_score", "late_penalty", "waits_for_a_person", "isolation", "repairs")
DETAILS += ("problems", "flags", "seconds")


def write_report(course: Course, assignment: str) -> Path:
    """Write `reports/<assignment>.html` and its tables; returns the page's path.

    The tables are `.csv` (marks), `-details.csv` (how each was graded) and `-mistakes.csv`. The class is read once,
    one student at a time.
    """
    folder = course.root / "reports"
    folder.mkdir(exist_ok=True)
    names, seconds = columns(course, assignment), timings.recall(course.root, assignment)
    summary = ClassSummary(names, template_of(course, assignment))
    with ExitStack() as open_files:
        marks = open_files.enter_context(drafted(folder / f"{assignment}.csv"))
        details = open_files.enter_context(drafted(folder / f"{assignment}-details.csv"))
        mistakes = open_files.enter_context(drafted(folder / f"{assignment}-mistakes.csv"))
        page = open_files.enter_context(drafted(folder / f"{assignment}.html"))
        details.write(line_of(DETAILS))
        marks.writelines(csv_lines(_counted(summary, course, assignment, details, seconds), names))
        mistakes.writelines(_mistake_lines(summary))
        page.write(page_of(course, assignment, summary, seconds))
    return folder / f"{assignment}.html"


def render(course: Course, assignment: str, results: Iterable[StudentResult]) -> str:
    """The report's page on these results."""
    results = tuple(results)
    summary = ClassSummary(part_names(results))
    for result in results:
        summary.add(result)
    return page_of(course, assignment, summary, {})


def page_of(course: Course, assignment: str, summary: ClassSummary, seconds: dict[str, float]) -> str:
    """The report's page; everything that came from a student is escaped."""
    rows, everybody = summary.rows()
    script = (template_folder() / "sort.js").read_text(encoding="utf-8")
    return (
        environment()
        .get_template("report.html.j2")
        .render(
            assignment=assignment,
            title=title_of(assignment),
            summary=summary,
            rows=rows,
            everybody=everybody,
            part_names=tuple(summary.parts),
            mistakes=_mistakes(summary)[:MOST_MISTAKES],
            clusters=[_shown_cluster(course, assignment, c) for c in summary.clusters.largest(MOST_CLUSTERS)],
            pairs=_shown_pairs(course, assignment, summary),
            seconds=_times(seconds),
            feedback={r.student for r in rows if course.feedback(assignment, r.student).is_file()},
            prose=prose,
            said=said,
            state_of=state_of,
            by_name=lambda result: {part.name: part for part in result.parts},
            script=Markup(script),
            script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        )
    )


def columns(course: Course, assignment: str) -> tuple[str, ...]:
    """The names of the graded cells in the released notebook's order; last, those that only the gradebook knows."""
    notebook = graded.read(course.released(assignment))
    released = [block.name for block in graded.blocks(notebook) if block.name] if notebook else []
    with course.gradebook() as gradebook:
        known = graded_cells(gradebook, assignment)
    return (*(name for name in released if name in known), *sorted(known.difference(released)))


def template_of(course: Course, assignment: str) -> Iterator[str]:
    """The code that everybody may have: the released notebook's, and the reference solutions."""
    notebook = graded.read(course.released(assignment))
    cells: list[NotebookNode] = notebook.cells if notebook else []
    yield from (cell.source for cell in cells if cell.cell_type == "code")
    try:
        parts = exercises.assignment(assignment).parts
    except LookupError:
        return
    yield from (source_of(part.reference) for part in parts if isinstance(part, Exercise))


def _counted(
    summary: ClassSummary, course: Course, assignment: str, details: TextIO, seconds: dict[str, float]
) -> Iterator[StudentResult]:
    """Hand the results on, counting each and writing its line of details."""
    for result in stream(course, assignment):
        summary.add(result)
        details.write(line_of(_details(result, seconds)))
        yield result


def _details(result: StudentResult, seconds: dict[str, float]) -> tuple[object, ...]:
    record = result.record
    return (
        result.student,
        record.status,
        f"{result.final_score:g}",
        f"{result.late_penalty:g}",
        " ".join(part.title for part in result.parts if part.needs_grading),
        record.isolation,
        "; ".join(record.repairs),
        "; ".join(record.problems),
        "; ".join(flags_of(result)),
        f"{seconds[result.student]:.2f}" if result.student in seconds else "",
    )


def _mistakes(summary: ClassSummary) -> list[tuple[str, str, str, int]]:
    """(exercise, mistake, sentence, students), the most frequent first."""
    return [
        (exercise, name, mistake_summary(exercise, name), count)
        for (exercise, name), count in sorted(summary.mistakes.items(), key=lambda item: (-item[1], item[0]))
    ]


def _mistake_lines(summary: ClassSummary) -> Iterator[str]:
    yield line_of(("exercise", "mistake", "students", "what_it_is"))
    for exercise, name, sentence, count in _mistakes(summary):
        yield line_of((exercise, name, count, sentence))


@dataclass(frozen=True)
class ShownCluster:
    """A group of equal wrong answers, with the code of one of its students."""

    cluster: Cluster
    says: Markup
    code: Markup


def _shown_cluster(course: Course, assignment: str, cluster: Cluster) -> ShownCluster:
    name = cluster.exercise.rpartition(".")[2]
    blocks = _blocks(course, assignment, cluster.representative)
    code = next((b.code for b in blocks if _is_of(b.verdict, name)), "")
    return ShownCluster(
        cluster, said(cluster.verdict, cluster.verdict.headline), code_html.code(code.rstrip())
    )


def _is_of(verdict: Verdict | None, function: str) -> bool:
    return verdict is not None and verdict.exercise.rpartition(".")[2] == function


@dataclass(frozen=True)
class ShownPair:
    """Two students' code for the parts in which they have lines in common."""

    pair: Pair
    parts: tuple[tuple[str, Markup, Markup], ...]


def _shown_pairs(course: Course, assignment: str, summary: ClassSummary) -> list[ShownPair]:
    pairs = summary.copies.pairs()[:MOST_PAIRS]
    template = tuple(template_of(course, assignment)) if pairs else ()
    return [
        ShownPair(pair, _side_by_side(course, assignment, pair, template) if place < MOST_SHOWN_PAIRS else ())
        for place, pair in enumerate(pairs)
    ]


def _side_by_side(
    course: Course, assignment: str, pair: Pair, template: tuple[str, ...]
) -> tuple[tuple[str, Markup, Markup], ...]:
    first = {block.name: block for block in _blocks(course, assignment, pair.first)}
    second = {block.name: block for block in _blocks(course, assignment, pair.second)}
    shown = []
    for name in first.keys() & second.keys():
        one, other = first[name].code.rstrip(), second[name].code.rstrip()
        here, there = marked_lines(one, other, template), marked_lines(other, one, template)
        if here or there:
            title = name.removeprefix("test_") or "added cells"
            shown.append((len(here), title, code_html.lines(one, here), code_html.lines(other, there)))
    shown.sort(key=lambda part: (-part[0], part[1]))
    return tuple(part[1:] for part in shown)


def _blocks(course: Course, assignment: str, student: str) -> tuple[Block, ...]:
    notebook = graded.read(course.autograded(assignment, student))
    return tuple(graded.blocks(notebook)) if notebook else ()


@dataclass(frozen=True)
class Times:
    """How long submissions took, in seconds, and which took longest."""

    count: int
    median: float
    high: float
    longest: float
    slowest: tuple[tuple[str, float], ...]


def _times(seconds: dict[str, float]) -> Times | None:
    if not seconds:
        return None
    slowest = sorted(seconds.items(), key=lambda item: (-item[1], item[0]))[:5]
    return Times(len(seconds), *timings.quantiles(seconds.values()), tuple(slowest))
