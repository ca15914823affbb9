"""The command line as a tired instructor meets it: help, exit codes, sentences, interruptions."""

from __future__ import annotations

import re
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import fields
from pathlib import Path

import pytest

from rnnlab.grading import batch, cli
from rnnlab.grading.commands.options import EXIT_CODES, Exit, console
from rnnlab.grading.commands.progress import progress, summary
from rnnlab.grading.record import Status
from rnnlab.grading.sandbox import Limits
from tests.grading.own_course import ASSIGNMENT, OwnCourse, answered, hand_in_alone, run_here

COMMANDS = tuple(command.name or command.callback.__name__ for command in cli.app.registered_commands)
ORDER = ("doctor", "release", "autograde", "grade-one", "feedback", "report", "export")


@pytest.fixture
def narrow(monkeypatch):
    """A terminal of 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERMINAL_WIDTH", "80")


def test_without_arguments_the_steps_are_shown_in_their_order_of_use(narrow):
    code, printed, complaints = run_here()
    assert (code, complaints) == (0, "")
    places = [printed.index(f"│ {name} ") for name in ORDER]
    assert places == sorted(places)
    assert run_here("--help")[1] == printed


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help_that_fits_with_an_example_and_the_exit_codes(narrow, command):
    code, printed, _ = run_here(command, "--help")
    assert code == 0
    assert max(map(len, printed.splitlines())) <= 80
    assert f"rnnlab {command}" in printed.partition("Examples")[2]
    for number in (Exit.FINE, Exit.PERSON) if command == "doctor" else Exit:
        assert re.search(rf"^ +{number.value} +\w", printed.partition("Exit codes")[2], re.MULTILINE)


def test_each_exit_code_is_documented_once():
    documented = [int(found) for found in re.findall(r"^ +(\d+) ", EXIT_CODES, re.MULTILINE)]
    assert documented == [number.value for number in Exit]


def test_an_unknown_command_and_an_unknown_option_are_refused():
    assert run_here("autograd")[0] == 2
    assert "autograde" in run_here("autograd")[2]
    assert run_here("report", ASSIGNMENT, "--nothing")[0] == 2


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("autograde", "hidden_stat"), "there is no assignment named 'hidden_stat'"),
        (("autograde", ASSIGNMENT, "--student", "nobody"), "'nobody' has handed in nothing"),
        (("report", "x"), "there is no assignment named 'x'"),
    ],
)
def test_bad_input_is_one_sentence(handed_in_course, arguments, sentence):
    assert sentence in handed_in_course.refused(*arguments)


def test_a_folder_that_is_no_course_is_one_sentence(tmp_path):
    code, _, complaints = run_here("autograde", ASSIGNMENT, "--course-root", str(tmp_path))
    assert code == 2
    assert len(complaints.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda path: path.write_text("nothing of a database" * 100), "file is not a database"),
        (lambda path: _drop_column(path), "made by an older nbgrader (it has no student.lms_user_id)"),
    ],
    ids=["no database", "older"],
)
@pytest.mark.parametrize("command", ["autograde", "report"])
def test_a_gradebook_that_cannot_be_used_is_one_sentence(handed_in_course, spoil, sentence, command):
    spoil(handed_in_course.root / "gradebook.db")
    assert sentence in handed_in_course.refused(command, ASSIGNMENT)


def test_a_gradebook_that_another_program_holds_is_one_sentence(handed_in_course):
    other = sqlite3.connect(handed_in_course.root / "gradebook.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        sentence = handed_in_course.refused("report", ASSIGNMENT)
    finally:
        other.close()
    assert "database is locked; close the program that is writing into it" in sentence


def test_an_address_of_a_gradebook_that_is_none_is_one_sentence(handed_in_course):
    config = handed_in_course.root / "nbgrader_config.py"
    config.write_text(config.read_text().replace("sqlite:///gradebook.db", "gradebook.db"))
    sentence = handed_in_course.refused("autograde", ASSIGNMENT)
    assert "db_url in nbgrader_config.py is not a database's address" in sentence


def _drop_column(path: Path) -> None:
    with sqlite3.connect(path) as gradebook:
        gradebook.execute("ALTER TABLE student DROP COLUMN lms_user_id")
    gradebook.close()


def test_the_help_names_every_limit(narrow):
    printed = run_here("autograde", "--help")[1]
    assert all(re.search(rf"^ +{field.name} +\d", printed, re.MULTILINE) for field in fields(Limits))


def test_a_limit_that_makes_no_sense_is_refused(handed_in_course):
    code, _, complaints = handed_in_course.run("autograde", ASSIGNMENT, "--limit", "cell_second=3")
    assert code == 2
    assert "Did you mean cell_seconds?" in " ".join(complaints.replace("│", " ").split())


def test_a_limit_reaches_the_sandbox(handed_in_course):
    hand_in_alone(handed_in_course, answered(_released(handed_in_course), pause=3.0), "ada")
    handed_in_course.do(
        "autograde", ASSIGNMENT, "--limit", "cell_seconds=0.5", "--limit", "grace_seconds=0.1"
    )
    graded = (handed_in_course.root / "autograded" / "ada" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_text()
    assert "This cell was stopped: it took too long" in graded


def test_new_probes_are_drawn_only_when_they_are_asked_for(handed_in_course):
    hand_in_alone(handed_in_course, answered(_released(handed_in_course)), "ada", "boris")
    grade = ("autograde", ASSIGNMENT, "-j", "1")
    assert handed_in_course.do(*grade).startswith("2 graded, 0 unchanged")
    assert handed_in_course.do(*grade).startswith("0 graded, 2 unchanged")
    assert handed_in_course.do(*grade, "--reseed", "--student", "ada").startswith("1 graded, 0 unchanged")
    assert handed_in_course.do(*grade).startswith("0 graded, 2 unchanged")
    assert handed_in_course.do(*grade, "--force").startswith("2 graded, 0 unchanged")


def test_an_interrupted_command_says_how_it_goes_on(handed_in_course, monkeypatch):
    def interrupted(*_, **__):
        yield batch.Done("ada", Status.GRADED, (), False)
        raise KeyboardInterrupt

    monkeypatch.setattr(batch, "autograde", interrupted)
    code, _, complaints = handed_in_course.run("autograde", ASSIGNMENT)
    assert code == 130
    assert (
        complaints
        == "rnnlab: interrupted; what was finished is kept, and the same command goes on from there\n"
    )


def test_ctrl_c_in_the_middle_of_a_batch_ends_it_cleanly(handed_in_course):
    students = [f"student-{number}" for number in range(6)]
    hand_in_alone(handed_in_course, answered(_released(handed_in_course), pause=1.0), *students)
    process = subprocess.Popen(
        [str(Path(sys.executable).with_name("rnnlab")), "autograde", ASSIGNMENT, "-j", "2"],
        cwd=handed_in_course.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    deadline = time.monotonic() + 120
    while not list(handed_in_course.root.glob("autograded/*/*/*.ipynb")):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline, "something should be graded by now"
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    printed, complaints = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "Traceback" not in printed + complaints
    assert "the same command goes on from there" in complaints
    done = {path.parts[-3] for path in handed_in_course.root.glob("autograded/*/*/*.ipynb")}
    assert 0 < len(done) < len(students)
    printed = handed_in_course.do("autograde", ASSIGNMENT)
    assert printed.startswith(f"{len(students) - len(done)} graded, {len(done)} unchanged")


def _released(own: OwnCourse) -> bytes:
    return (own.root / "exercises" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_bytes()


def test_the_summary_has_a_line_for_each_student_who_needs_a_person(capsys):
    done = [
        batch.Done("ada", Status.GRADED, (), unchanged=True),
        batch.Done(
            "boris", Status.PERSON, ("x.ipynb is empty", "a cell is [red]missing[/]"), unchanged=False
        ),
        batch.Done("chen", Status.REPAIRED, (), unchanged=False),
    ]
    summary(console, done, seconds=65.4)
    first, second = capsys.readouterr().out.splitlines()
    assert first == "2 graded, 1 unchanged since they were last graded, in 1 min 5 s"
    assert second == "boris needs a person: x.ipynb is empty; a cell is [red]missing[/]"


def test_the_workers_end_when_nobody_draws_any_more():
    ended = []

    def work():
        try:
            yield from range(10)
        finally:
            ended.append(True)

    items = progress(console, work(), 10)
    assert next(items) == 0
    items.close()
    assert ended == [True]
