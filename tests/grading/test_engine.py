"""The engine: a mark needs a positive answer, one bad cell costs itself, and nothing reaches a verdict."""

from __future__ import annotations

import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.utils import determine_grade

from rnnlab import exercises
from rnnlab.check import judge, public_probes
from rnnlab.check.local import local_caller
from rnnlab.check.outcome import Missing, Returned, Stopped
from rnnlab.exercises.mistakes import edited, source_of
from rnnlab.exercises.spec import Exercise, Formula
from rnnlab.grading import engine, outputs
from rnnlab.grading.process import StudentProcess
from rnnlab.grading.sandbox import Isolation, Limits, Sandbox, doctor

MISSING = doctor.problems(Isolation.LANDLOCK)
pytestmark = [pytest.mark.sandbox, pytest.mark.skipif(bool(MISSING), reason=" ".join(MISSING))]

RIGHT = "import numpy as np\ndef embed(ids, E):\n    return E[ids]"
WRONG = "def embed(ids, E):\n    return E[ids] + 1"
CHECK = 'check("hidden_state.embed", embed)'


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(limits=Limits(cell_seconds=2, call_seconds=1)) as sandbox:
        yield sandbox


def code(source, name=None, **fields):
    cell = new_code_cell(source)
    if name:
        cell.metadata["nbgrader"] = {"grade_id": name, "schema_version": 3, **fields}
    return cell


def check_cell(source=CHECK, name="test_embed"):
    return code(source, name, grade=True, solution=False, locked=True, points=2)


def graded(sandbox, *cells):
    return engine.grade(new_notebook(cells=list(cells)), sandbox, seed=lambda name: 7)


def marks(result):
    return [determine_grade(c)[0] for c in result.notebook.cells if "nbgrader" in c.metadata]


def test_a_right_answer_earns_its_points_and_a_wrong_one_none(sandbox):
    assert marks(graded(sandbox, code(RIGHT), check_cell())) == [2]
    assert marks(graded(sandbox, code(WRONG), check_cell())) == [0]


def test_right_on_the_public_probes_alone_is_not_right(sandbox):
    public = len(public_probes(exercises.find("hidden_state.embed")))
    learned = (
        "import numpy as np\nfrom hashlib import sha1\nseen = []\n"
        f"def embed(ids, E):\n    seen.append(1)\n    return E[ids] if len(seen) <= {public} else E[ids] * 0"
    )
    assert marks(graded(sandbox, code(learned), check_cell())) == [0]


@pytest.mark.parametrize(
    "source",
    [
        "pass",
        "",
        "2.0",
        "check",
        f"{CHECK}\n{CHECK}",
        'check("hidden_state.nothing", embed)',
        "1 / 0",
        "syntax error (",
    ],
    ids=["nothing", "empty", "number", "name", "twice", "unknown", "raises", "syntax"],
)
def test_a_test_cell_that_did_not_check_exactly_once_gives_no_mark_and_wants_a_person(sandbox, source):
    result = graded(sandbox, code(RIGHT), check_cell(source))
    assert marks(result) == [0]
    assert result.verdicts == {"test_embed": None}
    assert len(result.problems) == 1


def test_what_the_student_calls_check_or_prints_into_cells_is_of_no_weight(sandbox):
    cheat = (
        f"{WRONG}\ncheck = lambda *a, **k: 2.0\nimport builtins\nbuiltins.check = check\n"
        "class V:\n    passed = True\nVerdict = V\nget_ipython().displayhook(2.0)\n2.0"
    )
    assert marks(graded(sandbox, code(cheat), check_cell())) == [0]


def test_a_cell_that_dies_costs_itself_and_what_came_before_is_repeated(sandbox):
    dies = code("import os\nos._exit(0)")
    assert marks(graded(sandbox, code(RIGHT), dies, check_cell())) == [2]
    assert marks(graded(sandbox, code(RIGHT), code("while True: pass"), check_cell())) == [2]


HARM = {
    "numpy patched": "np.take = np.sum",
    "numpy told to raise": "np.seterr(all='raise')",
    "a global variable": "global added; added = 3.0",
    "memory held": "held.append(np.zeros(2 * 10**8)) if not held else None",
    "a thread that kills": "threading.Timer(0.2, os._exit, [1]).start() if not held else None; held.append(1)",
}
SPOILS = """import numpy as np, os, threading, time
added, held = 0.0, []
def embed(ids, E):
    {harm}
    return E[ids]"""
SUFFERS = """def embed_too(ids, E):
    time.sleep(0.3 if threading.active_count() > 1 else 0)
    np.log(np.zeros(1)), np.zeros(2 * 10**8)
    return np.take(E, ids, axis=0) + added"""


@pytest.mark.parametrize("harm", HARM.values(), ids=HARM.keys())
def test_what_the_calls_of_one_function_do_to_the_process_costs_no_other_function(sandbox, harm, monkeypatch):
    again = check_cell('check("hidden_state.embed", embed_too)', "test_embed_too")
    cells = [code(SPOILS.format(harm=harm)), check_cell(), code(SUFFERS), again]
    assert marks(graded(sandbox, *cells)) == [2, 2]
    monkeypatch.setattr(
        "rnnlab.grading.process._late", lambda outcomes: True
    )  # whoever is late has no second chance
    assert marks(graded(sandbox, *cells)) == [2, 0], "the harm must be one"


def test_a_process_that_dies_in_a_call_takes_no_earlier_answer_along(sandbox):
    source = "import os\ndef f(a):\n    if a == 2: os._exit(0)\n    return a"
    with StudentProcess(sandbox) as process:
        process.run(source)
        outcomes = process.call_many("f", [(number,) for number in range(5)])
    assert outcomes[:2] == [Returned(0, "int"), Returned(1, "int")]
    assert outcomes[2:] == [Stopped("crash", "the process exited with status 0")] * 3


def test_only_a_function_whose_fault_is_unexplained_is_called_once_more(sandbox, monkeypatch):
    called: list[str] = []
    call_many = StudentProcess.call_many

    def counted(process, name, arguments):
        called.append(name)
        return call_many(process, name, arguments)

    monkeypatch.setattr(StudentProcess, "call_many", counted)
    embed = exercises.find("hidden_state.embed")
    assert isinstance(embed, Exercise)
    known = edited(source_of(embed.reference), embed.mistakes[0]).replace("def embed", "def known")
    late = "def late(ids, E):\n    while True: pass"
    odd = "def odd(ids, E):\n    return E[ids] + 1.234"
    names = ("known", "odd", "late")
    tests = [check_cell(f'check("hidden_state.embed", {name})', f"test_{name}") for name in names]
    result = graded(sandbox, code(RIGHT), check_cell(), *map(code, (known, odd, late)), *tests)
    assert marks(result) == [2, 0, 0, 0]
    assert called == ["embed", "known", "odd", "odd", "late"]


def test_an_untouched_test_cell_is_never_full_marks():
    cell = check_cell()
    outputs.write_not_graded(cell, "the grader has not run")
    assert determine_grade(cell)[0] == 0


ODD_RESULTS = [
    "E[ids].tolist()",
    "[row for row in E[ids]]",
    "(E[ids],)",
    "(row for row in E[ids])",
    "{'a': E[ids]}",
    "E[ids].astype(np.float16)",
    "E[ids].astype(object)",
    "np.ma.array(E[ids])",
    "'x'",
    "None",
    "E[ids], [1.0]",
]


@pytest.mark.parametrize("result", ODD_RESULTS)
def test_the_grader_says_what_check_says_in_a_notebook(sandbox, result):
    embed = exercises.find("hidden_state.embed")
    assert isinstance(embed, Exercise)
    source, names = f"import numpy as np\ndef embed(ids, E):\n    return {result}", {}
    exec(source, names)
    in_a_notebook = judge(embed, local_caller(names["embed"]), public_probes(embed))
    with StudentProcess(sandbox) as process:
        process.run(source)
        graded = engine.judge_function(embed, "embed", process, seed=7)
    assert (graded.stage, graded.headline.replace("16", "8")) == (in_a_notebook.stage, in_a_notebook.headline)


def test_a_tensor_is_no_array_as_in_a_notebook():
    array, tensor = Returned(np.ones(2), "ndarray"), Returned(np.ones(2), "Tensor")
    assert engine.as_in_a_notebook(array) is array
    assert engine.as_in_a_notebook(tensor) == Returned(None, "Tensor")


def test_warnings_and_standard_error_cost_nothing(sandbox):
    noise = "import warnings, sys; warnings.warn('!'); print(1, file=sys.stderr); return"
    loud = RIGHT.replace("return", noise)
    assert marks(graded(sandbox, code(loud), check_cell())) == [2]


def test_a_missing_name_is_explained_by_the_cell_that_should_define_it(sandbox):
    with StudentProcess(sandbox) as process:
        process.run("def embed(ids, E:\n    return E[ids]")
        (broken,) = process.call_many("embed", [(1, 2)])
    with StudentProcess(sandbox) as process:
        process.run("def embde(ids, E):\n    return E[ids]")
        (misspelled,) = process.call_many("embed", [(1, 2)])
    assert isinstance(broken, Missing)
    assert "SyntaxError in line 1" in broken.why
    assert misspelled == Missing("not defined, but embde is")


def test_a_formula_arrives_as_a_function(sandbox):
    x = np.array([1.0, 2.0])
    with StudentProcess(sandbox) as process:
        process.run("def twice(f, x):\n    return 2 * f(x)")
        (outcome,) = process.call_many("twice", [(Formula("lambda x: np.sum(x**2)"), x)])
    assert isinstance(outcome, Returned)
    assert outcome.value == 10.0


def test_a_process_that_keeps_dying_ends_when_its_time_is_used_up(sandbox):
    with StudentProcess(sandbox, seconds=0.0) as process:
        assert process.run("x = 1").stopped is not None
        assert process.call_many("f", [(), ()]) == [process.value("x")] * 2
        assert isinstance(process.value("x"), Stopped)


def test_a_cell_that_was_stopped_is_not_repeated(sandbox):
    with StudentProcess(sandbox) as process:
        process.run("n = 1")
        process.run("import time; n = 2; time.sleep(60)")
        process.run("import os; os._exit(1)")
        outcome = process.value("n")
    assert isinstance(outcome, Returned)
    assert np.equal(outcome.value, 1)
