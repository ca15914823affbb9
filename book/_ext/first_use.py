"""Link each word of the glossary where a chapter first uses it.

An author may link a word with the role `{term}`; the rest is done here, so that no first use is forgotten and none is
linked twice. Only plain text in paragraphs is looked at: no headings, captions, code, formulas or links.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx

GLOSSARY = Path("book") / "reference" / "glossary.md"
BODY = re.compile(r"```\{glossary\}\n:sorted:\n\n(.*?)```", re.DOTALL)
# Words that chapters also use in their everyday sense; only an author can tell, with the role.
EVERYDAY = {"cache", "cell", "class", "parity", "seed", "step", "target", "unit", "weight", "window"}
NOT_PROSE = (
    nodes.title,
    nodes.caption,
    nodes.reference,
    addnodes.pending_xref,
    nodes.literal,
    nodes.math,
    nodes.table,
)


def terms(glossary: str) -> list[list[str]]:
    """The glossary's terms, those with one meaning together."""
    body = BODY.search(glossary)
    blocks = body[1].strip().split("\n\n") if body else []
    return [[line for line in block.splitlines() if not line.startswith(" ")] for block in blocks]


def pattern(words: list[str]) -> re.Pattern[str] | None:
    """What finds any of these words, the longest first; one with capitals inside is found as it is written."""
    found = []
    for word in sorted(words, key=len, reverse=True):
        escaped = r"\s+".join(map(re.escape, word.split()))
        found.append(escaped if word != word.lower() else f"(?i:{escaped})")
    return re.compile(rf"(?<![\w–-])({'|'.join(found)})(s?)(?![\w–-])") if found else None


def prose(doctree: nodes.document) -> Iterator[nodes.Text]:
    """The plain text of the page's paragraphs, in order."""
    for text in list(doctree.findall(nodes.Text)):
        home = text.parent
        if isinstance(home, nodes.emphasis | nodes.strong):
            home = home.parent
        if isinstance(home, nodes.paragraph) and not any(map(_is_no_prose, _ancestors(home))):
            yield text


def _ancestors(node: nodes.Node) -> Iterator[nodes.Node]:
    while node is not None:
        yield node
        node = node.parent


def _is_no_prose(node: nodes.Node) -> bool:
    return isinstance(node, NOT_PROSE) or "cell" in getattr(node, "attributes", {}).get("classes", ())


def link(word: str, shown: str, page: str) -> addnodes.pending_xref:
    return addnodes.pending_xref(
        "",
        nodes.inline("", shown, classes=["xref", "std", "std-term"]),
        refdomain="std",
        reftype="term",
        reftarget=word,
        refexplicit=True,
        refwarn=True,
        refdoc=page,
    )


def link_first_uses(doctree: nodes.document, glossary: str, page: str) -> None:
    """Replace the first use of every term by a link, unless the page links the term already."""
    group_of = {word.lower(): group for group in terms(glossary) for word in group}
    open_words = {word for group in group_of.values() for word in group if word not in EVERYDAY}

    def close(word: str) -> None:
        open_words.difference_update(group_of.get(word.lower(), ()))

    for xref in doctree.findall(addnodes.pending_xref):
        if xref.get("reftype") == "term":
            close(" ".join(xref["reftarget"].split()))
    for text in prose(doctree):
        rest, pieces = str(text), []
        while (finder := pattern(sorted(open_words))) and (match := finder.search(rest)):
            word = " ".join(match[1].split())
            target = next(known for known in open_words if known.lower() == word.lower())
            pieces += [nodes.Text(rest[: match.start()]), link(target, match[0], page)]
            rest = rest[match.end() :]
            close(target)
        if pieces:
            text.parent.replace(text, [*pieces, nodes.Text(rest)])


def on_read(app: Sphinx, doctree: nodes.document) -> None:
    page = app.env.docname
    glossary = Path(app.srcdir) / GLOSSARY
    if page.startswith("book/part-") and glossary.is_file():
        app.env.note_dependency(str(glossary))
        link_first_uses(doctree, glossary.read_text(encoding="utf-8"), page)


def setup(app: Sphinx) -> dict:
    app.connect("doctree-read", on_read)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
