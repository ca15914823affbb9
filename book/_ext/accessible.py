"""Repair the markup that hinders screen readers (rules of WCAG 2.2 that axe-core reports)."""

from __future__ import annotations

import re

from sphinx.application import Sphinx

REPAIRS = (
    # The label hides the words that are on the screen, "Show code cell source" (WCAG 2.5.3).
    ('<summary aria-label="Toggle hidden content">', "<summary>"),
    # A list role whose children are not list items; `doc-biblioentry` is deprecated.
    ('<div role="list" class="citation-list">', '<div class="citation-list">'),
    (' role="doc-biblioentry"', ""),
    # A scrolling table or formula must be reachable with the keyboard (WCAG 2.1.1).
    (
        '<div class="pst-scrollable-table-container">',
        '<div class="pst-scrollable-table-container" tabindex="0">',
    ),
)
# The empty corner of a table with names at the top and at the left heads nothing.
EMPTY_HEADER = re.compile(r"<th\b([^>]*)>\s*(?:<p>\s*</p>\s*)?</th>")


def repair(app: Sphinx, pagename: str, templatename: str, context: dict, doctree) -> None:
    body = context.get("body")
    if not body:
        return
    for wrong, right in REPAIRS:
        body = body.replace(wrong, right)
    context["body"] = EMPTY_HEADER.sub(r"<td\1></td>", body)


def setup(app: Sphinx) -> dict:
    app.connect("html-page-context", repair, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
