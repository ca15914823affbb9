"""The tables of symbols, all made from `book/reference/symbols.yml`.

Three directives: `{symbols}` with codes shows those symbols as a formula has them, without the axis of the batch;
`{symbol-sizes}`, `{symbol-topic}` and `{symbol-words}` show the whole file in three parts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import chapters
import yaml
from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

SOURCE = Path(__file__).resolve().parents[1] / "reference" / "symbols.yml"
Shape = tuple[str, ...]


@dataclass(frozen=True)
class Symbol:
    """One row: its name in the code (None without one), its formula, what it means, its shapes, its chapter."""

    code: str | None
    latex: str
    name: str
    meaning: str
    chapter: str
    also: str = ""
    topic: str = "Sizes"
    shapes: tuple[Shape, ...] = ()
    elsewhere: dict[str, tuple[Shape, ...]] = field(default_factory=dict)

    def shapes_in(self, module: str) -> tuple[Shape, ...]:
        """The shapes that it may have in this module of `rnnlab.nets`."""
        return self.elsewhere.get(module, self.shapes)


@dataclass(frozen=True)
class Table:
    """The whole file: sizes, symbols by topic, and the names that are words."""

    sizes: tuple[Symbol, ...]
    symbols: tuple[Symbol, ...]
    words: dict[str, str]

    def named(self, code: str) -> list[Symbol]:
        """The rows with this name in the code: none, one, or several where a letter has several meanings."""
        return [symbol for symbol in (*self.sizes, *self.symbols) if symbol.code == code]

    def one(self, code: str) -> Symbol:
        """The first row of this name, or the row whose formula is `code`."""
        rows = self.named(code) or [s for s in self.symbols if s.latex == code]
        if not rows:
            raise KeyError(f"symbols.yml has no symbol {code!r}")
        return rows[0]

    def topics(self) -> Iterator[tuple[str, list[Symbol]]]:
        for topic in dict.fromkeys(symbol.topic for symbol in self.symbols):
            yield topic, [symbol for symbol in self.symbols if symbol.topic == topic]


def shape(text: str) -> Shape:
    """A shape from its axes: "T, B, H" → ("T", "B", "H").

    >>> shape("4H, D"), shape("…, K"), shape("")
    (('4H', 'D'), ('...', 'K'), ())
    """
    axes = (axis.strip().replace("…", "...").replace("−", "-") for axis in str(text).split(","))
    return tuple(axis for axis in axes if axis)


def shapes(text: str) -> tuple[Shape, ...]:
    """Several shapes, separated by "or"."""
    return tuple(shape(each) for each in re.split(r"\bor\b", str(text)))


def load(path: Path = SOURCE) -> Table:
    """Read the file; a row with a fact too few or too many is a `TypeError` that names the fact."""
    given = yaml.safe_load(path.read_text(encoding="utf-8"))
    sizes = tuple(Symbol(**row) for row in given["sizes"])
    symbols = tuple(_symbol(group["topic"], **row) for group in given["symbols"] for row in group["rows"])
    return Table(sizes, symbols, given["words"])


def _symbol(topic: str, **row) -> Symbol:
    elsewhere = {module: shapes(text) for module, text in row.pop("in", {}).items()}
    return Symbol(topic=topic, shapes=shapes(row.pop("shape")), elsewhere=elsewhere, **row)


def shown(shape: Shape, without: Iterable[str] = ()) -> str:
    """A shape as a formula: ("4H", "D") → $(4H, D)$; the empty one is "a number".

    >>> shown(("B", "H_out"), without="B")
    '$(H_{\\\\text{out}})$'
    """
    axes = [_axis(axis) for axis in shape if axis not in without]
    return f"$({', '.join(axes)})$" if axes else "a number"


def _axis(axis: str) -> str:
    axis = axis.replace("...", r"\dots")
    return re.sub(r"\b(\w)_?(out|in)\b|\bk([hw])\b", _subscript, axis)


def _subscript(found: re.Match[str]) -> str:
    letter, word, side = found.groups()
    return f"k_{side}" if side else f"{letter}_{{\\text{{{word}}}}}"


def row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


def head(*titles: str) -> list[str]:
    return [row(*titles), row(*["---"] * len(titles))]


def formula_table(table: Table, codes: Iterable[str]) -> list[str]:
    """Symbols as a chapter's formulas have them: for one sequence, so without the axis B."""
    lines = head("symbol", "name", "shape", "who sets it")
    for symbol in map(table.one, codes):
        size = shown(symbol.shapes[0], without="B") if symbol.shapes else "a number"
        lines.append(row(f"${symbol.latex}$", symbol.name, size, symbol.meaning.removeprefix("set by ")))
    return lines


def everything(symbol: Symbol) -> str:
    """What a symbol means, and what its letter means elsewhere."""
    return f"{symbol.meaning}; also: {symbol.also}" if symbol.also else symbol.meaning


def size_table(table: Table, introduced) -> list[str]:
    lines = head("size", "in code", "name", "who sets it", "introduced in")
    for symbol in table.sizes:
        lines.append(
            row(
                f"${symbol.latex}$",
                f"`{symbol.code}`",
                symbol.name,
                everything(symbol),
                introduced(symbol.chapter),
            )
        )
    return lines


def topic_table(symbols: Iterable[Symbol], introduced) -> list[str]:
    lines = head("symbol", "in code", "name", "shape", "meaning", "introduced in")
    for symbol in symbols:
        sizes = " or ".join(shown(shape) for shape in symbol.shapes)
        code = f"`{symbol.code}`" if symbol.code else ""
        cells = (
            f"${symbol.latex}$",
            code,
            symbol.name,
            sizes,
            everything(symbol),
            introduced(symbol.chapter),
        )
        lines.append(row(*cells))
    return lines


def word_table(table: Table) -> list[str]:
    return head("name", "what it is") + [row(f"`{word}`", meaning) for word, meaning in table.words.items()]


class SymbolDirective(SphinxDirective):
    """What the three directives share: they read the file, and are read again when it changes."""

    def lines(self, table: Table) -> list[str]:
        raise NotImplementedError

    def run(self) -> list[nodes.Node]:
        source = Path(self.env.srcdir) / "book" / "reference" / SOURCE.name
        self.env.note_dependency(str(source))
        chapters.note_contents(self.env)
        try:
            lines = self.lines(load(source))
        except KeyError as error:
            raise self.error(str(error)) from error
        container = nodes.Element()
        self.state.nested_parse(StringList(lines, source=str(source)), self.content_offset, container)
        return container.children

    def introduced(self, chapter: str) -> str:
        """A link to the chapter, or its name while it is not written."""
        page = chapters.page_of(self.env, chapter)
        return "{doc}`/" + page + "`" if page else chapters.plain(chapter)


class Symbols(SymbolDirective):
    """Chosen symbols, in the order in which they are asked for."""

    required_arguments = 1
    final_argument_whitespace = True

    def lines(self, table: Table) -> list[str]:
        return formula_table(table, self.arguments[0].split())


class SymbolSizes(SymbolDirective):
    def lines(self, table: Table) -> list[str]:
        return size_table(table, self.introduced)


class SymbolTopics(SymbolDirective):
    """The symbols of one topic."""

    required_arguments = 1
    final_argument_whitespace = True

    def lines(self, table: Table) -> list[str]:
        chosen = dict(table.topics())
        return topic_table(chosen[self.arguments[0]], self.introduced)


class SymbolWords(SymbolDirective):
    def lines(self, table: Table) -> list[str]:
        return word_table(table)


def setup(app: Sphinx) -> dict:
    app.add_directive("symbols", Symbols)
    app.add_directive("symbol-sizes", SymbolSizes)
    app.add_directive("symbol-topic", SymbolTopics)
    app.add_directive("symbol-words", SymbolWords)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
