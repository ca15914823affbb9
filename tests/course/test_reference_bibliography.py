"""Every work of the bibliography can be found: it has its facts, its place, and an address that stays."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest
from pybtex.database import Entry, parse_file

COURSE = Path(__file__).parents[2]
WORKS = parse_file(str(COURSE / "book/references.bib"), bib_format="bibtex").entries
DOI = re.compile(r"10\.\d{4,9}/\S+")
ARXIV = re.compile(r"\d{4}\.\d{4,5}|[a-z-]+(\.[A-Z]{2})?/\d{7}")
VENUE = {
    "article": "journal",
    "inproceedings": "booktitle",
    "incollection": "booktitle",
    "book": "publisher",
    "techreport": "institution",
    "phdthesis": "school",
    "misc": "eprint",
}

every_work = pytest.mark.parametrize(("key", "work"), WORKS.items(), ids=list(WORKS))


def plain(text: str) -> str:
    """Lower-case letters alone: {\\"u} and ü are u."""
    text = re.sub(r"\\[^a-zA-Z]|\\[a-zA-Z]+\s*|[{}]", "", text)
    text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z]", "", text.lower())


def address(work: Entry) -> bool:
    """What finds it for good: a DOI, an arXiv number, an address, or the number of a book or of an old journal."""
    fields = work.fields
    return any(name in fields for name in ("doi", "eprint", "url", "isbn")) or {
        "issn",
        "volume",
        "pages",
    } <= set(fields)


@every_work
def test_a_work_has_title_authors_year_and_venue(key, work):
    assert work.fields["title"]
    assert work.persons["author"] or work.persons["editor"]
    assert 1900 <= int(work.fields["year"]) <= 2027
    where = VENUE[work.type]
    assert work.fields.get(where) or (where == "eprint" and work.fields.get("url")), f"{key} has no {where}"


@every_work
def test_a_work_has_an_address_that_stays(key, work):
    fields = work.fields
    assert address(work), f"{key} has neither doi nor eprint, url or isbn"
    if "doi" in fields:
        assert DOI.fullmatch(fields["doi"]), f"{key}: a DOI without https://doi.org/ in front"
    if "eprint" in fields:
        assert fields.get("archiveprefix", "").lower() == "arxiv"
        assert ARXIV.fullmatch(fields["eprint"]), f"{key}: an arXiv number without arXiv: in front"
    if "url" in fields:
        assert fields["url"].startswith("https://")


@every_work
def test_a_key_is_the_first_author_and_the_year(key, work):
    found = re.fullmatch(r"([a-z]+)(\d{4})[a-z]?", key)
    assert found, key
    author = (work.persons.get("author") or work.persons["editor"])[0]
    assert plain(found[1]) in plain("".join(author.prelast_names + author.last_names))
    assert found[2] == work.fields["year"]


def test_no_work_stands_twice():
    for fact in ("title", "doi", "eprint"):
        seen = Counter(
            plain(work.fields[fact]) if fact == "title" else work.fields[fact]
            for work in WORKS.values()
            if fact in work.fields
        )
        assert [value for value, times in seen.items() if times > 1] == []


def test_every_work_is_cited():
    pages = (COURSE / "book").rglob("*.md")
    cited = {
        key.strip()
        for page in pages
        for keys in re.findall(r"\{cite(?::\w+)?\}`([^`]+)`", page.read_text(encoding="utf-8"))
        for key in keys.split(",")
    }
    assert set(WORKS) - cited == set()
