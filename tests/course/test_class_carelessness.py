"""Careless hands change a notebook, and the grader still finds the work in it."""

from __future__ import annotations

import copy

import nbformat
import pytest

from rnnlab.exercises import assignment
from rnnlab.exercises.catalogue import ASSIGNMENTS
from rnnlab.exercises.mistakes import source_of
from rnnlab.exercises.spec import Exercise
from rnnlab.grading import notebooks, submission
from rnnlab.grading.rebuild import rebuild
from rnnlab.grading.synthetic import carelessness
from rnnlab.grading.synthetic.plan import planned_answers
from rnnlab.grading.synthetic.submissions import fill_in

KEEPS_THE_WORK = sorted(carelessness.HABITS.keys() - {"print much", "cut the file off"})


@pytest.fixture(scope="module", params=ASSIGNMENTS)
def work(request, course_root):
    """The released notebook, the notebook that a right student wrote, and the student's answers."""
    path = course_root / "exercises" / request.param / f"{request.param}.ipynb"
    released = nbformat.read(path, as_version=4)
    answers = planned_answers(request.param, {})
    written = copy.deepcopy(released)
    fill_in(written, answers)
    return released, written, answers


@pytest.mark.parametrize("habit", KEEPS_THE_WORK)
def test_every_answer_is_found_however_careless_the_notebook(work, habit, tmp_path):
    released, written, answers = work
    careless = copy.deepcopy(written)
    if habit in carelessness.TO_NOTEBOOKS:
        carelessness.TO_NOTEBOOKS[habit](careless)
    name, data = "work.ipynb", nbformat.v4.writes(careless).encode()
    if habit in carelessness.TO_FILES:
        name, data = carelessness.TO_FILES[habit]((name, data))
    assert (name, data) != ("work.ipynb", nbformat.v4.writes(written).encode()), "a habit changes something"
    path = tmp_path / name
    path.write_bytes(data)
    rebuilt = rebuild(released, submission.read(path).notebook)
    cells = rebuilt.notebook.cells
    found = {notebooks.grade_id(cell): cell.source for cell in cells if notebooks.is_solution(cell)}
    tests = [cell.source for cell in cells if notebooks.is_test(cell)]
    assert tests == [cell.source for cell in released.cells if notebooks.is_test(cell)]
    for answer, source in answers.items():
        if habit == "lose all ids" and answer.startswith("explain"):
            assert "missing" in rebuilt.problems[0], "only a person can tell which words are the answer"
            continue
        assert source.strip() in found[answer], (habit, answer)


@pytest.mark.parametrize("name", carelessness.BOTCHES)
@pytest.mark.parametrize("home", ASSIGNMENTS)
def test_every_botch_changes_every_function(name, home):
    for part in assignment(home).parts:
        if isinstance(part, Exercise):
            source = source_of(part.reference)
            assert carelessness.BOTCHES[name](part.function_name, source) != source


def test_a_file_that_was_cut_off_is_not_a_notebook(work, tmp_path):
    path = tmp_path / "work.ipynb"
    path.write_bytes(carelessness.cut_the_file_off(("", nbformat.writes(work[1]).encode()))[1])
    with pytest.raises(submission.UnreadableNotebook):
        submission.read(path)
