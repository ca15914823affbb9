"""The class report: right numbers, everybody's words harmless, a bounded page however large the class."""

from __future__ import annotations

import csv
import io
import re
import tracemalloc
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnlab.check import Verdict
from rnnlab.check.outcome import Missing, Raised, Returned, Stopped
from rnnlab.check.signature import signature
from rnnlab.grading import timings
from rnnlab.grading.course import Course
from rnnlab.grading.record import Record, Status
from rnnlab.grading.reporting.class_summary import BINS, MOST_LISTED, MOST_ROWS, ClassSummary, flags_of
from rnnlab.grading.reporting.clusters import MOST_NAMES, Clusters
from rnnlab.grading.reporting.report import render, write_report
from rnnlab.grading.reporting.results import Part, StudentResult, state_of, stream
from tests.grading.small_course import ASSIGNMENT, CONTAINED, Work, make, mistaken
from tests.grading.test_feedback_pages import EVIL, HOSTILE_OUTPUTS, Markup


def unexplained(code: str = "0123456789abcdef") -> Verdict:
    headline = "rnn_step has the right form, but other numbers than it should."
    return Verdict(f"{ASSIGNMENT}.rnn_step", False, "difference", headline, signature=code)


EDITED = "the test cell test_rnn_step had been edited; the instructor's was used"
WORKS = (
    Work("ada"),
    Work("bob", {"rnn_step": mistaken()}, late=2.0),
    Work("cleo", {"rnn_step": mistaken()}, {"rnn_step": f"CODE_OF_CLEO = 1  # {EVIL}"}),
    Work("dan", {"rnn_step": unexplained()}, {"rnn_step": f"CODE_OF_DAN = 1  # {EVIL}"}, explained=None),
    Work("eve", {"rnn_step": unexplained()}, outputs=HOSTILE_OUTPUTS),
    Work("finn", record=Record(Status.REPAIRED, (EDITED, EDITED.replace("step", "forward")), (), CONTAINED)),
    Work("gil", record=Record(Status.PERSON, (), (f"the file is a link {EVIL}",), CONTAINED)),
)


@pytest.fixture(scope="module")
def course(tmp_path_factory, course_root) -> Course:
    course = make(tmp_path_factory.mktemp("report") / "course", course_root, WORKS)
    timings.remember(course.root, ASSIGNMENT, [("ada", 0.5), ("bob", 1.25), ("ada", 0.75)])
    write_report(course, ASSIGNMENT)
    return course


def report(course: Course) -> str:
    return (course.root / "reports" / f"{ASSIGNMENT}.html").read_text(encoding="utf-8")


def rows(course: Course, which: str = "") -> list[dict[str, str]]:
    text = (course.root / "reports" / f"{ASSIGNMENT}{which}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_the_page_says_who_needs_a_person_and_why(course):
    text = Markup(report(course)).text
    assert "gil: the file is a link" in text
    assert "Landlock ABI 6" in text


def test_mistakes_are_counted_with_their_sentence(course):
    (row,) = rows(course, "-mistakes")
    assert row["exercise"] == "hidden_state.rnn_step"
    assert row["mistake"] == "no_bias"
    assert row["students"] == "2"
    assert row["what_it_is"] == "the bias b_h is missing"
    assert "the bias <i>b</i><sub>h</sub> is missing" in report(course)


def test_equal_wrong_answers_without_a_name_are_one_group_with_one_students_code(course):
    text = Markup(report(course)).text
    assert "2\xa0students in rnn_step: rnn_step has the right form" in text
    assert "CODE_OF_DAN" in text
    assert "The code of dan, who stands for eve." in text
    assert "CODE_OF_CLEO" not in text, "her mistake has a name"


def test_edited_tests_and_repairs_are_listed(course):
    text = Markup(report(course)).text
    assert "the test cell … had been edited; the instructor's was used" in text
    assert "finn: the test cell … had been edited; the instructor's was used (2 times)" in text


def test_the_tables_have_everybody_and_the_details(course):
    assert [row["student"] for row in rows(course)] == [work.student for work in WORKS]
    assert list(rows(course)[0]) == [
        "student", "status", "test_rnn_step", "test_rnn_forward", "explain_hidden_state",
        "score", "max_score", "mistakes", "unwritten",
    ]  # fmt: skip
    details = {row["student"]: row for row in rows(course, "-details")}
    assert details["bob"]["late_penalty"] == "2"
    assert details["bob"]["final_score"] == "4"
    assert details["dan"]["waits_for_a_person"] == "explain_hidden_state"
    assert details["ada"]["seconds"] == "0.75"
    assert details["finn"]["flags"]


def test_the_page_runs_its_own_script_alone_and_fetches_nothing(course):
    html = report(course)
    found = Markup(html)
    assert found.tags.count("script") == 1
    assert found.handlers == []
    assert all(address.startswith("data:") for address in found.fetched)
    assert "<script>alert" not in html
    assert re.search(r"script-src 'sha256-[A-Za-z0-9+/=]{44}'", html)


def test_what_stops_half_way_leaves_the_last_report_whole(course, monkeypatch):
    before = report(course), rows(course)
    monkeypatch.setattr("rnnlab.grading.reporting.report.page_of", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_report(course, ASSIGNMENT)
    assert (report(course), rows(course)) == before
    assert not list((course.root / "reports").glob(".*draft"))


def test_partly_earned_points_are_a_state_of_their_own():
    part = Part("test_train", 1.5, 4.0, False, replace(mistaken(), earned=1.5))
    assert state_of(part) == "partial"
    assert state_of(replace(part, score=4.0, verdict=None, written=True)) == "full"
    assert state_of(replace(part, score=0.0, verdict=None)) == "ungraded"
    assert state_of(replace(part, score=0.0, verdict=None, written=True)) == "unwritten"
    assert state_of(replace(part, score=0.0, verdict=None, written=True, by_hand=True)) == "by hand"
    assert state_of(replace(part, needs_grading=True)) == "waiting"
    assert state_of(replace(part, score=2.0, verdict=None, by_hand=True)) == "by hand"


def somebody(number: int, score: float = 1.0) -> StudentResult:
    part = Part("test_rnn_step", score, 3.0, False, unexplained(f"{number % 700:016x}"))
    return StudentResult(f"student-{number:05}", Record(Status.GRADED, isolation=CONTAINED), (part,))


def test_a_large_class_has_a_short_page_and_those_with_the_fewest_points_on_it():
    summary = ClassSummary(("test_rnn_step",))
    for number in range(2000):
        summary.add(somebody(number, score=(number % 100) * 0.03))
    shown, everybody = summary.rows()
    assert not everybody
    assert len(shown) == MOST_LISTED
    assert max(result.score for result in shown) < 0.2
    course = SimpleNamespace(
        feedback=lambda *_: SimpleNamespace(is_file=lambda: False), autograded=lambda *_: _NO_FILE
    )
    page = render(course, ASSIGNMENT, (somebody(number) for number in range(2000)))
    assert len(page) < 200_000
    assert "The class is large" in page


class _NoFile:
    def read_text(self, **_: object) -> str:
        raise FileNotFoundError


_NO_FILE = _NoFile()


def test_what_stays_in_memory_of_a_student_is_small():
    summary = ClassSummary(("test_rnn_step",))
    for number in range(MOST_ROWS + 700):
        summary.add(somebody(number))
    tracemalloc.start()
    for number in range(3000):
        summary.add(somebody(10_000 + number))
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept / 3000 < 2_000, "bytes a student"


@given(st.lists(st.floats(0, 4), max_size=60))
def test_the_histogram_counts_everybody_once(scores):
    summary = ClassSummary(())
    for number, score in enumerate(scores):
        summary.add(somebody(number, score))
    counts = summary.histogram()
    assert len(counts) == BINS
    assert sum(counts) == len(scores)
    low, middle, high = summary.shares
    assert low <= middle <= high


def test_who_is_not_graded_yet_does_not_pull_the_median_down():
    summary = ClassSummary(("test_rnn_step",))
    for number in range(3):
        summary.add(somebody(number, 3.0))
        summary.add(StudentResult(f"late-{number}", Record(problems=("not graded yet",)), ()))
    assert summary.count == 6
    assert sum(summary.histogram()) == 3
    assert summary.shares == (1.0, 1.0, 1.0)


def test_a_cell_that_went_for_the_grader_is_flagged(course):
    (result,) = stream(course, ASSIGNMENT, ["ada"])
    assert flags_of(result) == ()
    cell = result.blocks[0].answers[0]
    cell.outputs = [
        SimpleNamespace(output_type="error", ename="Stopped", evalue="it interfered with the grader (x)")
    ]
    assert flags_of(result) == ("a cell was stopped because it interfered with the grader",)


def test_groups_are_counted_in_full_and_named_in_part():
    clusters = Clusters()
    for number in range(20):
        clusters.add(
            f"student-{number:02}", [unexplained(), unexplained("f" * 16)] if number < 3 else [unexplained()]
        )
    first, second = clusters.largest(5)
    assert (first.count, second.count) == (20, 3)
    assert len(first.students) == MOST_NAMES
    assert first.representative == "student-00"
    assert clusters.count == 2


def test_named_passed_and_unwritten_answers_are_in_no_group():
    clusters = Clusters()
    clusters.add(
        "ada", [mistaken(), replace(mistaken(), signature="a" * 16), replace(unexplained(), signature="")]
    )
    assert clusters.count == 0


noise = st.floats(-1e-13, 1e-13)


@given(st.lists(st.tuples(st.floats(-1e6, 1e6), noise), min_size=1, max_size=40))
def test_the_noise_of_another_order_of_summation_does_not_part_a_group(numbers):
    exact = np.array([number for number, _ in numbers])
    noisy = np.array([number * (1 + error) + error for number, error in numbers])
    assert signature([Returned(exact, "ndarray")]) == signature([Returned(noisy, "ndarray")])


def test_simple_numbers_are_not_on_the_edges_of_the_bins():
    simple = np.array(
        [n / 2**k for n in range(-64, 65) for k in range(12)] + [n / 1000 for n in range(-999, 1000)]
    )
    for error in (1e-12, -1e-12):
        assert signature([Returned(simple, "ndarray")]) == signature(
            [Returned(simple * (1 + error) + error, "ndarray")]
        )


def test_answers_that_differ_are_in_different_groups():
    ones = np.ones((2, 3))
    answers = [
        [Returned(ones, "ndarray")],
        [Returned(ones * (1 + 1e-4), "ndarray")],
        [Returned(ones.T.copy(), "ndarray")],
        [Returned(ones.astype(int), "ndarray")],
        [Returned((ones, ones), "tuple")],
        [Returned(None, "NoneType")],
        [Returned(ones * np.nan, "ndarray")],
        [Returned(ones * np.inf, "ndarray")],
        [Returned(ones * -np.inf, "ndarray")],
        [Raised("ValueError", "no")],
        [Raised("TypeError", "no")],
        [Returned(ones, "ndarray"), Raised("TypeError", "no")],
    ]
    assert len({signature(answer) for answer in answers}) == len(answers)


def test_what_never_ran_has_no_group():
    assert signature([Missing("it is not defined"), Stopped("time", "10 s")]) == ""
    assert signature([]) == ""


def test_a_line_that_a_kill_cut_off_is_no_timing(tmp_path):
    timings.remember(tmp_path, "x", [("ada", 1.5)])
    path = tmp_path / ".cache" / "timings" / "x.csv"
    path.write_text(path.read_text() + "0.25,bob\n,nobody\nnan,eve\n3.", encoding="utf-8")
    assert timings.recall(tmp_path, "x") == {"ada": 1.5, "bob": 0.25}
    with pytest.raises(ValueError, match="no timings"):
        timings.quantiles([])
