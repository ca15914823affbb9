"""A course in a folder of its own, released, handed in and graded through the real commands."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

COMMANDS = Path(sys.executable).parent
ASSIGNMENT = "hidden_state"


class CourseFolder:
    """A throw-away course folder and the commands of an instructor in it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def run(self, command: str, *arguments: str, **kw) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "COLUMNS": "200", "PATH": f"{COMMANDS}{os.pathsep}{os.environ['PATH']}"}
        return subprocess.run(
            [str(COMMANDS / command), *arguments],
            cwd=self.root,
            env=environment,
            capture_output=True,
            text=True,
            **kw,
        )

    def do(self, command: str, *arguments: str, codes: tuple[int, ...] = (0,)) -> str:
        """Run a command that must end with one of these exit codes; returns what it printed."""
        done = self.run(command, *arguments)
        assert done.returncode in codes, (
            f"{command} {arguments} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
        )
        return done.stdout


def copy_course(source: Path, target: Path) -> CourseFolder:
    target.mkdir(parents=True, exist_ok=True)
    shutil.copy(source / "nbgrader_config.py", target)
    for folder in ("solutions", "exercises"):
        shutil.copytree(
            source / folder, target / folder, ignore=shutil.ignore_patterns("*.ipynb_checkpoints")
        )
    return CourseFolder(target)


@pytest.fixture(scope="session")
def released_course(tmp_path_factory, course_root) -> CourseFolder:
    """A course whose assignment was released afresh from its text source."""
    course = copy_course(course_root, tmp_path_factory.mktemp("released") / "course")
    shutil.rmtree(course.root / "exercises")
    course.do("rnnlab", "release", ASSIGNMENT)
    return course


@pytest.fixture(scope="session")
def graded_course(tmp_path_factory, released_course) -> CourseFolder:
    """A course in which the synthetic class has been graded, with feedback and report."""
    root = tmp_path_factory.mktemp("graded") / "course"
    shutil.copytree(released_course.root, root)
    course = CourseFolder(root)
    course.do("rnnlab", "hand-in-class", ASSIGNMENT)
    course.do("rnnlab", "autograde", ASSIGNMENT, codes=(1,))
    course.do("rnnlab", "feedback", ASSIGNMENT)
    course.do("rnnlab", "report", ASSIGNMENT)
    return course
