"""Feedback pages and the class report in a browser: no barrier, nothing fetched, nothing run, at home on a phone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rnnlab.grading.reporting.pages import write_feedback
from rnnlab.grading.reporting.report import write_report
from tests.browser.test_barriers import barriers
from tests.browser.test_site import PHONE
from tests.grading.small_course import ASSIGNMENT, Work, make, mistaken
from tests.grading.test_feedback_pages import WORKS
from tests.grading.test_report import unexplained

PICTURE = "Where h differs (· not at all, ░▒▓█ from little to most):\n  time  ·░▒▓█  from index 1 on"
CLASS = (
    *WORKS,
    Work("yuki", {"rnn_forward": replace(mistaken("rnn_forward"), picture=PICTURE)}),
    Work("zoe", {"rnn_step": unexplained()}, {"rnn_step": "x" * 300}),
)
# An alert would stop the driver; a page without scripts must not even try.
OPEN = "document.querySelectorAll('details').forEach(details => { details.open = true; })"


@pytest.fixture(scope="module")
def pages(tmp_path_factory, course_root) -> dict[str, str]:
    """The addresses of a class report and of three feedback pages, one of them a hostile student's."""
    course = make(tmp_path_factory.mktemp("graded") / "course", course_root, CLASS)
    list(write_feedback(course, ASSIGNMENT, course.students(ASSIGNMENT)))
    found = {name: course.feedback(ASSIGNMENT, name).as_uri() for name in ("mallory", "yuki", "zoe")}
    return found | {"report": write_report(course, ASSIGNMENT).as_uri()}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("page", ["mallory", "yuki", "zoe", "report"])
def test_a_page_fits_a_phone_has_no_barrier_and_fetches_nothing(browser, course_root, pages, page, scheme):
    browser.open("book/index.html", width=PHONE, scheme=scheme)
    browser.requested(), browser.errors()
    browser.driver.get(pages[page])
    browser.run(OPEN)
    assert browser.run("return document.documentElement.scrollWidth") <= PHONE
    assert {address for address in browser.requested() if not address.startswith("data:")} == {pages[page]}
    assert browser.errors() == []
    assert barriers(browser, course_root) == []


def test_the_reports_tables_can_be_sorted(browser, pages):
    browser.open("book/index.html")
    browser.driver.get(pages["report"])
    students = "return [...document.querySelectorAll('table.marks tbody th')].map(head => head.textContent)"
    points = "[...document.querySelectorAll('table.marks thead button')].at(-2).click();"
    before = browser.run(students)
    assert before == sorted(before)
    browser.run(points)
    ascending = browser.run(students)
    browser.run(points)
    assert browser.run(students) != before
    assert set(ascending) == set(before)
    assert browser.run("return document.querySelector('table.marks [aria-sort]').ariaSort") == "descending"
