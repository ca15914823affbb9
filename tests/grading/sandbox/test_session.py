"""What the grader is told about honest code: values, errors with their line, outputs, names that are missing."""

from __future__ import annotations

import numpy as np
import pytest

from rnnlab.check.outcome import Missing, Raised, Returned, Stopped
from rnnlab.grading.sandbox import frames

pytestmark = pytest.mark.sandbox


def printed(result) -> str:
    return "".join(output.get("text", "") for output in result.outputs)


def test_a_cell_yields_the_outputs_of_a_notebook(session):
    result = session.run("import sys\nprint('out')\nprint('err', file=sys.stderr)\n3 + 4")
    assert result.outputs == (
        {"output_type": "stream", "name": "stdout", "text": "out\n"},
        {"output_type": "stream", "name": "stderr", "text": "err\n"},
        {"output_type": "execute_result", "execution_count": 1, "data": {"text/plain": "7"}, "metadata": {}},
    )
    assert result.error is None
    assert result.stopped is None
    assert 0 < result.seconds < 3


def test_cells_share_their_names_and_sessions_do_not(sandbox, session):
    session.run("a = 1")
    assert session.value("a") == Returned(1, "int")
    with sandbox.open() as other:
        assert other.value("a") == Missing("not defined")


def test_an_error_names_the_line_of_the_cell(session):
    result = session.run("\n\ndef f():\n    return 1 / 0\n\nf()")
    assert result.error == Raised("ZeroDivisionError", "division by zero", 4, "return 1 / 0")
    assert result.outputs[0]["ename"] == "ZeroDivisionError"
    assert session.call("f", ()) == result.error


def test_a_syntax_error_names_its_line(session):
    error = session.run("x = 1\ndef f(:\n    pass").error
    assert (error.kind, error.line_number, error.line) == ("SyntaxError", 2, "def f(:")


def test_the_line_is_the_students_also_when_a_library_raises(session):
    session.run("import numpy as np\ndef f(a):\n    return np.linalg.inv(a)")
    outcome = session.call("f", (np.zeros((2, 2)),))
    assert outcome == Raised("LinAlgError", "Singular matrix", 3, "return np.linalg.inv(a)")


@pytest.mark.parametrize(
    "source", ["exit()", "quit", "%matplotlib inline\nx = 1", "%nosuchmagic", "!rm -rf /", "%pip install x"]
)
def test_what_belongs_to_a_notebook_costs_nothing(session, source):
    assert session.run(source).error is None
    assert session.run("1").error is None


def test_the_shell_is_not_there(session):
    assert "skipped" in printed(session.run("get_ipython().system('ls')"))
    assert session.run("files = !ls\nassert not files").error is None


def test_the_checks_of_the_notebook_can_be_imported(session):
    result = session.run("from rnnlab.check import check\ncheck('hidden_state.rnn_step', None)")
    assert result.error is None
    assert printed(result) == "the grader runs the checks\n"


def test_every_name_that_a_notebook_uses_of_the_checks_is_there(session):
    result = session.run("""
from rnnlab.check import check, illustration, NotYet, Verdict
with illustration(needs="rnn_step"):
    undefined
verdict = check("hidden_state.rnn_step", None, hint=2)
passed, shown = verdict.passed, repr(verdict)
assert isinstance(verdict, Verdict) and issubclass(NotYet, Exception)
verdict
""")
    assert result.error is None
    assert result.outputs == (
        {"output_type": "stream", "name": "stdout", "text": "the grader runs the checks\n"},
    )
    assert session.value("passed") == Returned(False, "bool")
    assert session.value("shown") == Returned("the grader runs the checks", "str")


def test_an_illustration_that_never_ends_is_stopped(hasty_session):
    drawing = "from rnnlab.check import illustration\nwith illustration('f'):\n    while True: pass"
    assert hasty_session.run(drawing).stopped.reason == "time"
    assert hasty_session.alive


def test_the_open_parts_of_the_package_can_be_imported(session):
    assert session.run("import rnnlab.data\nassert rnnlab.__version__").error is None


def test_an_asynchronous_cell_runs(session):
    assert session.run("import asyncio\nawait asyncio.sleep(0)\nx = 1").error is None
    assert session.value("x") == Returned(1, "int")


def test_asking_for_input_is_an_error(session):
    assert session.run("input()").error.kind == "EOFError"


def test_a_figure_is_kept_as_an_image(session):
    pytest.importorskip("matplotlib")
    result = session.run("%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2]);")
    assert [output["output_type"] for output in result.outputs] == ["display_data"]
    assert result.outputs[0]["data"].keys() == {"text/plain", "image/png"}


def test_only_text_and_images_are_kept_of_what_is_shown(session):
    result = session.run(
        "from IPython.display import HTML, Javascript, display\ndisplay(HTML('<script>1</script>'))"
    )
    assert all(output["data"].keys() == {"text/plain"} for output in result.outputs)


def test_output_is_cut(session):
    text = printed(session.run("for i in range(10**5): print('x' * 10)"))
    assert len(text) < 61_000
    assert text.endswith("[the rest of the output was cut]\n")


def test_results_come_back_exactly(session):
    session.run("def f(*a): return a")
    sent = (
        np.arange(6, dtype=np.float32).reshape(2, 3),
        np.float32(1.5),
        2.5,
        1 + 2j,
        None,
        True,
        np.int64(3),
    )
    outcome = session.call("f", sent)
    assert outcome.type_name == "tuple"
    assert outcome.aliases_input
    assert outcome.value[0].dtype == np.float32
    assert np.array_equal(outcome.value[0], sent[0])
    assert outcome.value[1:] == sent[1:]
    assert [type(value) for value in outcome.value] == [type(value) for value in sent]


@pytest.mark.parametrize(
    ("expression", "value", "type_name"),
    [
        ("np.ma.masked_array([1.0], mask=[True])", np.array([1.0]), "MaskedArray"),
        ("np.asfortranarray(np.eye(2))", np.eye(2), "ndarray"),
        ("np.ones(2, '>f8')", np.ones(2), "ndarray"),
        ("np.ones(2, 'longdouble')", np.ones(2), "ndarray"),
    ],
)
def test_arrays_in_other_clothes_are_plain_arrays(session, expression, value, type_name):
    session.run(f"import numpy as np\ndef f(): return {expression}")
    outcome = session.call("f", ())
    assert type(outcome.value) is np.ndarray
    assert np.array_equal(outcome.value, value)
    assert outcome.type_name == type_name


@pytest.mark.parametrize(
    "expression",
    [
        "object()",
        "[1, 2]",
        "[np.ones(2), np.ones(2)]",
        "np.array([None, 1])",
        "np.zeros(2, dtype=[('a', 'f8')])",
        "np.array(['a'])",
        "{'a': 1}",
        "['a', None][:0] and 1 or {1}",
        "1 << 100_000",
        "type('Evil', (), {'__array__': lambda self: [1.0]})()",
        "range(3)",
    ],
)
def test_anything_else_is_none_with_its_type_named(session, expression):
    session.run(f"import numpy as np\ndef f(): return {expression}")
    outcome = session.call("f", ())
    assert outcome.value is None
    assert outcome.type_name


def test_arguments_are_read_only(session):
    session.run("def f(a):\n    a += 1\n    return a\ndef g(a):\n    a.flags.writeable = True")
    given = np.zeros(3)
    outcome = session.call("f", (given,))
    assert (outcome.kind, outcome.line_number, outcome.line) == ("ValueError", 2, "a += 1")
    assert session.call("g", (given,)).kind == "ValueError"
    assert not given.any()


def test_a_view_of_an_argument_is_an_alias_and_a_copy_is_not(session):
    session.run("def view(a): return (1, a[::2])\ndef copy(a): return a.copy()")
    assert session.call("view", (np.ones(4),)).aliases_input
    assert not session.call("copy", (np.ones(4),)).aliases_input


def test_missing_names_are_missing(session):
    session.run("x = 3")
    assert session.call("f", ()) == Missing("not defined")
    assert session.call("x", ()) == Missing("is not a function (it is int)")
    assert session.value("y") == Missing("not defined")


def test_an_answer_can_be_text(session):
    session.run("answer_1 = 'b'")
    assert session.value("answer_1") == Returned("b", "str")


def test_printing_and_warnings_of_a_call_cost_nothing(session):
    session.run("import warnings\ndef f():\n    warnings.warn('w')\n    print('x' * 10**6)\n    return 1")
    assert session.call("f", ()) == Returned(1, "int")


def test_too_large_a_result_is_an_error_of_the_call(session):
    session.run("import numpy as np\ndef f(): return np.zeros(2**21)\ndef g(): return 1")
    assert "too large" in session.call("f", ()).message
    assert session.call("g", ()) == Returned(1, "int")


def test_many_calls_stop_at_the_first_that_dies(session):
    session.run("import os\ndef f(a):\n    if a == 2: os._exit(0)\n    return a")
    outcomes = session.call_many("f", [(1,), (2,), (3,)])
    assert outcomes[0] == Returned(1, "int")
    assert outcomes[1:] == [Stopped("crash", "the process exited with status 0")] * 2
    assert not session.alive


def test_outcomes_that_wait_for_each_other_are_those_that_come_one_by_one(session):
    session.run(
        "import numpy as np\nroom = np.zeros(2)\n"
        "def f(a):\n    if a == 2: raise ValueError(a)\n    room[:] = a\n    return (a, room, room[::-1])\n"
        "def big(a):\n    return np.full(10**6, float(a))"
    )
    calls = [(number,) for number in range(5)]
    for name in ("f", "big"):  # together, the big ones are larger than a frame
        together, one_by_one = (session.call_many(name, calls, patience) for patience in (10.0, 0.0))
        assert [repr(outcome) for outcome in together] == [repr(outcome) for outcome in one_by_one]
        assert len({repr(outcome) for outcome in together}) == 5
    assert session.call_many("f", [], patience=1.0) == []


def test_an_interrupt_keeps_the_outcomes_that_waited(hasty_session):
    hasty_session.run("def f(a):\n    while a == 2: pass\n    return a")
    outcomes = hasty_session.call_many("f", [(number,) for number in range(5)], patience=0.2)
    assert outcomes[:2] == [Returned(0, "int"), Returned(1, "int")]
    assert [outcome.reason for outcome in outcomes[2:]] == ["time"] * 3
    assert hasty_session.call_many("f", [(3,), (4,)], patience=0.2) == [
        Returned(3, "int"),
        Returned(4, "int"),
    ]


def test_code_that_can_be_interrupted_costs_only_its_cell(hasty_session):
    hasty_session.run("a = 1\ndef f():\n    while True: pass")
    assert hasty_session.call("f", ()).reason == "time"
    assert hasty_session.alive
    assert hasty_session.value("a") == Returned(1, "int")


def test_a_closed_session_is_stopped(sandbox):
    with sandbox.open() as session:
        pass
    assert not session.alive
    assert isinstance(session.call("f", ()), Stopped)
    assert isinstance(session.run("1").stopped, Stopped)


def test_sessions_can_be_open_at_once(sandbox):
    with sandbox.open() as first, sandbox.open() as second:
        first.run("a = 1")
        second.run("a = 2")
        assert (first.value("a").value, second.value("a").value) == (1, 2)


def test_a_cell_that_is_too_long_costs_only_itself(session):
    result = session.run("x = '" + "a" * frames.MAX_HEADER_BYTES + "'")
    assert result.stopped == Stopped("memory", "the cell is too long")
    assert result.outputs == ()
    assert session.run("1").error is None


def test_arguments_that_cannot_be_sent_cost_only_their_call(session):
    session.run("def f(a): return 1")
    assert session.call("f", (np.zeros(2**21),)) == Stopped("memory", "the arguments are too large")
    assert session.call("f", ((None,) * frames.MAX_NODES,)).reason == "protocol"
    assert session.call("f", ("\ud800",)).reason == "protocol"
    assert session.call("f", (1,)) == Returned(1, "int")


def test_half_a_surrogate_pair_in_a_cell_is_a_question_mark(session):
    assert session.run("x = 'a\ud800'").error is None
    assert session.value("x") == Returned("a?", "str")
