"""A submission may patch its own Python and forge replies: it harms neither the comparison nor the controller."""

from __future__ import annotations

import pytest

from rnnlab.check.outcome import Missing, Raised, Returned, Stopped

pytestmark = pytest.mark.sandbox

SABOTAGE = [
    "import numpy as np\nnp.allclose = np.array_equal = np.testing.assert_allclose = lambda *a, **k: True",
    "import numpy as np\nnp.asarray = lambda *a, **k: np.full(1, 42.0)",
    "import json\njson.dumps = json.loads = lambda *a, **k: '{}'",
    "get_ipython().input_transformers_post.append(lambda lines: ['wrong = None\\n'])",
    """
import ast
class Everything42(ast.NodeTransformer):
    def visit_Constant(self, node): return ast.Constant(42)
get_ipython().ast_transformers.append(Everything42())
""",
    "import builtins\nbuiltins.print = builtins.sorted = None",
    "import sys\nsys.stdout = sys.stderr = None",
    "import sys\nsys.modules['numpy'] = sys.modules['rnnlab'] = None",
]


@pytest.mark.parametrize("sabotage", SABOTAGE)
def test_sabotage_does_not_change_what_the_grader_compares_with(session, sabotage):
    session.run("def wrong(): return 41.0")
    session.run(sabotage)
    outcome = session.call("wrong", ())
    assert outcome == Returned(41.0, "float") or isinstance(outcome, Raised | Stopped | Missing)


FORGERIES = [
    "b'RNL1' + bytes(12)",
    "frames.encode({'kind': 'returned', 'value': 42.0, 'type_name': 'float', 'aliases_input': False}, 99)",
    "frames.encode({'nonce': '0' * 32, 'kind': 'missing', 'why': 'not defined'}, 99)",
    "frames.encode([1, 2], 99)",
    "frames.PREFIX.pack(b'RNL1', 10, 2**62)",
    "frames.PREFIX.pack(b'RNL1', 2**31, 10)",
    "__import__('pickle').dumps(print)",
]


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_reply_ends_the_session(session, forgery):
    session.run(
        f"import os\nfrom rnnlab.grading.sandbox import frames\ndef f():\n    os.write(3, {forgery})\n    return 1"
    )
    outcome = session.call("f", ())
    assert isinstance(outcome, Stopped)
    assert outcome.reason == "protocol"
    assert not session.alive


# A submission can learn its request's number; a reply in the wrong form must still not harm the controller.
SPY = """
import os
from rnnlab.grading.sandbox import frames
decode, seen = frames.decode, []
def spy(*arguments):
    seen.append(decode(*arguments))
    return seen[-1]
frames.decode = spy
"""

REPLIES = [
    "{}",
    "{'kind': 'returned'}",
    "{'kind': 'returned', 'value': {'a': 1}, 'type_name': 'float', 'aliases_input': False}",
    "{'kind': 'returned', 'value': [1], 'type_name': 'float', 'aliases_input': False}",
    "{'kind': 'returned', 'value': 1, 'type_name': 3, 'aliases_input': False}",
    "{'kind': 'raised', 'error': None}",
    "{'kind': 'raised', 'error': {'kind': 1, 'message': 2, 'line_number': 3, 'line': 4}}",
    "{'kind': 'missing', 'why': float('nan')}",
    "{'kind': 'passed', 'score': 1}",
]


@pytest.mark.parametrize("reply", REPLIES)
def test_a_reply_of_the_wrong_form_ends_the_session(session, reply):
    session.run(SPY)
    session.run(f"def f(): os.write(3, frames.encode({{'nonce': seen[-1]['nonce'], **{reply}}}, 999))")
    outcome = session.call("f", ())
    assert isinstance(outcome, Stopped)
    assert outcome.reason == "protocol"


@pytest.mark.parametrize(
    "replies", ["[]", "3", "None", "[1]", f"[{REPLIES[1]}]", "[{'kind': 'missing', 'why': ''}] * 3"]
)
def test_replies_of_the_wrong_form_or_number_end_the_session(session, replies):
    session.run(SPY)
    reply = f"{{'nonce': seen[-1]['nonce'] + '-0', 'replies': {replies}}}"
    session.run(f"def f(): os.write(3, frames.encode({reply}, 999))")
    outcomes = session.call_many("f", [(), ()], patience=1.0)
    assert [outcome.reason for outcome in outcomes] == ["protocol"] * 2


OUTPUTS = [
    "[{'output_type': 'display_data', 'data': {'text/html': '<script>'}}]",
    "[{'output_type': 'display_data', 'data': {'image/png': '<script>'}}]",
    "[{'output_type': 'stream', 'name': 'stdin', 'text': 'x'}]",
    "[{'output_type': 'error', 'ename': 'x', 'evalue': 'y', 'traceback': [1]}]",
    "[None]",
    "'x'",
]


@pytest.mark.parametrize("outputs", OUTPUTS)
def test_an_output_of_the_wrong_form_ends_the_session(session, outputs):
    session.run(SPY)
    reply = f"{{'nonce': seen[-1]['nonce'], 'error': None, 'outputs': {outputs}}}"
    result = session.run(f"os.write(3, frames.encode({reply}, 99))")
    assert result.stopped is not None
    assert result.stopped.reason == "protocol"
    assert result.outputs == ()
