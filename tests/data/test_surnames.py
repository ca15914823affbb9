"""The surnames: exact counts for the pinned Faker, a deterministic order, plain letters, and no import of Faker."""

from collections import Counter
from importlib.metadata import PackageNotFoundError, distribution, version

import pytest

from rnnlab.data import package_files
from rnnlab.data.datasets import DATASETS
from rnnlab.data.package_files import MissingData, package_file
from rnnlab.data.surnames import ALPHABET, LANGUAGES, LISTS, Surname, plain_letters, surnames

COUNTS = {
    "Akan": 162,
    "Croatian": 799,
    "Dutch": 1070,
    "English": 901,
    "Estonian": 380,
    "Finnish": 400,
    "French": 583,
    "German": 1284,
    "Hungarian": 100,
    "Indonesian": 173,
    "Irish": 2379,
    "Italian": 1164,
    "Polish": 3890,
    "Portuguese": 144,
    "Slovak": 953,
    "Spanish": 1085,
    "Swedish": 500,
    "Zulu": 787,
}

IN_EACH_LIST = {
    "tw_GH": 162,
    "hr_HR": 799,
    "nl_NL": 1073,
    "en": 473,
    "en_GB": 500,
    "et_EE": 380,
    "fi_FI": 400,
    "fr_FR": 400,
    "fr_CA": 250,
    "de_DE": 404,
    "de_AT": 937,
    "hu_HU": 100,
    "id_ID": 173,
    "ga_IE": 2379,
    "it_IT": 1164,
    "pl_PL": 3890,
    "pt_PT": 96,
    "pt_BR": 102,
    "sk_SK": 953,
    "es_ES": 1085,
    "sv_SE": 500,
    "zu_ZA": 787,
}


@pytest.fixture(scope="module")
def names():
    return surnames()


def test_the_counts_are_those_of_the_pinned_version(names):
    assert version("Faker") == "40.54.0"
    assert Counter(surname.language for surname in names) == COUNTS
    assert len(names) == 16_754


@pytest.mark.parametrize(("language", "locale", "variables"), LISTS)
def test_each_file_holds_as_many_names_as_counted(monkeypatch, language, locale, variables):
    monkeypatch.setattr("rnnlab.data.surnames.LISTS", ((language, locale, variables),))
    found = surnames()
    inverted = 3 if locale == "nl_NL" else 0
    assert len(found) == IN_EACH_LIST[locale] - inverted


@pytest.mark.parametrize(
    ("language", "name", "letters"),
    [
        ("Akan", "Akɔmaa", "akomaa"),
        ("Croatian", "Rađenović", "radenovic"),
        ("Dutch", "'s Gravensande", "'s gravensande"),
        ("Estonian", "Aasmäe", "aasmae"),
        ("Irish", "Ó Dubhthaigh", "o dubhthaigh"),
        ("Polish", "Małecki", "malecki"),
        ("German", "Weiß", "weiss"),
    ],
)
def test_names_keep_their_spelling_beside_their_plain_letters(names, language, name, letters):
    assert Surname(name, language, letters) in names


def test_every_letter_survives_in_the_plain_spelling(names):
    assert set("".join(surname.letters for surname in names)) == set(ALPHABET)
    assert all(len(surname.letters) >= len(surname.name) for surname in names)


def test_order_is_by_language_then_name_without_repetitions(names):
    keys = [(surname.language, surname.name) for surname in names]
    assert keys == sorted(set(keys))
    assert tuple(dict.fromkeys(surname.language for surname in names)) == LANGUAGES


def test_reading_again_gives_the_same(names):
    assert surnames() == names


def test_derived_female_forms_are_left_out(names):
    assert not any(s.language == "Slovak" and s.name.endswith("ová") for s in names)


def test_letters_outside_the_alphabet_are_dropped_from_other_texts():
    assert plain_letters("O’Brien 2nd") == "o'brien nd"


def test_the_table_of_data_sets_agrees_with_the_data(names):
    (row,) = (dataset for dataset in DATASETS if dataset.name == "surnames")
    assert row.size == f"{len(names):,} surnames"
    assert f"in {len(LANGUAGES)} languages" in row.description
    assert row.package == f"Faker {version('Faker')}"
    assert distribution("Faker").metadata["License"].startswith(row.license)


def test_a_missing_package_names_the_extra_to_install(monkeypatch):
    def absent(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr(package_files, "distribution", absent)
    with pytest.raises(
        MissingData, match=r'the package Faker, which is not installed; run: pip install "rnnlab\[data\]"'
    ):
        surnames()


def test_a_missing_file_names_the_extra_to_install():
    with pytest.raises(
        MissingData, match=r'has no file faker/nowhere\.py; run: pip install "rnnlab\[data\]"'
    ):
        package_file("Faker", "faker/nowhere.py")
