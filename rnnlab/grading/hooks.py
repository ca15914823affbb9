"""The grader as nbgrader sees it: steps named in `nbgrader_config.py`, for its command, formgrader's button and ours.

Pass 1 (sanitize) reads whatever was handed in and rebuilds it; pass 2 grades the rebuilt notebook in the sandbox.
"""

from __future__ import annotations

import atexit
import functools
import re
import shutil
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbconvert.preprocessors.sanitize import SanitizeHTML
from nbformat.notebooknode import NotebookNode
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Enum, Unicode

from rnnlab.grading import engine, notebooks, outputs, submission
from rnnlab.grading.fingerprint import fingerprint
from rnnlab.grading.rebuild import rebuild
from rnnlab.grading.record import INTERRUPTED, Record
from rnnlab.grading.safe_html import TAGS
from rnnlab.grading.sandbox import Isolation, Sandbox
from rnnlab.grading.seeds import course_secret, probe_seed
from rnnlab.grading.submission import UnreadableNotebook

HANDED_IN = "rnnlab"


class SubmissionExporter(NotebookExporter):
    """Reads any submitted file: one that is not a notebook becomes an empty one that says why."""

    refuse = Unicode(
        help="Why this submission must not be graded; empty for every submission that may be."
    ).tag(config=True)

    def from_filename(self, filename: str, resources: Any = None, **kw: Any) -> Any:
        resources = {} if resources is None else resources
        path = Path(filename)
        course = CourseDirectory(parent=self)
        handed_in_here = path.is_relative_to(Path(course.root) / course.submitted_directory)
        if not handed_in_here:  # pass 2 reads what pass 1 wrote
            return super().from_filename(filename, resources=resources, **kw)
        try:
            if self.refuse:
                raise UnreadableNotebook(self.refuse)
            handed_in = submission.read(path)
            resources[HANDED_IN] = {"digest": handed_in.digest, "repairs": handed_in.repairs, "problem": ""}
            notebook = handed_in.notebook
        except UnreadableNotebook as error:
            # What was refused for nbgrader's sake is tried again by the next run: it matches no file.
            digest = "" if self.refuse else submission.digest_of(path)
            resources[HANDED_IN] = {"digest": digest, "repairs": (), "problem": str(error)}
            notebook = NotebookNode(nbformat=4, nbformat_minor=5, metadata={}, cells=[])
        return self.from_notebook_node(notebook, resources=resources, **kw)


class RebuildSubmission(NbGraderPreprocessor):
    """Pass 1: replace the submission by the released notebook with the student's own cells put in."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        course, names, handed_in = CourseDirectory(parent=self), resources["nbgrader"], resources[HANDED_IN]
        released = nbformat.read(_notebook_path(course, course.release_directory, ".", names), as_version=4)
        rebuilt = rebuild(released, nb)
        for cell in filter(notebooks.is_test, rebuilt.notebook.cells):
            outputs.write_not_graded(cell, "the grader has not run")
        if handed_in["problem"]:
            record = Record(problems=(handed_in["problem"],), submitted=handed_in["digest"])
        else:
            repairs = (*handed_in["repairs"], *rebuilt.repairs)
            problems = (INTERRUPTED, *rebuilt.problems)
            record = Record(repairs=repairs, problems=problems, submitted=handed_in["digest"])
        record.write(rebuilt.notebook)
        remove_other_files(
            _notebook_path(course, course.autograded_directory, names["student"], names).parent
        )
        return rebuilt.notebook, resources


def remove_other_files(folder: Path) -> None:
    """Remove what nbgrader copied from a submission besides its notebooks: a copied link would show what it led to."""
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.suffix != ".ipynb" and not _is_timestamp(path):
            path.unlink()


def _is_timestamp(path: Path) -> bool:
    """nbgrader compares the submission's timestamp with the one that it copied when it graded last."""
    if path.name != "timestamp.txt" or path.stat().st_size > 100:
        return False
    return re.fullmatch(r"[\d:. +TZUC/_-]*", path.read_text(errors="replace").strip()) is not None


class GradeInSandbox(NbGraderPreprocessor):
    """Pass 2: run the student's cells in the sandbox and the test cells here, and write the verdicts."""

    isolation = Enum(
        [level.value for level in Isolation],
        default_value=Isolation.LANDLOCK.value,
        help="'landlock' (Landlock, seccomp and limits; Linux) or 'process' (limits only, NOT safe for hostile code).",
    ).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        course, names = CourseDirectory(parent=self), resources["nbgrader"]
        record = Record.read(nb)
        if record.waits_for_grading:
            sandbox = open_sandbox(Isolation(self.isolation))
            secret = course_secret(Path(course.root))
            graded = engine.grade(
                nb, sandbox, lambda exercise: probe_seed(secret, names["student"], exercise, record.submitted)
            )
            record = record.after_grading(sandbox.description, graded.problems)
        released = _notebook_path(course, course.release_directory, ".", names)
        record.with_fingerprint(fingerprint(record.submitted, released, self.isolation)).write(nb)
        return nb, resources


class SanitizeFeedback(SanitizeHTML):
    """Cleans the outputs once more before they become a page; the verdicts' cards keep their plain markup.

    The student's words were made safe when the notebook was rebuilt.
    """

    def __init__(self, **kw: Any) -> None:
        super().__init__(**kw)
        self.enabled = True
        self.tags = sorted(TAGS)
        self.attributes = {"*": ["class", "style", "role", "aria-label"]}
        self.styles = ["border-left", "color", "margin", "padding"]

    def preprocess_cell(self, cell: NotebookNode, resources: Any, cell_index: int) -> Any:
        if cell.cell_type != "code":
            return cell, resources
        # an error without a traceback stands under a card that says the same; it would show as an empty box
        cell.outputs = [output for output in cell.outputs if output.get("traceback") != []]
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
