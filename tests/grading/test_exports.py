"""Marks as the platforms read them: the right student, the right column, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnlab.grading.course import Course, CourseError
from rnnlab.grading.record import Record, Status
from rnnlab.grading.reporting import exports, roster
from rnnlab.grading.reporting.exports import Platform
from tests.grading.small_course import ASSIGNMENT, CONTAINED, Work, make, mistaken

WORKS = (
    Work("ada", late=1.5),
    Work("Boris", {"rnn_step": mistaken()}, explained=2.25),
    Work("chen", explained=None),
    Work("dora", record=Record(Status.PERSON, problems=("unreadable",), isolation=CONTAINED)),
    Work("@eve"),
)


@pytest.fixture(scope="module")
def course(tmp_path_factory, course_root) -> Course:
    return make(tmp_path_factory.mktemp("exports") / "course", course_root, WORKS)


def table(path) -> list[list[str]]:
    text = path.read_bytes().decode("utf-8")
    assert not text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text, newline="")))


def write_roster(course: Course, text: str, encoding: str = "utf-8"):
    path = course.root / "roster.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_canvas_reads_its_headings_its_points_and_then_the_students(course):
    """As `GradebookImporter` does: Student, ID, two SIS columns, Section, the assignments, then a row of points."""
    heading, points, *students = table(exports.write(course, ASSIGNMENT, "canvas"))
    assert heading == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "The hidden state"]
    assert points == ["    Points Possible", "", "", "", "", "10"]
    assert students == [
        ["Example, Boris", "", "", "Boris", "", "6.25"],
        ["Example, Ada", "", "", "ada", "", "7.5"],
    ]


def test_canvas_with_a_roster_uses_its_ids_and_its_own_column(course):
    path = write_roster(
        course,
        "Student,ID,SIS User ID,SIS Login ID,Section,Quiz (11),Hidden_State (4711),Final Score\n"
        "    Points Possible,,,,,5,10,(read only)\n"
        '"Lovelace, Ada",901,S-1,ADA,Mon,1,,\n'
        '"Boltzmann, Boris",902,boris,lb2,Tue,,,\n',
    )
    told = []
    heading, _, *students = table(exports.write(course, ASSIGNMENT, "canvas", path, told.append))
    assert heading[-1] == "Hidden_State (4711)"
    assert students == [
        ["Boltzmann, Boris", "902", "boris", "lb2", "Tue", "6.25"],
        ["Lovelace, Ada", "901", "S-1", "ADA", "Mon", "7.5"],
    ]
    assert told == [
        "Left out: chen, dora wait for a person: grade them in formgrader, or mend what the report names.",
        "Left out: @eve are not in roster.csv: they may have left the course.",
    ]


def test_moodle_gets_every_id_that_its_import_can_map(course):
    heading, *students = table(exports.write(course, ASSIGNMENT, "moodle"))
    assert heading == [
        "First name",
        "Last name",
        "ID number",
        "Email address",
        "Username",
        "The hidden state",
    ]
    assert students == [
        ["Boris", "Example", "", "", "Boris", "6.25"],
        ["Ada", "Example", "", "", "ada", "7.5"],
    ]


def test_moodle_with_a_roster_keeps_the_columns_that_it_has(course):
    path = write_roster(
        course,
        "First name\tLast name\tID number\tEmail address\tAssignment: The hidden state (Real)\n"
        "Ada\tKing\t7\tada\t-\nBoris\tB.\tboris\tb@example.org\t-\n",
    )
    heading, *students = table(exports.write(course, ASSIGNMENT, Platform.MOODLE, path))
    assert heading[-1] == "Assignment: The hidden state (Real)"
    assert students == [
        ["Boris", "B.", "boris", "b@example.org", "6.25"],
        ["Ada", "King", "7", "ada", "7.5"],
    ]


def test_blackboard_reads_quoted_fields_and_the_number_of_its_column(course):
    path = exports.write(course, ASSIGNMENT, "blackboard")
    heading, *students = table(path)
    assert heading == ["Last Name", "First Name", "Username", "The hidden state [Total Pts: 10 Score]"]
    assert students == [["Example", "Boris", "Boris", "6.25"], ["Example", "Ada", "ada", "7.5"]]
    assert all(re.fullmatch(r'("[^"]*",?)+', line) for line in path.read_text("utf-8").splitlines())
    download = (
        "Last Name\tFirst Name\tUsername\tStudent ID\tThe hidden state [Total Pts: 10 Score] |664617\n"
        "Lovelace\tÅda\tada\t1\t\n"
    )
    known = write_roster(course, download, "utf-16")
    heading, *students = table(exports.write(course, ASSIGNMENT, "blackboard", known))
    assert heading[-1] == "The hidden state [Total Pts: 10 Score] |664617"
    assert students == [["Lovelace", "Åda", "ada", "7.5"]]


def test_only_finished_marks_are_written_and_the_rest_is_told(course):
    told = []
    exports.write(course, ASSIGNMENT, "moodle", tell=told.append)
    assert told == [
        "Left out: chen, dora wait for a person: grade them in formgrader, or mend what the report names.",
        "Left out: @eve have an id that a spreadsheet would run as a formula: enter their marks by hand.",
    ]


def test_no_name_becomes_a_formula(course):
    path = write_roster(course, 'Username,First name,Last name\nada,"=HYPERLINK(""http://x"")",+1\n')
    _, (first, last, *_) = table(exports.write(course, ASSIGNMENT, "moodle", path))
    assert first.startswith("'=")
    assert last == "'+1"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Name,Points\nada,3\n", "roster.csv is no gradebook downloaded from Canvas: it has none of the columns"),
        ("", "roster.csv is empty"),
        ("\x00\x01\n", "roster.csv is no gradebook downloaded from Canvas"),
        ("Student,ID\nada,ada\nada again,ADA\n", "roster.csv has two rows for 'ada'"),
        ("Student,ID\nzoe,zoe\n", "there is no finished mark of hidden_state to export. Left out: "),
    ],
)  # fmt: skip
def test_a_roster_that_is_none_is_refused_in_one_sentence(course, text, sentence):
    with pytest.raises(CourseError, match=re.escape(sentence)):
        exports.write(course, ASSIGNMENT, "canvas", write_roster(course, text))


def test_a_roster_that_is_not_there_and_a_platform_that_is_none_are_refused(course, tmp_path):
    with pytest.raises(CourseError, match="there is no roster"):
        exports.write(course, ASSIGNMENT, "canvas", tmp_path / "gone.csv")
    with pytest.raises(
        CourseError, match=r"no export to 'excel'; there is one to canvas, moodle, blackboard"
    ):
        exports.write(course, ASSIGNMENT, "excel")


def test_a_refused_export_leaves_the_last_one_as_it_was(course):
    path = exports.write(course, ASSIGNMENT, "canvas")
    before = path.read_bytes()
    with pytest.raises(CourseError):
        exports.write(course, ASSIGNMENT, "canvas", write_roster(course, "Student,ID\nzoe,zoe\n"))
    assert path.read_bytes() == before
    assert [other.name for other in path.parent.iterdir() if "draft" in other.name] == []


@given(
    names=st.lists(
        st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1).filter(str.strip),
        min_size=1,
        max_size=6,
        unique_by=lambda name: name.strip().casefold(),
    ),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    delimiter=st.sampled_from([",", "\t", ";"]),
)
def test_a_roster_is_read_whatever_its_encoding_and_delimiter(tmp_path_factory, names, encoding, delimiter):
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(
        [["Username", "Points"], *([name, "1"] for name in names)]
    )
    path = tmp_path_factory.getbasetemp() / "any-roster.csv"
    path.write_bytes(text.getvalue().encode(encoding))
    found = roster.read(path, ("Username",), "Moodle")
    for name in names:
        row = found.find((name,))
        assert row is not None
        assert row["Username"] == name
    assert found.find(("nobody at all, ever",)) is None
