"""The synthetic class graded by stock nbgrader and by ours: equal marks, but for a written list."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from rnnlab.grading.sandbox import Isolation, doctor
from tests.course.conftest import ASSIGNMENT, CourseFolder, copy_course

MISSING = doctor.problems(Isolation.LANDLOCK)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.sandbox,
    pytest.mark.skipif(bool(MISSING), reason="NOT TESTED: no sandbox on this machine. " + " ".join(MISSING)),
]

STOCK = """
c = get_config()
c.CourseDirectory.course_id = "rnn"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"
c.CourseDirectory.db_url = "sqlite:///gradebook.db"
c.CourseDirectory.ignore = [".ipynb_checkpoints", "__pycache__", "*.md", "*.py", "class"]
"""
# Not the hostile ones: stock believes some of them, waits for others, and contains none of them.
COMPARED = {
    "example-ada", "example-alan", "example-boris", "example-chen", "example-dora", "example-emil",
    "example-fatima", "example-goro", "example-hana", "example-igor", "example-oskar", "example-pia",
    "example-piotr", "example-quinn", "example-rafi", "example-rosa", "example-sara", "example-tomas",
    "example-uma", "example-vera", "example-yara",
}  # fmt: skip
_QUESTION = (
    "stock takes the student's own check for the test, and that tells nobody whether an answer is right"
)
DIFFERENCES = {
    "example-dora": _QUESTION,
    "example-emil": _QUESTION,
    "example-yara": _QUESTION,
    "example-oskar": "stock runs the cells in the student's order; ours in the released one",
    "example-pia": "stock has lost the setup and a test that the student deleted; ours puts them back",
    "example-piotr": "stock cannot read half a file and leaves no marks; ours leaves zeros and the reason",
    "example-quinn": "stock refuses a notebook that lost its metadata; ours finds the cells by what they define",
    "example-rafi": "stock refuses a notebook with a cell pasted twice; ours takes what was written",
    "example-rosa": "stock takes what a right answer writes to standard error for an error",
    "example-tomas": "stock refuses a notebook of an old format; ours reads it",
    "example-vera": "stock leaves no marks where the notebook has another name; ours leaves zeros and the reason",
}


def marks(root: Path) -> dict[str, dict[str, float]]:
    """The points of every student's automatically graded cells, from nbgrader's own tables."""
    query = """
        select submitted_assignment.student_id, base_cell.name, grade.auto_score
        from grade
        join base_cell on base_cell.id = grade.cell_id
        join submitted_notebook on submitted_notebook.id = grade.notebook_id
        join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id
        where base_cell.name like 'test\\_%' escape '\\'
    """
    found: dict[str, dict[str, float]] = {}
    with closing(sqlite3.connect(root / "gradebook.db")) as gradebook:
        for student, cell, points in gradebook.execute(query):
            found.setdefault(student, {})[cell] = points
    return found


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory, course_root) -> CourseFolder:
    """A released course with the class handed in, but for its hostile students."""
    course = copy_course(course_root, tmp_path_factory.mktemp("equivalence") / "ours")
    shutil.rmtree(course.root / "exercises")
    course.do("rnnlab", "release", ASSIGNMENT)
    course.do("rnnlab", "hand-in-class", ASSIGNMENT)
    for folder in (course.root / "submitted").iterdir():
        if folder.name not in COMPARED:
            shutil.rmtree(folder)
    return course


def test_honest_students_get_the_same_marks_from_stock_nbgrader(handed_in, tmp_path):
    stock = CourseFolder(tmp_path / "stock")
    shutil.copytree(handed_in.root, stock.root)
    (stock.root / "nbgrader_config.py").write_text(STOCK)
    for student in sorted(COMPARED):  # one by one, because the first that it refuses ends its whole batch
        stock.run("nbgrader", "autograde", ASSIGNMENT, "--student", student)
    handed_in.do("rnnlab", "autograde", ASSIGNMENT, codes=(0, 1))
    theirs, ours = marks(stock.root), marks(handed_in.root)
    students = {folder.name for folder in (handed_in.root / "submitted").iterdir()}
    assert ours.keys() == students, "ours leaves nobody without marks"
    differ = {student for student in students if theirs.get(student) != ours[student]}
    assert differ == DIFFERENCES.keys()
    assert students == COMPARED
