"""Verdicts print well: escaped, with few tags, hint by hint, and unharmed by a way through JSON."""

import json
import re

import pytest

from rnnlab.check import Verdict

FULL = Verdict(
    exercise="hidden_state.rnn_step",
    passed=False,
    stage="mistake",
    headline="In rnn_step, `b_h` <is> missing & more.",
    mistakes=("no_bias",),
    where="Where <b>?",
    idea="The idea.",
    fix="The `fix`.",
    chapter="hidden-state",
    probe="B=2",
    picture="·█<",
    line_number=3,
    line="<script>alert(1)</script>",
)


@pytest.mark.parametrize("verdict", [FULL, Verdict("a.b", True, "passed", "Good.")])
def test_a_verdict_survives_json(verdict):
    assert Verdict.from_dict(json.loads(json.dumps(verdict.to_dict()))) == verdict


def test_records_with_keys_of_a_later_version_are_still_read():
    assert Verdict.from_dict(FULL.to_dict() | {"mood": "sunny"}) == FULL


@pytest.mark.parametrize(
    ("level", "shown", "hidden"),
    [
        (1, ("Where",), ("The idea.", "The `fix`.")),
        (2, ("Where", "The idea."), ("The `fix`.",)),
        (3, ("The `fix`.",), ()),
    ],
)
def test_each_level_shows_one_hint_more(level, shown, hidden):
    text = FULL.as_text(level)
    assert all(part in text for part in shown)
    assert not any(part in text for part in hidden)
    assert ("More: add `hint=" in text) == (level < 3)


def test_html_has_only_plain_tags_and_nothing_of_the_students_is_markup():
    html = FULL.as_html(3)
    assert set(re.findall(r"</?([a-z]+)", html)) <= {"div", "span", "p", "b", "code", "pre", "a", "em"}
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "<code>fix</code>" in html
    assert "background: #" not in html


def test_ipython_and_plain_python_show_the_same_verdict():
    assert repr(FULL) == FULL.as_text(1)
    assert FULL._repr_html_() == FULL.as_html(1)


def test_the_label_is_short():
    assert FULL.label == "no_bias"
    assert Verdict("a.b", False, "form", "…").label == "form"
