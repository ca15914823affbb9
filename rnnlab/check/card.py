"""A verdict as text and as a card of HTML.

The card has no background of its own and takes its text color from the page, so that it reads well in light
and dark; tags and styles are few and plain, so that a notebook's sanitizer can keep them. Nothing is said by color
alone: a mark and a word stand beside the bar, and words beside the strips of where an answer differs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING

from rnnlab.check.heat import AGREES, SHADES, Strip, read

if TYPE_CHECKING:
    from rnnlab.check.verdict import Verdict

_COLORS = {"passed": "#2e9e5b", "recorded": "#3b82c4"}
_NOT_YET = "#d97a1e"
_OPACITY = {AGREES: 0.0, **{shade: (1 + place) / len(SHADES) for place, shade in enumerate(SHADES)}}


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
        parts.append(_strips(verdict.picture))
    parts += [_paragraph(f"<b>{escape(title)}:</b> {_rich(text)}") for title, text in _notes(verdict, level)]
    style = f"border-left: 4px solid {color}; padding: 4px 12px; margin: 4px 0; color: inherit"
    return (
        f'<div class="rnnlab-verdict rnnlab-{escape(verdict.stage)}" style="{style}">{"".join(parts)}</div>'
    )


def _mark(verdict: Verdict) -> str:
    if verdict.stage == "recorded":
        return "·"
    if verdict.earned:
        return "◐"
    return "✓" if verdict.passed else "✗"


def _status(verdict: Verdict) -> str:
    if verdict.stage == "recorded":
        return "recorded"
    if verdict.earned:
        return f"{verdict.earned:g} points so far"
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
        more = f"add `hint={max(level, 1) + 1}` to the call of check; in a notebook, another attempt does the same."
        yield "More", more


def _strips(picture: str) -> str:
    """The strips as rows of small colored squares, of which a screen reader is told the words; other text as it is."""
    strips = read(picture)
    if not strips:
        return _block(picture)
    legend = picture.splitlines()[0].partition(" (")[0]
    told = "; ".join(f"{strip.axis}: {strip.words}" for strip in strips)
    rows = "".join(map(_row, strips))
    title = (
        f'<p style="margin: 0">{escape(legend)} ({AGREES} not at all; the stronger the color, the more):</p>'
    )
    label = escape(f"{legend}. {told}.", quote=True)
    return f'<div role="img" aria-label="{label}" style="margin: 4px 0 0 0">{title}{rows}</div>'


def _row(strip: Strip) -> str:
    width = "1.1em" if len(strip.shades) <= 12 else "0.6em"
    name = f'<span style="display: inline-block; width: 4em">{escape(strip.axis)}</span>'
    cells = "".join(_cell(shade, width) for shade in strip.shades)
    return f'<p style="margin: 0">{name}{cells} <span style="padding: 0 0 0 8px">{escape(strip.words)}</span></p>'


def _cell(shade: str, width: str) -> str:
    """A square, the fuller the more the answer differs; where it agrees, an empty one with a dot."""
    color = f"rgba(217, 122, 30, {_OPACITY[shade]:g})"
    style = f"display: inline-block; width: {width}; text-align: center; background-color: {color}"
    text = AGREES if shade == AGREES else "&nbsp;"
    return f'<span style="{style}; border: 1px solid rgba(128, 128, 128, 0.5)">{text}</span>'


def _rich(text: str) -> str:
    """Escaped text in which `backquotes` have become code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def _paragraph(html: str) -> str:
    return f'<p style="margin: 4px 0 0 0">{html}</p>'


def _block(text: str) -> str:
    style = "margin: 4px 0 0 0; color: inherit; background: transparent; white-space: pre-wrap"
    return f'<pre style="{style}">{escape(text)}</pre>'
