"""Course folders for the benchmark of the grader: one assignment, and as many honest students as are asked for."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from copy import deepcopy
from itertools import cycle, islice
from pathlib import Path

import nbformat
from nbformat.notebooknode import NotebookNode

from rnnlab import exercises
from rnnlab.exercises.mistakes import edited, source_of
from rnnlab.exercises.spec import Exercise, Question
from rnnlab.grading import notebooks
from rnnlab.grading.course import Course
from rnnlab.grading.source import write_source_notebook

HERE = Path(__file__).resolve().parent.parent
STOCK = """
c = get_config()
c.CourseDirectory.course_id = "rnn"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"
c.CourseDirectory.ignore = [".ipynb_checkpoints", "__pycache__", "*.md", "*.py", "class"]
c.IncludeHeaderFooter.enabled = False
c.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE\\nraise NotImplementedError()"}
"""
"""nbgrader as it comes, but for where this course keeps its files."""
TORCH = "import torch\ntorch.nn.RNN(3, 4)(torch.ones(5, 2, 3))[0].sum().backward()"
"""A cell that a student adds: it loads torch and runs both passes of a small network."""


def make_course(root: Path, assignment: str) -> Course:
    """A course's folder with the assignment released in it, and nobody's work."""
    root.mkdir(parents=True)
    shutil.copy(HERE / "nbgrader_config.py", root)
    shutil.copytree(HERE / "solutions" / assignment, root / "solutions" / assignment)
    course = Course.open(root)
    write_source_notebook(root, assignment)
    result = course.api.generate_assignment(assignment, force=True, create=True)
    if not result["success"]:
        raise RuntimeError(f"{assignment} could not be released: {result}")
    return course


def hand_in(course: Course, assignment: str, count: int, torch: bool = False) -> None:
    """Hand in `count` notebooks: one right everywhere, then each with one mistake of the catalogue, over and over."""
    released: NotebookNode = nbformat.read(course.released(assignment), as_version=4)
    plans = list(_plans(assignment))
    for number, plan in enumerate(islice(cycle(plans), count)):
        student = f"student-{number % 2}-{number:05}"
        path = course.submitted(assignment, student)
        path.parent.mkdir(parents=True)
        path.write_text(nbformat.writes(_filled_in(released, plan, student, torch)), encoding="utf-8")


def make_stock(course: Course, root: Path) -> None:
    """A copy of the course for nbgrader as it comes."""
    shutil.copytree(course.root, root)
    (root / "nbgrader_config.py").write_text(STOCK, encoding="utf-8")


def function_marks(root: Path, assignment: str) -> dict[tuple[str, str], float]:
    """The points for each function of each student in a gradebook.

    Questions are left out: a notebook's own check only records an answer, and so nbgrader alone gives its points.
    """
    parts = exercises.assignment(assignment).parts
    functions = {f"test_{part.name.rpartition('.')[2]}" for part in parts if isinstance(part, Exercise)}
    database = sqlite3.connect(root / "gradebook.db")
    found = database.execute(
        "SELECT s.student_id, c.name, g.auto_score FROM grade g "
        "JOIN submitted_notebook n ON n.id = g.notebook_id JOIN submitted_assignment s ON s.id = n.assignment_id "
        "JOIN base_cell c ON c.id = g.cell_id"
    ).fetchall()
    database.close()
    return {(student, cell): points for student, cell, points in found if cell in functions}


def _plans(assignment: str) -> Iterator[dict[str, str]]:
    """The sources of all parts: right everywhere first, then with each first, second, … mistake of each function."""
    parts = exercises.assignment(assignment).parts
    functions = [part for part in parts if isinstance(part, Exercise)]
    right = {_name(part): source_of(part.reference) for part in functions}
    right |= {
        _name(part).replace(
            "question_", "answer_"
        ): f"{_name(part).replace('question_', 'answer_')} = {part.answer!r}"
        for part in parts
        if isinstance(part, Question)
    }
    yield right
    for number in range(min(len(part.mistakes) for part in functions)):
        for part in functions:
            yield right | {_name(part): edited(source_of(part.reference), part.mistakes[number])}


def _name(part: Exercise | Question) -> str:
    return part.name.rpartition(".")[2]


def _filled_in(released: NotebookNode, answers: dict[str, str], student: str, torch: bool) -> NotebookNode:
    notebook = deepcopy(released)
    for cell in notebook.cells:
        name = notebooks.grade_id(cell)
        if notebooks.is_solution(cell) and name in answers:
            cell.source = f"# {student}\n{answers[name]}"
    if torch:
        notebook.cells.insert(1, nbformat.v4.new_code_cell(TORCH, id="torch"))
    return notebook
