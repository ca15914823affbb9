"""What the check says to typical wrong answers, word for word."""

import pytest

from rnnlab.check import judge, public_probes
from rnnlab.check.local import local_caller
from rnnlab.exercises import find
from tests.check.wrong_answers import WRONG

RULE = "-" * 80


@pytest.fixture
def verdicts(cell):
    found = {}
    for title, (name, source) in WRONG.items():
        exercise = find(f"hidden_state.{name}")
        found[title] = judge(exercise, local_caller(cell(source, name)), public_probes(exercise))
    return found


def test_messages_are_those_of_the_golden_file(verdicts, golden):
    told = [f"{title} [{verdict.label}]\n\n{verdict.as_text(3)}\n" for title, verdict in verdicts.items()]
    golden("messages.golden.txt", f"\n{RULE}\n".join(told))


def test_no_wrong_answer_passes(verdicts):
    assert not [title for title, verdict in verdicts.items() if verdict.passed]
