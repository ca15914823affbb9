"""Surnames in eighteen languages, from the name lists inside the package Faker.

Source: Faker 40.54.0, modules `faker.providers.person.<locale>`, whose contributors compiled them from census tables,
Wikipedia, Wiktionary and national statistics. License: MIT. Size: 16,754 surnames in the Latin alphabet. Cite as:
D. Faraglia and contributors, Faker, version 40.54.0, 2026, https://github.com/joke2k/faker.

The lists are read as text: Faker is neither imported nor run.
"""

from __future__ import annotations

import ast
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from rnnlab.data.package_files import package_file


class Surname(NamedTuple):
    """A surname as its bearers write it, its language, and its letters in `ALPHABET`."""

    name: str
    language: str
    letters: str


ALPHABET = "abcdefghijklmnopqrstuvwxyz '-"

# Female forms are left out where they are derived (Novák, Nováková): a test on one would not be fair after the other.
LISTS = (
    ("Akan", "tw_GH", ("last_names_male", "last_names_female")),
    ("Croatian", "hr_HR", ("last_names",)),
    ("Dutch", "nl_NL", ("last_names",)),
    ("English", "en", ("last_names",)),
    ("English", "en_GB", ("last_names",)),
    ("Estonian", "et_EE", ("last_names_est",)),
    ("Finnish", "fi_FI", ("last_names",)),
    ("French", "fr_FR", ("last_names",)),
    ("French", "fr_CA", ("last_names",)),
    ("German", "de_DE", ("last_names",)),
    ("German", "de_AT", ("last_names",)),
    ("Hungarian", "hu_HU", ("last_names",)),
    ("Indonesian", "id_ID", ("last_names_male", "last_names_female")),
    ("Irish", "ga_IE", ("last_names",)),
    ("Italian", "it_IT", ("last_names",)),
    ("Polish", "pl_PL", ("unisex_last_names", "male_last_names")),
    ("Portuguese", "pt_PT", ("last_names",)),
    ("Portuguese", "pt_BR", ("last_names",)),
    ("Slovak", "sk_SK", ("last_names_male",)),
    ("Spanish", "es_ES", ("last_names",)),
    ("Swedish", "sv_SE", ("last_names",)),
    ("Zulu", "zu_ZA", ("last_names_male",)),
)
LANGUAGES = tuple(sorted({language for language, _, _ in LISTS}))

# Unicode does not count these as a base letter with an accent, so decomposition leaves them as they are.
SPELLED = str.maketrans(
    {"’": "'", "đ": "d", "ł": "l", "ø": "o", "æ": "ae", "œ": "oe", "ı": "i", "ɔ": "o", "ε": "e"}
)


def surnames() -> tuple[Surname, ...]:
    """Every surname once for each of its languages, ordered by language and then by name.

    Raises: MissingData where Faker is not installed. Source, license and size: see this module.

    >>> [surname.letters for surname in surnames() if surname.name == "Kovačević"]
    ['kovacevic']
    """
    found = {
        (language, name)
        for language, locale, variables in LISTS
        for name in _names(locale, variables)
        if "," not in name  # inverted entries such as "Bourgondië, van"
    }
    return tuple(Surname(name, language, plain_letters(name)) for language, name in sorted(found))


def plain_letters(name: str) -> str:
    """The name in the 29 letters of `ALPHABET`: lower case, without accents.

    >>> plain_letters("Kovačević"), plain_letters("Ó Dubhthaigh"), plain_letters("Großmann")
    ('kovacevic', 'o dubhthaigh', 'grossmann')
    """
    decomposed = unicodedata.normalize("NFKD", name.casefold().translate(SPELLED))
    return "".join(letter for letter in decomposed if letter in ALPHABET)


def _names(locale: str, variables: tuple[str, ...]) -> Iterator[str]:
    """The strings in the assignments to these variables in the locale's provider; weights beside them are skipped."""
    path = package_file("Faker", f"faker/providers/person/{locale}/__init__.py")
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value and _target(node) in variables:
            constants = (part.value for part in ast.walk(node.value) if isinstance(part, ast.Constant))
            yield from (value for value in constants if isinstance(value, str))


def _target(node: ast.Assign | ast.AnnAssign) -> str | None:
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
    return target.id if isinstance(target, ast.Name) else None
