"""A verdict as text and as a card of HTML.

The card has no background of its own and takes its text color from the page, so that it reads well in light
and dark; tags and styles are few and plain, so that a notebook's sanitizer can keep them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rnnlab.check.verdict import Verdict

_COLORS = {"passed": "#2e9e5b", "recorded": "#3b82c4"}
_NOT_YET = "#d97a1e"


def as_text(verdict: Verdict, level: int) -> str:
    """The verdict in a few lines of plain text."""
    lines = [f"{_mark(verdict)} {verdict.exercise}: {_status(verdict)}", verdict.headline]
    if verdict.line_number is not None and verdict.line:
        lines.append(f"    line {verdict.line_number}: {verdict.line}")
    if verdict.picture:
        lines.append(verdict.picture)
    lines += [f"{title}: {text}" for title, text in _notes(verdict, level)]
    return "\n".join(lines)


def as_html(verdict: Verdict, level: int) -> str:
    """The verdict as one `div` with an accent bar at its left."""
    color = _COLORS.get(verdict.stage, _NOT_YET)
    parts = [
        f'<p style="margin: 0"><b>{_mark(verdict)} {escape(_status(verdict))}</b> '
        f"<code>{escape(verdict.exercise)}</code></p>",
        _paragraph(_rich(verdict.headline)),
    ]
    if verdict.line_number is not None and verdict.line:
        parts.append(_block(f"line {verdict.line_number}: {verdict.line}"))
    if verdict.picture:
        parts.append(_block(verdict.picture))
    parts += [_paragraph(f"<b>{escape(title)}:</b> {_rich(text)}") for title, text in _notes(verdict, level)]
    style = f"border-left: 4px solid {color}; padding: 4px 12px; margin: 4px 0; color: inherit"
    return (
        f'<div class="rnnlab-verdict rnnlab-{escape(verdict.stage)}" style="{style}">{"".join(parts)}</div>'
    )


def _mark(verdict: Verdict) -> str:
    if verdict.stage == "recorded":
        return "·"
    return "✓" if verdict.passed else "✗"


def _status(verdict: Verdict) -> str:
    if verdict.stage == "recorded":
        return "recorded"
    return "passed" if verdict.passed else "not yet"


def _notes(verdict: Verdict, level: int) -> Iterator[tuple[str, str]]:
    hints = [("Where to look", verdict.where), ("The idea", verdict.idea), ("Nearly the fix", verdict.fix)]
    for title, text in hints[: max(level, 1)]:
        if text:
            yield title, text
    if verdict.probe and not verdict.passed:
        yield "Seen with", verdict.probe
    if verdict.chapter and not verdict.passed and not verdict.idea and level > 1:
        yield "To read", f"chapter {verdict.chapter}"
    if any(text for _, text in hints[max(level, 1) :]):
        yield "More", f"add `hint={max(level, 1) + 1}` to the call of check."


def _rich(text: str) -> str:
    """Escaped text in which `backquotes` have become code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def _paragraph(html: str) -> str:
    return f'<p style="margin: 4px 0 0 0">{html}</p>'


def _block(text: str) -> str:
    return f'<pre style="margin: 4px 0 0 0; color: inherit; background: transparent">{escape(text)}</pre>'
