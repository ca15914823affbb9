"""A course folder with a gradebook and graded notebooks, made without grading anything: quick, and exactly known."""

from __future__ import annotations

import functools
import shutil
import tempfile
import warnings
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.api import Gradebook
from sqlalchemy.exc import SAWarning

from rnnlab.check import Verdict
from rnnlab.grading import notebooks, outputs
from rnnlab.grading.course import Course, put_environment_on_path
from rnnlab.grading.record import Record, Status

ASSIGNMENT = "hidden_state"
PARTS = (("rnn_step", 3.0), ("rnn_forward", 4.0))
EXPLAIN, EXPLAIN_POINTS = "explain_hidden_state", 3.0
RIGHT = (
    "def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):\n    return np.tanh(x_t @ W_xh.T + h_prev @ W_hh.T + b_h)"
)
CONTAINED = "Landlock ABI 6 + seccomp + rlimits"


@dataclass(frozen=True)
class Work:
    """What one student handed in, and what came of it."""

    student: str
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    code: dict[str, str] = field(default_factory=dict)
    words: str = "YOUR ANSWER HERE"
    record: Record = field(default_factory=lambda: Record(Status.GRADED, isolation=CONTAINED))
    earned: dict[str, float] = field(default_factory=dict)
    explained: float | None = 2.0
    comment: str = ""
    late: float = 0.0
    outputs: tuple = ()


def passed(name: str) -> Verdict:
    return Verdict(f"{ASSIGNMENT}.{name}", True, "passed", f"{name} gives the right answer on all 9 inputs.")


def mistaken(name: str = "rnn_step", mistake: str = "no_bias") -> Verdict:
    return Verdict(
        f"{ASSIGNMENT}.{name}",
        False,
        "mistake",
        "The bias `b_h` is missing.",
        (mistake,),
        where="Which letter of the equation does your code never read?",
        idea="Every unit has a threshold of its own; see the chapter.",
        fix="Add `+ b_h` inside the `tanh`.",
        chapter="hidden-state",
        probe="B=6, D=2, H=4",
    )


def notebook_of(work: Work) -> nbformat.NotebookNode:
    """The graded notebook of a student, as the grader leaves it."""
    cells = [new_markdown_cell("# The hidden state")]
    for name, points in PARTS:
        solution = new_code_cell(work.code.get(name, f"def {name}():\n    # YOUR CODE HERE"))
        solution.outputs = [new_output(**output) for output in work.outputs] if name == PARTS[0][0] else []
        solution.metadata["nbgrader"] = {"grade_id": name, "solution": True, "grade": False, "locked": False}
        test = new_code_cell(f'check("{ASSIGNMENT}.{name}", {name})')
        test.metadata["nbgrader"] = {
            "grade_id": f"test_{name}", "grade": True, "solution": False, "points": points, "locked": True,
        }  # fmt: skip
        outputs.write_verdict(test, work.verdicts.get(name, passed(name)))
        cells += [new_markdown_cell(f"## One part: {name}"), solution, test]
    answer = new_markdown_cell(work.words)
    answer.metadata["nbgrader"] = {
        "grade_id": EXPLAIN, "grade": True, "solution": True, "points": EXPLAIN_POINTS, "locked": False,
    }  # fmt: skip
    added = new_code_cell("print('mine')")
    added.metadata[notebooks.ADDED] = True
    notebook = new_notebook(cells=[*cells, new_markdown_cell("## In words"), answer, added])
    work.record.write(notebook)
    return notebook


def make(root: Path, source: Path, works: tuple[Work, ...]) -> Course:
    """A course in the folder `root` with these students' graded work."""
    root.mkdir(parents=True, exist_ok=True)
    shutil.copy(source / "nbgrader_config.py", root)
    (root / "gradebook.db").write_bytes(_empty_gradebook())
    course = Course.open(root)
    released = course.released(ASSIGNMENT)
    released.parent.mkdir(parents=True)
    nbformat.write(notebook_of(Work("nobody")), released)
    with course.gradebook() as gradebook:
        gradebook.add_assignment(ASSIGNMENT)
        gradebook.add_notebook(ASSIGNMENT, ASSIGNMENT)
        graded = {f"test_{name}": points for name, points in PARTS} | {EXPLAIN: EXPLAIN_POINTS}
        for name, points in graded.items():
            kind = "markdown" if name == EXPLAIN else "code"
            gradebook.add_grade_cell(name, ASSIGNMENT, ASSIGNMENT, max_score=points, cell_type=kind)
        for name in (*dict(PARTS), EXPLAIN):
            gradebook.add_solution_cell(name, ASSIGNMENT, ASSIGNMENT)
        with warnings.catch_warnings():
            # nbgrader makes a submission's rows in an order that SQLAlchemy remarks upon; the rows are right
            warnings.simplefilter("ignore", SAWarning)
            for work in works:
                _enter(course, gradebook, work)
    return course


@functools.cache
def _empty_gradebook() -> bytes:
    """nbgrader asks a program of its own for the version of a new gradebook, which takes seconds; once is enough."""
    put_environment_on_path()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "gradebook.db"
        Gradebook(f"sqlite:///{path}", "rnn").close()
        return path.read_bytes()


def _enter(course: Course, gradebook, work: Work) -> None:
    path = course.autograded(ASSIGNMENT, work.student)
    path.parent.mkdir(parents=True)
    nbformat.write(notebook_of(work), path)
    handed_in = course.submitted(ASSIGNMENT, work.student)
    handed_in.parent.mkdir(parents=True)
    handed_in.write_text("{}")
    gradebook.add_student(work.student, first_name=work.student.capitalize(), last_name="Example")
    submission = gradebook.add_submission(ASSIGNMENT, work.student)
    (notebook,) = submission.notebooks
    notebook.late_submission_penalty = work.late
    for grade in notebook.grades:
        name = grade.cell.name.removeprefix("test_")
        if name == EXPLAIN:
            grade.manual_score, grade.needs_manual_grade = work.explained, work.explained is None
        else:
            verdict = work.verdicts.get(name, passed(name))
            all_points = dict(PARTS)[name] if verdict.passed else 0.0
            grade.auto_score, grade.needs_manual_grade = work.earned.get(name, all_points), False
    if work.comment:
        (comment,) = [comment for comment in notebook.comments if comment.cell.name == "rnn_step"]
        comment.manual_comment = work.comment
    gradebook.db.commit()
