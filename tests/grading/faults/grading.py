"""Grade a fault as the grader grades a submission: read, rebuild, run in the sandbox, judge."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat.notebooknode import NotebookNode
from nbgrader.utils import determine_grade

from rnnlab import exercises
from rnnlab.check import public_probes
from rnnlab.exercises.mistakes import source_of
from rnnlab.exercises.spec import Exercise
from rnnlab.grading import notebooks, outputs, work
from rnnlab.grading.record import Record
from rnnlab.grading.sandbox import Sandbox
from rnnlab.grading.seeds import exercise_seed, submission_key
from tests.grading.faults.fault import ALL, Fault, Raw, name_of
from tests.grading.faults.world import ASSIGNMENT, World

SHOWN_AS_TEXT = ("text/plain", "image/png")
SECRET = b"the secret of the corpus, fixed."


@dataclass(frozen=True)
class Ending:
    """How the grading of a fault ended: points of each part, what was said, all that was written, and its HTML."""

    points: dict[str, float]
    record: Record
    headlines: dict[str, str]
    text: str
    words: tuple[str, ...]

    @property
    def lost(self) -> frozenset[str]:
        """The parts that earned nothing; a part is worth its points or nothing."""
        return frozenset(part for part, points in self.points.items() if points == 0)


def honest_notebook(released: NotebookNode) -> Raw:
    """The released notebook with a right answer in every cell."""
    raw = json.loads(nbformat.writes(released))
    answers = {f"explain_{ASSIGNMENT}": "A state carries a summary of everything before."}
    for part in exercises.assignment(ASSIGNMENT).parts:
        name = part.name.rpartition(".")[2].replace("question_", "answer_")
        is_function = isinstance(part, Exercise)
        answers[name] = source_of(part.reference) if is_function else f"{name} = {part.answer!r}"
    for cell in raw["cells"]:
        cell["source"] = answers.pop(name_of(cell), "".join(cell["source"]))
    assert not answers, "every part of the assignment has a cell"
    return raw


def public_count() -> int:
    """How many public probes the function `one_hot` is called with before the fresh ones."""
    exercise = exercises.find(f"{ASSIGNMENT}.one_hot")
    assert isinstance(exercise, Exercise)
    return len(public_probes(exercise))


def worth() -> dict[str, float]:
    """The points of every part that is graded by a check."""
    parts = {part.name.rpartition(".")[2]: part.points for part in exercises.assignment(ASSIGNMENT).parts}
    assert parts.keys() == ALL, "the corpus should know every part of its assignment"
    return parts


def grade(
    fault: Fault, honest: Raw, released: NotebookNode, world: World, sandbox: Sandbox, folder: Path
) -> Ending:
    """Hand the fault in and grade it."""
    path = folder / fault.name / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    fault.hand_in(path, honest, world.placed)
    data, refusal = work.load(path)
    handed_in = work.read(data, path.name, refusal)
    notebook = work.rebuilt(released, handed_in)
    work.grade(
        notebook,
        lambda: sandbox,
        lambda exercise: exercise_seed(submission_key(SECRET, fault.name, handed_in.digest, 0), exercise),
    )
    return _ending(notebook)


def _ending(notebook: NotebookNode) -> Ending:
    record = Record.read(notebook)
    tests = {str(notebooks.grade_id(cell)): cell for cell in notebook.cells if notebooks.is_test(cell)}
    points = {name.removeprefix("test_"): float(determine_grade(cell)[0]) for name, cell in tests.items()}
    headlines = {
        name.removeprefix("test_"): cell.metadata.get(outputs.VERDICT, {}).get("headline", "")
        for name, cell in tests.items()
    }
    text = "\n".join((nbformat.writes(notebook, ensure_ascii=False), *record.repairs, *record.problems))
    return Ending(points, record, headlines, text, tuple(_words(notebook)))


def _words(notebook: NotebookNode) -> Iterator[str]:
    """All HTML that a page would show of the notebook: the student's words, and the cells' outputs."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and (
            cell.metadata.get(notebooks.ADDED) or notebooks.is_solution(cell)
        ):
            yield cell.source
        for output in cell.get("outputs", ()):
            yield from (data for kind, data in output.get("data", {}).items() if kind not in SHOWN_AS_TEXT)
