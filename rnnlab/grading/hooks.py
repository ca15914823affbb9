"""The grader as nbgrader sees it: steps named in `nbgrader_config.py`, for its command, formgrader's button and ours.

Pass 1 (sanitize) reads whatever was handed in and rebuilds it; pass 2 grades the rebuilt notebook in the sandbox.
"""

from __future__ import annotations

import atexit
import functools
from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbconvert.preprocessors.sanitize import SanitizeHTML
from nbformat.notebooknode import NotebookNode
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Enum

from rnnlab.grading import engine, notebooks, outputs
from rnnlab.grading.fingerprint import fingerprint
from rnnlab.grading.rebuild import rebuild
from rnnlab.grading.record import Record, Status
from rnnlab.grading.sandbox import Isolation, Sandbox
from rnnlab.grading.seeds import course_secret, probe_seed

UNREADABLE = "rnnlab_unreadable"
PLAIN_TAGS = (
    "a abbr b blockquote br code div em h1 h2 h3 h4 h5 h6 hr i li ol p pre s span strong sub sup "
    "table tbody td th thead tr ul"
)


class SubmissionExporter(NotebookExporter):
    """Reads any submitted file: one that is not a notebook becomes an empty one that says why."""

    def from_filename(self, filename: str, resources: Any = None, **kw: Any) -> tuple[str, Any]:
        resources = {} if resources is None else resources
        try:
            notebook = notebooks.read_submission(Path(filename))
        except notebooks.UnreadableNotebook as error:
            resources[UNREADABLE] = str(error)
            notebook = NotebookNode(nbformat=4, nbformat_minor=5, metadata={}, cells=[])
        return self.from_notebook_node(notebook, resources=resources, **kw)


class RebuildSubmission(NbGraderPreprocessor):
    """Pass 1: replace the submission by the released notebook with the student's own cells put in."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        course = CourseDirectory(parent=self)
        names = resources["nbgrader"]
        released = notebooks.read_submission(_notebook_path(course, course.release_directory, ".", names))
        rebuilt = rebuild(released, nb)
        unreadable = resources.get(UNREADABLE)
        notebook = rebuilt.notebook
        for cell in filter(notebooks.is_test, notebook.cells):
            outputs.write_not_graded(cell, "the grader has not run")
        record = Record(
            status=Status.PERSON if unreadable else Status.REPAIRED if rebuilt.repairs else Status.GRADED,
            repairs=() if unreadable else rebuilt.repairs,
            problems=(unreadable,) if unreadable else (),
        )
        record.write(notebook)
        return notebook, resources


class GradeInSandbox(NbGraderPreprocessor):
    """Pass 2: run the student's cells in the sandbox and the test cells here, and write the verdicts."""

    isolation = Enum(
        [level.value for level in Isolation],
        default_value=Isolation.LANDLOCK.value,
        help="'landlock' (Landlock, seccomp and limits; Linux) or 'process' (limits only, NOT safe for hostile code).",
    ).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        course = CourseDirectory(parent=self)
        names = resources["nbgrader"]
        record = Record.read(nb)
        if record.status is not Status.PERSON:
            sandbox = open_sandbox(Isolation(self.isolation))
            secret = course_secret(Path(course.root))
            graded = engine.grade(
                nb, sandbox, lambda exercise: probe_seed(secret, names["student"], exercise)
            )
            record = record.after_grading(sandbox.description, graded.problems)
        submitted = _notebook_path(course, course.submitted_directory, names["student"], names)
        released = _notebook_path(course, course.release_directory, ".", names)
        record.with_fingerprint(fingerprint(submitted, released, self.isolation)).write(nb)
        return nb, resources


class SanitizeFeedback(SanitizeHTML):
    """Student's HTML and scripts never reach a feedback page; the verdicts' cards keep their plain markup."""

    def __init__(self, **kw: Any) -> None:
        super().__init__(**kw)
        self.enabled = True
        self.tags = PLAIN_TAGS.split()
        self.attributes = {"*": ["class", "style", "role", "aria-label"], "a": ["href", "title"]}
        self.styles = ["background", "border-left", "color", "margin", "padding"]

    def preprocess_cell(self, cell: NotebookNode, resources: Any, cell_index: int) -> Any:
        """All outputs are cleaned, and the text of the student's cells; the instructor's text may hold formulas."""
        if cell.cell_type == "code":
            # an error without a traceback stands under a card that says the same; it would show as an empty box
            cell.outputs = [output for output in cell.outputs if output.get("traceback") != []]
        elif not notebooks.is_students(cell):
            return cell, resources
        return super().preprocess_cell(cell, resources, cell_index)


@functools.cache
def open_sandbox(isolation: Isolation) -> Sandbox:
    """The warm sandbox of this process; it serves one submission after another and ends with the process."""
    sandbox = Sandbox(isolation=isolation)
    sandbox.__enter__()
    atexit.register(sandbox.__exit__, None, None, None)
    return sandbox


def _notebook_path(course: CourseDirectory, directory: str, student: str, names: dict[str, str]) -> Path:
    folder = course.format_path(directory, student, names["assignment"])
    return Path(folder) / f"{names['notebook']}.ipynb"
