"""What a worker is given to grade one submission, and what it gives back: plain data, for any process on any machine.

Both are pickled: they hold bytes, text, numbers and small records, and nothing that is open or running.
"""

from __future__ import annotations

from dataclasses import dataclass

from rnnlab.grading.record import Record


@dataclass(frozen=True)
class Task:
    """One submission to grade, with everything that a worker needs to know of the course.

    `submitted` holds the bytes that were handed in. Where they may not be read, `refusal` says why in one sentence, and
    nothing is run. `released` holds the released notebook's bytes. `key` is what this submission's probes are drawn
    from; the course's secret stays at home. `code` is the digest of the grader that made the task: a worker with
    another grader would give other marks, and refuses. `limits` are those of the sandbox's `Limits` that the instructor
    changed, by their names. `problems` are what a person must see whatever the grading finds.
    """

    student: str
    assignment: str
    submitted: bytes
    released: bytes
    key: bytes
    isolation: str
    fingerprint: str
    code: str
    limits: tuple[tuple[str, float], ...] = ()
    refusal: str = ""
    problems: tuple[str, ...] = ()

    @property
    def file_name(self) -> str:
        """The notebook's name in sentences about it."""
        return f"{self.assignment}.ipynb"


@dataclass(frozen=True)
class Mark:
    """The points that the checks gave a graded cell; `None` where a person gives them."""

    cell: str
    points: float | None


@dataclass(frozen=True)
class Remark:
    """What nbgrader says of its own accord about a written cell: "No response.", or nothing."""

    cell: str
    text: str | None


@dataclass(frozen=True)
class Outcome:
    """A graded submission: the notebook's whole file, its record, and what belongs into the gradebook.

    `seconds` is the time on the wall that the grading took.
    """

    student: str
    notebook: bytes
    record: Record
    marks: tuple[Mark, ...]
    remarks: tuple[Remark, ...]
    seconds: float = 0.0
