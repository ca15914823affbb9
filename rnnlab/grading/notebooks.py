"""Reading and naming the cells of nbgrader notebooks: the few facts that every step of grading asks for."""

from __future__ import annotations

import ast
from pathlib import Path

import nbformat
from nbformat.notebooknode import NotebookNode

ILLUSTRATION = "illustration"
ADDED = "rnnlab_added"


class UnreadableNotebook(Exception):
    """A submitted file is not a notebook; the message is one sentence for a person."""


def grade_id(cell: NotebookNode) -> str | None:
    """The cell's nbgrader name, or `None` for a cell that nbgrader does not know."""
    return _nbgrader(cell).get("grade_id")


def is_test(cell: NotebookNode) -> bool:
    """Whether the cell is one of the instructor's graded, locked test cells."""
    fields = _nbgrader(cell)
    return cell.cell_type == "code" and bool(fields.get("grade")) and not fields.get("solution")


def is_solution(cell: NotebookNode) -> bool:
    """Whether the student writes in this cell."""
    return bool(_nbgrader(cell).get("solution"))


def is_students(cell: NotebookNode) -> bool:
    """Whether the cell's text may come from the student: a solution cell, or one that was added."""
    return is_solution(cell) or bool(cell.metadata.get(ADDED))


def is_illustration(cell: NotebookNode) -> bool:
    """Whether the cell only draws what the student's code does; it is not run under grading."""
    return ILLUSTRATION in cell.metadata.get("tags", [])


def points(cell: NotebookNode) -> float:
    return float(_nbgrader(cell).get("points", 0))


def defined_names(source: str) -> frozenset[str]:
    """The names that a cell binds at its top level; none where the cell does not parse."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return frozenset()
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    assignments = {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return frozenset(functions | assignments)


def read_submission(path: Path) -> NotebookNode:
    """Read a student's file as a version 4 notebook; raises `UnreadableNotebook` with one sentence otherwise."""
    if path.is_symlink() or not path.is_file():
        raise UnreadableNotebook(f"{path.name} is not a regular file; ask the student to hand it in again")
    data = path.read_bytes()
    if not data.strip():
        raise UnreadableNotebook(f"{path.name} is empty; ask the student to hand it in again")
    try:
        text = data.decode("utf-8-sig")
        return nbformat.reads(text, as_version=4)
    except (
        Exception
    ) as error:  # nbformat raises many kinds for what is not a notebook; each means the same here
        raise UnreadableNotebook(
            f"{path.name} is not a notebook that can be read ({type(error).__name__}); "
            "ask the student to hand it in again"
        ) from error


def _nbgrader(cell: NotebookNode) -> dict:
    return cell.metadata.get("nbgrader", {})
