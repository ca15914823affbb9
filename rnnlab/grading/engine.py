"""Grade one rebuilt notebook: the student's cells run in the sandbox, the test cells here.

A test cell is one line such as `check("hidden_state.rnn_step", rnn_step)`. It runs in this trusted process with a
`check` that judges and with each of the student's names replaced by a `StudentName`, whose calls go to the sandbox.
Expected values never leave this process. A test cell is *not passed* until its own check said otherwise.

All functions are first called in one process, one after the other. Where one is wrong in a way that the calls of
another may have caused, it is called once more in a fresh process, in which only the cells have run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from nbformat.notebooknode import NotebookNode

from rnnlab import exercises
from rnnlab.check import Verdict, judge, judge_measured, judge_question, public_probes
from rnnlab.check.outcome import Arguments, Outcome, Returned
from rnnlab.check.signature import signature
from rnnlab.exercises.spec import Exercise, Measured, Question
from rnnlab.grading import notebooks, outputs
from rnnlab.grading.process import StudentProcess
from rnnlab.grading.sandbox import Sandbox

UNEXPLAINED = frozenset({"contract", "form", "effects", "relation", "difference"})
"""The stages of a verdict that another function's calls may have caused: neither a right answer nor a known mistake."""


@dataclass(frozen=True)
class StudentName:
    """Stands for one of the student's names in a test cell; its value never enters this process."""

    name: str


@dataclass(frozen=True)
class Graded:
    """The notebook with its outputs, and for each test cell what became of it (`None`: a person must look)."""

    notebook: NotebookNode
    verdicts: dict[str, Verdict | None]
    problems: tuple[str, ...] = ()


@dataclass
class _Recorder:
    """The `check` of one test cell. It holds the verdict that this cell earned, and accepts one only."""

    process: StudentProcess
    seed: Callable[[str], int]
    verdicts: list[Verdict] = field(default_factory=list)

    def __call__(self, name: str, answer: StudentName, **_: object) -> Verdict:
        part = exercises.find(name)
        verdict = (
            judge_question(part, self.process.value(answer.name))
            if isinstance(part, Question)
            else self._called_alone_if_in_doubt(part, answer.name)
        )
        self.verdicts.append(verdict)
        return verdict

    def _called_alone_if_in_doubt(self, part: Exercise | Measured, name: str) -> Verdict:
        """The verdict on a function, for which no other function's calls are to blame."""
        verdict = judge_function(part, name, self.process, self.seed(part.name))
        if verdict.stage in UNEXPLAINED and self.process.start_anew(name):
            return judge_function(part, name, self.process, self.seed(part.name))
        return verdict


def judge_function(exercise: Exercise | Measured, name: str, process: StudentProcess, seed: int) -> Verdict:
    """Judge the student's function on the public probes and on fresh ones drawn from `seed`, or measure it."""
    if isinstance(exercise, Measured):
        samples = exercise.samples(np.random.default_rng(seed))
        return judge_measured(exercise, lambda arguments: process.call_many(name, arguments), samples)
    public, fresh = public_probes(exercise), exercise.probes(np.random.default_rng(seed))
    heard: list[Outcome] = []

    def call(arguments: Sequence[Arguments]) -> Sequence[Outcome]:
        answers = [as_in_a_notebook(outcome) for outcome in process.call_many(name, arguments)]
        heard.extend(answers)
        return answers

    verdict = judge(exercise, call, (*public, *fresh))
    unexplained = not verdict.passed and not verdict.mistakes and verdict.stage != "unwritten"
    return replace(verdict, signature=signature(heard[: len(public)])) if unexplained else verdict


def as_in_a_notebook(outcome: Outcome) -> Outcome:
    """The outcome as `check` has it in a notebook: a tensor is none of the arrays that an exercise asks for."""
    tensor = isinstance(outcome, Returned) and outcome.type_name == "Tensor"
    return replace(outcome, value=None) if tensor else outcome


def grade(notebook: NotebookNode, sandbox: Sandbox, seed: Callable[[str], int]) -> Graded:
    """Run the notebook's cells in order and write each result into the notebook as ordinary outputs."""
    verdicts: dict[str, Verdict | None] = {}
    problems: list[str] = []
    allowance = outputs.MOST_OUTPUT
    with StudentProcess(sandbox) as process:
        for number, cell in enumerate(notebook.cells):
            if cell.cell_type != "code" or notebooks.is_illustration(cell):
                continue
            if not notebooks.is_test(cell):
                allowance = outputs.write_cell_result(cell, process.run(cell.source), number, allowance)
                continue
            name = str(notebooks.grade_id(cell))
            verdicts[name] = _run_test_cell(cell, _Recorder(process, seed), problems)
    return Graded(notebook, verdicts, tuple(problems))


def _run_test_cell(cell: NotebookNode, recorder: _Recorder, problems: list[str]) -> Verdict | None:
    """Run the instructor's line with proxies for the student's names; exactly one verdict must come of it."""
    name = str(notebooks.grade_id(cell))
    outputs.write_not_graded(cell, "the check did not run")
    try:
        code = compile(cell.source, f"<test cell {name}>", "exec")
        namespace: dict[str, object] = {free: StudentName(free) for free in code.co_names}
        namespace |= {"check": recorder, "np": np}
        exec(code, namespace)
    except Exception as error:  # the instructor's cell is at fault, and the rest of the submission must go on
        problems.append(f"the test cell {name} could not be run: {type(error).__name__}: {error}")
        outputs.write_not_graded(cell, "a person will look at it")
        return None
    if len(recorder.verdicts) != 1:
        problems.append(f"the test cell {name} made {len(recorder.verdicts)} checks where one was expected")
        return None
    outputs.write_verdict(cell, recorder.verdicts[0])
    return recorder.verdicts[0]
