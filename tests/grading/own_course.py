"""A course in a folder of its own, and the commands of `rnnlab` run on it in this process."""

from __future__ import annotations

import csv
import io
import shutil
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from rnnlab import exercises
from rnnlab.exercises.mistakes import edited, source_of
from rnnlab.exercises.spec import Exercise, Question
from rnnlab.grading import cli, notebooks
from rnnlab.grading.course import Course

ASSIGNMENT = "hidden_state"


class OwnCourse:
    """A throw-away course folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def copied(cls, source: Path, target: Path) -> OwnCourse:
        """The settings and one assignment of the course at `source`, nothing released."""
        target.mkdir(parents=True)
        shutil.copy(source / "nbgrader_config.py", target)
        (target / "solutions").mkdir()
        for path in (source / "solutions").glob("*.toml"):
            shutil.copy(path, target / "solutions")
        shutil.copytree(
            source / "solutions" / ASSIGNMENT,
            target / "solutions" / ASSIGNMENT,
            ignore=lambda folder, names: [] if folder.endswith("class") else [f"{ASSIGNMENT}.ipynb"],
        )
        return cls(target)

    def copy(self, target: Path) -> OwnCourse:
        """The same course in another folder, for a test to do with as it likes."""
        shutil.copytree(self.root, target, symlinks=True)
        return OwnCourse(target)

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """Run a command; returns its exit code, what it printed and what it complained about."""
        return run_here(*arguments, "--course-root", str(self.root))

    def do(self, *arguments: str, code: int = 0) -> str:
        """Run a command that must end with this exit code; returns what it printed."""
        found, printed, complaints = self.run(*arguments)
        assert found == code, f"{arguments} ended with {found}:\n{printed}{complaints}"
        return printed

    def refused(self, *arguments: str) -> str:
        """Run a command that cannot be carried out; returns the one sentence that says why."""
        code, _, complaints = self.run(*arguments)
        assert code == 2, f"{arguments} ended with {code}:\n{complaints}"
        (sentence,) = complaints.strip().splitlines()
        return sentence

    def course(self) -> Course:
        """The course as the grader sees it."""
        return Course.open(self.root)


def run_here(*arguments: str) -> tuple[int, str, str]:
    """Run `rnnlab` in this process; returns its exit code, what it printed and what it complained about."""
    printed, complaints = io.StringIO(), io.StringIO()
    with redirect_stdout(printed), redirect_stderr(complaints), pytest.raises(SystemExit) as end:
        cli.main(arguments)
    return int(end.value.code or 0), printed.getvalue(), complaints.getvalue()


def answered(released: bytes, pause: float = 0.0, **mistakes: str) -> bytes:
    """A notebook whose functions are right, but for one named mistake in each function that `mistakes` names.

    `pause` are the seconds that a cell of it sleeps.
    """
    notebook = nbformat.reads(released.decode(), as_version=4)
    parts = {part.name.rpartition(".")[2]: part for part in exercises.assignment(ASSIGNMENT).parts}
    for cell in notebook.cells:
        part = parts.get(str(notebooks.grade_id(cell)).replace("answer_", "question_"))
        if isinstance(part, Exercise):
            wrong = {mistake.name: mistake for mistake in part.mistakes}
            right = source_of(part.reference)
            name = mistakes.get(cell.metadata.nbgrader.grade_id)
            cell.source = edited(right, wrong[name]) if name else right
        elif isinstance(part, Question):
            cell.source = f"{cell.metadata.nbgrader.grade_id} = {part.answer!r}"
        elif cell.cell_type == "markdown" and notebooks.is_solution(cell):
            cell.source = "Because I say so."
    if pause:
        notebook.cells.insert(1, new_code_cell(f"import time\ntime.sleep({pause})"))
    return nbformat.writes(notebook).encode()


def hand_in_alone(own: OwnCourse, notebook: bytes, *students: str) -> None:
    """Have these students hand in this notebook, and nobody else anything."""
    shutil.rmtree(own.root / "submitted")
    for student in students:
        folder = own.root / "submitted" / student / ASSIGNMENT
        folder.mkdir(parents=True)
        (folder / f"{ASSIGNMENT}.ipynb").write_bytes(notebook)


def marks(own: OwnCourse) -> dict[str, dict[str, str]]:
    """Each student's row of the class report's table, from the gradebook and the graded notebooks."""
    own.do("report", ASSIGNMENT)
    with (own.root / "reports" / f"{ASSIGNMENT}.csv").open(encoding="utf-8") as file:
        return {row["student"]: row for row in csv.DictReader(file)}
