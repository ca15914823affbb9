"""The glossary is short, whole and in order, and the chapters use it."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

COURSE = Path(__file__).parents[2]
GLOSSARY = (COURSE / "book/reference/glossary.md").read_text(encoding="utf-8")
TERM_ROLE = re.compile(r"\{term\}`(?:[^`<]*<)?([^`<>]+)>?`")


def entries() -> dict[str, str]:
    """Every term, or terms with one meaning joined by a slash, and its definition."""
    body = re.search(r"```\{glossary\}\n:sorted:\n\n(.*?)```", GLOSSARY, re.DOTALL)
    assert body
    found = {}
    for block in body[1].strip().split("\n\n"):
        lines = block.splitlines()
        terms = [line for line in lines if not line.startswith(" ")]
        found["/".join(terms)] = " ".join(line.strip() for line in lines[len(terms) :])
    return found


ENTRIES = entries()
TERMS = [term for joined in ENTRIES for term in joined.split("/")]


def test_there_are_enough_terms_and_none_twice():
    assert len(TERMS) >= 60
    assert [term for term, times in Counter(map(str.lower, TERMS)).items() if times > 1] == []


@pytest.mark.parametrize(("term", "definition"), ENTRIES.items(), ids=list(ENTRIES))
def test_a_definition_is_one_to_four_sentences_and_does_not_define_itself(term, definition):
    sentences = re.findall(r"[.!?](?=\s|$|\))", re.sub(r"\$[^$]*\$", "", definition))
    assert 1 <= len(sentences) <= 4
    assert definition.endswith((".", ".)"))
    assert not any(
        used.lower() == own.lower() for used in TERM_ROLE.findall(definition) for own in term.split("/")
    )


def test_the_terms_stand_in_alphabetical_order():
    first = [joined.split("/")[0].lower() for joined in ENTRIES]
    assert first == sorted(first)


def test_every_term_that_a_page_links_is_there():
    known = {term.lower() for term in TERMS}
    for page in sorted((COURSE / "book").rglob("*.md")):
        used = {
            " ".join(term.split()).lower() for term in TERM_ROLE.findall(page.read_text(encoding="utf-8"))
        }
        assert used <= known, page
