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
from rnnlab.grading.safe_html import safe_markdown, safe_text


@dataclass(frozen=True)
class Rebuilt:
    """A notebook that is safe to grade, one sentence for each repair, and one for each thing that a person must see."""

    notebook: NotebookNode
    repairs: tuple[str, ...]
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Match:
    """What the student wrote for one solution cell, the cells that it came from, and what had to be mended."""

    source: str
    cells: tuple[NotebookNode, ...] = ()
    repair: str = ""


def rebuild(released: NotebookNode, submitted: NotebookNode) -> Rebuilt:
    """Put the student's sources into a copy of the released notebook."""
    notebook = _copy(released)
    matches = {
        _name(cell): _match(cell, submitted.cells) for cell in released.cells if notebooks.is_solution(cell)
    }
    extras = _extras_after(released, submitted.cells, matches)
    cells = list(extras.get("", ()))
    for cell in notebook.cells:
        if (match := matches.get(_name(cell))) and match.source.strip() != cell.source.strip():
            _write(cell, match)
        cells.append(cell)
        cells.extend(extras.get(_name(cell), ()) if _name(cell) else ())
    notebook.cells = cells
    repairs = [match.repair for match in matches.values() if match.repair]
    repairs += _null_byte_repairs(submitted.cells) + _locked_cell_repairs(released, submitted.cells)
    return Rebuilt(notebook, tuple(repairs), tuple(_lost_answers(released, submitted.cells, matches)))


def _name(cell: NotebookNode) -> str:
    return notebooks.grade_id(cell) or ""


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


def _match(stub: NotebookNode, submitted: Sequence[NotebookNode]) -> _Match:
    """The student's cells for a solution cell: by its id, else by the names that it should define."""
    name = _name(stub)
    own = [cell for cell in submitted if _name(cell) == name and cell.cell_type == stub.cell_type]
    written = [cell for cell in own if cell.source.strip() != stub.source.strip()]
    if len(own) > 1:
        repair = (
            f"the cell {name} stood in the notebook more than once; what was written counts, in its order"
        )
        return _Match(_joined(written) or stub.source, tuple(own), repair)
    if own:
        return _Match(own[0].source, tuple(own))
    needed = notebooks.defined_names(stub.source) if stub.cell_type == "code" else frozenset()
    elsewhere = [
        c
        for c in submitted
        if needed and c.cell_type == "code" and needed <= notebooks.defined_names(c.source)
    ]
    stray = [cell for cell in elsewhere if not _name(cell)]
    if stray:
        return _Match(
            stray[-1].source,
            (stray[-1],),
            f"the cell {name} had lost its id; it was found by the name it defines",
        )
    if elsewhere:
        return _Match("", (), f"the cell {name} is missing; another cell defines what belongs there")
    return _Match(stub.source, (), f"the cell {name} is missing; it counts as not written")


def _joined(cells: Sequence[NotebookNode]) -> str:
    return "\n\n".join(dict.fromkeys(cell.source for cell in cells))


def _write(cell: NotebookNode, match: _Match) -> None:
    """Put the student's words or code into a solution cell; words as HTML that cannot run anything."""
    cell.source = _clean(match.source)
    if cell.cell_type == "markdown":
        pictures = {
            name: bundle for own in match.cells for name, bundle in own.get("attachments", {}).items()
        }
        cell.source = safe_markdown(cell.source, pictures)


def _extras_after(
    released: NotebookNode, submitted: Sequence[NotebookNode], matches: dict[str, _Match]
) -> dict[str, list[NotebookNode]]:
    """The student's added cells, keyed by the released cell that they follow ("": before all of them)."""
    known = {name: cell for cell in released.cells if (name := _name(cell))}
    plain = {cell.source.strip() for cell in released.cells if not _name(cell)}
    place = {id(cell): name for name, match in matches.items() for cell in match.cells}
    anchor = ""
    extras: dict[str, list[NotebookNode]] = {}
    for cell in submitted:
        name = _name(cell)
        anchor = name if name in known else place.get(id(cell), anchor)
        added = name not in known and id(cell) not in place and cell.source.strip() not in plain
        if cell.source.strip() and (added or (name in known and _edited_setup(known[name], cell))):
            number = sum(map(len, extras.values())) + 1
            extras.setdefault(anchor, []).append(_extra(cell, number))
    return extras


def _edited_setup(original: NotebookNode, cell: NotebookNode) -> bool:
    """Whether a locked cell that is no test was changed, perhaps by an import that the student needs."""
    locked = not notebooks.is_solution(original) and not notebooks.is_test(original)
    changed = cell.source.strip() != original.source.strip()
    return locked and changed and cell.cell_type == "code" and not notebooks.is_illustration(original)


def _extra(cell: NotebookNode, number: int) -> NotebookNode:
    """An added cell without metadata; words become HTML that cannot run anything."""
    source, added = _clean(cell.source), NotebookNode({notebooks.ADDED: True})
    if cell.cell_type == "code":
        return NotebookNode(
            cell_type="code",
            id=f"extra-{number}",
            metadata=added,
            source=source,
            outputs=[],
            execution_count=None,
        )
    safe = (
        safe_markdown(source, cell.get("attachments")) if cell.cell_type == "markdown" else safe_text(source)
    )
    return NotebookNode(cell_type="markdown", id=f"extra-{number}", metadata=added, source=safe)


def _clean(source: str) -> str:
    return source.replace("\x00", "").replace("\r\n", "\n")


def _null_byte_repairs(submitted: Sequence[NotebookNode]) -> list[str]:
    count = sum("\x00" in cell.source for cell in submitted)
    return [f"null bytes were removed from {count} cell(s)"] if count else []


def _locked_cell_repairs(released: NotebookNode, submitted: Sequence[NotebookNode]) -> list[str]:
    """One sentence for each locked cell that the student deleted or edited; the instructor's own was used."""
    theirs: dict[str, list[NotebookNode]] = {}
    for cell in submitted:
        theirs.setdefault(_name(cell), []).append(cell)
    repairs = []
    for cell in released.cells:
        name = _name(cell)
        own = theirs.get(name, [])
        if notebooks.is_test(cell) and not own:
            repairs.append(f"the test cell {name} was missing; the instructor's was used")
        elif notebooks.is_test(cell) and any(copy.source.strip() != cell.source.strip() for copy in own):
            repairs.append(f"the test cell {name} had been edited; the instructor's was used")
        elif name and any(_edited_setup(cell, copy) for copy in own):
            repairs.append(
                f"the locked cell {name} had been edited; the student's text runs after the instructor's"
            )
    return repairs


def _lost_answers(
    released: NotebookNode, submitted: Sequence[NotebookNode], matches: dict[str, _Match]
) -> list[str]:
    """Written answers whose cell is gone while other words were added: only a person can see which is which."""
    plain = {cell.source.strip() for cell in released.cells}
    words = [c for c in submitted if c.cell_type != "code" and not _name(c) and c.source.strip() not in plain]
    return [
        f"the written answer {_name(cell)} is missing; it may be among the words that were added"
        for cell in released.cells
        if words
        and notebooks.is_solution(cell)
        and cell.cell_type != "code"
        and not matches[_name(cell)].cells
    ]
