"""The work on one submission: read it, rebuild it, grade it in the sandbox, and give it back as data.

`grade_submission` is all of it, for a worker anywhere. nbgrader's own commands take the same steps one by one
(`hooks`), so that a submission's notebook and marks are the same whoever asked for them.
"""

from __future__ import annotations

import functools
import gc
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import nbformat
from nbformat.notebooknode import NotebookNode

from rnnlab.grading import engine, notebooks, outputs, submission
from rnnlab.grading.fingerprint import grading_code
from rnnlab.grading.rebuild import rebuild
from rnnlab.grading.record import INTERRUPTED, Record
from rnnlab.grading.sandbox import Isolation, IsolationUnavailable, Sandbox
from rnnlab.grading.sandboxes import open_sandbox
from rnnlab.grading.seeds import exercise_seed
from rnnlab.grading.submission import UnreadableNotebook
from rnnlab.grading.task import Mark, Outcome, Remark, Task
from rnnlab.grading.writing import notebook_bytes


class OtherGrader(Exception):
    """A worker runs another version of the grader than the one that asks; the message says what to do."""


@dataclass(frozen=True)
class HandedIn:
    """A submission's cells, or one sentence that says why there are none."""

    cells: NotebookNode
    digest: str = ""
    repairs: tuple[str, ...] = ()
    problem: str = ""


def grade_submission(task: Task) -> Outcome:
    """Grade one submission. Whatever is wrong with it is said in the outcome; what is raised is about this machine.

    Raises `IsolationUnavailable` where code cannot be contained, and `OtherGrader`.
    """
    if task.code != grading_code():
        raise OtherGrader(
            "this worker has another version of rnnlab, or other held-out data; give all the same"
        )
    began = time.perf_counter()
    try:
        outcome = _graded(task)
    except (IsolationUnavailable, OtherGrader):
        raise
    except (
        Exception
    ) as error:  # a fault of the grader's own costs one submission a person's look, never the batch
        outcome = lost(task, f"the grader failed on it ({type(error).__name__}: {error})")
    return replace(outcome, seconds=time.perf_counter() - began)


def settle() -> None:
    """Take all that is imported out of the rounds of garbage collection, before many submissions are graded."""
    gc.collect()
    gc.freeze()


def lost(task: Task, why: str) -> Outcome:
    """The outcome of a task that could not be graded: no points, a reason, and the next run tries it again."""
    notebook = rebuilt(_parsed(task.released), HandedIn(empty_notebook(), problem=why))
    return _outcome(task.student, notebook)


def _graded(task: Task) -> Outcome:
    handed_in = read(task.submitted, task.file_name, task.refusal)
    notebook = rebuilt(_parsed(task.released), handed_in)
    grade(
        notebook,
        lambda: open_sandbox(task.assignment, Isolation(task.isolation), dict(task.limits)),
        lambda exercise: exercise_seed(task.key, exercise),
        task.problems,
    )
    stamp(notebook, task.fingerprint)
    return _outcome(task.student, notebook)


def load(path: Path) -> tuple[bytes, str]:
    """A submitted file's bytes, and where they may not be read one sentence that says why."""
    try:
        return submission.load(path), ""
    except UnreadableNotebook as error:
        return b"", str(error)
    except OSError as error:
        return b"", f"{path.name} cannot be read ({error.strerror}); see to its permissions and grade again"


def read(data: bytes, name: str, refusal: str = "") -> HandedIn:
    """The cells in a submitted file's bytes, or the problem with them."""
    digest = submission.digest(data)
    if refusal:
        return HandedIn(empty_notebook(), digest, problem=refusal)
    try:
        found = submission.parse(data, name)
    except UnreadableNotebook as error:
        return HandedIn(empty_notebook(), digest, problem=str(error))
    return HandedIn(found.notebook, digest, found.repairs)


def rebuilt(released: NotebookNode, handed_in: HandedIn) -> NotebookNode:
    """The released notebook with the student's own cells put in, nothing graded yet, and a record that says so."""
    result = rebuild(released, handed_in.cells)
    for cell in filter(notebooks.is_test, result.notebook.cells):
        outputs.write_not_graded(cell, "the grader has not run")
    if handed_in.problem:
        record = Record(problems=(handed_in.problem,), submitted=handed_in.digest)
    else:
        repairs = (*handed_in.repairs, *result.repairs)
        problems = (INTERRUPTED, *result.problems)
        record = Record(repairs=repairs, problems=problems, submitted=handed_in.digest)
    record.write(result.notebook)
    return result.notebook


def grade(
    notebook: NotebookNode,
    sandbox: Callable[[], Sandbox],
    seed: Callable[[str], int],
    problems: tuple[str, ...] = (),
) -> None:
    """Grade a rebuilt notebook that waits for it; `problems` are what a person must see besides."""
    record = Record.read(notebook)
    if record.waits_for_grading:
        used = sandbox()
        graded = engine.grade(notebook, used, seed)
        record.after_grading(used.description, (*problems, *graded.problems)).write(notebook)


def stamp(notebook: NotebookNode, fingerprint: str) -> None:
    """Mark the notebook as done: a later run with the same fingerprint has nothing to do."""
    Record.read(notebook).with_fingerprint(fingerprint).write(notebook)


def empty_notebook() -> NotebookNode:
    """What stands for a submission that cannot be read."""
    return NotebookNode(nbformat=4, nbformat_minor=5, metadata={}, cells=[])


def marks_of(notebook: NotebookNode) -> tuple[tuple[Mark, ...], tuple[Remark, ...]]:
    """What nbgrader's own rules make of a graded notebook: points for graded cells, a remark for written ones."""
    from nbgrader.utils import compute_checksum, determine_grade, is_grade, is_solution, is_task

    marks, remarks = [], []
    for cell in notebook.cells:
        name = str(notebooks.grade_id(cell))
        if is_grade(cell):
            marks.append(Mark(name, determine_grade(cell)[0]))
        if is_solution(cell) or is_task(cell):
            untouched = not is_task(cell) and cell.metadata.nbgrader.get("checksum") == compute_checksum(cell)
            remarks.append(Remark(name, "No response." if untouched else None))
    return tuple(marks), tuple(remarks)


def _outcome(student: str, notebook: NotebookNode) -> Outcome:
    marks, remarks = marks_of(notebook)
    return Outcome(student, notebook_bytes(notebook), Record.read(notebook), marks, remarks)


@functools.lru_cache(maxsize=8)
def _parsed(released: bytes) -> NotebookNode:
    """The released notebook; `rebuild` copies what it changes."""
    return nbformat.reads(released.decode(), as_version=4)
