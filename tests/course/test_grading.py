"""The synthetic class, graded through the real commands: every mistake named, no hostile mark, nobody else harmed."""

from __future__ import annotations

import csv
import json
import shutil
import signal
import subprocess
import sys
import time
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest

from tests.course.conftest import ASSIGNMENT, COMMANDS, CourseFolder, copy_course

pytestmark = pytest.mark.sandbox

NAMED = {
    ("example-boris", "one_hot"): "integer_result",
    ("example-boris", "rnn_step"): "transposed_recurrent_weight",
    ("example-chen", "rnn_step"): "no_bias",
    ("example-chen", "readout"): "softmax_applied",
    ("example-dora", "count_parameters"): "no_recurrent_weights",
    ("example-dora", "rnn_forward"): "start_at_every_step",
    ("example-emil", "rnn_forward"): "last_state_only",
    ("example-fatima", "readout"): "no_bias",
    ("example-fatima", "masked_forward"): "state_zeroed",
    ("example-goro", "rnn_step"): "no_tanh",
    ("example-goro", "rnn_forward"): "one_buffer",
}
HOSTILE = {
    "example-lukas": ("one_hot", "readout"),
    "example-mara": ("one_hot", "rnn_step", "readout"),
    "example-nils": ("one_hot", "embed", "rnn_step"),
    "example-olga": ("one_hot", "embed", "rnn_step", "rnn_forward", "count_parameters"),
}


# A few of every sort, for what has to be graded a second time; nobody among them waits for a limit of time.
SOME = [
    f"example-{name}"
    for name in ("ada", "boris", "chen", "hana", "mara", "nils", "pia", "piotr", "quinn", "rafi")
]


class LiveMarkup(HTMLParser):
    """What a browser would run of a page: its scripts, and its attributes that are event handlers."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text, self.scripts, self.handlers = "", [], []
        self._in_script = False
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self._in_script = tag == "script"
        self.handlers += [name for name, _ in attributes if name.startswith("on")]

    def handle_data(self, data):
        if self._in_script:
            self.scripts.append(data)
        else:
            self.text += data


def marks(course: CourseFolder) -> dict[str, dict[str, str]]:
    with (course.root / "reports" / f"{ASSIGNMENT}.csv").open(encoding="utf-8") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


def named(row: dict[str, str]) -> dict[str, str]:
    pairs = (entry.partition(": ") for entry in row["mistakes"].split("; ") if entry)
    return {function: label for function, _, label in pairs}


def score(row: dict[str, str], function: str) -> float:
    return float(next(value for name, value in row.items() if name.removeprefix("test_") == function))


@pytest.mark.parametrize(("student", "function"), NAMED)
def test_each_wrong_submission_gets_its_own_mistake_named(graded_course, student, function):
    row = marks(graded_course)[student]
    assert named(row)[function] == NAMED[student, function]
    assert score(row, function) == 0


@pytest.mark.parametrize("student", HOSTILE)
def test_no_hostile_function_earns_a_mark(graded_course, student):
    row = marks(graded_course)[student]
    assert {function: score(row, function) for function in HOSTILE[student]} == dict.fromkeys(
        HOSTILE[student], 0.0
    )


@pytest.mark.parametrize("student", ["example-lukas", "example-mara"])
def test_one_bad_cell_costs_its_own_exercise_and_no_other(graded_course, student):
    row = marks(graded_course)[student]
    assert score(row, "embed") > 0
    assert score(row, "count_parameters") > 0


def test_different_right_solutions_get_full_marks(graded_course):
    for student in ("example-ada", "example-alan"):
        row = marks(graded_course)[student]
        assert float(row["score"]) == float(row["max_score"]) - 3, (
            "all but the three points that a person gives"
        )
        assert row["mistakes"] == ""


def test_noise_and_warnings_cost_nothing(graded_course):
    row = marks(graded_course)["example-rosa"]
    assert all(score(row, function) > 0 for function in ("one_hot", "embed", "rnn_step"))


def test_a_notebook_that_is_not_json_needs_a_person_and_says_why(graded_course):
    row = marks(graded_course)["example-piotr"]
    assert row["status"] == "needs a person"
    assert float(row["score"]) == 0
    page = (graded_course.root / "reports" / f"{ASSIGNMENT}.html").read_text(encoding="utf-8")
    assert "is not a notebook that can be read" in page


def test_a_notebook_without_ids_is_mended_and_graded(graded_course):
    row = marks(graded_course)["example-quinn"]
    assert row["status"] == "graded with repairs"
    assert score(row, "rnn_step") > 0


def test_every_submission_is_in_the_gradebook_with_every_part(graded_course):
    for row in marks(graded_course).values():
        assert all(value != "" for name, value in row.items() if name not in ("mistakes", "unwritten"))


def test_the_feedback_page_has_the_hint_and_none_of_the_students_markup(graded_course):
    def page(student):
        return (graded_course.root / "feedback" / student / ASSIGNMENT / f"{ASSIGNMENT}.html").read_text(
            encoding="utf-8"
        )

    chen = page("example-chen")
    assert "b_h" in chen
    assert "hidden-state" in chen
    nils = LiveMarkup(page("example-nils"))
    assert "Trust me" in nils.text
    assert not [script for script in nils.scripts if "alert" in script or "full marks" in script]
    assert nils.handlers == []


def test_the_feedback_page_never_shows_an_instructors_solution(graded_course, released_course):
    solution = nbformat.read(
        released_course.root / "solutions" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", as_version=4
    )
    secrets = [
        line.strip()
        for cell in solution.cells
        if "### BEGIN SOLUTION" in cell.source
        for line in cell.source.partition("### BEGIN SOLUTION")[2]
        .partition("### END SOLUTION")[0]
        .splitlines()
        if len(line.strip()) > 25
    ]
    assert secrets
    page = (graded_course.root / "feedback" / "example-hana" / ASSIGNMENT / f"{ASSIGNMENT}.html").read_text(
        "utf-8"
    )
    assert [line for line in secrets if line in page] == []


def test_a_second_run_grades_nothing_again(graded_course):
    printed = graded_course.do("rnnlab", "autograde", ASSIGNMENT, codes=(1,))
    assert printed.startswith("0 graded, 40 unchanged")
    assert graded_course.do("rnnlab", "feedback", ASSIGNMENT).startswith("0 feedback pages")


def test_a_changed_submission_is_graded_again_and_no_other(graded_course, tmp_path):
    course = CourseFolder(tmp_path / "course")
    shutil.copytree(graded_course.root, course.root)
    ada = course.root / "submitted" / "example-ada" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    ada.write_bytes(ada.read_bytes().replace(b"return E[ids]", b"return E[ids] * 2"))
    assert course.do("rnnlab", "autograde", ASSIGNMENT, codes=(1,)).startswith("1 graded, 39 unchanged")
    course.do("rnnlab", "report", ASSIGNMENT)
    before, after = marks(graded_course)["example-ada"], marks(course)["example-ada"]
    assert score(after, "embed") == 0
    assert {name for name in before if before[name] != after[name]} == {"test_embed", "score", "mistakes"}


def test_nbgraders_own_command_is_the_same_engine(graded_course, released_course, tmp_path):
    course = CourseFolder(tmp_path / "course")
    shutil.copytree(released_course.root, course.root)
    hand_in_some(graded_course, course)
    course.do("nbgrader", "autograde", ASSIGNMENT)
    course.do("nbgrader", "generate_feedback", ASSIGNMENT)
    course.do("rnnlab", "report", ASSIGNMENT)
    assert marks(course) == {student: marks(graded_course)[student] for student in SOME}
    assert "b_h" in (course.root / "feedback/example-chen" / ASSIGNMENT / f"{ASSIGNMENT}.html").read_text(
        "utf-8"
    )


def test_killed_in_the_middle_it_goes_on_where_it_was(graded_course, released_course, tmp_path):
    course = CourseFolder(tmp_path / "course")
    shutil.copytree(released_course.root, course.root)
    hand_in_some(graded_course, course)
    process = subprocess.Popen([str(COMMANDS / "rnnlab"), "autograde", ASSIGNMENT], cwd=course.root)
    deadline = time.monotonic() + 60
    while len(list(course.root.glob("autograded/*/*/*.ipynb"))) < 4:
        assert time.monotonic() < deadline, "four submissions should be graded within a minute"
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    printed = course.do("rnnlab", "autograde", ASSIGNMENT, codes=(1,))
    assert int(printed.split(", ")[1].split()[0]) >= 3, "what was finished is looked up"
    course.do("rnnlab", "report", ASSIGNMENT)
    assert marks(course) == {student: marks(graded_course)[student] for student in SOME}


def hand_in_some(graded: CourseFolder, course: CourseFolder) -> None:
    """Hand in what some students of a graded course handed in there, under the same secret."""
    for student in SOME:
        shutil.copytree(graded.root / "submitted" / student, course.root / "submitted" / student)
    shutil.copy(graded.root / ".course-secret", course.root)


def hand_in_as(course: CourseFolder, student: str, like: str = "example-ada", **replacements: str) -> Path:
    """A student's submission folder with a copy of another student's notebook, some of its text replaced."""
    folder = course.root / "submitted" / student / ASSIGNMENT
    folder.mkdir(parents=True)
    text = (course.root / "submitted" / like / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_text(encoding="utf-8")
    for old, new in replacements.items():
        assert old in text
        text = text.replace(old, new)
    (folder / f"{ASSIGNMENT}.ipynb").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def own_course(graded_course, tmp_path) -> CourseFolder:
    """A copy of the graded course, with two submissions in it, for a test to do as it likes."""
    course = CourseFolder(tmp_path / "course")
    shutil.copytree(graded_course.root, course.root)
    for student in marks(graded_course):
        if student not in ("example-ada", "example-chen"):
            shutil.rmtree(course.root / "submitted" / student)
            shutil.rmtree(course.root / "autograded" / student)
    return course


def test_links_and_files_beside_the_notebook_carry_nothing_out(own_course):
    folder = hand_in_as(own_course, "sly")
    (folder / "notes.txt").symlink_to("../../../.course-secret")
    (folder / "gradebook.txt").symlink_to("../../../gradebook.db")
    (folder / "evil.html").write_text("<script>alert(1)</script>")
    (folder / "deep").mkdir()
    (folder / "deep" / "copy.txt").symlink_to("../../../../.course-secret")
    (own_course.root / "submitted" / "thief").mkdir()
    (own_course.root / "submitted" / "thief" / ASSIGNMENT).symlink_to(f"../example-ada/{ASSIGNMENT}")
    own_course.do("rnnlab", "autograde", ASSIGNMENT, codes=(1,))
    own_course.do("rnnlab", "feedback", ASSIGNMENT)
    own_course.do("rnnlab", "report", ASSIGNMENT)
    for place in ("autograded", "feedback"):
        found = {path.name for path in (own_course.root / place / "sly").rglob("*") if path.is_file()}
        assert found <= {f"{ASSIGNMENT}.ipynb", f"{ASSIGNMENT}.html"}
    assert float(marks(own_course)["thief"]["score"]) == 0
    assert marks(own_course)["sly"]["score"] == marks(own_course)["example-ada"]["score"]


def test_a_half_written_graded_notebook_is_graded_again(own_course):
    path = own_course.root / "autograded" / "example-chen" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:3000])
    own_course.do("rnnlab", "report", ASSIGNMENT)
    assert marks(own_course)["example-chen"]["status"] == "needs a person"
    assert own_course.do("rnnlab", "autograde", ASSIGNMENT).startswith("1 graded, 1 unchanged")
    own_course.do("rnnlab", "report", ASSIGNMENT)
    assert named(marks(own_course)["example-chen"])["rnn_step"] == "no_bias"


def test_a_submission_that_nbgrader_cannot_take_loses_its_old_marks_until_it_can(own_course, graded_course):
    timestamp = own_course.root / "submitted" / "example-ada" / ASSIGNMENT / "timestamp.txt"
    timestamp.write_text("not a time at all")
    own_course.do("rnnlab", "autograde", ASSIGNMENT, "--force", codes=(1,))
    own_course.do("rnnlab", "report", ASSIGNMENT)
    row = marks(own_course)["example-ada"]
    assert row["status"] == "needs a person"
    assert named(marks(own_course)["example-chen"])["rnn_step"] == "no_bias"
    timestamp.unlink()
    assert own_course.do("rnnlab", "autograde", ASSIGNMENT).startswith("1 graded, 1 unchanged")
    own_course.do("rnnlab", "report", ASSIGNMENT)
    assert marks(own_course)["example-ada"] == marks(graded_course)["example-ada"]


def test_a_first_student_without_parts_does_not_shift_the_table(own_course):
    (own_course.root / "submitted" / "aaa" / ASSIGNMENT).mkdir(parents=True)
    before = marks(own_course)["example-chen"]
    own_course.do("rnnlab", "report", ASSIGNMENT)
    assert marks(own_course)["example-chen"] == before
    assert marks(own_course)["aaa"]["status"] == "needs a person"


def test_a_folder_that_is_no_students_name_is_skipped_and_named(own_course):
    (own_course.root / "submitted" / "*" / ASSIGNMENT).mkdir(parents=True)
    printed = own_course.do("rnnlab", "autograde", ASSIGNMENT)
    assert "Skipped the folder '*'" in printed
    assert "0 graded, 2 unchanged" in printed


def test_probes_of_one_file_are_of_no_use_to_the_next(own_course):
    learns = "seen.append((D, H, K)) or H * D + H * H + H + K * H + K"
    folder = hand_in_as(own_course, "memo", **{"return H * D + H * H + H + K * H + K": f"return {learns}"})
    path = folder / f"{ASSIGNMENT}.ipynb"
    text = path.read_text(encoding="utf-8").replace(
        "def count_parameters(", "seen = []\\ndef count_parameters(", 1
    )
    late = '{"cell_type": "code", "source": "print(sorted(set(seen)))", "metadata": {}, "outputs": []}'
    raw = json.loads(text)
    raw["cells"].append(json.loads(late))
    for repeat in ("", " "):
        raw["cells"][-1]["source"] += repeat
        path.write_text(json.dumps(raw), encoding="utf-8")
        own_course.do("rnnlab", "autograde", ASSIGNMENT, "--student", "memo")
        graded = nbformat.read(own_course.root / "autograded/memo" / ASSIGNMENT / path.name, as_version=4)
        printed = {
            output.text for cell in graded.cells for output in cell.get("outputs", ()) if "text" in output
        }
        (sizes,) = [text for text in printed if text.startswith("[(")]
        if not repeat:
            first = sizes
    assert sizes != first


def test_without_landlock_the_grader_refuses_and_names_the_next_step(monkeypatch):
    from rnnlab.grading.sandbox import Isolation, IsolationUnavailable, doctor, landlock

    monkeypatch.setattr(landlock, "abi", lambda: 0)
    with pytest.raises(IsolationUnavailable, match="--isolation=process"):
        doctor.require(Isolation.LANDLOCK)
    doctor.require(Isolation.PROCESS)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("autograde", "hidden_stat"), "there is no assignment named 'hidden_stat'"),
        (("autograde", ASSIGNMENT), "nothing has been handed in"),
        (("autograde", ASSIGNMENT, "--student", "nobody"), "'nobody' has handed in nothing"),
        (("report", "x", "--course-root", "/nowhere"), "there is no assignment named 'x'"),
        (("serve",), "the site has not been built"),
    ],
)
def test_bad_input_gets_one_sentence_and_exit_code_2(released_course, arguments, sentence):
    done = released_course.run("rnnlab", *arguments)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_the_committed_exercises_are_the_ones_that_the_source_gives(released_course, course_root: Path):
    fresh = (released_course.root / "exercises" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_text(
        encoding="utf-8"
    )
    committed = (course_root / "exercises" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_text(encoding="utf-8")
    assert fresh == committed, "exercises/ is stale: run `make release` and commit it"
    assert sorted(p.name for p in (released_course.root / "exercises" / ASSIGNMENT).iterdir()) == [
        f"{ASSIGNMENT}.ipynb"
    ]


def test_nbgrader_validate_fails_the_stub_and_passes_a_right_notebook(graded_course):
    stub = graded_course.do("nbgrader", "validate", f"exercises/{ASSIGNMENT}/{ASSIGNMENT}.ipynb")
    assert "VALIDATION FAILED ON 10 CELL(S)" in stub
    right = graded_course.do("nbgrader", "validate", f"submitted/example-ada/{ASSIGNMENT}/{ASSIGNMENT}.ipynb")
    assert "Success" in right


def test_the_course_can_live_in_any_folder(released_course, course_root, tmp_path):
    course = copy_course(course_root, tmp_path / "a folder with spaces")
    course.do("rnnlab", "release", ASSIGNMENT)
    assert sys.executable
    assert (course.root / "gradebook.db").is_file()
