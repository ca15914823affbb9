"""A course with a released assignment and a few students, in this process: no command is started."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from rnnlab.exercises import find
from rnnlab.exercises.mistakes import source_of
from rnnlab.exercises.spec import Exercise
from rnnlab.grading import notebooks
from rnnlab.grading.course import Course
from rnnlab.grading.source import write_source_notebook

ASSIGNMENT = "hidden_state"


def filled_in(released: Path, answers: dict[str, str]) -> str:
    """The released notebook as somebody hands it in who wrote these solution cells."""
    notebook = nbformat.read(released, as_version=4)
    for cell in notebook.cells:
        if notebooks.is_solution(cell) and notebooks.grade_id(cell) in answers:
            cell.source = answers[str(notebooks.grade_id(cell))]
    return nbformat.writes(notebook)


def reference(name: str) -> str:
    part = find(f"{ASSIGNMENT}.{name}")
    assert isinstance(part, Exercise)
    return source_of(part.reference)


def hand_in(course: Course, student: str, text: str, when: str = "") -> None:
    path = course.submitted(ASSIGNMENT, student)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    if when:
        (path.parent / "timestamp.txt").write_text(when + "\n")


@pytest.fixture(scope="session")
def handed_in(tmp_path_factory, course_root) -> Path:
    """A course's folder with five submissions: right, wrong, untouched, without ids, and not a notebook."""
    root = tmp_path_factory.mktemp("course")
    shutil.copy(course_root / "nbgrader_config.py", root)
    shutil.copytree(course_root / "solutions" / ASSIGNMENT, root / "solutions" / ASSIGNMENT)
    course = Course.open(root)
    write_source_notebook(root, ASSIGNMENT)
    assert course.api.generate_assignment(ASSIGNMENT, force=True, create=True)["success"]
    released = course.released(ASSIGNMENT)
    right = {name: reference(name) for name in ("embed", "rnn_step")} | {"explain_hidden_state": "Because."}
    wrong = {"embed": "def embed(ids, E):\n    return E[ids] * 2"}
    hand_in(course, "ada", filled_in(released, right), "2030-01-01 10:00:00 UTC")
    hand_in(course, "boris", filled_in(released, wrong), "2030-01-03 10:00:00 UTC")
    hand_in(course, "chen", released.read_text(encoding="utf-8"))
    hand_in(course, "dora", filled_in(released, right).replace('"grade_id": "rnn_step"', '"lost": 1'))
    hand_in(course, "emil", "not a notebook")
    return root


@pytest.fixture
def fresh(handed_in, tmp_path) -> Callable[[str], Course]:
    """Makes copies of the course, for a test to do as it likes; all of them have the same secret."""
    Course.open(handed_in)  # outside of any copy, so that the secret is one
    (handed_in / ".course-secret").write_text("7" * 64)

    def copy(name: str = "course", source: Path = handed_in) -> Course:
        shutil.copytree(source, tmp_path / name)
        return Course.open(tmp_path / name)

    return copy


@pytest.fixture
def course(fresh) -> Course:
    return fresh()
