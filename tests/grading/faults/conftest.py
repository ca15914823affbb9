"""The corpus's world: a released notebook, an honest solution of it, and a course with traps."""

from __future__ import annotations

import nbformat
import pytest

from tests.grading.faults.grading import honest_notebook, public_count
from tests.grading.faults.world import ASSIGNMENT, World


@pytest.fixture(scope="session")
def released(course_root):
    return nbformat.read(course_root / "exercises" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", as_version=4)


@pytest.fixture(scope="session")
def honest(released):
    return honest_notebook(released)


@pytest.fixture(scope="module")
def world(honest, tmp_path_factory):
    made = World(tmp_path_factory.mktemp("world"), honest, public_count())
    yield made
    made.close()
