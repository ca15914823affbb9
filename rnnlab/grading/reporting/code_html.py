"""Students' code and outputs as HTML: escaped first, then lightly colored; quick enough for ten thousand pages."""

from __future__ import annotations

import keyword
import re
from collections.abc import Collection
from functools import lru_cache
from html import escape

from markupsafe import Markup

MOST_PRINTED = 4_000
MOST_CODE = 20_000
SHORT = 2_000
_KEYWORDS = "|".join(keyword.kwlist)
_TOKEN = re.compile(
    r"(?P<c>#[^\n]*)"
    r"|(?P<s>(?:\b[rRbBfFuU]{1,2})?(?:'''.*?(?:'''|\Z)|\"\"\".*?(?:\"\"\"|\Z)|'(?:\\.|[^'\\\n])*'?|\"(?:\\.|[^\"\\\n])*\"?))"
    rf"|(?P<k>\b(?:{_KEYWORDS})\b)"
    r"|(?P<m>\b\d[\w.]*)",
    re.DOTALL,
)
_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
_UNSHOWN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


def code(source: str, here: int | None = None) -> Markup:
    """The source with one span a line; `here` is the number of the line to point at. Bidirectional tricks are shown.

    What many students share, such as the released stubs, is colored once; a very long source is cut.

    >>> code("x = 1  # one")
    Markup('<span class="l">x = <span class="m">1</span>  <span class="c"># one</span></span>')
    """
    more = len(source) - MOST_CODE
    if more > 0:
        source = f"{source[:MOST_CODE]}\n# … and {more} more characters"
    return (_short if len(source) <= SHORT else _pointed)(source, here)


def _pointed(source: str, here: int | None) -> Markup:
    return lines(source, () if here is None else (here,), "here")


_short = lru_cache(maxsize=2048)(_pointed)


def lines(source: str, marked: Collection[int] = (), mark: str = "same") -> Markup:
    """The source with one span a line, those whose numbers are in `marked` with the class `mark`."""
    shown = []
    for number, line in enumerate(_colored(visible(source)), start=1):
        shown.append(f'<span class="l{f" {mark}" if number in marked else ""}">{line or " "}</span>')
    return Markup("".join(shown))


def _colored(source: str) -> list[str]:
    """Each line as HTML; a token that goes over several lines is closed and opened again at their ends."""
    parts: list[str] = []
    end = 0
    for token in _TOKEN.finditer(source):
        parts.append(escape(source[end : token.start()], quote=False))
        kind, text = token.lastgroup, escape(token[0], quote=False)
        parts.append("\n".join(f'<span class="{kind}">{line}</span>' for line in text.split("\n")))
        end = token.end()
    parts.append(escape(source[end:], quote=False))
    return "".join(parts).split("\n")


def visible(text: str) -> str:
    """The text without terminal colors; a character that would change how others are shown becomes its number."""
    return _UNSHOWN.sub(lambda found: f"\\x{ord(found[0]):02x}", _ANSI.sub("", text).expandtabs(4))


def cut(text: str) -> str:
    """At most the first few thousand characters, with a word where there was more."""
    more = len(text) - MOST_PRINTED
    return text if more <= 0 else f"{text[:MOST_PRINTED]}\n… and {more} more characters"
