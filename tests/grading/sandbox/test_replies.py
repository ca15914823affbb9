"""What a reply says is bounded and made harmless on the trusted side, whatever the student's process did to its own."""

from __future__ import annotations

import unicodedata

import pytest

from rnnlab.check.outcome import Missing, Raised, Returned
from rnnlab.grading.sandbox import frames, recording, replies, texts

ESCAPES = "\x1b[2J\x1b]0;title\x07\x9b31mred\x1b[0m \x00\x08\x7f\x85end"


def controls(text: str, allowed: str = "") -> set[str]:
    return {letter for letter in text if unicodedata.category(letter) in {"Cc", "Cs"}} - set(allowed)


def error_reply(kind: str, message: str, line_number: int | None = 1, line: str | None = "x") -> dict:
    return {"kind": kind, "message": message, "line_number": line_number, "line": line}


def test_an_errors_texts_are_cut():
    raised = replies.read_error(error_reply("k" * 10**6, "m" * 10**6, 3, "l" * 10**6))
    assert raised == Raised("k" * 200, "m" * 2000, 3, "l" * 2000)


def test_an_errors_texts_say_nothing_to_a_terminal():
    raised = replies.read_error(error_reply(ESCAPES, ESCAPES + "\n\tnext\r", 1, ESCAPES + "\n\tnext"))
    assert raised == Raised("red end", "red end\n\tnext", 1, "red end  next")


@pytest.mark.parametrize("number", [-3, 0, 2**31, 10**1000])
def test_a_line_that_no_cell_has_is_unknown(number):
    assert replies.read_error(error_reply("E", "m", number)) == Raised("E", "m")


@pytest.mark.parametrize("text", ["\ud800", "\x1b[" * 50, "\x1b\x1b[0m[31m", "\x1b]" * 50, "\x9d\x1b\\\x9c"])
def test_no_control_character_gets_through(text):
    assert not controls(texts.message(text))
    assert not controls(texts.one_line(text))
    assert not controls(texts.printed(text))


def test_text_that_is_no_trouble_is_kept():
    text = "naïve\n\tτ = ½ → 🙂 [31m"
    assert texts.message(text) == texts.printed(text) == text


def test_outcomes_are_bounded_too():
    returned = {"kind": "returned", "value": ("\x1b[2J" + "a" * 10**6,), "type_name": "t\n" * 10**6}
    outcome = replies.read_outcome(returned | {"aliases_input": False})
    assert isinstance(outcome, Returned)
    assert outcome.value == ("a" * 9_996,)
    assert outcome.type_name == "t " * 100
    missing = replies.read_outcome({"kind": "missing", "why": "w\x1b" * 10**6})
    assert missing == Missing("w" * 1000)


def cell_reply(*outputs: object) -> dict:
    return {"outputs": list(outputs), "error": None}


def stream(text: str) -> dict:
    return {"output_type": "stream", "name": "stdout", "text": text}


def shown(count: object) -> dict:
    return {"output_type": "execute_result", "execution_count": count, "data": {"text/plain": "1"}}


@pytest.mark.parametrize("count", [None, 0, 7, 2**31 - 1])
def test_a_cells_number_is_kept(count):
    result = replies.read_cell(cell_reply(shown(count)), 0.1, 10_000)
    assert result.outputs == (shown(count) | {"metadata": {}},)


@pytest.mark.parametrize("count", [-1, 2**31, 10**1000, True, "1", 1.0, float("nan")])
def test_a_number_that_no_cell_has_is_refused(count):
    with pytest.raises(frames.ProtocolError):
        replies.read_cell(cell_reply(shown(count)), 0.1, 10_000)


def test_only_known_keys_are_kept_and_no_escape_sequences():
    forged = [
        stream(ESCAPES + "\rbar\n") | {"metadata": {"x": 1}, "more": 2},
        {"output_type": "error", "ename": ESCAPES, "evalue": "e" * 10**4, "traceback": [ESCAPES], "x": 1},
        {"output_type": "display_data", "data": {"text/plain": ESCAPES}, "metadata": {"x": 1}, "x": 1},
    ]
    assert replies.read_cell(cell_reply(*forged), 0.1, 10_000).outputs == (
        stream("red end\rbar\n"),
        {"output_type": "error", "ename": "red end", "evalue": "e" * 2000, "traceback": ["red end"]},
        {"output_type": "display_data", "data": {"text/plain": "red end"}, "metadata": {}},
    )


@pytest.mark.parametrize("outputs", [[stream("x")] * 10**4, [stream("½" * 6_000)], [stream("x" * 9_000)] * 2])
def test_more_output_than_a_cell_may_show_is_cut(outputs):
    kept = replies.read_cell(cell_reply(*outputs), 0.1, 10_000).outputs
    assert len(kept) <= 111
    assert sum(len(output["text"].encode()) for output in kept) < 11_000
    assert kept[-1]["text"] == recording.CUT


@pytest.mark.parametrize("text", ["x", "½", "🙂\ud800", "x\n"])
@pytest.mark.parametrize("often", [1, 7, 10**5])
def test_what_a_recorder_kept_is_not_cut_again(text, often):
    recorder = recording.Recorder(10_000)
    for number in range(300):
        recorder.stream(("stdout", "stderr")[number % 2], text * often)
        recorder.display("execute_result", {"text/plain": text * often}, execution_count=number)
        recorder.error("E", text * often, [text])
    outputs = recorder.finished()
    assert len(replies.read_cell(cell_reply(*outputs), 0.1, 10_000).outputs) == len(outputs)
    assert sum("cut" in output.get("text", "") for output in outputs) == 1


@pytest.mark.sandbox
def test_a_recorder_without_bounds_is_cut(session):
    session.run("get_ipython().record = lambda limit: None; get_ipython().recorder._left = 10**9")
    outputs = session.run("print('x' * 10**6)").outputs
    assert sum(len(output["text"]) for output in outputs) < 62_000


@pytest.mark.sandbox
def test_a_bound_lifted_in_the_students_process_still_holds(session):
    session.run("""
import sys
describing = sys.modules["rnnlab.grading.sandbox.describing"]
describing._MAX_MESSAGE = describing._MAX_TEXT = 10**7
def f(): raise type("K" * 10**3, (Exception,), {})("\\x1b[2J" + "m" * 10**6)
answer_1 = "\\x1b[2J" + "a" * 10**6
""")
    raised = session.call("f", ())
    assert isinstance(raised, Raised)
    assert len(raised.kind) <= 200
    assert 1900 < len(raised.message) <= 2000
    assert not controls(raised.message)
    answer = session.value("answer_1").value
    assert 9_900 < len(answer) <= 10_000
    assert not controls(answer)
