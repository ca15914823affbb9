"""The directive `{fault-tables}`: every hostile, broken and odd submission of `book/faults.csv`, topic by topic.

The file is written by the tests that grade these submissions, so the page says what was seen.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable
from html import escape
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

STATUSES = ("graded", "graded with repairs", "needs a person")
Row = dict[str, str]


def load(path: Path) -> dict[str, list[Row]]:
    """The rows of each topic, in the file's order."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        topic: [row for row in rows if row["topic"] == topic]
        for topic in dict.fromkeys(r["topic"] for r in rows)
    }


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> nodes.table:
    """A table of plain text."""
    head, rows = list(head), [list(row) for row in rows]
    group = nodes.tgroup("", *(nodes.colspec(colwidth=1) for _ in head), cols=len(head))
    group += nodes.thead("", _row(head))
    group += nodes.tbody("", *map(_row, rows))
    return nodes.table("", group)


def _row(cells: Iterable[str]) -> nodes.row:
    return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", nodes.Text(cell))) for cell in cells))


def counts(topics: dict[str, list[Row]]) -> nodes.table:
    """How many submissions of each topic there are, and how each ended."""
    rows = []
    for topic, found in topics.items():
        ended = Counter(row["status"] for row in found)
        rows.append([topic, str(len(found)), *(str(ended[status] or "") for status in STATUSES)])
    whole = [sum(int(row[place] or 0) for row in rows) for place in range(1, len(STATUSES) + 2)]
    return table(("what they try", "submissions", *STATUSES), [*rows, ["together", *map(str, whole)]])


def fold(topic: str, rows: list[Row]) -> list[nodes.Node]:
    """The submissions of one topic, to open with a click."""
    title = f"{escape(topic)} · {len(rows)} submissions"
    return [
        nodes.raw("", f'<details class="house-fold"><summary>{title}</summary>', format="html"),
        table(
            ("the submission", "its points", "how it ends"),
            ([row["tries"], row["points"], row["ends"]] for row in rows),
        ),
        nodes.raw("", "</details>", format="html"),
    ]


class FaultTables(SphinxDirective):
    """One table of counts, and a table to unfold for each topic."""

    def run(self) -> list[nodes.Node]:
        path = Path(self.env.srcdir) / "book" / "faults.csv"
        self.env.note_dependency(str(path))
        topics = load(path)
        return [counts(topics), *(node for topic, rows in topics.items() for node in fold(topic, rows))]


def setup(app: Sphinx) -> dict:
    app.add_directive("fault-tables", FaultTables)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
