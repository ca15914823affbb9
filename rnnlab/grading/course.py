"""The course's folder and nbgrader's view of it, opened once at the command line's edge."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import nbformat
from nbformat.notebooknode import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from rnnlab.grading.sandbox import Isolation

CONFIG_FILE = "nbgrader_config.py"
DEFAULT_DATABASE = "sqlite:///gradebook.db"
STUDENT = re.compile(r"[\w.@+][\w.@+ '-]*")


class CourseError(Exception):
    """Something about the course's folder is not as it should be; the message says what to do next."""


@dataclass(frozen=True)
class Course:
    """A course: its folder, and nbgrader's settings from `nbgrader_config.py`."""

    root: Path
    config: Config

    @classmethod
    def open(cls, root: Path, **grade_options: Any) -> Course:
        """Read the settings; `grade_options` are traits of `GradeInSandbox`, such as isolation="process"."""
        root = root.resolve()
        if not (root / CONFIG_FILE).is_file():
            raise CourseError(
                f"{root} holds no {CONFIG_FILE}; run this in the course's folder, or give --course-root"
            )
        config = PyFileConfigLoader(CONFIG_FILE, path=str(root)).load_config()
        config.GradeInSandbox.update(grade_options)
        _settle(config, root)
        put_environment_on_path()
        return cls(root, config)

    @cached_property
    def directory(self) -> CourseDirectory:
        return CourseDirectory(config=self.config)

    @cached_property
    def api(self) -> NbGraderAPI:
        return NbGraderAPI(self.directory, config=self.config)

    @property
    def isolation(self) -> str:
        """The isolation that was asked for."""
        return str(self.config.GradeInSandbox.get("isolation", Isolation.BEST.value))

    @property
    def limits(self) -> dict[str, float]:
        """The sandbox's limits that the instructor changed."""
        return dict(self.config.GradeInSandbox.get("limits", {}))

    def gradebook(self) -> Gradebook:
        return Gradebook(self.directory.db_url, self.directory.course_id)

    def students(self, assignment: str) -> tuple[str, ...]:
        """The students who have handed something in for the assignment, in alphabetical order."""
        left_out = set(self.directory.student_id_exclude.split(","))
        names = (name for name in self._folders(assignment) if STUDENT.fullmatch(name))
        return tuple(sorted(set(names) - left_out))

    def require_students(self, assignment: str, student: str = "") -> tuple[str, ...]:
        """This student, or everybody who has handed something in; raises `CourseError` where there is nobody."""
        students = self.students(assignment)
        if student and student not in students:
            raise CourseError(f"{student!r} has handed in nothing for {assignment}; see submitted/")
        if not students:
            raise CourseError(
                f"nothing has been handed in for {assignment}: submitted/<student>/{assignment}/ is empty"
            )
        return (student,) if student else students

    def unusable_names(self, assignment: str) -> tuple[str, ...]:
        """The folders of submissions whose names nbgrader would take for patterns, or could not write down."""
        names = (name for name in self._folders(assignment) if not STUDENT.fullmatch(name))
        return tuple(sorted(ascii(name) for name in names))

    def _folders(self, assignment: str) -> list[str]:
        return [path.parent.name for path in self.root.glob(f"submitted/*/{assignment}") if path.is_dir()]

    def submitted(self, assignment: str, student: str) -> Path:
        return self.root / "submitted" / student / assignment / f"{assignment}.ipynb"

    def released(self, assignment: str) -> Path:
        return self.root / "exercises" / assignment / f"{assignment}.ipynb"

    def autograded(self, assignment: str, student: str) -> Path:
        return self.root / "autograded" / student / assignment / f"{assignment}.ipynb"

    def feedback(self, assignment: str, student: str) -> Path:
        return self.root / "feedback" / student / assignment / f"{assignment}.html"

    def autograded_notebooks(self, assignment: str) -> Iterator[tuple[str, NotebookNode | None]]:
        """Each student with the autograded notebook, `None` where there is none that can be read."""
        for student in self.students(assignment):
            yield student, self.autograded_notebook(assignment, student)

    def autograded_notebook(self, assignment: str, student: str) -> NotebookNode | None:
        """A student's autograded notebook; one that is half-written counts as not there."""
        path = self.autograded(assignment, student)
        try:
            return nbformat.read(path, as_version=4) if path.is_file() else None
        except (nbformat.reader.NotJSONError, nbformat.ValidationError, KeyError, ValueError):
            return None


def _settle(config: Config, root: Path) -> None:
    """Give nbgrader's relative paths a root: it would take whatever folder the command is run in."""
    config.CourseDirectory.root = str(root)
    given = config.CourseDirectory.get("db_url", DEFAULT_DATABASE)
    try:
        url = make_url(given)
    except ArgumentError as error:
        raise CourseError(
            f"db_url in {CONFIG_FILE} is not a database's address: {given!r}; the default is {DEFAULT_DATABASE!r}"
        ) from error
    if url.get_backend_name() == "sqlite" and url.database:
        url = url.set(database=str(root / url.database))
    config.CourseDirectory.db_url = url.render_as_string(hide_password=False)


def put_environment_on_path() -> None:
    """nbgrader calls a bare `alembic` when it makes a gradebook; it stands beside this Python."""
    folder = str(Path(sys.executable).parent)
    paths = os.environ.get("PATH", "").split(os.pathsep)
    if folder not in paths:
        os.environ["PATH"] = os.pathsep.join([folder, *paths])
