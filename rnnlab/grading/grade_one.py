"""Grade one notebook without a gradebook: a notebook goes in, a `Result` comes out.

This is what other platforms call. It needs the released notebook and nothing else of the course: it is looked for in
the course's folder, and then in the installed package, which carries a copy of its own.
"""

from __future__ import annotations

import re
import secrets
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import nbformat
from nbformat.notebooknode import NotebookNode
from nbgrader.utils import is_grade

import rnnlab
from rnnlab.check import Verdict
from rnnlab.exercises.catalogue import ASSIGNMENTS
from rnnlab.grading import notebooks, outputs, seeds, submission, work
from rnnlab.grading.fingerprint import grading_code
from rnnlab.grading.platforms import FULL_HINTS
from rnnlab.grading.record import Record, Status
from rnnlab.grading.submission import UnreadableNotebook
from rnnlab.grading.task import Outcome, Task

SCHEMA = "rnnlab.grade-one/1"
_CHECK = re.compile(r"""\bcheck\(\s*["'](\w+)\.""")
_IN_PACKAGE = Path(__file__).with_name("released")


class CannotGrade(Exception):
    """The command lacks something that it needs before it can look at a submission; the message says what."""


@dataclass(frozen=True)
class Part:
    """One graded cell. `points` is `None` where a person gives them; `verdict` is what the check said, if one ran."""

    name: str
    points: float | None
    max_points: float
    verdict: Verdict | None = None

    def to_dict(self) -> dict[str, Any]:
        verdict = self.verdict
        return {
            "name": self.name,
            "exercise": verdict.exercise if verdict else "",
            "points": self.points,
            "max_points": self.max_points,
            "passed": verdict.passed if verdict else None,
            "stage": verdict.stage if verdict else "",
            "mistakes": list(verdict.mistakes) if verdict else [],
            "headline": verdict.headline if verdict else "",
            "hints": [hint for hint in (verdict.where, verdict.idea, verdict.fix) if hint] if verdict else [],
            "chapter": verdict.chapter if verdict else "",
            "text": verdict.as_text(FULL_HINTS) if verdict else "",
        }


@dataclass(frozen=True)
class Result:
    """All that is known of one graded notebook; `grade_one.schema.json` beside this module describes its JSON."""

    assignment: str
    student: str
    status: Status
    parts: tuple[Part, ...]
    repairs: tuple[str, ...]
    problems: tuple[str, ...]
    isolation: str
    probes: str
    submitted: str

    @property
    def points(self) -> float:
        """The points that the checks gave."""
        return sum(part.points or 0.0 for part in self.parts)

    @property
    def max_points(self) -> float:
        """The most that the checks and a person together can give."""
        return sum(part.max_points for part in self.parts)

    @property
    def waiting_points(self) -> float:
        """The most that a person can still add."""
        return sum(part.max_points for part in self.parts if part.points is None)

    @property
    def readable(self) -> bool:
        """Whether the file was a notebook at all."""
        return self.isolation != Record.isolation

    def to_dict(self) -> dict[str, Any]:
        """Everything, as JSON can carry it."""
        return {
            "schema": SCHEMA,
            "rnnlab": rnnlab.__version__,
            "code": grading_code(),
            "assignment": self.assignment,
            "student": self.student,
            "status": str(self.status),
            "points": self.points,
            "max_points": self.max_points,
            "waiting_points": self.waiting_points,
            "parts": [part.to_dict() for part in self.parts],
            "repairs": list(self.repairs),
            "problems": list(self.problems),
            "isolation": self.isolation,
            "probes": self.probes,
            "submitted": self.submitted,
        }


@dataclass(frozen=True)
class HandedIn:
    """The bytes of a notebook, its file's name, and why they may not be used, if they may not."""

    data: bytes
    name: str
    refusal: str = ""

    @classmethod
    def at(cls, path: Path) -> HandedIn:
        """The notebook in a file. A file that is a link is refused, wherever it leads; its folder may be one."""
        if not path.exists() and not path.is_symlink():
            raise CannotGrade(f"there is no file {path}")
        data, refusal = work.load(path.parent.resolve() / path.name)
        return cls(data, path.name, refusal)

    @classmethod
    def from_stream(cls, stream: BinaryIO) -> HandedIn:
        """The notebook that a stream holds, such as the standard input."""
        data = stream.read(submission.LARGEST_FILE + 1)
        too_large = f"the notebook is larger than {submission.LARGEST_FILE // 10**6} MB; {submission.AGAIN}"
        return cls(data, "notebook.ipynb", too_large if len(data) > submission.LARGEST_FILE else "")

    def guess_assignment(self) -> str:
        """The assignment of which the check lines speak, else the one that the file is named after.

        A student writes both, so that a platform should say which assignment it wants.
        """
        try:
            cells = submission.parse(self.data, self.name).notebook.cells
        except UnreadableNotebook:
            cells = []
        named = Counter(name for cell in cells for name in _CHECK.findall(cell.source) if name in ASSIGNMENTS)
        most = [name for name, count in named.items() if count == max(named.values())]
        if len(most) == 1:
            return most[0]
        if (stem := Path(self.name).stem) in ASSIGNMENTS:
            return stem
        raise CannotGrade(
            f"{self.name} does not say which assignment it is; name it with --assignment "
            f"({', '.join(ASSIGNMENTS)})"
        )


@dataclass(frozen=True)
class Grader:
    """Grades one notebook after another; the sandbox stays warm between them.

    `root` is a course's folder, or any other: without `exercises/` in it the package's own released notebooks are
    used, and without a `.course-secret` in it the probes are new in each run. `released` is a file to use instead.
    """

    root: Path
    isolation: str
    released: Path | None = None

    def grade(self, handed_in: HandedIn, assignment: str = "", student: str = "") -> Result:
        """Grade a notebook; one that cannot be read gets no points, and the result says why."""
        assignment = assignment or handed_in.guess_assignment()
        released = self._released(assignment)
        key, origin = self._key(assignment, student, submission.digest(handed_in.data))
        task = Task(
            student=student,
            assignment=assignment,
            submitted=handed_in.data,
            released=released,
            key=key,
            isolation=self.isolation,
            fingerprint="",
            code=grading_code(),
            refusal=handed_in.refusal,
        )
        return _result(work.grade_submission(task), assignment, origin)

    def _released(self, assignment: str) -> bytes:
        path = self.released or _find_released(assignment, self.root)
        try:
            data = path.read_bytes()
            nbformat.reads(data.decode(), as_version=4)
        except (OSError, ValueError, KeyError, AttributeError, nbformat.ValidationError) as error:
            raise CannotGrade(
                f"{path} is not a notebook that can be read ({type(error).__name__}); "
                "give the released one with --released"
            ) from error
        return data

    def _key(self, assignment: str, student: str, digest: str) -> tuple[bytes, str]:
        """What the probes are drawn from: the course's secret, as in `rnnlab autograde`, or chance."""
        if not (self.root / seeds.SECRET_FILE).is_file():
            return secrets.token_bytes(32), "fresh"
        draw = seeds.draws(self.root, assignment).get(student, 0)
        return seeds.submission_key(seeds.course_secret(self.root), student, digest, draw), "course"


def _find_released(assignment: str, root: Path) -> Path:
    for folder in (root / "exercises", _IN_PACKAGE):
        path = folder / assignment / f"{assignment}.ipynb"
        if path.is_file():
            return path
    raise CannotGrade(
        f"the released notebook of {assignment} is neither in {root / 'exercises'} nor in this package; "
        "give it with --released"
    )


def _result(outcome: Outcome, assignment: str, probes: str) -> Result:
    notebook = nbformat.v4.reads(outcome.notebook.decode())
    points = {mark.cell: mark.points for mark in outcome.marks}
    record = outcome.record
    return Result(
        assignment=assignment,
        student=outcome.student,
        status=record.status,
        parts=tuple(_part(cell, points) for cell in notebook.cells if is_grade(cell)),
        repairs=record.repairs,
        problems=record.problems,
        isolation=record.isolation,
        probes=probes,
        submitted=record.submitted,
    )


def _part(cell: NotebookNode, points: dict[str, float | None]) -> Part:
    name = str(notebooks.grade_id(cell))
    written, earned = cell.metadata.get(outputs.VERDICT), points[name]
    return Part(
        name=name,
        points=None if earned is None else float(earned),
        max_points=notebooks.points(cell),
        verdict=Verdict.from_dict(written) if written else None,
    )
