"""Check the prose of the course's pages: `python book/scripts/prose.py [files]` names file, line and what is wrong.

American spelling is codespell's part. Here are the rules that no dictionary knows: words that talk down to a reader
or praise instead of saying, words written twice, chains of em dashes. Code, formulas, addresses and quotations are
not prose. Without files, all pages of the book, the assignments, the README and the contributors' page are checked.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("book/**/*.md", "solutions/*/*.md", "README.md", "CONTRIBUTING.md")


@dataclass(frozen=True)
class Rule:
    """What must not be found, and what to do instead."""

    pattern: re.Pattern[str]
    advice: str


def word(pattern: str, advice: str) -> Rule:
    return Rule(re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE), advice)


RULES = (
    word("simply", "what is simple for you may be new for the reader: leave it out"),
    word("obviously", "if it is obvious, say nothing; if not, say why"),
    word("just", "leave it out, or write 'only' or 'a moment ago'"),
    word(r"revolutioni[sz]\w*|game.chang\w+|cutting.edge|groundbreaking", "say what changed, with a number"),
    word(r"initialis\w+|optimis(?:e|er|ation)\w*|generalis\w+|normalis\w+", "American spelling: with a z"),
    Rule(re.compile(r"\b(?!that\b|had\b)([a-z]+)[ \n]+\1\b", re.IGNORECASE), "the word stands twice"),
    Rule(re.compile(r"—(?:(?!\n[ \t]*\n)[^—])*—"), "a chain of em dashes: make it two sentences"),
)

Blank = Callable[[re.Match[str]], str]


def blank(found: re.Match[str]) -> str:
    """Spaces in place of what was found, with a mark so that its neighbors are not neighbors of each other."""
    return re.sub(r"[^\n]", " ", found[0][:-1]) + ("\n" if found[0].endswith("\n") else "\0")


def blank_code(found: re.Match[str]) -> str:
    """A fenced block. A directive such as a note is prose; of code, the caption and description of its figure are."""
    if found["directive"] and found["directive"] not in ("code-cell", "literalinclude", "math", "code"):
        return found[0].replace("`" * 3, " " * 3)
    kept = re.match(r"[^\n]*\n---\n(.*?)\n---\n", found[0], re.DOTALL)
    if not kept:
        return blank(found)
    header = re.sub(r"(?m)^.*?\b(tags|name|mystnb|image|figure|markdown_format)\b:.*$", blank, kept[1])
    whole = re.sub(r"[^\n]", " ", found[0])
    return whole[: kept.start(1)] + header + whole[kept.end(1) :]


NOT_PROSE: tuple[tuple[re.Pattern[str], Blank], ...] = (
    (re.compile(r"\A---\n.*?\n---\n", re.DOTALL), blank),
    (
        re.compile(r"(?m)^ *(?P<fence>`{3,})(?:\{(?P<directive>[\w-]+)\})?(?s:.*?)^ *(?P=fence) *$"),
        blank_code,
    ),
    (re.compile(r"\$\$.*?\$\$", re.DOTALL), blank),
    (re.compile(r"(?:\{[\w:]+\})?(`+)(?!`)(?s:.*?)(?<!`)\1(?!`)"), blank),
    (re.compile(r"(?<!\\)\$[^$\n]*(?:\n[^$\n]+)?\$"), blank),
    (re.compile(r"\]\([^)\s]*\)"), blank),
    (re.compile(r"<!--.*?-->", re.DOTALL), blank),
    (re.compile(r"https?://\S+"), blank),
    (re.compile(r"\"[^\"\n]{1,80}\"|“[^”]{1,80}”"), blank),
)


def prose(text: str) -> str:
    """The text with all that is not prose made blank; every line keeps its number."""
    for pattern, replacement in NOT_PROSE:
        text = pattern.sub(replacement, text)
    return text


def complaints(text: str) -> Iterator[tuple[int, str]]:
    """The line and the fault of everything that a rule finds, in the order of the lines."""
    plain = prose(text)
    found = [
        (plain.count("\n", 0, match.start()) + 1, f"'{' '.join(match[0].split())[:40]}': {rule.advice}")
        for rule in RULES
        for match in rule.pattern.finditer(plain)
    ]
    yield from sorted(found)


def pages() -> list[Path]:
    return sorted({path for pattern in PAGES for path in ROOT.glob(pattern)})


def main(paths: list[str]) -> int:
    faults = 0
    for path in map(Path, paths) if paths else pages():
        for line, fault in complaints(path.read_text(encoding="utf-8")):
            print(f"{path}:{line}: {fault}")
            faults += 1
    return min(faults, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
