"""The package's floors: a module imports only from floors below its own, and the lowest ones stay light."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import rnnlab

PACKAGE = Path(rnnlab.__file__).parent
FLOORS = (
    "nets",
    "training",
    "analysis",
    "data",
    "torch_bridge",
    "plots",
    "lab",
    "exercises",
    "check",
    "grading",
)
# The mutation gate belongs to the exercises and has to ask the diagnosis.
UPWARD = {("exercises/gate.py", "check")}
FORBIDDEN = {
    "nets": {"torch", "matplotlib"},
    "training": {"torch", "matplotlib"},
    "analysis": {"torch", "matplotlib"},
    "data": {"torch", "matplotlib", "faker"},
    "lab": {"matplotlib"},
    "exercises": {"torch", "matplotlib"},
    "check": {"torch", "matplotlib", "nbgrader"},
}
MODULES = sorted(PACKAGE.rglob("*.py"))


def imported(path: Path) -> set[str]:
    """The full names of what a module imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names if node.module == "rnnlab"}
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_module_imports_from_lower_floors_only(path):
    where = path.relative_to(PACKAGE).as_posix()
    own = where.partition("/")[0].removesuffix(".py")
    allowed = FLOORS[: FLOORS.index(own) + 1] if own in FLOORS else ()
    floors = {name.split(".")[1] for name in imported(path) if name.startswith("rnnlab.")}
    upward = {floor for floor in floors if floor in FLOORS and floor not in allowed}
    assert {floor for floor in upward if (where, floor) not in UPWARD} == set()
    assert not {name.partition(".")[0] for name in imported(path)} & FORBIDDEN.get(own, set())
