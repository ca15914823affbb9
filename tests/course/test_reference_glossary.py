"""The glossary is short, whole and in order, and the chapters use it."""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path

import pytest
from docutils import nodes
from docutils.utils import new_document
from sphinx import addnodes

COURSE = Path(__file__).parents[2]
sys.path.insert(0, str(COURSE / "book" / "_ext"))

import first_use  # noqa: E402  (lives beside the Sphinx extensions)

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


ENTRY = "back-propagation through time\nBPTT\n  A.\n\nstep\n  B.\n\ngate\n  C.\n\nlong gate\n  D.\n"
SHORT = f"```{{glossary}}\n:sorted:\n\n{ENTRY}```"


def linked(*paragraphs: nodes.Node) -> list[tuple[str, str]]:
    """The links, target and text, that a page of these paragraphs gets."""
    page = new_document("page")
    page.extend(paragraphs)
    before = page.astext()
    first_use.link_first_uses(page, SHORT, "book/part-1/page")
    assert page.astext() == before
    return [(xref["reftarget"], xref.astext()) for xref in page.findall(addnodes.pending_xref)]


def paragraph(*parts: str | nodes.Node) -> nodes.paragraph:
    return nodes.paragraph("", "", *(nodes.Text(part) if isinstance(part, str) else part for part in parts))


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("A gate, and a gate.", [("gate", "gate")]),
        ("Gates open.", [("gate", "Gates")]),
        ("A long\ngate and a gate.", [("long gate", "long\ngate"), ("gate", "gate")]),
        ("BPTT is back-propagation through time.", [("BPTT", "BPTT")]),
        ("bptt in small letters, gateway, floodgate, gate-keeper, gate–keeper", []),
        ("One step in the everyday sense.", []),
    ],
)
def test_the_first_use_is_linked(text, links):
    assert linked(paragraph(text)) == links


def test_only_plain_text_is_linked_and_only_once():
    heading = nodes.title("", "The gate")
    cell = nodes.container("", paragraph("a gate"), classes=["cell"])
    assert linked(heading, cell, paragraph(nodes.literal("", "gate"), " and ")) == []
    assert linked(paragraph(nodes.strong("", "gate")), paragraph("gate")) == [("gate", "gate")]


def test_a_term_that_the_author_has_linked_is_left_alone():
    own = first_use.link("BPTT", "it", "page")
    assert linked(paragraph("Back-propagation through time."), paragraph(own)) == [("BPTT", "it")]
