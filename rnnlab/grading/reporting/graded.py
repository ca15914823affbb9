"""An autograded notebook, read for people: its graded parts in order, each with what the student wrote for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nbformat.notebooknode import NotebookNode
from nbformat.v4 import reads

from rnnlab.check import Verdict
from rnnlab.grading import notebooks, outputs

HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """One graded part: the cells that the student wrote since the part before it, and what the check said.

    `title` is the nearest heading of the instructor's above it. `answers` are the cells that the released notebook
    asks to be filled in, `added` those that the student put there.
    """

    name: str
    title: str
    answers: tuple[NotebookNode, ...]
    added: tuple[NotebookNode, ...]
    verdict: Verdict | None
    by_hand: bool

    @property
    def code(self) -> str:
        """The student's code for this part, added cells first, as one text."""
        cells = (*self.added, *self.answers)
        return "\n\n".join(cell.source for cell in cells if cell.cell_type == "code" and cell.source.strip())


def read(path: Path) -> NotebookNode | None:
    """The graded notebook; `None` where there is none, or one that is half-written.

    The grader wrote it, so that it is not validated again: that takes longer than everything else on a page.
    """
    try:
        notebook = reads(path.read_text(encoding="utf-8"))
        return notebook if isinstance(notebook.cells, list) else None
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        return None


def blocks(notebook: NotebookNode) -> Iterator[Block]:
    """The graded parts in the notebook's order; last, without a name, what the student added after all of them."""
    title, answers, added = "", [], []
    for cell in notebook.cells:
        if cell.metadata.get(notebooks.ADDED):
            added.append(cell)
        elif notebooks.is_solution(cell):
            answers.append(cell)
        elif cell.cell_type == "markdown" and (heading := HEADING.findall(cell.source)):
            title = heading[-1]
        if not is_graded(cell):
            continue
        name = str(notebooks.grade_id(cell))
        by_hand = not notebooks.is_test(cell)
        yield Block(name, title, tuple(answers), tuple(added), verdict_of(cell), by_hand)
        answers, added = [], []
    if answers or added:
        yield Block("", title, tuple(answers), tuple(added), None, False)


def is_graded(cell: NotebookNode) -> bool:
    """Whether nbgrader gives points for this cell, by a check or by hand."""
    fields = cell.metadata.get("nbgrader", {})
    return bool(fields.get("grade") or fields.get("task"))


def verdict_of(cell: NotebookNode) -> Verdict | None:
    """What the check said of this cell; `None` where no check looked at it."""
    written = cell.metadata.get(outputs.VERDICT)
    return Verdict.from_dict(written) if written else None
