"""No page puts a barrier before a reader: axe-core's rules in both color schemes, and the class report on a phone."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from rnnlab.check import Verdict
from rnnlab.grading.record import Record, Status
from rnnlab.grading.reporting.report import render
from rnnlab.grading.reporting.results import Part, StudentResult
from tests.browser.test_site import PHONE, every_page

AXE = Path(".cache/book-assets/node_modules/axe-core/axe.min.js")
# axe-core takes a page without a background for white; the browser's own canvas may be dark.
STILL = """
const style = document.createElement("style");
style.textContent = "* { transition: none !important; animation: none !important; }";
document.head.append(style);
const root = document.documentElement;
if (getComputedStyle(root).backgroundColor === "rgba(0, 0, 0, 0)") root.style.backgroundColor = "Canvas";
"""
RUN = """
const done = arguments[0];
const text = node => `${node.target}: ${node.failureSummary}`;
// Without `preload` axe-core fetches no style sheets of its own.
axe.run({ preload: false }).then(found => done(found.violations.map(rule => [rule.id, rule.nodes.map(text)])), done);
"""


def barriers(browser, course_root) -> list:
    """What axe-core finds on the open page, as (rule, places), once colors have stopped fading."""
    browser.run(STILL)
    browser.run((course_root / AXE).read_text(encoding="utf-8"))
    return browser.driver.execute_async_script(RUN)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@every_page
def test_axe_finds_nothing_on_a_page(browser, course_root, page, scheme):
    browser.open(page, scheme=scheme)
    browser.run("document.querySelectorAll('details').forEach(details => { details.open = true; })")
    assert barriers(browser, course_root) == []


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> str:
    """The address of a class report with a long name, a long finding, repairs and a submission for a person."""
    verdict = Verdict(
        "hidden_state.rnn_step", False, "mistake", "The bias b_h is missing. " * 6, ("no_bias",)
    )
    exercises = ["one_hot", "embed", "rnn_step", "rnn_forward", "readout", "count_parameters"]
    parts = tuple(
        Part(f"test_{name}", 0.0, 2.0, False, verdict if name == "rnn_step" else None) for name in exercises
    )
    repaired = Record(Status.REPAIRED, ("the test cell test_rnn_step had been edited",), (), "Landlock")
    results = (
        StudentResult("a-student-with-a-name-longer-than-most", repaired, parts),
        StudentResult("boris", Record(problems=("the file is not a notebook",)), parts),
    )
    course = SimpleNamespace(feedback=lambda *_: Path("/nowhere"))
    page = tmp_path_factory.mktemp("report") / "report.html"
    page.write_text(render(course, "hidden_state", results), encoding="utf-8")
    return page.as_uri()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_class_report_fits_a_phone_and_has_no_barrier(browser, course_root, report, scheme):
    browser.open("book/index.html", width=PHONE, scheme=scheme)
    browser.driver.get(report)
    assert browser.run("return document.documentElement.scrollWidth") <= PHONE
    assert browser.run("return innerWidth") == PHONE
    assert barriers(browser, course_root) == []
