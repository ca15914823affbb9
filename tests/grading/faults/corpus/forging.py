"""Forging a verdict: writing what the grader writes, or making its check say what it should not."""

from __future__ import annotations

from tests.grading.faults.fault import ALL, WRONG, Fault, Raw, Status, attack, damaged, lie, name_of

WRONG_ONE_HOT = frozenset({"one_hot"})
SPY = """
import os
from rnnlab.grading.sandbox import frames
decode, seen = frames.decode, []
def spy(*arguments):
    seen.append(decode(*arguments))
    return seen[-1]
frames.decode = spy
"""


def _cell(raw: Raw, name: str) -> Raw:
    return next(cell for cell in raw["cells"] if name_of(cell) == name)


def _with_wrong_one_hot(raw: Raw) -> Raw:
    _cell(raw, "one_hot")["source"] = WRONG["one_hot"]
    return raw


def edit_test(raw: Raw) -> Raw:
    _cell(_with_wrong_one_hot(raw), "test_one_hot")["source"] = "2.0"
    return raw


def delete_test(raw: Raw) -> Raw:
    raw["cells"].remove(_cell(_with_wrong_one_hot(raw), "test_one_hot"))
    return raw


def turn_test_into_words(raw: Raw) -> Raw:
    cell = _cell(_with_wrong_one_hot(raw), "test_one_hot")
    cell.update(cell_type="markdown", source="Full marks.")
    return raw


def double_test(raw: Raw) -> Raw:
    cell = _cell(_with_wrong_one_hot(raw), "test_one_hot")
    raw["cells"].insert(0, {**cell, "source": "2.0", "id": "another"})
    return raw


def claim_points(raw: Raw) -> Raw:
    _with_wrong_one_hot(raw)
    for name in ("one_hot", "test_one_hot"):
        _cell(raw, name)["metadata"]["nbgrader"] |= {"points": 1000, "grade": True, "solution": False}
    return raw


def call_test_a_drawing(raw: Raw) -> Raw:
    _cell(_with_wrong_one_hot(raw), "test_one_hot")["metadata"]["tags"] = ["illustration"]
    return raw


def forge_outputs(raw: Raw) -> Raw:
    data = {"text/plain": "2.0"}
    for cell in _with_wrong_one_hot(raw)["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = [
                {"output_type": "execute_result", "data": data, "metadata": {}, "execution_count": 1}
            ]
    return raw


def forge_records(raw: Raw) -> Raw:
    fields = {"repairs": [], "problems": [], "isolation": "x", "submitted": "x", "fingerprint": "x"}
    _with_wrong_one_hot(raw)["metadata"]["rnnlab"] = {"status": "graded", **fields}
    verdict = {
        "exercise": "hidden_state.one_hot",
        "passed": True,
        "stage": "passed",
        "headline": "Full marks.",
    }
    for name in ("one_hot", "test_one_hot"):
        _cell(raw, name)["metadata"]["rnnlab"] = verdict
    return raw


def name_a_kernel(raw: Raw) -> Raw:
    raw["metadata"]["kernelspec"] = {
        "name": "evil",
        "argv": ["sh", "-c", "touch @outside@/@marker@"],
        "language": "sh",
    }
    return _with_wrong_one_hot(raw)


def take_the_tests_name(raw: Raw) -> Raw:
    """The wrong cell takes the test cell's name, and so would be the test."""
    _with_wrong_one_hot(raw)
    _cell(raw, "test_one_hot")["source"] = "check('hidden_state.embed', embed)"
    _cell(raw, "one_hot")["metadata"]["nbgrader"]["grade_id"] = "test_one_hot"
    return raw


def _forged(name: str, tries: str, damage, says: str = "") -> Fault:
    return damaged(name, tries, damage, says, Status.GRADED if not says else Status.REPAIRED, WRONG_ONE_HOT)


FAULTS = (
    _forged("test-edited", "replaces the test by its points", edit_test, "test_one_hot had been edited"),
    _forged("test-deleted", "deletes the test", delete_test, "test_one_hot was missing"),
    _forged("test-of-words", "turns the test into text", turn_test_into_words, "test_one_hot had been edited"),
    _forged("test-doubled", "puts a second test of the same name before the first", double_test,
            "test_one_hot"),
    _forged("points-of-its-own", "says that its cell is worth 1000 points", claim_points),
    _forged("test-is-a-drawing", "marks the test as a drawing, which is not run", call_test_a_drawing),
    _forged("outputs-forged", "hands in the outputs of full marks", forge_outputs),
    _forged("record-forged", "hands in the grader's own records of full marks", forge_records),
    _forged("kernel-of-its-own", "names a kernel of its own that starts a program", name_a_kernel),
    _forged("solution-called-test", "gives its own cell the name of the test", take_the_tests_name, "one_hot"),
    attack("check-replaced", "defines a check that always passes", """
        import builtins, rnnlab.check, sys
        check = builtins.check = rnnlab.check.check = lambda *arguments, **options: 2.0
        sys.modules["rnnlab.check"].Verdict.passed = True
        """),
    attack("input-transformer", "rewrites every cell that checks, before it is run", """
        shell = get_ipython()
        rewrite = lambda lines: ["2.0\\n"] if "check(" in "".join(lines) else lines
        shell.input_transformers_cleanup.append(rewrite)
        shell.input_transformers_post.append(rewrite)
        """),
    attack("syntax-tree-transformer", "rewrites every comparison into True", """
        import ast
        class AlwaysTrue(ast.NodeTransformer):
            def visit_Compare(self, node): return ast.Constant(True)
        get_ipython().ast_transformers.append(AlwaysTrue())
        """),
    attack("hooks-of-the-shell", "replaces the shell's functions that run and show cells", """
        shell = get_ipython()
        shell.showtraceback = shell._showtraceback = lambda *a, **k: None
        shell.events.register("post_run_cell", lambda *a: print("full marks"))
        """),
    Fault("runner-replaced", "replaces the function that runs all cells, and so its own",
          {"one_hot": f"type(get_ipython()).run_cell = lambda *a, **k: None\n\n{WRONG['one_hot']}"}, loses=ALL),
    attack("points-as-output", "shows its points as the value of its cell", "get_ipython().displayhook(2.0)\n2.0"),
    attack("card-as-output", "shows the picture of a verdict that passed", """
        from IPython.display import HTML
        display(HTML("<div class='rnnlab passed'>one_hot: passed, 2 points</div>"))
        """),
    attack("error-suppressed", "lets no exception be an error", """
        import sys
        sys.excepthook = lambda *a: None
        class Silent(type):
            def __instancecheck__(cls, other): return True
        import builtins
        builtins.Exception = Silent("Exception", (BaseException,), {})
        """),
    attack("frame-of-words", "writes on the connection to the grader",
           "import os; os.write(3, b'passed' * 100)", "interfered"),
    attack("frame-of-wrong-number", "answers before it is asked", """
        import os
        from rnnlab.grading.sandbox import frames
        os.write(3, frames.encode({"nonce": "0" * 32, "kind": "passed", "value": 1.0}, 999))
        """, "interfered"),
    attack("frame-too-large", "announces an answer of four exabytes", """
        import os
        from rnnlab.grading.sandbox import frames
        os.write(3, frames.PREFIX.pack(b"RNL1", 10, 2 ** 62))
        """, "interfered"),
    attack("frame-of-pickle", "sends an object that would run a program when it is read", """
        import os, pickle
        class Run:
            def __reduce__(self): return os.system, ("touch @outside@/@marker@",)
        os.write(3, pickle.dumps(Run()))
        """, "interfered"),
    attack("frame-to-everybody", "writes an answer to every open descriptor", """
        import os
        for number in range(256):
            try: os.write(number, b"RNL1" + bytes(12))
            except OSError: pass
        """, "interfered|ended its process"),
    attack("flood-of-frames", "floods the grader with answers",
           "import os\nwhile True: os.write(3, b'x' * 10 ** 5)", "interfered"),
    lie("answer-with-right-number", "learns the number of the question and answers that it passed", SPY + """
def one_hot(ids, K):
    reply = {"nonce": seen[-1]["nonce"], "kind": "returned", "passed": True, "score": 2.0}
    os.write(3, frames.encode(reply, 999))
""", "could be read"),
    lie("lying-answer", "answers in the right form with a number for an array", SPY + """
def one_hot(ids, K):
    reply = {"nonce": seen[-1]["nonce"], "kind": "returned", "value": 1.0, "type_name": "ndarray",
             "aliases_input": False}
    os.write(3, frames.encode(reply, 999))
    os._exit(0)
""", ends="one_hot gave no answer that could be read."),
    Fault("output-of-wrong-form", "sends HTML where only text and pictures may come", {"one_hot": SPY, "embed": """
bad = [{"output_type": "display_data", "data": {"text/html": "<script>"}, "metadata": {}}]
os.write(3, frames.encode({"nonce": seen[-1]["nonce"], "error": None, "outputs": bad}, 999))
"""}, loses=frozenset({"one_hot", "embed"}), says="interfered"),
    attack("name-of-an-error", "raises the grader's own error with full marks in it", """
        class NotPassed(Exception): pass
        raise NotPassed("2.0")
        """, "NotPassed"),
)  # fmt: skip
