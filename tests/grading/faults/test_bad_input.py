"""Whatever is wrong with a course or a submission: one clear sentence with the next step, and nothing half-written."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import nbgrader
import pytest

from rnnlab.grading.sandbox import Isolation, doctor
from tests.course.conftest import ASSIGNMENT, COMMANDS, CourseFolder
from tests.grading.faults import killing
from tests.grading.faults.coursework import NOTEBOOK, copied, released_course, submitted
from tests.grading.faults.fault import as_bytes

MISSING = doctor.problems(Isolation.LANDLOCK)
pytestmark = [
    pytest.mark.sandbox,
    pytest.mark.skipif(bool(MISSING), reason="NOT TESTED: no sandbox on this machine. " + " ".join(MISSING)),
]
HONEST = ("ada", "boris")


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory, course_root, honest) -> CourseFolder:
    """A course with two honest submissions that nobody has graded."""
    course = released_course(course_root, tmp_path_factory.mktemp("bad-input") / "course")
    for student in HONEST:
        submitted(course, student).write_bytes(as_bytes(honest))
    return course


@pytest.fixture
def course(handed_in, tmp_path) -> CourseFolder:
    return copied(handed_in, tmp_path / "course")


def refused(done: subprocess.CompletedProcess[str]) -> str:
    """The one sentence of a command that could not be carried out."""
    assert done.returncode == 2, done.stdout + done.stderr
    (sentence,) = done.stderr.strip().splitlines()
    assert sentence.startswith("rnnlab: ")
    return sentence


def test_every_kind_of_unusable_submission_is_told_in_a_line_and_the_batch_goes_on(course):
    ada = course.root / "submitted" / HONEST[0]
    (submitted(course, "empty")).touch()
    (submitted(course, "huge")).write_bytes(b" " * 25_000_000)
    (submitted(course, "half")).write_bytes((ada / ASSIGNMENT / NOTEBOOK).read_bytes()[:5000])
    (submitted(course, "folder")).mkdir()
    (submitted(course, "linked-file")).symlink_to(ada / ASSIGNMENT / NOTEBOOK)
    (submitted(course, "dangling")).symlink_to("nowhere")
    submitted(course, "nothing")
    (submitted(course, "other-name").with_name("homework.ipynb")).write_bytes(
        (ada / ASSIGNMENT / NOTEBOOK).read_bytes()
    )
    os.mkfifo(submitted(course, "pipe"))
    (course.root / "submitted" / "linked-folder").symlink_to(ada)
    done = course.run("rnnlab", "autograde", ASSIGNMENT)
    assert done.returncode == 1, done.stderr
    lines = {name: line for line in done.stdout.splitlines() for name in [line.split(" needs a person")[0]]}
    expected = {
        "empty": "is empty",
        "huge": "is larger than",
        "half": "is not a notebook",
        "folder": "not a regular file",
        "linked-file": "is a link",
        "dangling": "is a link",
        "nothing": "there is no",
        "other-name": "there is no",
        "pipe": "not a regular file",
        "linked-folder": "is a link",
    }
    for name, says in expected.items():
        assert says in lines.get(name, ""), (name, done.stdout)
        assert "hand it in again" in lines[name]
    points = {(student, cell): score for student, cell, score, _ in killing.grades(course)}
    assert points[HONEST[0], "test_masked_forward"] == 4
    assert not any(score for (student, _), score in points.items() if student in expected)
    assert killing.half_written(course) == []


@pytest.mark.slow
def test_a_locked_gradebook_is_told_before_anything_is_graded(course):
    with closing(sqlite3.connect(course.root / "gradebook.db")) as gradebook:
        gradebook.execute("begin exclusive")
        sentence = refused(course.run("rnnlab", "autograde", ASSIGNMENT))
    assert "another program has held the gradebook" in sentence
    assert "run this again" in sentence
    assert killing.finished(course) == {}
    course.do("rnnlab", "autograde", ASSIGNMENT)


@pytest.mark.slow
def test_a_gradebook_of_an_older_nbgrader_is_told_with_the_command_that_upgrades_it(course):
    old = Path(nbgrader.__file__).parent / "tests" / "apps" / "files" / "gradebook.db"
    shutil.copy(old, course.root / "gradebook.db")
    assert "nbgrader db upgrade" in refused(course.run("rnnlab", "autograde", ASSIGNMENT))
    assert (course.root / "gradebook.db").read_bytes() == old.read_bytes()
    course.do("nbgrader", "db", "upgrade")
    course.do("rnnlab", "release", ASSIGNMENT)
    assert course.do("rnnlab", "autograde", ASSIGNMENT).startswith("2 graded")


@pytest.mark.slow
def test_a_file_that_is_no_gradebook_is_told_and_left_as_it_is(course):
    path = course.root / "gradebook.db"
    path.write_bytes(b"this is not a database" * 100)
    before = path.read_bytes()
    sentence = refused(course.run("rnnlab", "autograde", ASSIGNMENT))
    assert "cannot be used: file is not a database" in sentence
    assert "see that the file is whole" in sentence
    assert path.read_bytes() == before


def test_a_damaged_release_is_told_with_the_command_that_makes_it_again(course):
    released = course.root / "exercises" / ASSIGNMENT / NOTEBOOK
    released.write_bytes(released.read_bytes()[:2000])
    assert f"rnnlab release {ASSIGNMENT}" in refused(course.run("rnnlab", "autograde", ASSIGNMENT))
    assert killing.finished(course) == {}


def test_a_damaged_secret_is_told_before_anything_is_graded(course):
    (course.root / ".course-secret").write_text("oops")
    assert "64 hexadecimal digits" in refused(course.run("rnnlab", "autograde", ASSIGNMENT))
    assert killing.finished(course) == {}


@pytest.fixture
def small_disk(tmp_path):
    """A file system of a few megabytes."""
    mount = tmp_path / "disk"
    mount.mkdir()
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("NOT TESTED: only root can mount a small file system")
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(mount)], capture_output=True)
    if made.returncode != 0:
        pytest.skip("NOT TESTED: no file system can be mounted here: " + made.stderr.decode().strip())
    yield mount
    subprocess.run(["umount", "-l", str(mount)], check=True)


@pytest.fixture
def course_on_small_disk(handed_in, small_disk) -> CourseFolder:
    return copied(handed_in, small_disk / "course")


@pytest.mark.slow
def test_on_a_full_disk_nothing_is_half_written_and_the_next_run_ends_well(course_on_small_disk, small_disk):
    course = course_on_small_disk
    ballast = course.root / "ballast"
    free = os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_frsize
    ballast.write_bytes(bytes(free - 20_000))
    sentence = refused(course.run("rnnlab", "autograde", ASSIGNMENT))
    assert "No space left on device" in sentence
    assert "make room" in sentence
    assert "run this again" in sentence
    assert killing.half_written(course) == []
    ballast.unlink()
    course.do("rnnlab", "autograde", ASSIGNMENT)
    points = {(student, cell): score for student, cell, score, _ in killing.grades(course)}
    assert points[HONEST[0], "test_masked_forward"] == 4


@pytest.mark.slow
def test_a_read_only_course_folder_is_told_before_anything_is_graded(course_on_small_disk, small_disk):
    course = course_on_small_disk
    before = killing.files(course)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    sentence = refused(course.run("rnnlab", "autograde", ASSIGNMENT))
    assert "cannot be written" in sentence
    assert killing.files(course) == before


@pytest.fixture
def as_nobody(handed_in):
    """A copy of the course that belongs to an ordinary user, and the means to run a command as that user."""
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        pytest.skip("NOT TESTED: only root can become another user (with setpriv)")
    base = Path(tempfile.mkdtemp(prefix="rnnlab-nobody-"))
    base.chmod(0o755)
    shutil.copytree(handed_in.root, base / "course")
    (base / "home").mkdir()
    for path in (base, *base.rglob("*")):
        os.chown(path, 65534, 65534, follow_symlinks=False)
    user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    environment = {"PATH": f"{COMMANDS}:/usr/bin:/bin", "HOME": str(base / "home"), "COLUMNS": "200"}
    probe = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import rnnlab'], check=True)"
    if subprocess.run([*user, sys.executable, "-c", probe], env=environment, capture_output=True).returncode:
        shutil.rmtree(base)
        pytest.skip("NOT TESTED: another user cannot read this environment")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [*user, str(COMMANDS / "rnnlab"), *arguments]
        return subprocess.run(
            command, cwd=base / "course", env=environment, capture_output=True, text=True, timeout=300
        )

    yield CourseFolder(base / "course"), run
    for path in (base, *base.rglob("*")):
        path.chmod(0o755)
    shutil.rmtree(base)


@pytest.mark.slow
def test_a_file_that_the_grader_may_not_read_is_told_and_the_batch_goes_on(as_nobody):
    course, run = as_nobody
    (course.root / "submitted" / HONEST[1] / ASSIGNMENT / NOTEBOOK).chmod(0)
    done = run("autograde", ASSIGNMENT)
    assert done.returncode == 1, done.stderr
    assert f"{HONEST[1]} needs a person: {NOTEBOOK} cannot be read (Permission denied)" in done.stdout
    points = {(student, cell): score for student, cell, score, _ in killing.grades(course)}
    assert points[HONEST[0], "test_masked_forward"] == 4
