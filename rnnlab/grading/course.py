"""The course's folder and nbgrader's view of it, opened once at the command line's edge."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import nbformat
from nbformat.notebooknode import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

CONFIG_FILE = "nbgrader_config.py"


class CourseError(Exception):
    """Something about the course's folder is not as it should be; the message says what to do next."""


@dataclass(frozen=True)
class Course:
    """A course: its folder, and nbgrader's settings from `nbgrader_config.py`."""

    root: Path
    config: Config

    @classmethod
    def open(cls, root: Path, **grade_options: str) -> Course:
        """Read the settings; `grade_options` are traits of `GradeInSandbox`, such as isolation="process"."""
        root = root.resolve()
        if not (root / CONFIG_FILE).is_file():
            raise CourseError(
                f"{root} holds no {CONFIG_FILE}; run this in the course's folder, or give --course-root"
            )
        config = PyFileConfigLoader(CONFIG_FILE, path=str(root)).load_config()
        config.GradeInSandbox.update(grade_options)
        put_environment_on_path()
        return cls(root, config)

    @cached_property
    def directory(self) -> CourseDirectory:
        return CourseDirectory(config=self.config)

    @cached_property
    def api(self) -> NbGraderAPI:
        return NbGraderAPI(self.directory, config=self.config)

    def gradebook(self) -> Gradebook:
        return Gradebook(self.directory.db_url, self.directory.course_id)

    def students(self, assignment: str) -> tuple[str, ...]:
        """The students who have handed something in for the assignment, in alphabetical order."""
        found = self.root.glob(f"submitted/*/{assignment}")
        return tuple(sorted(path.parent.name for path in found if path.is_dir()))

    def submitted(self, assignment: str, student: str) -> Path:
        return self.root / "submitted" / student / assignment / f"{assignment}.ipynb"

    def released(self, assignment: str) -> Path:
        return self.root / "exercises" / assignment / f"{assignment}.ipynb"

    def autograded(self, assignment: str, student: str) -> Path:
        return self.root / "autograded" / student / assignment / f"{assignment}.ipynb"

    def feedback(self, assignment: str, student: str) -> Path:
        return self.root / "feedback" / student / assignment / f"{assignment}.html"

    def autograded_notebooks(self, assignment: str) -> Iterator[tuple[str, NotebookNode | None]]:
        """Each student with the autograded notebook, `None` where there is none."""
        for student in self.students(assignment):
            path = self.autograded(assignment, student)
            yield student, nbformat.read(path, as_version=4) if path.is_file() else None


def put_environment_on_path() -> None:
    """nbgrader calls a bare `alembic` when it makes a gradebook; it stands beside this Python."""
    folder = str(Path(sys.executable).parent)
    paths = os.environ.get("PATH", "").split(os.pathsep)
    if folder not in paths:
        os.environ["PATH"] = os.pathsep.join([folder, *paths])
