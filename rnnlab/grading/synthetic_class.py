"""The bundled synthetic class: students who never were, with the mistakes, carelessness and malice of real ones.

In `solutions/<assignment>/class/` each file `<student>.py` holds a student's solution cells, headed `# %% <grade_id>`;
whatever is not there stays the released stub. A file `<student>.ipynb` is handed in as it is. And `mistakes.toml` has a
table for each student who makes mistakes of the catalogue and is right in all else:

    [example-boris]
    rnn_backward = ["no_slope", "first_step_skipped"]
    question_bias = 0.8333
    unwritten = ["masked_backward"]
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from nbformat.notebooknode import NotebookNode

from rnnlab import exercises
from rnnlab.exercises.mistakes import edited, source_of
from rnnlab.exercises.spec import Exercise, Measured, Question
from rnnlab.grading import notebooks
from rnnlab.grading.course import Course, CourseError

PLANS = "mistakes.toml"
EXPLANATION = "An answer in words, for a person to read."


def members(root: Path, assignment: str) -> dict[str, Path | Mapping[str, Any]]:
    """The synthetic students of an assignment: the file that each wrote, or the mistakes that each makes."""
    folder = root / "solutions" / assignment / "class"
    written = {path.stem: path for path in folder.glob("*") if path.suffix in (".py", ".ipynb")}
    path = folder / PLANS
    planned = tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    if twice := written.keys() & planned.keys():
        raise CourseError(
            f"{', '.join(sorted(twice))}: a file and an entry of {PLANS}; one of them is too many"
        )
    return dict(sorted((written | planned).items()))


def hand_in(course: Course, assignment: str) -> tuple[str, ...]:
    """Write every synthetic student's notebook into `submitted/`, only where its content changes."""
    released_path = course.released(assignment)
    if not released_path.is_file():
        raise CourseError(f"{assignment} has not been released; run `rnnlab release {assignment}` first")
    class_members = members(course.root, assignment)
    if not class_members:
        raise CourseError(
            f"{assignment} has no synthetic class: there is no solutions/{assignment}/class folder"
        )
    for student, work in class_members.items():
        if isinstance(work, Path) and work.suffix == ".ipynb":
            data = work.read_bytes()
        else:
            data = _written(
                released_path, _answers(work) if isinstance(work, Path) else planned_answers(assignment, work)
            )
        _write_if_changed(course.submitted(assignment, student), data)
    return tuple(class_members)


def planned_answers(assignment: str, plan: Mapping[str, Any]) -> dict[str, str]:
    """The solution cells of a student who makes these mistakes; raises `CourseError` for one that is not known."""
    parts = {part.name.rpartition(".")[2]: part for part in exercises.assignment(assignment).parts}
    if unknown := plan.keys() - parts.keys() - {"unwritten"}:
        raise CourseError(f"{assignment} has no part named {', '.join(sorted(unknown))}")
    written = {name: part for name, part in parts.items() if name not in plan.get("unwritten", ())}
    answers = {
        name.replace("question_", "answer_"): _function(part, plan.get(name, ()))
        if isinstance(part, Exercise)
        else _answer(part, plan.get(name, part.answer))
        for name, part in written.items()
        if not isinstance(part, Measured)
    }
    return answers | {f"explain_{assignment}": EXPLANATION}


def _function(exercise: Exercise, names: list[str]) -> str:
    known = {mistake.name: mistake for mistake in exercise.mistakes}
    source = source_of(exercise.reference)
    for name in names:
        if name not in known:
            raise CourseError(f"{exercise.name} has no mistake named {name!r}; it has {', '.join(known)}")
        source = edited(source, known[name])
    return source


def _answer(question: Question, value: Any) -> str:
    return f"{question.name.rpartition('.')[2].replace('question_', 'answer_')} = {value!r}"


def _written(released_path: Path, answers: dict[str, str]) -> bytes:
    notebook = nbformat.read(released_path, as_version=4)
    fill_in(notebook, answers)
    return (nbformat.writes(notebook) + "\n").encode()


def fill_in(notebook: NotebookNode, answers: dict[str, str]) -> None:
    """Put each answer into the solution cell of its name; raises `CourseError` for a name that is not there."""
    cells = {notebooks.grade_id(cell): cell for cell in notebook.cells if notebooks.is_solution(cell)}
    for name, source in answers.items():
        if name not in cells:
            raise CourseError(
                f"there is no solution cell named {name!r}; those that exist: {', '.join(map(str, cells))}"
            )
        cells[name].source = source


def _answers(path: Path) -> dict[str, str]:
    """The cells of a student's file, by the name in each cell's heading; the file's opening words are for people."""
    text = jupytext.read(path, fmt="py:percent")
    return {title: cell.source for cell in text.cells if (title := cell.metadata.get("title"))}


def _write_if_changed(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.is_file() or path.read_bytes() != data:
        path.write_bytes(data)
