"""A batch does what is to be done and nothing twice, one at a time, and says in one sentence what is in its way."""

from __future__ import annotations

import errno
import shutil
import sqlite3

import pytest

from rnnlab.grading import batch, ledger, seeds
from rnnlab.grading.batch import Options
from rnnlab.grading.course import Course, CourseError
from rnnlab.grading.executors import Here
from rnnlab.grading.lock import only_batch
from rnnlab.grading.record import Record, Status
from rnnlab.grading.sandbox import IsolationUnavailable
from rnnlab.grading.shelf import Shelf
from tests.grading.batch.conftest import ASSIGNMENT, hand_in

pytestmark = pytest.mark.sandbox
EVERYBODY = ["ada", "boris", "chen", "dora", "emil"]


def grade(course: Course, *students: str, **options) -> dict[str, batch.Done]:
    chosen = students or course.students(ASSIGNMENT)
    return {done.student: done for done in batch.autograde(course, ASSIGNMENT, chosen, Options(**options))}


def again(done: dict[str, batch.Done]) -> list[str]:
    return sorted(name for name, each in done.items() if not each.unchanged)


def execute(course: Course, statement: str) -> list:
    with sqlite3.connect(course.root / "gradebook.db") as database:
        found = database.execute(statement).fetchall()
    database.close()
    return found


def points(course: Course, student: str) -> float:
    (row,) = execute(
        course,
        "SELECT sum(coalesce(g.auto_score, 0)) FROM grade g JOIN submitted_notebook n ON n.id = g.notebook_id "
        f"JOIN submitted_assignment s ON s.id = n.assignment_id WHERE s.student_id = '{student}'",
    )
    return row[0]


@pytest.fixture(scope="module")
def graded(handed_in, tmp_path_factory) -> Course:
    root = tmp_path_factory.mktemp("graded") / "course"
    shutil.copytree(handed_in, root)
    course = Course.open(root)
    grade(course)
    return course


@pytest.fixture
def own(graded, tmp_path) -> Course:
    shutil.copytree(graded.root, tmp_path / "own")
    return Course.open(tmp_path / "own")


def test_each_submission_ends_in_one_status(own):
    done = grade(own)
    assert {name: each.status for name, each in done.items()} == {
        "ada": Status.GRADED,
        "boris": Status.GRADED,
        "chen": Status.GRADED,
        "dora": Status.REPAIRED,
        "emil": Status.PERSON,
    }
    assert again(done) == []
    assert points(own, "ada") == points(own, "dora") > points(own, "boris") == points(own, "emil") == 0


def test_only_what_changed_is_graded_again(own):
    path = own.submitted(ASSIGNMENT, "boris")
    path.write_text(path.read_text(encoding="utf-8").replace("E[ids] * 2", "E[ids]"), encoding="utf-8")
    assert again(grade(own)) == ["boris"]
    assert points(own, "boris") > 0
    (path.parent / "timestamp.txt").write_text("2031-01-01 00:00:00 UTC\n")
    assert again(grade(own)) == ["boris"]
    assert again(grade(own, force=True)) == EVERYBODY


@pytest.mark.parametrize(
    "loss",
    [
        lambda course: course.autograded(ASSIGNMENT, "ada").unlink(),
        lambda course: shutil.rmtree(course.autograded(ASSIGNMENT, "ada").parent),
        lambda course: (
            course.autograded(ASSIGNMENT, "ada").chmod(0o644),
            course.autograded(ASSIGNMENT, "ada").write_bytes(
                course.autograded(ASSIGNMENT, "ada").read_bytes()[:5000]
            ),
        ),
        lambda course: execute(
            course,
            "DELETE FROM grade WHERE notebook_id = (SELECT n.id FROM submitted_notebook n JOIN submitted_assignment s "
            "ON s.id = n.assignment_id WHERE s.student_id = 'ada')",
        ),
    ],
    ids=["notebook", "folder", "half a notebook", "marks"],
)
def test_what_was_lost_is_made_again_and_is_the_same(own, loss):
    notebook = own.autograded(ASSIGNMENT, "ada").read_bytes()
    before = points(own, "ada")
    loss(own)
    assert again(grade(own)) == ["ada"]
    assert own.autograded(ASSIGNMENT, "ada").read_bytes() == notebook
    assert points(own, "ada") == before
    assert sorted(path.name for path in own.autograded(ASSIGNMENT, "ada").parent.iterdir()) == [
        "hidden_state.ipynb",
        "timestamp.txt",
    ]


def test_new_probes_are_drawn_when_asked_for_and_kept(own):
    def key(student: str) -> bytes:
        return batch.Desk(own, ASSIGNMENT).task(student).key

    first = {student: key(student) for student in EVERYBODY}
    assert again(grade(own, "ada", reseed=True)) == ["ada"]
    assert key("ada") != first["ada"]
    assert key("boris") == first["boris"]
    assert again(grade(own)) == []
    (own.root / seeds.DRAWS_FILE).write_text("[1, 2")
    with pytest.raises(seeds.DamagedSecret, match="cannot be read; restore it from a backup"):
        grade(own)


def test_a_time_that_makes_no_sense_costs_no_marks_and_needs_a_person(own):
    folder = own.submitted(ASSIGNMENT, "ada").parent
    before = points(own, "ada")
    (folder / "timestamp.txt").write_text("last Tuesday, I think")
    done = grade(own)["ada"]
    assert done.status is Status.PERSON
    assert "timestamp.txt holds no time that can be read" in done.reasons[0]
    assert points(own, "ada") == before
    (folder / "timestamp.txt").unlink()
    assert grade(own)["ada"].status is Status.GRADED


def test_a_folder_without_the_notebook_gets_no_marks_and_a_reason(own):
    own.submitted(ASSIGNMENT, "ada").unlink()
    done = grade(own)["ada"]
    assert (done.status, len(done.reasons)) == (Status.PERSON, 1)
    assert points(own, "ada") == 0
    assert again(grade(own)) == []


def test_links_lead_nowhere(own):
    thief = own.submitted(ASSIGNMENT, "thief")
    thief.parent.mkdir(parents=True)
    thief.symlink_to(own.submitted(ASSIGNMENT, "ada"))
    (thief.parent / "timestamp.txt").symlink_to(own.root / ".course-secret")
    (thief.parent / "notes.txt").write_text("x")
    assert grade(own)["thief"].status is Status.PERSON
    assert [path.name for path in own.autograded(ASSIGNMENT, "thief").parent.iterdir()] == [
        "hidden_state.ipynb"
    ]


def test_two_batches_at_once_are_one_too_many(own):
    with (
        only_batch(own.root, ASSIGNMENT),
        pytest.raises(CourseError, match=r"hidden_state, process \d+, since"),
    ):
        grade(own)
    assert again(grade(own)) == []


def test_whoever_stops_listening_loses_nothing(own):
    done = batch.autograde(own, ASSIGNMENT, own.students(ASSIGNMENT), Options(force=True))
    next(done)
    done.close()
    assert again(grade(own)) == []


@pytest.mark.parametrize("error", [IsolationUnavailable, KeyboardInterrupt])
def test_what_was_graded_is_written_when_the_batch_ends_early(own, error):
    class Failing(Here):
        def run(self, tasks):
            yield from super().run([next(iter(tasks))])
            raise error("the machine has failed")

    done = []
    with pytest.raises(error):
        done.extend(batch.autograde(own, ASSIGNMENT, EVERYBODY, Options(force=True, executor=Failing())))
    written = (own.root / "autograded").glob("*/*/*.ipynb")
    assert max(written, key=lambda path: path.stat().st_mtime_ns).parent.parent.name == "ada"
    assert again(grade(own)) == []


def test_other_steps_than_ours_are_left_to_nbgrader(own):
    own.config.Autograde.autograde_preprocessors = ["nbgrader.preprocessors.Execute"]
    with pytest.raises(CourseError, match="use that command"):
        grade(own)


def test_an_address_that_is_no_databases_is_named(own):
    (own.root / "nbgrader_config.py").write_text('get_config().CourseDirectory.db_url = "gradebook"\n')
    with pytest.raises(CourseError, match="not a database's address: 'gradebook'; the default is"):
        Course.open(own.root)


def test_an_assignment_that_is_not_in_the_gradebook_is_to_be_released(own):
    (own.root / "gradebook.db").unlink()
    with pytest.raises(CourseError, match="run `rnnlab release hidden_state` first"):
        grade(own)


def test_a_released_notebook_that_the_gradebook_does_not_know_is_to_be_released_again(own):
    execute(own, "UPDATE base_cell SET name = 'test_old' WHERE name = 'test_embed'")
    with pytest.raises(CourseError, match="test_embed that the gradebook does not know"):
        grade(own, force=True)


def test_a_full_disk_stops_the_batch_with_nothing_half_written(own, monkeypatch):
    def full(self, path, data):
        path.write_bytes(data[:100])
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    before = own.autograded(ASSIGNMENT, "boris").read_bytes()
    with monkeypatch.context() as patched:
        patched.setattr(Shelf, "_write_file", full)
        with pytest.raises(
            CourseError, match=r"\(No space left on device\); what was graded before is complete"
        ):
            grade(own, force=True)
    assert own.autograded(ASSIGNMENT, "boris").read_bytes() == before
    assert not list(own.root.glob("autograded/*/*/.*"))
    assert again(grade(own)) == []


def test_a_folder_that_cannot_be_written_is_named(own):
    shutil.rmtree(own.root / "autograded")
    (own.root / "autograded").write_text("a file")
    with pytest.raises(CourseError, match=r"autograded.* cannot be written"):
        grade(own)


def test_an_old_gradebook_is_to_be_upgraded(own):
    execute(own, "ALTER TABLE grade DROP COLUMN extra_credit")
    execute(own, "ALTER TABLE grade DROP COLUMN manual_score")
    with pytest.raises(CourseError, match="nbgrader db upgrade"):
        grade(own, force=True)


def test_a_gradebook_that_somebody_else_writes_is_waited_for_and_then_named(own, monkeypatch):
    monkeypatch.setattr(ledger, "PATIENCE_SECONDS", 0.0)
    other = sqlite3.connect(own.root / "gradebook.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        with pytest.raises(CourseError, match="another program has held the gradebook"):
            grade(own, force=True)
    finally:
        other.close()
    assert again(grade(own)) == []


def test_a_student_who_hands_in_later_joins_the_others(own):
    hand_in(own, "zoe", own.submitted(ASSIGNMENT, "ada").read_text(encoding="utf-8"))
    assert again(grade(own)) == ["zoe"]
    assert points(own, "zoe") == points(own, "ada")


def test_the_record_says_what_the_outcome_said(own):
    done = grade(own)["dora"]
    notebook = own.autograded_notebook(ASSIGNMENT, "dora")
    assert notebook is not None
    assert Record.read(notebook).repairs == done.repairs != ()
