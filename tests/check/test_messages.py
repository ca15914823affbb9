"""What the check says to typical wrong answers, word for word: one document for each assignment, to be read."""

import re
from importlib import import_module

import pytest

from rnnlab.check import judge, judge_question, public_probes
from rnnlab.check.local import local_caller, value_of
from rnnlab.check.measured import check_measured
from rnnlab.exercises import find
from rnnlab.exercises.catalogue import ASSIGNMENTS
from rnnlab.exercises.spec import Exercise, Measured

RULE = "-" * 80
MORE = "More: "


def judged(assignment, source, cell):
    """The verdict on a cell that defines one function, or one answer to a question."""
    name = re.match(r"(?:def )?(\w+)", source).group(1)
    part = find(f"{assignment}.{name.replace('answer_', 'question_')}")
    value = cell(source, name)
    if isinstance(part, Exercise):
        return judge(part, local_caller(value), public_probes(part))
    if isinstance(part, Measured):
        return check_measured(part, local_caller(value))
    return judge_question(part, value_of(value))


@pytest.fixture(scope="module", params=ASSIGNMENTS)
def told(request, cell):
    """The name of an assignment, and each wrong answer with its title, its source and the verdict on it."""
    wrong = import_module(f"tests.check.wrong.{request.param}").WRONG
    sources = {title: source.strip("\n") for title, source in wrong.items()}
    return request.param, [
        (title, source, judged(request.param, source, cell)) for title, source in sources.items()
    ]


def test_messages_are_those_of_the_golden_file(told, golden):
    assignment, answers = told
    golden(f"messages/{assignment}.golden.txt", f"\n{RULE}\n".join(page(*answer) for answer in answers))


def page(title, source, verdict):
    """The student's cell, what the check says at first, and what each further hint adds."""
    code = "".join(f"    {line}\n" for line in source.splitlines())
    text = f"{title} [{verdict.label}]\n\n{code}\n{without_more(verdict.as_text(1))}\n"
    for level in (2, 3):
        before = verdict.as_text(level - 1).splitlines()
        added = [line for line in without_more(verdict.as_text(level)).splitlines() if line not in before]
        text += "".join(f"  [{level}] {line}\n" for line in added)
    return text


def without_more(text):
    return "\n".join(line for line in text.splitlines() if not line.startswith(MORE))


def test_no_wrong_answer_passes(told):
    assert not [title for title, _, verdict in told[1] if verdict.passed]


def test_each_assignment_has_typical_wrong_answers(told):
    assert len(told[1]) >= 5
    assert len({verdict.label for _, _, verdict in told[1]}) >= 4
