"""Write what happened into a cell as ordinary notebook outputs, which nbgrader, formgrader and feedback understand.

nbgrader reads a test cell's outputs in order: an error is 0 points, a first `execute_result` is the points it says,
and nothing at all is full marks. A cell therefore never stands here without an output: passing writes its points.
"""

from __future__ import annotations

import json
from html import escape
from typing import Any

from nbformat.notebooknode import NotebookNode

from rnnlab.check import Verdict
from rnnlab.check.outcome import Stopped
from rnnlab.grading import notebooks
from rnnlab.grading.sandbox import CellResult

VERDICT = "rnnlab"
FULL_HINTS = 3
MOST_OUTPUT = 2_000_000
_STOPPED = {
    "time": "This cell was stopped: it took too long",
    "memory": "This cell was stopped: it used too much memory",
    "crash": "This cell ended its process",
    "protocol": "This cell was stopped: it interfered with the grader",
}


def write_verdict(cell: NotebookNode, verdict: Verdict) -> None:
    """Write the verdict's card, and the points (all or some) or an error (none)."""
    html = verdict.as_html(FULL_HINTS)
    cell.metadata[VERDICT] = verdict.to_dict()
    if verdict.passed or verdict.earned:
        most = notebooks.points(cell)
        points = min(verdict.earned, most) if verdict.earned is not None else most
        data = {"text/plain": repr(float(points)), "text/html": html}
        cell.outputs = [_shown("execute_result", data, execution_count=None)]
        return
    card = _shown("display_data", {"text/plain": verdict.as_text(FULL_HINTS), "text/html": html})
    cell.outputs = [card, _error("NotPassed", verdict.headline)]


def write_not_graded(cell: NotebookNode, why: str) -> None:
    """Say that the cell has earned nothing yet; every test cell starts like this."""
    cell.metadata.pop(VERDICT, None)
    cell.outputs = [
        _shown(
            "display_data", {"text/plain": f"Not graded: {why}.", "text/html": _note(f"Not graded: {why}.")}
        ),
        _error("NotGraded", why),
    ]


def write_cell_result(cell: NotebookNode, result: CellResult, number: int, allowance: int) -> int:
    """Write the outputs of a student's cell, as far as the notebook's allowance goes; returns what is left of it."""
    cell.execution_count = number + 1
    size = len(json.dumps(result.outputs, default=str))
    if size <= allowance:
        cell.outputs = [NotebookNode(output) for output in result.outputs]
    else:
        said = "(more output than a notebook may have)\n"
        cell.outputs = [NotebookNode(output_type="stream", name="stdout", text=said)]
    if result.stopped is not None:
        cell.outputs.append(_error("Stopped", describe(result.stopped), shown=True))
    return max(0, allowance - size)


def describe(stopped: Stopped) -> str:
    """One sentence about a cell that never came to its end."""
    return f"{_STOPPED[stopped.reason]} ({stopped.detail})."


def _error(name: str, message: str, shown: bool = False) -> NotebookNode:
    """An error output; its text is hidden where a card above it already says the same."""
    traceback = [f"{name}: {message}"] if shown else []
    return NotebookNode(output_type="error", ename=name, evalue=message, traceback=traceback)


def _shown(kind: str, data: dict[str, str], **fields: Any) -> NotebookNode:
    """An output that shows something. nbformat's own maker of outputs validates each, which costs a millisecond."""
    return NotebookNode(output_type=kind, data=data, metadata={}, **fields)


def _note(text: str) -> str:
    return f"<p><b>{escape(text)}</b></p>"
