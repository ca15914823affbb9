"""`rnnlab grade-one`: one notebook in, one line of JSON out, for other platforms."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import jsonschema
import nbformat
import pytest

from rnnlab.check import Verdict
from rnnlab.grading import cli, grade_one, line_worker, platforms
from rnnlab.grading.grade_one import CannotGrade, Grader, HandedIn, Part, Result
from rnnlab.grading.platforms import Format
from rnnlab.grading.record import Status
from rnnlab.grading.sandbox import Isolation, doctor
from tests.grading.own_course import ASSIGNMENT, answered

PASSED = Verdict("hidden_state.embed", passed=True, stage="passed", headline="`embed` passes.")
WRONG = Verdict(
    "hidden_state.rnn_step",
    passed=False,
    stage="mistake",
    headline="`rnn_step` leaves out the <b>bias</b>.",
    mistakes=("no_bias",),
    where="Which of the five arguments is never used?",
    chapter="hidden-state",
)
RESULT = Result(
    assignment=ASSIGNMENT,
    student="ada",
    status=Status.REPAIRED,
    parts=(
        Part("test_embed", 2.0, 2.0, PASSED),
        Part("test_rnn_step", 0.0, 3.0, WRONG),
        Part("test_broken", 0.0, 1.0),
        Part("explain_hidden_state", None, 3.0),
    ),
    repairs=("the test cell test_embed was missing; the instructor's was used",),
    problems=(),
    isolation="some",
    probes="fresh",
    submitted="d1",
)


@pytest.fixture
def sandboxed():
    if problems := doctor.problems(Isolation.LANDLOCK):
        pytest.skip("NOT TESTED: no sandbox on this machine. " + " ".join(problems))


@pytest.fixture
def notebook(sandboxed, tmp_path, course_root):
    """Writes a notebook whose answers are right but for one mistake in each function that is named."""

    def write(name: str = "ada.ipynb", **mistakes: str) -> Path:
        released = course_root / "exercises" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
        path = tmp_path / name
        path.write_bytes(answered(released.read_bytes(), **mistakes))
        return path

    return write


@pytest.fixture
def rnnlab(capsys, monkeypatch, course_root):
    """Runs the command in the course's folder; returns its exit code and what it wrote."""

    def run(*arguments: object, stdin: bytes = b"") -> tuple[int, str, str]:
        monkeypatch.chdir(course_root)
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        with pytest.raises(SystemExit) as end:
            cli.main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return int(end.value.code or 0), printed.out, printed.err

    return run


def one_result(printed: str) -> dict:
    """The only line of the output, which must be of the documented form."""
    (line,) = printed.splitlines()
    found = json.loads(line)
    jsonschema.validate(found, json.loads(platforms.schema()))
    return found


def points(result: dict) -> dict[str, float | None]:
    return {part["name"].removeprefix("test_"): part["points"] for part in result["parts"]}


def test_a_notebook_becomes_one_line_of_the_documented_form(rnnlab, notebook):
    code, printed, complaints = rnnlab(
        "grade-one", notebook(rnn_step="no_bias"), "--json", "--student", "ada"
    )
    result = one_result(printed)
    assert (code, complaints) == (0, "")
    assert (result["assignment"], result["student"], result["status"]) == (ASSIGNMENT, "ada", "graded")
    wrong = {part["name"]: part["mistakes"] for part in result["parts"] if part["passed"] is False}
    assert wrong == {"test_rnn_step": ["no_bias"]}
    assert points(result)["rnn_step"] == 0
    assert points(result)["explain_hidden_state"] is None
    assert result["waiting_points"] == 3
    assert result["points"] == result["max_points"] - 3 - 3


def test_the_standard_input_is_read_for_a_dash(rnnlab, notebook):
    data = notebook().read_bytes()
    code, printed, _ = rnnlab("grade-one", "-", stdin=data)
    assert code == 0
    assert one_result(printed)["points"] == one_result(printed)["max_points"] - 3


def test_what_is_no_notebook_needs_a_person_and_earns_nothing(rnnlab, tmp_path):
    path = tmp_path / f"{ASSIGNMENT}.ipynb"
    path.write_text("not a notebook")
    code, printed, _ = rnnlab("grade-one", path)
    result = one_result(printed)
    assert code == 1
    assert (result["status"], result["points"]) == ("needs a person", 0)
    assert "is not a notebook that can be read" in result["problems"][0]


def test_a_link_is_refused_wherever_it_leads(rnnlab, notebook, tmp_path):
    right = notebook("right.ipynb")
    link = tmp_path / f"{ASSIGNMENT}.ipynb"
    link.symlink_to(right)
    code, printed, _ = rnnlab("grade-one", link)
    assert code == 1
    assert one_result(printed)["points"] == 0


@pytest.mark.skipif(os.getuid() == 0, reason="NOT TESTED: root may read every file")
def test_a_file_that_may_not_be_read_says_so(rnnlab, notebook):
    path = notebook()
    path.chmod(0)
    code, printed, _ = rnnlab("grade-one", path, "--assignment", ASSIGNMENT)
    assert code == 1
    assert "cannot be read" in one_result(printed)["problems"][0]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("no-such.ipynb",), "there is no file no-such.ipynb"),
        (("{ada}", "--assignment", "hidden_stat"), "the released notebook of hidden_stat is neither in"),
        (("{ada}", "--released", "README.md"), "README.md is not a notebook that can be read"),
        (("{empty}",), "empty.ipynb does not say which assignment it is"),
    ],
)
def test_what_the_command_lacks_is_one_sentence_and_exit_code_2(
    rnnlab, notebook, tmp_path, arguments, sentence
):
    (tmp_path / "empty.ipynb").write_text('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}')
    places = {"ada": notebook(), "empty": tmp_path / "empty.ipynb"}
    code, printed, complaints = rnnlab("grade-one", *(each.format(**places) for each in arguments))
    assert (code, printed) == (2, "")
    assert sentence in complaints
    assert len(complaints.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "arguments", [(), ("x.ipynb", "--lines"), ("x.ipynb", "--json", "--format", "gradescope")]
)
def test_arguments_that_contradict_each_other_are_refused(rnnlab, arguments):
    code, printed, complaints = rnnlab("grade-one", *arguments)
    assert (code, printed) == (2, "")
    assert "give" in complaints


def test_with_the_courses_secret_the_marks_are_those_of_the_course(graded_class):
    grader, course = Grader(graded_class.root, "best"), graded_class.course()
    with course.gradebook() as gradebook:
        for student in course.students(ASSIGNMENT):
            result = grader.grade(HandedIn.at(course.submitted(ASSIGNMENT, student)), ASSIGNMENT, student)
            submission = gradebook.find_submission(ASSIGNMENT, student)
            written = {g.cell.name: g.auto_score for nb in submission.notebooks for g in nb.grades}
            assert {part.name: part.points for part in result.parts} == written
            assert result.probes == "course"


def test_the_assignment_is_the_one_that_most_check_lines_name():
    def handed_in(source: str, name: str = "x.ipynb") -> HandedIn:
        content = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
        return HandedIn(nbformat.writes(content).encode(), name)

    assert handed_in('check("bptt.rnn_backward", f)').guess_assignment() == "bptt"
    both = "check('bptt.a', f)\ncheck('bptt.b', f)\ncheck('gated.a', f)"
    assert handed_in(both).guess_assignment() == "bptt"
    assert handed_in("check('nothing.a', f)", "gated.ipynb").guess_assignment() == "gated"
    with pytest.raises(CannotGrade, match="--assignment"):
        handed_in("check('bptt.a', f)\ncheck('gated.a', f)").guess_assignment()


def test_each_released_notebook_says_which_assignment_it_is(course_root):
    released = sorted(course_root.glob("exercises/*/*.ipynb"))
    guessed = [HandedIn(path.read_bytes(), "handed-in.ipynb").guess_assignment() for path in released]
    assert guessed == [path.stem for path in released] != []


def test_without_a_course_the_package_gives_the_released_notebook(
    monkeypatch, notebook, course_root, tmp_path
):
    monkeypatch.setattr(grade_one, "_IN_PACKAGE", course_root / "exercises")
    result = Grader(tmp_path / "elsewhere", "landlock").grade(HandedIn.at(notebook()))
    assert (result.status, result.probes) == (Status.GRADED, "fresh")


def test_the_schema_names_every_field_that_is_written_and_no_other():
    schema = json.loads(platforms.schema())
    assert schema["required"] == list(schema["properties"]) == list(RESULT.to_dict())
    part = schema["properties"]["parts"]["items"]
    assert part["required"] == list(part["properties"]) == list(RESULT.parts[0].to_dict())
    assert schema["$id"] == schema["properties"]["schema"]["const"] == grade_one.SCHEMA
    jsonschema.validate(RESULT.to_dict(), schema)


def test_gradescope_gets_its_fields_and_nothing_that_a_person_grades():
    written = json.loads(platforms.write(RESULT, Format.GRADESCOPE))
    assert [(t["name"], t["score"], t["max_score"]) for t in written["tests"]] == [
        ("test_embed", 2.0, 2.0), ("test_rnn_step", 0.0, 3.0), ("test_broken", 0.0, 1.0),
    ]  # fmt: skip
    card = written["tests"][1]
    assert card["output_format"] == "html"
    assert "&lt;b&gt;bias&lt;/b&gt;" in card["output"]
    assert written["tests"][2]["output"] == platforms.NOT_JUDGED
    assert "2 of 9 points" in written["output"]
    assert "Mended: the test cell test_embed was missing" in written["output"]
    assert written["extra_data"]["rnnlab"] == RESULT.to_dict()


def test_prairielearn_gets_a_score_from_0_to_1_of_what_the_checks_give():
    written = json.loads(platforms.write(RESULT, Format.PRAIRIELEARN))
    assert written["gradable"] is True
    assert written["score"] == pytest.approx(2 / 6)
    assert [(t["name"], t["points"], t["max_points"]) for t in written["tests"]] == [
        ("test_embed", 2.0, 2.0), ("test_rnn_step", 0.0, 3.0), ("test_broken", 0.0, 1.0),
    ]  # fmt: skip
    assert written["tests"][1]["message"] == WRONG.headline


def test_prairielearn_is_told_that_a_broken_file_is_not_gradable(rnnlab, tmp_path):
    path = tmp_path / f"{ASSIGNMENT}.ipynb"
    path.write_text("{")
    code, printed, _ = rnnlab("grade-one", path, "--format", "prairielearn")
    written = json.loads(printed)
    assert (code, written["gradable"]) == (1, False)
    assert "is not a notebook that can be read" in written["format_errors"][0]


def test_a_worker_answers_each_line_and_outlives_a_bad_one(notebook, course_root):
    path = notebook(rnn_step="no_tanh")
    whole = json.loads(path.read_text(encoding="utf-8"))
    requests = [
        json.dumps({"id": 1, "notebook": str(path), "student": "ada"}),
        "not json",
        "\udcff",
        '{"notebook": ' + "[" * 100_000,
        "",
        json.dumps({"id": "two", "notebook": str(path.with_name("gone.ipynb"))}),
        json.dumps({"notebook": whole, "assignment": 7}),
        json.dumps({"id": None, "notebook": whole, "assignment": ASSIGNMENT}),
    ]
    answers = io.StringIO()
    grader = Grader(course_root, "landlock")
    line_worker.serve(
        grader, io.BytesIO("\n".join(requests).encode("utf-8", "surrogateescape")), answers, Format.JSON
    )
    first, bad, bytes_, deep, gone, seven, last = map(json.loads, answers.getvalue().splitlines())
    assert (first.pop("id"), last.pop("id")) == (1, None)
    jsonschema.validate(first, json.loads(platforms.schema()))
    assert points(first) == points(last)
    assert points(first)["rnn_step"] == 0
    assert all("not JSON" in each["error"] for each in (bad, bytes_, deep))
    assert answers.getvalue().isascii()
    assert gone["id"] == "two"
    assert "there is no file" in gone["error"]
    assert "assignment should be a text" in seven["error"]
