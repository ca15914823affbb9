"""Results as tables: complete, and harmless in a spreadsheet."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from rnnlab.check import Verdict
from rnnlab.grading.record import Record, Status
from rnnlab.grading.reporting.results import (
    Finding,
    Part,
    StudentResult,
    csv_lines,
    mistake_summary,
    part_names,
)


def result(student="ada", *verdicts):
    parts = tuple(Part(f"test_{i}", 2.0 * v.passed, 2.0, False, v) for i, v in enumerate(verdicts))
    return StudentResult(student, Record(Status.GRADED), parts)


def verdict(passed, stage="mistake", mistakes=()):
    return Verdict("hidden_state.rnn_step", passed, stage, "A sentence.", mistakes=tuple(mistakes))


def table(*results) -> list[list[str]]:
    text = "".join(csv_lines(results, part_names(results)))
    return list(csv.reader(io.StringIO(text, newline="")))


def test_a_row_has_the_points_the_named_mistakes_and_what_is_not_written():
    verdicts = verdict(True, "passed"), verdict(False, "mistake", ["no_bias"]), verdict(False, "unwritten")
    headings, row = table(result("ada", *verdicts))
    assert dict(zip(headings, row, strict=True)) == {
        "student": "ada", "status": "graded", "test_0": "2", "test_1": "0", "test_2": "0", "score": "2",
        "max_score": "6", "mistakes": "rnn_step: no_bias", "unwritten": "rnn_step",
    }  # fmt: skip


def test_a_student_without_parts_does_not_shift_the_table():
    headings, nobody, ada = table(result("aaa"), result("ada", verdict(True, "passed")))
    assert headings == ["student", "status", "test_0", "score", "max_score", "mistakes", "unwritten"]
    assert nobody[2:5] == ["", "0", "0"]
    assert ada[2:5] == ["2", "2", "2"]


def test_a_late_penalty_never_makes_a_score_negative():
    late = replace(result("ada", verdict(True, "passed")), late_penalty=1.5)
    assert (late.score, late.final_score) == (2.0, 0.5)
    assert replace(late, late_penalty=7.0).final_score == 0.0


def test_nothing_is_finished_that_waits_for_a_person():
    graded = result("ada", verdict(True, "passed"))
    waiting = replace(graded, parts=(replace(graded.parts[0], needs_grading=True),))
    unreadable = replace(graded, record=Record(Status.PERSON, problems=("not a notebook",)))
    assert [each.finished for each in (graded, waiting, unreadable, result("nobody"))] == [
        True,
        False,
        False,
        False,
    ]


def test_a_finding_names_its_function_once():
    def says(headline):
        return Finding(replace(verdict(False), headline=headline)).says

    assert says("In rnn_step, the bias is missing.") == "the bias is missing."
    assert says("rnn_step returned None.") == "returned None."
    assert says("That is h_1.") == "That is h_1."


def test_a_mistake_has_its_sentence_and_one_that_is_gone_from_the_catalogue_none():
    assert mistake_summary("hidden_state.rnn_step", "no_bias") == "the bias b_h is missing"
    assert mistake_summary("hidden_state.rnn_step", "no_such") == ""
    assert mistake_summary("hidden_state.no_such", "no_bias") == ""


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1))
def test_no_name_of_a_student_becomes_a_formula(name):
    _, row = table(result(name, verdict(True, "passed")))
    assert row[0].lstrip("'") == name.lstrip("'")
    assert row[0][:1] not in ("=", "+", "-", "@", "\t", "\r")
