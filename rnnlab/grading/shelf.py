"""The folder autograded/: each graded notebook is written beside its place first, and then moved into it whole."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from nbgrader.converters import Autograde

from rnnlab.grading import timestamp
from rnnlab.grading.course import Course, CourseError


@dataclass
class Drafts:
    """Notebooks that are written and not yet in their places."""

    shelf: Shelf
    students: list[str] = field(default_factory=list)

    def publish(self) -> None:
        """Move each notebook into its place."""
        for student in self.students:
            self.shelf.publish(student)


class Shelf:
    """The graded notebooks of one assignment, with the permissions that nbgrader is configured to give."""

    def __init__(self, course: Course, assignment: str) -> None:
        self._course, self._assignment = course, assignment
        self._converter = Autograde(coursedir=course.directory, parent=course.api)
        self._mode = int(str(self._converter.permissions), 8)
        self._notebook = f"{assignment}.ipynb"
        self._draft = f".{assignment}.draft"

    @contextmanager
    def drafts(self, files: Iterable[tuple[str, bytes, str]]) -> Iterator[Drafts]:
        """Write (student, notebook, timestamp's text) as drafts; what is not published is removed at the end."""
        drafts = Drafts(self)
        try:
            for student, notebook, when in files:
                drafts.students.append(student)
                self._write(self._folder(student), notebook, when)
            yield drafts
        except OSError as error:
            raise CourseError(
                f"{error.filename or 'autograded/'} cannot be written ({error.strerror}); "
                "what was graded before is complete: make room or allow it, and run this again"
            ) from error
        finally:
            for student in drafts.students:
                with suppress(OSError):
                    (self._folder(student) / self._draft).unlink(missing_ok=True)

    def publish(self, student: str) -> None:
        """Move a student's draft into its place."""
        folder = self._folder(student)
        os.replace(folder / self._draft, folder / self._notebook)
        if self._course.directory.groupshared:
            self._converter.set_permissions(self._assignment, student)

    def _folder(self, student: str) -> Path:
        return self._course.autograded(self._assignment, student).parent

    def _write(self, folder: Path, notebook: bytes, when: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._clear(folder)
        self._write_file(folder / self._draft, notebook)
        if when:  # nbgrader compares it with the next submission's
            self._write_file(folder / timestamp.NAME, when.encode())

    def _clear(self, folder: Path) -> None:
        """Remove all but the graded notebook, as nbgrader's own command would with it."""
        for entry in os.scandir(folder):
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry.path)
            elif entry.name != self._notebook:
                os.unlink(entry.path)

    def _write_file(self, path: Path, data: bytes) -> None:
        path.write_bytes(data)
        path.chmod(self._mode)
