"""The sentences of verdicts and of the catalogue as HTML: code, symbols with their indices, links to chapters."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from rnnlab.check import Verdict
from rnnlab.grading.reporting.chapters import Chapters

_RICH = re.compile(
    r"`(?P<code>[^`]+)`"
    r"|\bchapter (?P<chapter>[a-z]+(?:-[a-z]+)*)(?:, “(?P<section>[^”]{1,120})”)?"
    # W_hh, h_{t−1}, W_ij; but no name of the code, such as d_h or h_prev
    r"|(?<!\w)(?P<symbol>[A-Zabce-zδλ])_(?:\{(?P<group>[^{}]{1,20})\}|(?P<index>[A-Za-z0-9]{1,2}(?:[−+]1)?(?:,[ijk])?))"
    r"(?![A-Za-z0-9_])"
)


_CODE = re.compile(r"`(?P<code>[^`]+)`")


def said(verdict: Verdict, text: str) -> Markup:
    """A verdict's headline, or what is left of it; what it quotes of an exception holds names and no symbols."""
    if verdict.stage != "contract":
        return prose(text)
    return Markup(_CODE.sub(r"<code>\g<code></code>", str(escape(text))))


def prose(text: str, chapters: Chapters | None = None) -> Markup:
    """Escaped text with `code`, symbols such as h_{t−1}, and the names of known chapters as links.

    >>> prose("Add `b_h` to W_hh h_{t−1} < 1")
    Markup('Add <code>b_h</code> to <i>W</i><sub>hh</sub> <i>h</i><sub>t−1</sub> &lt; 1')
    """
    parts: list[str] = []
    end = 0
    for match in _RICH.finditer(text):
        parts += [escape(text[end : match.start()]), _special(match, chapters)]
        end = match.end()
    return Markup("").join([*parts, escape(text[end:])])


def _special(match: re.Match[str], chapters: Chapters | None) -> Markup:
    if match["code"]:
        return Markup("<code>{}</code>").format(match["code"])
    if match["symbol"]:
        return Markup("<i>{}</i><sub>{}</sub>").format(match["symbol"], match["group"] or match["index"])
    chapter = chapters.known(match["chapter"]) if chapters else None
    if chapter is None:  # the word "chapter" in an ordinary sentence, or a book that is not here
        return escape(match[0])
    shown = f"{chapter.title}, “{match['section']}”" if match["section"] else chapter.title
    if not chapter.url:
        return escape(shown if match["section"] else f"chapter “{shown}”")
    place = f"#{_slug(match['section'])}" if match["section"] else ""
    return Markup('<a href="{}{}">{}</a>').format(chapter.url, place, shown)


def _slug(section: str) -> str:
    """The name that the book's pages give to a section; a browser goes to the page's top where it is another."""
    return re.sub(r"[^a-z0-9]+", "-", section.lower()).strip("-")
