"""Feedback pages where nbgrader keeps them, each written again only when something that it says has changed.

`feedback/<student>/<assignment>/<assignment>.html` is the place from which `nbgrader release_feedback` takes them.
Where the class hands in through nbgrader's exchange, it also wants two small files beside each (`companions`).
"""

from __future__ import annotations

import enum
import functools
import hashlib
import logging
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from nbgrader.converters import GenerateFeedback

import rnnlab
from rnnlab.grading import safe_html
from rnnlab.grading.course import Course, CourseError
from rnnlab.grading.draft import replace
from rnnlab.grading.reporting import companions, feedback_page
from rnnlab.grading.reporting.chapters import Chapters
from rnnlab.grading.reporting.feedback_page import HINTS, Rules
from rnnlab.grading.reporting.results import result_of
from rnnlab.grading.reporting.sheets import Sheet, sheets
from rnnlab.grading.reporting.templating import template_folder

SOURCE = re.compile(r'<meta name="rnnlab-source" content="([0-9a-f]{32})">')
UP_FROM_PAGE = 3


class Page(enum.Enum):
    """What became of one feedback page."""

    WRITTEN = "written"
    UNCHANGED = "unchanged"
    FAILED = "failed"


def write_feedback(course: Course, assignment: str, students: tuple[str, ...]) -> Iterator[tuple[str, Page]]:
    """Write each student's page; one that cannot be written is named and holds nobody else up.

    A student whose submission has not been graded yet is left out, and an old page stays as it is.
    """
    rules = rules_of(course)
    exchange = companions.in_use(course.root, assignment)
    with course.gradebook() as gradebook:
        for sheet in sheets(gradebook, assignment, students):
            if not course.autograded(assignment, sheet.student).is_file():
                continue
            try:
                became = _write_page(course, assignment, sheet, rules)
                if exchange:
                    handed_in = course.submitted(assignment, sheet.student)
                    companions.put(handed_in.parent, course.feedback(assignment, sheet.student).parent)
                if became is Page.WRITTEN:
                    _share(course, assignment, sheet.student)
            except Exception:  # a full disk, or a fault of ours: the others get their pages all the same
                logging.getLogger(__name__).exception("no feedback page for %s", sheet.student)
                became = Page.FAILED
            yield sheet.student, became


def _share(course: Course, assignment: str, student: str) -> None:
    """Give a page the permissions that nbgrader gives to what a group of instructors writes together."""
    if course.directory.groupshared:
        GenerateFeedback(coursedir=course.directory, parent=course.api).set_permissions(assignment, student)


def rules_of(course: Course) -> Rules:
    """What `nbgrader_config.py` lets the pages say; raises `CourseError` for a setting that is none.

    `c.FeedbackPage.hint_level` (0 to 3) says how much is told of each mistake, `c.FeedbackPage.book_url` where the
    book is on the web.
    """
    settings = course.config.get("FeedbackPage", {})
    level, book_url = settings.get("hint_level", len(HINTS)), settings.get("book_url", "")
    if type(level) is not int or not 0 <= level <= len(HINTS):
        raise CourseError(f"c.FeedbackPage.hint_level must be 0, 1, 2 or 3, and it is {level!r}")
    if not isinstance(book_url, str) or (book_url and not re.match(r"https?://", book_url)):
        raise CourseError(
            f'c.FeedbackPage.book_url must begin with "https://" or be empty, and it is {book_url!r}'
        )
    package = Path(rnnlab.__file__).parent.parent
    unsaid = {str(course.root), str(package), sys.prefix, str(Path.home())} - {"/"}
    longest_first = tuple(sorted(unsaid, key=len, reverse=True))
    return Rules(level, Chapters(course.root, book_url, UP_FROM_PAGE), longest_first)


def _write_page(course: Course, assignment: str, sheet: Sheet, rules: Rules) -> Page:
    graded, page = course.autograded(assignment, sheet.student), course.feedback(assignment, sheet.student)
    source = _source(graded.read_bytes(), sheet, rules)
    if _source_of(page) == source:
        return Page.UNCHANGED
    result = result_of(course, assignment, sheet)
    text = feedback_page.render(feedback_page.page_of(result, assignment, rules), source)
    page.parent.mkdir(parents=True, exist_ok=True)
    replace(page, text)
    return Page.WRITTEN


def _source(graded: bytes, sheet: Sheet, rules: Rules) -> str:
    """A digest of all that a page is made from: the graded notebook, the gradebook, the rules and this program."""
    digest = hashlib.blake2b(graded, digest_size=16)
    digest.update(f"{sheet}\0{rules.hint_level}\0{rules.chapters}\0{_program()}".encode())
    return digest.hexdigest()


@functools.cache
def _program() -> str:
    """A digest of the modules and templates that make a page."""
    package = Path(__file__).parent
    made_by = ("feedback_page", "prose_html", "graded", "results", "code_html", "chapters")
    paths = [package / f"{name}.py" for name in made_by]
    paths += [Path(safe_html.__file__), *sorted(template_folder().iterdir())]
    return hashlib.blake2b(b"\0".join(path.read_bytes() for path in paths), digest_size=16).hexdigest()


def _source_of(page: Path) -> str:
    """What an existing page was made from, by its own words; empty where there is none of ours."""
    if not page.is_file():
        return ""
    with page.open(encoding="utf-8", errors="replace") as file:
        found = SOURCE.search(file.read(500))
    return found[1] if found else ""
