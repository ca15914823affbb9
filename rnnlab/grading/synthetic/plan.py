"""What each student of the bundled class is like, and what that makes of an assignment.

`solutions/class.toml` says it once for the whole course: the habits of forty students, as tags of the catalogue of
mistakes. Here a habit becomes the mistakes that such a student makes in an assignment, so that the plan stays as short
as the class is long and never names a mistake that is not there.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from string import Template
from typing import Any

from rnnlab import exercises
from rnnlab.check.evidence import gather
from rnnlab.check.local import local_caller
from rnnlab.check.naming import behaves_like
from rnnlab.exercises.catalogue import ASSIGNMENTS, public_probes
from rnnlab.exercises.mistakes import EditError, edited, mistaken, source_of
from rnnlab.exercises.spec import Exercise, Measured, Mistake, Part, Question
from rnnlab.grading.course import CourseError
from rnnlab.grading.synthetic import carelessness

CLASS_FILE = "class.toml"
EXPLANATION = "An answer in words, for a person to read."
# Few do the project: each submission trains networks for as long as a hundred others are graded.
BEFORE_THE_PROJECT = "architectures"
Plan = Mapping[str, Any]


@dataclass(frozen=True)
class Student:
    """A synthetic student's habits; whoever has none is right everywhere.

    `slips` are groups of tags: in every `every`-th function that knows such a mistake, the student makes one of each
    group, and `turn` says which where there are several; the functions in `spares` are written right. Every `misses`-th
    question gets a typical wrong answer (0: none), and the last `unwritten` parts stay as they were. `botches` and
    `tricks` befall one function each, from the first on; `careless` is done to the notebook as a whole. The student
    hands in every assignment from `first` to `last`.
    """

    name: str
    about: str
    slips: Sequence[Sequence[str]] = ()
    every: int = 1
    turn: int = 0
    spares: Sequence[str] = ()
    misses: int = 0
    unwritten: int = 0
    botches: Sequence[str] = ()
    tricks: Sequence[str] = ()
    careless: Sequence[str] = ()
    first: str = ASSIGNMENTS[0]
    last: str = BEFORE_THE_PROJECT

    def does(self, assignment: str) -> bool:
        """Whether the student hands something in for the assignment."""
        order = ASSIGNMENTS.index
        return order(self.first) <= order(assignment) <= order(self.last)


@dataclass(frozen=True)
class Class:
    """The synthetic students by name, and the tricks of the hostile ones as code."""

    students: Mapping[str, Student]
    tricks: Mapping[str, str]


def read_class(root: Path) -> Class:
    """The class of the course in `root`; raises `CourseError` for a habit that nobody can have."""
    path = root / "solutions" / CLASS_FILE
    if not path.is_file():
        return Class({}, {})
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    tricks = tables.pop("tricks", {})
    return Class({name: _student(name, table, tricks) for name, table in tables.items()}, tricks)


def _student(name: str, table: Mapping[str, Any], tricks: Mapping[str, str]) -> Student:
    _require(name, "habits", table, {field.name for field in fields(Student)} - {"name"})
    student = Student(name, **table)
    _require(name, "assignments", (student.first, student.last), ASSIGNMENTS)
    _require(name, "tags", [tag for group in student.slips for tag in group], _tags())
    _require(name, "tricks", student.tricks, tricks)
    _require(name, "botches", student.botches, carelessness.BOTCHES)
    _require(name, "carelessness", student.careless, carelessness.HABITS)
    return student


def _require(name: str, what: str, wanted: Any, known: Any) -> None:
    if unknown := sorted(set(wanted) - set(known)):
        raise CourseError(f"{CLASS_FILE}, {name}: unknown {what} {', '.join(unknown)}")


def _tags() -> set[str]:
    parts = (part for name in ASSIGNMENTS for part in exercises.assignment(name).parts)
    return {mistake.tag for part in parts if isinstance(part, Exercise) for mistake in part.mistakes}


def plan(student: Student, assignment: str) -> dict[str, Any]:
    """The mistakes of each function, the wrong answers and the unwritten parts of this student's work.

    `{"rnn_backward": ["no_slope"], "question_bias": 0.8333, "unwritten": ["masked_backward"]}`
    """
    parts = exercises.assignment(assignment).parts
    kept = parts[: max(0, len(parts) - student.unwritten)]
    made: dict[str, Any] = {}
    slipping = [(part, names) for part in functions(kept) if (names := _slips(student, part))]
    for part, names in slipping[student.turn % student.every :: student.every]:
        made[part.function_name] = list(names)
    asked = [part for part in kept if isinstance(part, Question) and part.wrong]
    for part in asked[:: student.misses] if student.misses else ():
        typical = list(part.wrong)
        made[short(part)] = typical[student.turn % len(typical)]
    # nobody with habits trains a network: whoever does has a file
    if left := [short(part) for part in parts if part not in kept or isinstance(part, Measured)]:
        made["unwritten"] = left
    return made


def functions(parts: Sequence[Part]) -> list[Exercise]:
    """The functions among the parts of an assignment."""
    return [part for part in parts if isinstance(part, Exercise)]


def short(part: Part) -> str:
    """A part's name without its assignment."""
    return part.name.rpartition(".")[2]


def _slips(student: Student, exercise: Exercise) -> tuple[str, ...]:
    """One mistake of each group of tags; the first alone where the edits of two do not fit together."""
    if exercise.name in student.spares:
        return ()
    fitting = [[m for m in exercise.mistakes if m.tag in group] for group in student.slips]
    chosen = [group[student.turn % len(group)] for group in fitting if group]
    for made in (chosen, chosen[::-1], chosen[:1]):
        try:
            _edited(exercise, made)
        except EditError:
            continue
        return tuple(mistake.name for mistake in _visible(exercise, made))
    return ()


def _visible(exercise: Exercise, made: Sequence[Mistake]) -> Sequence[Mistake]:
    """The mistakes without one that another hides: a state that is never used may be wrong unseen."""
    if len(made) < 2:
        return made
    evidence = gather(exercise, local_caller(mistaken(exercise, *made)), public_probes(exercise))
    for hiding in made:
        if behaves_like(evidence, mistaken(exercise, hiding)):
            return [hiding]
    return made


def _edited(exercise: Exercise, mistakes: Sequence[Mistake]) -> str:
    source = source_of(exercise.reference)
    for mistake in mistakes:
        source = edited(source, mistake)
    return source


def answers_of(student: Student, assignment: str, tricks: Mapping[str, str]) -> dict[str, str]:
    """The solution cells of a student, as the habits make them."""
    made = plan(student, assignment)
    answers = planned_answers(assignment, made)
    written = [each for each in functions(exercises.assignment(assignment).parts) if short(each) in answers]
    for exercise, name in zip(written, student.botches, strict=False):
        answers[short(exercise)] = carelessness.BOTCHES[name](
            exercise.function_name, answers[short(exercise)]
        )
    for exercise, name in zip(written, student.tricks, strict=False):
        answers[short(exercise)] = Template(tricks[name]).substitute(
            function=exercise.function_name, assignment=assignment
        )
    return answers


def harmed(student: Student, assignment: str) -> set[str]:
    """The parts that botches and tricks have hit: they earn nothing, and nothing else suffers from them."""
    made = plan(student, assignment)
    written = [
        short(part)
        for part in functions(exercises.assignment(assignment).parts)
        if short(part) not in made.get("unwritten", ())
    ]
    return set(written[: max(len(student.botches), len(student.tricks))])


def planned_answers(assignment: str, plan: Plan) -> dict[str, str]:
    """The solution cells of a student who makes these mistakes; raises `CourseError` for one that is not known."""
    parts = {short(part): part for part in exercises.assignment(assignment).parts}
    if unknown := plan.keys() - parts.keys() - {"unwritten"}:
        raise CourseError(f"{assignment} has no part named {', '.join(sorted(unknown))}")
    written = {name: part for name, part in parts.items() if name not in plan.get("unwritten", ())}
    answers = {
        name.replace("question_", "answer_"): _cell(part, plan)
        for name, part in written.items()
        if not isinstance(part, Measured)
    }
    return answers | ({f"explain_{assignment}": EXPLANATION} if written else {})


def _cell(part: Exercise | Question, plan: Plan) -> str:
    if isinstance(part, Exercise):
        return _function(part, plan.get(short(part), ()))
    return _answer(part, plan.get(short(part), part.answer))


def _function(exercise: Exercise, names: Sequence[str]) -> str:
    known = {mistake.name: mistake for mistake in exercise.mistakes}
    for name in names:
        if name not in known:
            raise CourseError(f"{exercise.name} has no mistake named {name!r}; it has {', '.join(known)}")
    return _edited(exercise, [known[name] for name in names])


def _answer(question: Question, value: Any) -> str:
    return f"{short(question).replace('question_', 'answer_')} = {value!r}"
