"""The grader as nbgrader sees it: steps named in `nbgrader_config.py`, for its command, formgrader's button and ours.

Pass 1 (sanitize) reads whatever was handed in and rebuilds it; pass 2 grades the rebuilt notebook in the sandbox.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbconvert.preprocessors.sanitize import SanitizeHTML
from nbformat.notebooknode import NotebookNode
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Dict, Enum
from traitlets.config import Config

from rnnlab.grading import seeds, timestamp, work
from rnnlab.grading.course import CourseError
from rnnlab.grading.fingerprint import fingerprint
from rnnlab.grading.record import Record
from rnnlab.grading.safe_html import TAGS
from rnnlab.grading.sandbox import Isolation
from rnnlab.grading.sandboxes import open_sandbox
from rnnlab.grading.submission import digest_of

HANDED_IN = "rnnlab"
SANITIZE_STEPS = ["rnnlab.grading.hooks.RebuildSubmission"]
AUTOGRADE_STEPS = [
    "rnnlab.grading.hooks.GradeInSandbox",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
]


class SubmissionExporter(NotebookExporter):
    """Reads any submitted file: one that is not a notebook becomes an empty one that says why."""

    def from_filename(self, filename: str, resources: Any = None, **kw: Any) -> Any:
        resources = {} if resources is None else resources
        path = Path(filename)
        course = CourseDirectory(parent=self)
        handed_in_here = path.is_relative_to(Path(course.root) / course.submitted_directory)
        if not handed_in_here:  # pass 2 reads what pass 1 wrote
            return super().from_filename(filename, resources=resources, **kw)
        data, refusal = work.load(path)
        handed_in = resources[HANDED_IN] = work.read(data, path.name, refusal)
        return self.from_notebook_node(handed_in.cells, resources=resources, **kw)


class RebuildSubmission(NbGraderPreprocessor):
    """Pass 1: replace the submission by the released notebook with the student's own cells put in."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        course, names = CourseDirectory(parent=self), resources["nbgrader"]
        released = nbformat.read(_notebook_path(course, course.release_directory, ".", names), as_version=4)
        notebook = work.rebuilt(released, replace(resources[HANDED_IN], cells=nb))
        remove_other_files(
            _notebook_path(course, course.autograded_directory, names["student"], names).parent
        )
        return notebook, resources


def remove_other_files(folder: Path) -> None:
    """Remove what nbgrader copied from a submission besides its notebooks: a copied link would show what it led to.

    A timestamp that is one stays; nbgrader compares it with the next submission's.
    """
    kept = timestamp.NAME if folder.is_dir() and timestamp.read_timestamp(folder).when else ""
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.suffix != ".ipynb" and path.name != kept:
            path.unlink()


class GradeInSandbox(NbGraderPreprocessor):
    """Pass 2: run the student's cells in the sandbox and the test cells here, and write the verdicts."""

    isolation = Enum(
        [level.value for level in Isolation],
        default_value=Isolation.BEST.value,
        help="'best' (the stronger of the next two that is here), 'bubblewrap' (Linux, with bubblewrap), 'landlock' "
        "(Linux), or 'process' (limits only, NOT safe for hostile code). `rnnlab doctor` says what is here.",
    ).tag(config=True)

    limits = Dict(
        help="The limits of a submission that are not the usual ones, such as {'cell_seconds': 30}; "
        "`rnnlab autograde --help` lists them."
    ).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        course, names = CourseDirectory(parent=self), resources["nbgrader"]
        root, student, submitted = Path(course.root), names["student"], Record.read(nb).submitted
        draw = seeds.draws(root, names["assignment"]).get(student, 0)
        key = seeds.submission_key(seeds.course_secret(root), student, submitted, draw)
        work.grade(
            nb,
            lambda: open_sandbox(names["assignment"], Isolation(self.isolation), self.limits),
            lambda exercise: seeds.exercise_seed(key, exercise),
        )
        released = digest_of(_notebook_path(course, course.release_directory, ".", names))
        when = timestamp.read_timestamp(
            _notebook_path(course, course.submitted_directory, student, names).parent
        )
        work.stamp(nb, fingerprint(submitted, released, self.isolation, when.text, draw, self.limits))
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
        self.styles = ["background-color", "border", "border-left", "color", "display", "margin", "padding"]
        self.styles += ["text-align", "white-space", "width"]

    def preprocess_cell(self, cell: NotebookNode, resources: Any, cell_index: int) -> Any:
        if cell.cell_type != "code":
            return cell, resources
        # an error without a traceback stands under a card that says the same; it would show as an empty box
        cell.outputs = [output for output in cell.outputs if output.get("traceback") != []]
        return super().preprocess_cell(cell, resources, cell_index)


def require_own_steps(config: Config) -> None:
    """Raise `CourseError` where nbgrader_config.py has other steps than these: only nbgrader would take them."""
    own = {"sanitize_preprocessors": SANITIZE_STEPS, "autograde_preprocessors": AUTOGRADE_STEPS}
    for name, steps in own.items():
        configured = config.Autograde.get(name)
        if configured is None or [_dotted(step) for step in configured] != steps:
            raise CourseError(
                f"nbgrader_config.py has its own c.Autograde.{name}, which only `nbgrader autograde` follows; "
                f"use that command, or set it to {steps}"
            )


def _dotted(step: object) -> str:
    return f"{step.__module__}.{step.__qualname__}" if isinstance(step, type) else str(step)


def _notebook_path(course: CourseDirectory, directory: str, student: str, names: dict[str, str]) -> Path:
    folder = course.format_path(directory, student, names["assignment"])
    return Path(folder) / f"{names['notebook']}.ipynb"
