"""Surnames and their languages, from the name lists that the package Faker brings.

Source: the module `faker.providers.person.<locale>` of Faker, version 40.54.0 (Faraglia and contributors).
Licence: MIT. Size: 9,657 surnames in 10 languages. Cite as: D. Faraglia and contributors, *Faker*, 2026.
The lists are read as text: nothing of Faker is imported or run.
"""

from __future__ import annotations

import ast
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from rnnlab.data.package_files import package_file

ALPHABET = "abcdefghijklmnopqrstuvwxyz '-"

# (language, locale, the assignment in Faker's provider that holds the list)
LISTS = (
    ("Croatian", "hr_HR", "last_names"),
    ("Dutch", "nl_NL", "last_names"),
    ("English", "en_US", "last_names"),
    ("Finnish", "fi_FI", "last_names"),
    ("French", "fr_FR", "last_names"),
    ("German", "de_DE", "last_names"),
    ("Irish", "ga_IE", "last_names"),
    ("Italian", "it_IT", "last_names"),
    ("Slovak", "sk_SK", "last_names_male"),
    ("Spanish", "es_ES", "last_names"),
)
LANGUAGES = tuple(language for language, _, _ in LISTS)


@dataclass(frozen=True)
class Surname:
    """A surname as it is written, its language, and its letters in `ALPHABET`."""

    name: str
    language: str
    letters: str


def surnames() -> tuple[Surname, ...]:
    """Every surname once for each of its languages, in the order of languages and then of names.

    Raises `MissingData` where Faker is not installed. Source, licence and size: this module's first lines.

    >>> [surname.letters for surname in surnames() if surname.name == "Kovačević"]
    ['kovacevic']
    """
    return tuple(
        Surname(name, language, letters)
        for language, locale, variable in LISTS
        for name in sorted(set(_names(locale, variable)))
        if (letters := plain_letters(name))
    )


def plain_letters(name: str) -> str:
    """The name in lower case without accents, letters outside of `ALPHABET` left out.

    >>> plain_letters("Kovačević"), plain_letters("Ó Dubhthaigh"), plain_letters("Großmann")
    ('kovacevic', 'o dubhthaigh', 'grossmann')
    """
    spelled = name.casefold().replace("’", "'").replace("đ", "d").replace("ø", "o").replace("ł", "l")
    without_accents = unicodedata.normalize("NFKD", spelled)
    return "".join(letter for letter in without_accents if letter in ALPHABET)


def _names(locale: str, variable: str) -> Iterator[str]:
    path = package_file("Faker", f"faker/providers/person/{locale}/__init__.py")
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Assign | ast.AnnAssign) and _target(node) == variable and node.value:
            yield from (
                part.value
                for part in ast.walk(node.value)
                if isinstance(part, ast.Constant) and isinstance(part.value, str)
            )


def _target(node: ast.Assign | ast.AnnAssign) -> str | None:
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
    return target.id if isinstance(target, ast.Name) else None
