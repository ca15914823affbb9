"""The bundled synthetic class: students who never were, with the mistakes, carelessness and malice of real ones.

`solutions/class.toml` says what each of them is like. Where `solutions/<assignment>/class/` has a file of the student's
name, that is the work: `<student>.py` holds solution cells, headed `# %% <grade_id>` (whatever is not there stays the
released stub), and `<student>.ipynb` is handed in as it is. In all else the habits say what the student does.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import jupytext
import nbformat
from nbformat.notebooknode import NotebookNode

from rnnlab.grading import notebooks
from rnnlab.grading.course import Course, CourseError
from rnnlab.grading.synthetic import carelessness
from rnnlab.grading.synthetic.carelessness import File
from rnnlab.grading.synthetic.plan import CLASS_FILE, Student, answers_of, read_class


def members(root: Path, assignment: str) -> dict[str, Path | Student]:
    """Who hands something in for an assignment: the file that each wrote, or what each is like."""
    students = read_class(root).students
    folder = root / "solutions" / assignment / "class"
    written = {path.stem: path for path in folder.glob("*") if path.suffix in (".py", ".ipynb")}
    if strangers := written.keys() - students.keys():
        raise CourseError(f"{', '.join(sorted(strangers))}: a file in {folder}, but nobody in {CLASS_FILE}")
    planned = {name: student for name, student in students.items() if student.does(assignment)}
    return dict(sorted((planned | written).items()))


def hand_in(course: Course, assignment: str) -> tuple[str, ...]:
    """Write every synthetic student's notebook into `submitted/`, only where its content changes."""
    released_path = course.released(assignment)
    if not released_path.is_file():
        raise CourseError(f"{assignment} has not been released; run `rnnlab release {assignment}` first")
    class_members = members(course.root, assignment)
    if not class_members:
        raise CourseError(f"there is no synthetic class: solutions/{CLASS_FILE} is missing")
    released, tricks = released_path.read_text(encoding="utf-8"), read_class(course.root).tricks
    for name, work in class_members.items():
        path = course.submitted(assignment, name)
        filename, data = handed_in(work, assignment, released, tricks, path.name)
        _write_if_changed(path.with_name(filename), data)
    return tuple(class_members)


def handed_in(
    work: Path | Student, assignment: str, released: str, tricks: Mapping[str, str], filename: str
) -> File:
    """The name and the bytes of the file that a student hands in."""
    if isinstance(work, Path) and work.suffix == ".ipynb":
        return filename, work.read_bytes()
    answers = _answers(work) if isinstance(work, Path) else answers_of(work, assignment, tricks)
    notebook = nbformat.reads(released, as_version=4)
    fill_in(notebook, answers)
    careless = work.careless if isinstance(work, Student) else ()
    for habit in careless:
        if habit in carelessness.TO_NOTEBOOKS:
            carelessness.TO_NOTEBOOKS[habit](notebook)
    # as a careless program would write it: nbformat's own way mends ids that stand there twice
    file = filename, (nbformat.v4.writes(notebook) + "\n").encode()
    for habit in careless:
        if habit in carelessness.TO_FILES:
            file = carelessness.TO_FILES[habit](file)
    return file


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
