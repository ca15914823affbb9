"""Every cell of the articles' comparison tables has a verdict, and a link to its number or its source."""

from __future__ import annotations

import re

import pytest

VERDICTS = {"kept", "corrected", "refuted"}
LINK = re.compile(r"\{(numref|chapter|cite:[pt])\}`[^`]+`|\]\([^)]+\)")
# Rows and columns of each table as the articles print them.
CELLS = {
    "Perceptron, CNN, RNN, Transformer": 7 * 4,
    "Kinds of recurrent networks": 5 * 3,
    "RNN, LSTM, GRU": 6 * 3,
    "Recurrent networks and Transformers": 7 * 2,
    "ANN, CNN, RNN": 6 * 3,
    "SCTT/DASC and control networks": 3 * 2,
    "Where bidirectional networks help": 3,
    "Benefits of recurrent networks": 3,
    "How hybrids are said to be better": 5,
    "RNNs and Transformers once more": 3 * 2,
    "Measures of language understanding": 2,
    "Studies of forecasting": 2,
    "Speech": 3,
    "Recurrent and feed-forward vision": 3 * 2,
}


@pytest.fixture(scope="module")
def tables(course_root):
    page = (course_root / "book" / "part-4" / "tables.md").read_text(encoding="utf-8")
    sections = re.split(r"^## ", page, flags=re.MULTILINE)[1:]
    return {
        section.partition("\n")[0]: [
            [cell.strip() for cell in line.strip().strip("|").split(" | ")]
            for line in section.splitlines()
            if line.startswith("| ") and not line.startswith("| cell ")
        ]
        for section in sections
        if not section.startswith("Common mistakes\n")
    }


def test_no_table_and_no_cell_is_missing(tables):
    assert {name: len(rows) for name, rows in tables.items()} == CELLS


def test_every_cell_has_a_verdict_and_a_link(tables):
    for name, rows in tables.items():
        for row in rows:
            assert len(row) == 4, (name, row)
            cell, says, verdict, because = row
            assert verdict in VERDICTS, (name, cell)
            assert says, (name, cell)
            assert LINK.search(because), (name, cell)
        assert len({row[0] for row in rows}) == len(rows)
