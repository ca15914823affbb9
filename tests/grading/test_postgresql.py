"""The gradebook on a PostgreSQL server by nbgrader's own setting: the same marks, or a sentence that says why not."""

from __future__ import annotations

import shutil
import sys
from itertools import count

import pytest

from rnnlab.grading import database
from tests.grading import postgresql_server
from tests.grading.own_course import ASSIGNMENT, OwnCourse, marks

pytestmark = [pytest.mark.sandbox, pytest.mark.postgresql]
NUMBERS = count()


@pytest.fixture(scope="module")
def server():
    binaries = postgresql_server.programs()
    if binaries is None:
        pytest.skip("NOT TESTED: there is no PostgreSQL on this machine; on Debian: apt install postgresql")
    with postgresql_server.running(binaries) as folder:
        yield lambda name: postgresql_server.create_database(binaries, folder, name)


@pytest.fixture
def on_server(server):
    """Moves a handed-in course's gradebook into a new database of the server, and releases the assignment there."""

    def move(own: OwnCourse) -> OwnCourse:
        config = own.root / "nbgrader_config.py"
        address = server(f"gradebook_{next(NUMBERS)}")
        config.write_text(config.read_text().replace("sqlite:///gradebook.db", address))
        (own.root / "gradebook.db").unlink()
        own.do("release", ASSIGNMENT)
        return own

    return move


def test_the_class_gets_the_same_marks_as_in_sqlite(on_server, handed_in_course, graded_class):
    own = on_server(handed_in_course)
    shutil.copy(graded_class.root / ".course-secret", own.root)
    own.do("autograde", ASSIGNMENT, "-j", "2", code=1)
    assert marks(own) == marks(graded_class)
    assert not (own.root / "gradebook.db").exists()
    assert own.do("autograde", ASSIGNMENT, code=1).startswith("0 graded, ")


@pytest.mark.slow
def test_the_whole_class_gets_the_same_marks_as_in_sqlite(on_server, whole_class):
    there = on_server(whole_class.copy(whole_class.root.with_name("there")))
    whole_class.do("autograde", ASSIGNMENT, code=1)
    shutil.copy(whole_class.root / ".course-secret", there.root)
    there.do("autograde", ASSIGNMENT, code=1)
    assert marks(there) == marks(whole_class)


def test_a_regrade_keeps_what_a_person_gave(on_server, handed_in_course):
    own = on_server(handed_in_course)
    own.do("autograde", ASSIGNMENT, "--student", "example-ada")
    with own.course().gradebook() as gradebook:
        submission = gradebook.find_submission(ASSIGNMENT, "example-ada")
        grade = next(g for nb in submission.notebooks for g in nb.grades if g.cell.name.startswith("explain"))
        grade.manual_score = 2.5
        gradebook.db.commit()
    own.do("autograde", ASSIGNMENT, "--student", "example-ada", "--force")
    with own.course().gradebook() as gradebook:
        submission = gradebook.find_submission(ASSIGNMENT, "example-ada")
        grades = {g.cell.name: g.manual_score for nb in submission.notebooks for g in nb.grades}
    assert grades["explain_hidden_state"] == 2.5


def test_a_server_that_is_not_there_is_one_sentence(handed_in_course, tmp_path):
    config = handed_in_course.root / "nbgrader_config.py"
    address = f"postgresql+psycopg://grader:hush@/marks?host={tmp_path}"
    config.write_text(config.read_text().replace("sqlite:///gradebook.db", address))
    complaint = handed_in_course.refused("autograde", ASSIGNMENT)
    assert "start the server, or correct db_url in nbgrader_config.py" in complaint
    assert "hush" not in complaint


def test_a_driver_that_is_missing_is_named_with_its_package(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(database.GradebookUnavailable, match=r"pip install 'rnnlab\[postgresql\]'"):
        database.require("postgresql+psycopg://grader@localhost/marks")


def test_an_address_that_is_none_is_one_sentence():
    with pytest.raises(database.GradebookUnavailable, match="is not a database's address"):
        database.require("gradebook.db")
