"""Results as tables: complete, and harmless in a spreadsheet."""

from __future__ import annotations

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from rnnlab.check import Verdict
from rnnlab.grading.record import Record, Status
from rnnlab.grading.results import Part, StudentResult, as_csv, mistake_counts


def result(student="ada", *verdicts):
    parts = tuple(Part(f"test_{i}", 2.0 * v.passed, 2.0, False, v) for i, v in enumerate(verdicts))
    return StudentResult(student, Record(Status.GRADED), parts)


def verdict(passed, stage="mistake", mistakes=()):
    return Verdict("hidden_state.rnn_step", passed, stage, "A sentence.", mistakes=tuple(mistakes))


def test_a_row_has_the_points_the_named_mistakes_and_what_is_not_written():
    text = as_csv(
        (
            result(
                "ada",
                verdict(True, "passed"),
                verdict(False, "mistake", ["no_bias"]),
                verdict(False, "unwritten"),
            ),
        )
    )
    (row,) = csv.DictReader(io.StringIO(text))
    assert row == {
        "student": "ada", "status": "graded", "test_0": "2", "test_1": "0", "test_2": "0", "score": "2",
        "max_score": "6", "mistakes": "rnn_step: no_bias", "unwritten": "rnn_step",
    }  # fmt: skip


def test_mistakes_are_counted_by_student_the_most_frequent_first():
    results = tuple(
        result(name, verdict(False, "mistake", [mistake]))
        for name, mistake in [("ada", "no_tanh"), ("bob", "no_bias"), ("eve", "no_bias")]
    )
    counts = mistake_counts(results)
    assert [(name, n) for _, name, _, n in counts] == [("no_bias", 2), ("no_tanh", 1)]
    assert all(summary for _, _, summary, _ in counts)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1))
def test_no_name_of_a_student_becomes_a_formula(name):
    rows = list(csv.reader(io.StringIO(as_csv((result(name, verdict(True, "passed")),)), newline="")))
    assert rows[1][0].lstrip("'") == name.lstrip("'")
    assert rows[1][0][:1] not in ("=", "+", "-", "@", "\t", "\r")
