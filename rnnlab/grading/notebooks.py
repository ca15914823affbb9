"""Reading and naming the cells of nbgrader notebooks: the few facts that every step of grading asks for."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from nbformat.notebooknode import NotebookNode

ILLUSTRATION = "illustration"
ADDED = "rnnlab_added"
_SCOPES = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Lambda,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
)


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


def is_illustration(cell: NotebookNode) -> bool:
    """Whether the cell only draws what the student's code does; it is not run under grading."""
    return ILLUSTRATION in cell.metadata.get("tags", [])


def points(cell: NotebookNode) -> float:
    return float(_nbgrader(cell).get("points", 0))


def defined_names(source: str) -> frozenset[str]:
    """The functions, classes and variables that a cell defines for the cells after it.

    None where it does not parse even without magics. The variables of a function are its own: `readout = h @ W` inside
    another function defines no `readout`.
    """
    plain = "\n".join("" if line.lstrip().startswith(("%", "!")) else line for line in source.splitlines())
    try:
        nodes = list(_outside_of_functions(ast.parse(plain)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    defined = {n.name for n in nodes if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)}
    stored = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return frozenset(defined | stored)


def _outside_of_functions(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node of a module, but those inside of its functions, classes and comprehensions."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, _SCOPES):
            waiting.extend(ast.iter_child_nodes(node))


def _nbgrader(cell: NotebookNode) -> dict:
    return cell["metadata"].get("nbgrader", {})  # asked so often that an attribute's way is too long
