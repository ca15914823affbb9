"""Rebuild a submission from the released notebook: only the student's own cells are taken from the student.

The released notebook gives every locked cell, every test cell and all metadata. The submission gives the sources of
its solution cells, found by nbgrader id or else by the names they define, and any cells the student added. Whatever
had to be mended on the way is listed as a repair, so that no mark depends on intact metadata.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nbformat.notebooknode import NotebookNode

from rnnlab.grading import notebooks


@dataclass(frozen=True)
class Rebuilt:
    """A notebook that is safe to grade, and one sentence for each repair."""

    notebook: NotebookNode
    repairs: tuple[str, ...]


def rebuild(released: NotebookNode, submitted: NotebookNode) -> Rebuilt:
    """Put the student's sources into a copy of the released notebook."""
    notebook = _copy(released)
    wanted = {name for cell in released.cells if (name := notebooks.grade_id(cell))}
    sources, repairs = _matched_sources(released, submitted.cells, wanted)
    cells: list[NotebookNode] = []
    extras = _extras_after(released, submitted.cells, sources)
    cells.extend(extras.get(None, ()))
    for cell in notebook.cells:
        name = notebooks.grade_id(cell)
        if notebooks.is_solution(cell) and name in sources:
            cell.source = _clean(sources[name].source)
        cells.append(cell)
        cells.extend(extras.get(name, ()) if name else ())
    notebook.cells = cells
    repairs += _null_byte_repairs(submitted.cells)
    repairs += _locked_cell_repairs(released, submitted.cells)
    return Rebuilt(notebook, tuple(repairs))


def _copy(released: NotebookNode) -> NotebookNode:
    notebook = NotebookNode({key: value for key, value in released.items() if key != "cells"})
    notebook.metadata = NotebookNode(dict(released.metadata))
    notebook.cells = [_blank(cell) for cell in released.cells]
    return notebook


def _blank(cell: NotebookNode) -> NotebookNode:
    blank = NotebookNode(dict(cell))
    blank.metadata = NotebookNode(dict(cell.metadata))
    if cell.cell_type == "code":
        blank.outputs, blank.execution_count = [], None
    return blank


def _matched_sources(
    released: NotebookNode, submitted: Sequence[NotebookNode], wanted: set[str]
) -> tuple[dict[str, NotebookNode], list[str]]:
    """The student's cell for each solution cell: by id, else by the names that it should define."""
    by_id: dict[str, list[NotebookNode]] = {}
    strangers: list[NotebookNode] = []
    for cell in submitted:
        name = notebooks.grade_id(cell)
        if name in wanted:
            by_id.setdefault(name, []).append(cell)
        else:
            strangers.append(cell)
    chosen: dict[str, NotebookNode] = {}
    repairs: list[str] = []
    for cell in filter(notebooks.is_solution, released.cells):
        name = str(notebooks.grade_id(cell))
        candidates = [c for c in by_id.get(name, ()) if c.cell_type == cell.cell_type]
        if len(candidates) > 1:
            candidates = _without_stubs(candidates, cell)
            repairs.append(
                f"the cell {name} stood in the notebook more than once; the last written one counts"
            )
        if not candidates and (found := _defining(strangers, cell)):
            candidates = [found]
            repairs.append(f"the cell {name} had lost its id; it was found by the name it defines")
        if candidates:
            chosen[name] = candidates[-1]
        else:
            repairs.append(f"the cell {name} is missing; it counts as not written")
    return chosen, repairs


def _without_stubs(candidates: list[NotebookNode], stub: NotebookNode) -> list[NotebookNode]:
    return [c for c in candidates if c.source.strip() != stub.source.strip()] or candidates


def _defining(strangers: Sequence[NotebookNode], stub: NotebookNode) -> NotebookNode | None:
    """The last stray code cell that defines what the released stub defines."""
    needed = notebooks.defined_names(stub.source) if stub.cell_type == "code" else frozenset()
    if not needed:
        return None
    found = [c for c in strangers if c.cell_type == "code" and needed <= notebooks.defined_names(c.source)]
    return found[-1] if found else None


def _extras_after(
    released: NotebookNode, submitted: Sequence[NotebookNode], sources: dict[str, NotebookNode]
) -> dict[str | None, list[NotebookNode]]:
    """The student's added cells, keyed by the released cell that they follow (`None`: before all of them)."""
    known = {name for cell in released.cells if (name := notebooks.grade_id(cell))}
    plain = {cell.source.strip() for cell in released.cells if not notebooks.grade_id(cell)}
    used = {id(cell) for cell in sources.values()}
    anchor: str | None = None
    extras: dict[str | None, list[NotebookNode]] = {}
    count = 0
    for cell in submitted:
        name = notebooks.grade_id(cell)
        if name in known:
            anchor = name
        elif id(cell) not in used and cell.source.strip() not in plain and cell.source.strip():
            count += 1
            extras.setdefault(anchor, []).append(_extra(cell, count))
    return extras


def _extra(cell: NotebookNode, number: int) -> NotebookNode:
    metadata = NotebookNode({notebooks.ADDED: True})
    extra = NotebookNode(
        cell_type=cell.cell_type, id=f"extra-{number}", metadata=metadata, source=_clean(cell.source)
    )
    if cell.cell_type == "code":
        extra.update(outputs=[], execution_count=None)
    return extra


def _clean(source: str) -> str:
    return source.replace("\x00", "").replace("\r\n", "\n")


def _null_byte_repairs(submitted: Sequence[NotebookNode]) -> list[str]:
    count = sum("\x00" in cell.source for cell in submitted)
    return [f"null bytes were removed from {count} cell(s)"] if count else []


def _locked_cell_repairs(released: NotebookNode, submitted: Sequence[NotebookNode]) -> list[str]:
    """One sentence for each test cell that the student deleted or edited; the instructor's own was graded."""
    theirs = {notebooks.grade_id(cell): cell.source for cell in submitted}
    repairs = []
    for cell in filter(notebooks.is_test, released.cells):
        name = notebooks.grade_id(cell)
        if name not in theirs:
            repairs.append(f"the test cell {name} was missing; the instructor's was used")
        elif theirs[name].strip() != cell.source.strip():
            repairs.append(f"the test cell {name} had been edited; the instructor's was used")
    return repairs
