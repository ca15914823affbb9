"""A course of the tests' own, released once, and the synthetic class in it graded once."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from rnnlab.grading.sandbox import Isolation, doctor
from tests.grading.own_course import ASSIGNMENT, OwnCourse

# Right, mistaken, careless and hostile ones of the synthetic class, and a file that is no notebook.
QUICK_CLASS = {
    f"example-{name}" for name in ("ada", "chen", "emil", "lukas", "nils", "piotr", "quinn", "rosa")
}


@pytest.fixture(scope="session")
def _released(tmp_path_factory, course_root) -> OwnCourse:
    own = OwnCourse.copied(course_root, tmp_path_factory.mktemp("own") / "course")
    for step in ("release", "hand-in-class"):
        subprocess.run(
            [Path(sys.executable).with_name("rnnlab"), step, ASSIGNMENT],
            cwd=own.root, check=True, capture_output=True,
        )  # fmt: skip
    return own


@pytest.fixture
def whole_class(_released, tmp_path) -> OwnCourse:
    """A course in which the whole synthetic class has handed in, and nothing is graded yet."""
    return _released.copy(tmp_path / "course")


@pytest.fixture
def handed_in_course(_released, tmp_path) -> OwnCourse:
    """A course in which some of the synthetic class have handed in, and nothing is graded yet."""
    return _with_quick_class(_released, tmp_path / "course")


@pytest.fixture(scope="session")
def graded_class(_released, tmp_path_factory) -> OwnCourse:
    """The same course graded on this machine, into SQLite. To be read, and not changed."""
    if problems := doctor.problems(Isolation.LANDLOCK):
        pytest.skip("NOT TESTED: no sandbox on this machine. " + " ".join(problems))
    own = _with_quick_class(_released, tmp_path_factory.mktemp("graded") / "course")
    own.do("autograde", ASSIGNMENT, code=1)
    return own


def _with_quick_class(released: OwnCourse, target: Path) -> OwnCourse:
    own = released.copy(target)
    for folder in (own.root / "submitted").iterdir():
        if folder.name not in QUICK_CLASS:
            shutil.rmtree(folder)
    return own
