"""The bundled synthetic class: students who never were, with the mistakes, carelessness and malice of real ones.

Each file `solutions/<assignment>/class/<student>.py` holds a student's solution cells, headed `# %% <grade_id>`;
whatever is not there stays the released stub. A file `<student>.ipynb` is handed in as it is.
"""

from __future__ import annotations

from pathlib import Path

import jupytext
import nbformat
from nbformat.notebooknode import NotebookNode

from rnnlab.grading import notebooks
from rnnlab.grading.course import Course, CourseError


def members(root: Path, assignment: str) -> dict[str, Path]:
    """The synthetic students of an assignment and the file that each wrote."""
    folder = root / "solutions" / assignment / "class"
    return {path.stem: path for path in sorted(folder.glob("*")) if path.suffix in (".py", ".ipynb")}


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
    for student, path in class_members.items():
        data = path.read_bytes() if path.suffix == ".ipynb" else _written(released_path, path)
        _write_if_changed(course.submitted(assignment, student), data)
    return tuple(class_members)


def _written(released_path: Path, path: Path) -> bytes:
    notebook = nbformat.read(released_path, as_version=4)
    fill_in(notebook, _answers(path))
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
