"""Marks as a table that Canvas, Moodle or Blackboard takes in.

Canvas: the file of "Import" in its gradebook; a row "Points Possible" follows the headings.
Moodle: the file of "Import from CSV" among the grades; the columns are mapped there by hand.
Blackboard: the file of "Upload" (Work Offline) in its gradebook; every field is quoted.

Only students whose grading is finished are written: an empty cell would wipe out what the platform has.
"""

from __future__ import annotations

import csv
import enum
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from nbgrader import api
from sqlalchemy import select

from rnnlab.grading.course import Course, CourseError
from rnnlab.grading.draft import drafted
from rnnlab.grading.reporting import roster as rosters
from rnnlab.grading.reporting.feedback_page import title_of
from rnnlab.grading.reporting.results import StudentResult, inert, stream
from rnnlab.grading.reporting.roster import Roster

MOST_NAMED = 5


class Platform(enum.StrEnum):
    """The platforms that take marks as a table."""

    CANVAS = "canvas"
    MOODLE = "moodle"
    BLACKBOARD = "blackboard"

    @property
    def title(self) -> str:
        """The platform's own name."""
        return self.value.capitalize()


@dataclass(frozen=True)
class Person:
    """What the gradebook knows of a student besides marks; any of it may be empty but the id."""

    student: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    platform_id: str = ""

    @property
    def ids(self) -> tuple[str, ...]:
        """Everything by which a roster may know the student."""
        return self.platform_id, self.student, self.email


@dataclass(frozen=True)
class Row:
    """One student's line: who it is, the platform's own row where a roster has one, and the mark."""

    person: Person
    known_as: Mapping[str, str]
    score: float


@dataclass(frozen=True)
class Sheet:
    """What goes into a file: the assignment's heading, all of its points, and the roster."""

    assignment: str
    points: float
    roster: Roster | None

    def heading(self, pattern: str, otherwise: str) -> str:
        """The roster's own heading of the assignment, which has the platform's number in it; else a new one."""
        names = {name.casefold() for name in (self.assignment, title_of(self.assignment))}
        for heading in self.roster.headings if self.roster else ():
            found = re.fullmatch(pattern, heading)
            if found and found[1].strip().casefold() in names:
                return heading
        return otherwise


def write(
    course: Course,
    assignment: str,
    platform: Platform | str,
    roster: Path | None = None,
    tell: Callable[[str], None] = lambda sentence: None,
) -> Path:
    """Write `reports/<assignment>-<platform>.csv` and return its path.

    `roster` is the platform's own gradebook, downloaded: its ids make sure that each mark meets its student, and the
    number of an assignment that exists already. `tell` gets one sentence for each group of students that was left out.
    Raises `CourseError` where no mark can be written.
    """
    platform = _platform(platform)
    known = rosters.read(roster, _ID_COLUMNS[platform], platform.title) if roster else None
    gathered = _Gathered(_people(course, assignment), known, _ID_COLUMNS[platform])
    for result in stream(course, assignment):
        gathered.add(result)
    for sentence in gathered.left_out():
        tell(sentence)
    if not gathered.rows:
        reasons = " ".join(gathered.left_out()) or "nobody has handed it in."
        raise CourseError(f"there is no finished mark of {assignment} to export. {reasons}")
    path = course.root / "reports" / f"{assignment}-{platform}.csv"
    path.parent.mkdir(exist_ok=True)
    with drafted(path, newline="") as file:
        _WRITERS[platform](file, Sheet(assignment, gathered.points, known), gathered.rows)
    return path


def _platform(name: Platform | str) -> Platform:
    try:
        return Platform(name)
    except ValueError:
        raise CourseError(f"there is no export to {name!r}; there is one to {', '.join(Platform)}") from None


class _Gathered:
    """The lines of an export, and who is not in it, gathered one student at a time."""

    def __init__(
        self, people: Mapping[str, Person], roster: Roster | None, id_columns: tuple[str, ...]
    ) -> None:
        self.rows: list[Row] = []
        self.points = 0.0
        self._people, self._roster, self._id_columns = people, roster, id_columns
        self._unfinished: list[str] = []
        self._unknown: list[str] = []
        self._unsafe: list[str] = []

    def add(self, result: StudentResult) -> None:
        """Take a student's mark, where it is finished and can be given to the platform."""
        person = self._people.get(result.student, Person(result.student))
        known_as = self._roster.find(person.ids) if self._roster else {}
        self.points = max(self.points, result.max_score)
        if not result.finished:
            self._unfinished.append(result.student)
        elif known_as is None:
            self._unknown.append(result.student)
        elif self._is_unsafe(known_as, person):
            self._unsafe.append(result.student)
        else:
            self.rows.append(Row(person, known_as, result.final_score))

    def left_out(self) -> list[str]:
        """One sentence for each reason for which students are not in the file, with the next step."""
        name = self._roster.path.name if self._roster else ""
        reasons = (
            (self._unfinished, "wait for a person: grade them in formgrader, or mend what the report names."),
            (self._unknown, f"are not in {name}: they may have left the course."),
            (
                self._unsafe,
                "have an id that a spreadsheet would run as a formula: enter their marks by hand.",
            ),
        )
        return [f"Left out: {_named(students)} {why}" for students, why in reasons if students]

    def _is_unsafe(self, known_as: Mapping[str, str], person: Person) -> bool:
        """An id cannot be made inert: with another sign before it, it would be another id."""
        ids = [known_as.get(name, "") for name in self._id_columns] if known_as else [*person.ids]
        return any(inert(value) != value for value in ids)


def _named(students: list[str]) -> str:
    more = len(students) - MOST_NAMED
    return ", ".join(students[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _people(course: Course, assignment: str) -> dict[str, Person]:
    """The names and ids of everybody who handed the assignment in."""
    student, submitted = api.Student.__table__, api.SubmittedAssignment.__table__
    task = api.Assignment.__table__
    columns = student.c
    query = (
        select(columns.id, columns.first_name, columns.last_name, columns.email, columns.lms_user_id)
        .select_from(
            student.join(submitted, submitted.c.student_id == columns.id).join(
                task, task.c.id == submitted.c.assignment_id
            )
        )
        .where(task.c.name == assignment)
    )
    with course.gradebook() as gradebook:
        found = gradebook.db.execute(query).all()
    return {row[0]: Person(*(value or "" for value in row)) for row in found}


def _canvas(file: TextIO, sheet: Sheet, rows: list[Row]) -> None:
    heading = sheet.heading(r"(.*?)\s*\(\d+\)", title_of(sheet.assignment))
    table = csv.writer(file)
    own = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
    table.writerow([*own, heading])
    table.writerow(["    Points Possible", "", "", "", "", _number(sheet.points)])
    for row in rows:
        person = row.person
        otherwise = (_full_name(person), person.platform_id, "", person.student, "")
        values = [row.known_as.get(name, "") for name in own] if row.known_as else otherwise
        table.writerow([*map(inert, values), _number(row.score)])


def _moodle(file: TextIO, sheet: Sheet, rows: list[Row]) -> None:
    heading = sheet.heading(r"(?:[^:]+: ?)?(.*?)(?: \(Real\))?", title_of(sheet.assignment))
    own = ("First name", "Last name", "ID number", "Email address", "Username")
    if sheet.roster:
        own = tuple(name for name in own if name in sheet.roster.headings)
    table = csv.writer(file)
    table.writerow([*own, heading])
    for row in rows:
        person = row.person
        otherwise = (person.first_name, person.last_name, person.platform_id, person.email, person.student)
        values = [row.known_as.get(name, "") for name in own] if row.known_as else otherwise
        table.writerow([*map(inert, values), _number(row.score)])


def _blackboard(file: TextIO, sheet: Sheet, rows: list[Row]) -> None:
    new = f"{title_of(sheet.assignment)} [Total Pts: {_number(sheet.points)} Score]"
    heading = sheet.heading(r"(.*?) \[Total Pts:[^\]]*\][^|]*\|\d+", new)
    own = ("Last Name", "First Name", "Username")
    table = csv.writer(file, quoting=csv.QUOTE_ALL)
    table.writerow([*own, heading])
    for row in rows:
        person = row.person
        otherwise = (person.last_name, person.first_name, person.student)
        values = [row.known_as.get(name, "") for name in own] if row.known_as else otherwise
        table.writerow([*map(inert, values), _number(row.score)])


def _full_name(person: Person) -> str:
    """ "Last, First" as Canvas sorts them; the id where there is no name."""
    return ", ".join(filter(None, (person.last_name, person.first_name))) or person.student


def _number(value: float) -> str:
    """A number with at most two decimals and a point, as all three platforms read it."""
    return f"{round(value, 2):.2f}".rstrip("0").rstrip(".")


_ID_COLUMNS = {
    Platform.CANVAS: ("SIS Login ID", "SIS User ID", "ID", "Integration ID"),
    Platform.MOODLE: ("Username", "ID number", "Email address"),
    Platform.BLACKBOARD: ("Username", "Student ID"),
}
_WRITERS: dict[Platform, Callable[[TextIO, Sheet, list[Row]], None]] = {
    Platform.CANVAS: _canvas,
    Platform.MOODLE: _moodle,
    Platform.BLACKBOARD: _blackboard,
}
