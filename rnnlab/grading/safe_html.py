"""A student's Markdown as HTML that cannot run anything, for the pages that classmates' instructors open.

The *rendered* HTML is cleaned: what is harmless in the source (`a < b`, a quotation) stays as it was meant, and what
only rendering makes harmful (a link to `javascript:`) does not get through.
"""

from __future__ import annotations

import re
from html import escape

import bleach
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

_PLAIN = """
a abbr b blockquote br code del div em h1 h2 h3 h4 h5 h6 hr i img li ol p pre s span strong sub sup
table tbody td th thead tr ul
"""
TAGS = frozenset(_PLAIN.split())
SAFE_LINK = re.compile(r"(https?://|mailto:|#)", re.IGNORECASE)
WORDLESS_PICTURE = re.compile(r"<img(?![^>]*\salt=)")
SAFE_PICTURE = re.compile(r"data:image/(png|jpeg|gif);base64,[A-Za-z0-9+/=\s]*$")


def safe_markdown(source: str, attachments: dict[str, dict[str, str]] | None = None) -> str:
    """One line of HTML for a Markdown cell; what cannot be rendered is shown as it was typed.

    >>> safe_markdown("**a < b**, [click](javascript:alert(1)) <script>alert(1)</script>")[:41]
    '<div><p><strong>a &lt; b</strong>, <a>cli'
    """
    try:
        renderer = IPythonRenderer(escape=False, exclude_anchor_links=True, attachments=attachments)
        html = MarkdownWithMath(renderer=renderer).render(source)
    except Exception:  # a missing picture, or nesting too deep; the words are what counts
        return safe_text(source)
    return f"<div>{_one_line(clean(html))}</div>"


def clean(html: str) -> str:
    """The HTML with nothing left in it that runs or fetches anything, and with a word for a picture that has none."""
    cleaned = bleach.clean(
        html, tags=TAGS, attributes=_allowed, protocols=["http", "https", "mailto", "data"]
    )
    return WORDLESS_PICTURE.sub('<img alt="a picture"', cleaned)


def cleaned_words(source: str) -> str:
    """A Markdown cell of a graded notebook as HTML: what was made safe once is cleaned again, all else is made so."""
    return clean(source) if source.startswith(("<div>", "<pre>")) else safe_markdown(source)


def safe_text(source: str) -> str:
    """One line of HTML that shows the text as it is."""
    return f"<pre>{_one_line(escape(source))}</pre>"


def _allowed(tag: str, name: str, value: str) -> bool:
    if (tag, name) == ("a", "href"):
        return SAFE_LINK.match(value) is not None
    if (tag, name) == ("img", "src"):
        return SAFE_PICTURE.match(value) is not None
    return (tag, name) in (("img", "alt"), ("td", "align"), ("th", "align"))


def _one_line(html: str) -> str:
    """A cell of HTML must not contain an empty line, or Markdown would begin again after it."""
    return html.strip().replace("\n", "&#10;")
