"""A pytest plugin that puts our sandbox in the place of nbgrader's executor, for nbgrader's own tests.

Given as `-p tests.grading.nbgrader_own.sandbox_execute`. The cells run in the same sandboxed process and their outputs
are written by the same functions as under `rnnlab autograde`. nbgrader's notebooks have test cells of the ordinary
kind, assertions beside the student's code, and they run there, as nbgrader has it.
"""

from __future__ import annotations

import atexit
import functools
from typing import Any

import nbgrader.preprocessors
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_output
from nbgrader.converters.autograde import Autograde
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.validator import Validator
from traitlets import Dict, Integer, List

from rnnlab.grading import outputs
from rnnlab.grading.process import StudentProcess
from rnnlab.grading.sandbox import CellResult, Limits, Sandbox


class Execute(NbGraderPreprocessor):
    """Runs a notebook's cells in the sandbox; named as nbgrader's own, so that its options reach it."""

    timeout = Integer(30, allow_none=True, help="Seconds that a cell may run.").tag(config=True)
    error_on_timeout = Dict(
        default_value={
            "ename": "CellTimeoutError",
            "evalue": "",
            "traceback": ["CellTimeoutError: No reply from kernel before timeout"],
        },
        help="The error output of a cell that took too long.",
    ).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        seconds = float(self.timeout or Limits().session_seconds)
        allowance = outputs.MOST_OUTPUT
        with StudentProcess(_sandbox(seconds)) as process:
            for number, cell in enumerate(nb.cells):
                if cell.cell_type == "code" and cell.source.strip():
                    result = process.run(cell.source)
                    allowance = outputs.write_cell_result(cell, result, number, allowance)
                    self._write_error(cell, result)
        return nb, resources

    def _write_error(self, cell: NotebookNode, result: CellResult) -> None:
        """An error as nbgrader has it: of its own form for a time limit, and there even where the code hid it."""
        if result.stopped is not None and result.stopped.reason == "time":
            cell.outputs[-1] = NotebookNode(output_type="error", **self.error_on_timeout)
        elif result.error is not None and not any(o.output_type == "error" for o in cell.outputs):
            error = result.error
            cell.outputs.append(
                new_output("error", ename=error.kind, evalue=error.message, traceback=[error.kind])
            )


@functools.cache
def _sandbox(cell_seconds: float) -> Sandbox:
    """A warm sandbox for each limit that a test sets."""
    sandbox = Sandbox(limits=Limits(cell_seconds=cell_seconds))
    atexit.register(sandbox.close)
    return sandbox


def _put_in_place(steps: List) -> None:
    """Replace nbgrader's executor among the default steps; they were listed when nbgrader was imported."""
    (default,) = steps.default_args
    default[default.index(nbgrader.preprocessors.Execute)] = Execute


def pytest_configure() -> None:
    """Only as a plugin: a mere import, such as that of the search for doctests, changes nothing."""
    _put_in_place(Autograde.autograde_preprocessors)
    _put_in_place(Validator.preprocessors)
