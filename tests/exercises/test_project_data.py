"""The project's data: public files as the split gives them, parts that share nothing, an instructor's own parts."""

import re

import numpy as np
import pytest

from rnnlab.data import project
from rnnlab.data.project import CHARACTERS, LANGUAGES, LETTERS
from rnnlab.exercises.project import held_out, split
from rnnlab.exercises.project.classify import CLASSIFY

PARTS = ("learn", "validation", "held out")


def test_the_public_files_are_what_the_split_gives():
    for part in project.PARTS:
        names, languages = project.names(part)
        assert [(name, LANGUAGES[k]) for name, k in zip(names, languages, strict=True)] == list(
            split.names()[part]
        )
        assert project.text(part) == split.texts()[part]


def test_parts_have_the_same_number_of_names_of_each_language_in_known_letters():
    for part, each in split.NAMES_EACH.items():
        names = split.names()[part]
        assert {
            language: sum(own == language for _, own in names) for language in LANGUAGES
        } == dict.fromkeys(LANGUAGES, each)
        assert set("".join(name for name, _ in names)) <= set(LETTERS)
        assert set(split.texts()[part]) <= set(CHARACTERS)


def test_no_spelling_is_in_two_parts_or_two_languages():
    bare = ["".join(filter(str.isalpha, name)) for part in PARTS for name, _ in split.names()[part]]
    assert len(set(bare)) == len(bare)


def test_no_passage_of_the_held_out_text_is_long_in_the_public_one():
    """A few passages are told twice in the book; there must be little of that."""
    public, secret = split.texts()["learn"], split.texts()["held out"]
    pieces = [secret[start : start + 40] for start in range(0, len(secret) - 40, 40)]
    assert np.mean([piece in public for piece in pieces]) < 0.02


def test_the_loader_says_which_parts_there_are():
    with pytest.raises(ValueError, match="part must be 'learn' or 'validation', but was 'held out'"):
        project.names("held out")


def test_an_instructor_may_hold_out_other_data(tmp_path, monkeypatch):
    monkeypatch.setenv(held_out.FOLDER, str(tmp_path))
    public = held_out.names()[0]
    (tmp_path / "names.csv").write_text("name,language\nnovotna,Slovak\no'casey,Irish\n", encoding="utf-8")
    (tmp_path / "text.txt").write_text("and so it was,\nas he had said. " * 600, encoding="utf-8")
    names, languages = held_out.names()
    assert len(public) == 1450
    assert (names, [LANGUAGES[k] for k in languages]) == (["novotna", "o'casey"], ["Slovak", "Irish"])
    assert held_out.text().startswith("and so it was, as he had said. and")
    assert CLASSIFY.samples(np.random.default_rng(0))[0].label.startswith("2 names")


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("name,language\nNovotná,Slovak\n", "line 2 of .* must be a name in the letters"),
        ("name,language\nnovotna,Slovene\n", "one of the languages Croatian, .* but is 'novotna', 'Slovene'"),
        ("name,language\n", "must have names below its header"),
    ],
)
def test_an_instructors_names_that_cannot_be_used_are_refused(rows, says, tmp_path, monkeypatch):
    monkeypatch.setenv(held_out.FOLDER, str(tmp_path))
    (tmp_path / "names.csv").write_text(rows, encoding="utf-8")
    with pytest.raises(held_out.UnusableHeldOutData, match=says):
        held_out.names()


def test_an_instructors_text_with_other_characters_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv(held_out.FOLDER, str(tmp_path))
    (tmp_path / "text.txt").write_text("Call me Ishmael.", encoding="utf-8")
    with pytest.raises(held_out.UnusableHeldOutData, match=re.escape("alone, but has 'C', 'I'")):
        held_out.text()
