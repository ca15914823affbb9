"""What students are given holds no solution, no expected value, and none of the hints that nearly give the fix."""

from __future__ import annotations

import json

import nbformat
import pytest

from rnnlab.exercises import assignment
from rnnlab.exercises.catalogue import ASSIGNMENTS
from rnnlab.exercises.mistakes import source_of
from rnnlab.exercises.spec import Exercise, Question
from rnnlab.grading import notebooks
from rnnlab.grading.source import read_source

TELLING = 25  # a line of a solution that is shorter says little: `return np.stack(states)`


@pytest.fixture(scope="module", params=ASSIGNMENTS)
def given(request, course_root):
    """The assignment, its source notebook, and all text of the released notebook as one."""
    path = course_root / "exercises" / request.param / f"{request.param}.ipynb"
    released = nbformat.read(path, as_version=4)
    text = "\n".join(cell.source for cell in released.cells if not is_a_bug_to_find(cell))
    text += json.dumps([released.metadata, *(cell.get("outputs", []) for cell in released.cells)])
    source = read_source(course_root / "solutions" / request.param / f"{request.param}.md")
    return assignment(request.param), source, text


def is_a_bug_to_find(cell):
    """Whether the cell gives a function that is nearly right: its other lines are shown on purpose."""
    return cell.cell_type == "code" and cell.source.startswith("def broken_")


def telling(lines):
    return [line.strip() for line in lines if len(line.strip()) >= TELLING]


def assert_kept(secret, text):
    """Fails where the text gives away a solution; one line in four may stand in a drawing or a given helper, too."""
    lines = telling(secret.splitlines())
    assert len([line for line in lines if line in text]) <= len(lines) // 4, secret


def test_no_solution_is_released(given):
    _, source, text = given
    solutions = [
        cell.source.partition("### BEGIN SOLUTION")[2].partition("### END SOLUTION")[0]
        for cell in source.cells
        if cell.cell_type == "code" and notebooks.is_solution(cell)
    ]
    assert solutions
    for solution in solutions:
        assert_kept(solution, text)


def test_no_reference_is_released(given):
    specification, _, text = given
    for part in specification.parts:
        if isinstance(part, Exercise):
            assert_kept(source_of(part.reference).partition("\n")[2], text)


def test_no_hint_is_released(given):
    specification, _, text = given
    functions = [part for part in specification.parts if isinstance(part, Exercise)]
    hints = [
        hint
        for part in functions
        for mistake in part.mistakes
        for hint in (mistake.hints.fix, mistake.hints.idea, mistake.hints.where, mistake.summary)
    ]
    assert hints
    assert [hint for hint in hints if hint in text] == []


def test_no_answer_to_a_question_is_released(given):
    specification, _, text = given
    questions = [part for part in specification.parts if isinstance(part, Question)]
    assert questions
    for question in questions:
        name = question.name.rpartition(".")[2].replace("question_", "answer_")
        assert f"{name} = {question.answer!r}" not in text
        assert not [says for says in question.wrong.values() if says in text]
        if not question.options and question.answer != round(float(question.answer)):
            assert str(question.answer) not in text, "a number with digits after the point is no accident"


def test_a_released_notebook_has_no_outputs_and_no_marks_of_solutions(given):
    _, _, text = given
    assert "SOLUTION" not in text
    assert "Rubric" not in text
