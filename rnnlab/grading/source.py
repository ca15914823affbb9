"""From an assignment's text source `solutions/x/x.md` to the instructor's notebook beside it, for nbgrader."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbformat.notebooknode import NotebookNode


class UnknownAssignment(Exception):
    """There is no text source for the assignment; the message names those that exist."""


def assignment_names(root: Path) -> tuple[str, ...]:
    """The assignments that have a text source under `root/solutions`."""
    return tuple(sorted(path.stem for path in root.glob("solutions/*/*.md") if path.stem == path.parent.name))


def require_assignment(root: Path, name: str) -> Path:
    """The path of the assignment's text source; raises `UnknownAssignment`."""
    path = root / "solutions" / name / f"{name}.md"
    if not path.is_file():
        known = ", ".join(assignment_names(root)) or "none; is this the course's folder?"
        raise UnknownAssignment(f"there is no assignment named {name!r}. Those that exist: {known}.")
    return path


def read_source(path: Path) -> NotebookNode:
    """The instructor's notebook, the same bytes at each reading: a cell's id comes from its name or place."""
    # The commands look assignments up here by name, and most of them read none: these imports take half a second.
    import jupytext
    import nbformat
    from nbformat.notebooknode import NotebookNode

    from rnnlab.grading import notebooks

    notebook = jupytext.read(path)
    notebook.metadata = NotebookNode(
        kernelspec={"display_name": "Python 3", "language": "python", "name": "python3"},
        language_info={"name": "python"},
    )
    for number, cell in enumerate(notebook.cells):
        cell.metadata.pop("lines_to_next_cell", None)
        cell.id = notebooks.grade_id(cell) or f"cell-{number:02d}"
    nbformat.validate(notebook)
    return notebook


def write_source_notebook(root: Path, name: str) -> Path:
    """Write `solutions/x/x.ipynb` beside its text, only where its content changes."""
    import nbformat

    path = require_assignment(root, name)
    target = path.with_suffix(".ipynb")
    text = nbformat.writes(read_source(path)) + "\n"
    if not target.exists() or target.read_text(encoding="utf-8") != text:
        target.write_text(text, encoding="utf-8")
    return target
