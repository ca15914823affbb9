"""Mistakes are edits of the reference that fit exactly, and each brings three hints that a tutor would give."""

import dataclasses
import re
from pathlib import Path

import pytest

from rnnlab.exercises import find
from rnnlab.exercises.gate import exercises
from rnnlab.exercises.mistakes import EditError, mistaken

BOOK = Path(__file__).parents[2] / "book"
MISTAKES = [(exercise, mistake) for exercise in exercises() for mistake in exercise.mistakes]


def with_edit(old):
    exercise = find("hidden_state.rnn_step")
    return exercise, dataclasses.replace(exercise.mistakes[0], edits=((old, "…"),))


@pytest.mark.parametrize(("old", "count"), [("no such text", 0), ("W_hh", 2), ("from_past", 2)])
def test_an_edit_that_does_not_fit_once_says_so(old, count):
    exercise, mistake = with_edit(old)
    with pytest.raises(EditError, match=f"{old!r}.*exactly once.*occurs {count} times"):
        mistaken(exercise, mistake)


def test_a_mistaken_function_leaves_the_reference_alone():
    exercise = find("hidden_state.rnn_step")
    before = dict(exercise.reference.__globals__)
    function = mistaken(exercise, exercise.mistakes[0])
    assert function is not exercise.reference
    assert exercise.reference.__globals__ == before


@pytest.mark.parametrize(("exercise", "mistake"), MISTAKES, ids=lambda part: part.name)
def test_each_mistake_asks_explains_and_nearly_tells(exercise, mistake):
    hints = mistake.hints
    assert re.fullmatch(r"[a-z_]+", mistake.name)
    assert not mistake.summary.endswith(".")
    assert "?" in hints.where, "the first hint asks a question"
    assert "(chapter " in hints.idea, "the second hint names the chapter to read"
    assert hints.fix.endswith(".")
    assert len({hints.where, hints.idea, hints.fix}) == 3


@pytest.mark.parametrize("exercise", exercises(), ids=lambda e: e.name)
def test_names_and_summaries_tell_the_mistakes_of_an_exercise_apart(exercise):
    assert len({mistake.name for mistake in exercise.mistakes}) == len(exercise.mistakes)
    assert len({mistake.summary for mistake in exercise.mistakes}) == len(exercise.mistakes)


@pytest.mark.parametrize(("exercise", "mistake"), MISTAKES, ids=lambda part: part.name)
def test_a_section_that_a_hint_names_is_in_the_chapter(exercise, mistake):
    for chapter, section in re.findall(r"\(chapter ([\w-]+), “([^”]+)”\)", mistake.hints.idea):
        (page,) = BOOK.glob(f"part-*/{chapter}.md")
        assert f"## {section}\n" in page.read_text(encoding="utf-8")
