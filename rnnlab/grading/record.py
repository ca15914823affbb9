"""What the grader remembers of a submission, kept in the metadata of its autograded notebook."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from nbformat.notebooknode import NotebookNode

KEY = "rnnlab"
INTERRUPTED = "grading was interrupted; run `rnnlab autograde` again"


class Status(enum.StrEnum):
    """Each submission ends in exactly one of these."""

    GRADED = "graded"
    REPAIRED = "graded with repairs"
    PERSON = "needs a person"


@dataclass(frozen=True)
class Record:
    """How one submission was graded: its status, what was mended, what a person must see, and under which isolation."""

    status: Status = Status.PERSON
    repairs: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    isolation: str = "not run"
    submitted: str = ""
    fingerprint: str = ""

    @classmethod
    def read(cls, notebook: NotebookNode) -> Record:
        """The notebook's record; a notebook without one was never graded and needs a person."""
        fields = notebook.metadata.get(KEY)
        if fields is None:
            return cls(problems=("the notebook was not graded by this grader; run `rnnlab autograde`",))
        return cls.from_fields(fields)

    @classmethod
    def from_fields(cls, fields: Mapping[str, Any]) -> Record:
        """The record as it stands in a notebook's metadata under `KEY`."""
        return cls(
            status=Status(fields["status"]),
            repairs=tuple(fields["repairs"]),
            problems=tuple(fields["problems"]),
            isolation=fields["isolation"],
            submitted=fields["submitted"],
            fingerprint=fields["fingerprint"],
        )

    def write(self, notebook: NotebookNode) -> None:
        notebook.metadata[KEY] = {**asdict(self), "status": str(self.status)}

    @property
    def waits_for_grading(self) -> bool:
        """Whether the notebook was rebuilt and has not been graded yet; such a record says that it was interrupted."""
        return INTERRUPTED in self.problems

    def after_grading(self, isolation: str, problems: tuple[str, ...]) -> Record:
        problems = tuple(problem for problem in self.problems if problem != INTERRUPTED) + problems
        status = Status.PERSON if problems else Status.REPAIRED if self.repairs else Status.GRADED
        return replace(self, status=status, isolation=isolation, problems=problems)

    def with_fingerprint(self, value: str) -> Record:
        return replace(self, fingerprint=value)
