"""A notebook's file is byte for byte what nbformat writes."""

from __future__ import annotations

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from rnnlab.grading.writing import LONGEST_REMEMBERED, notebook_bytes

texts = st.text(st.characters(blacklist_categories=("Cs",)), max_size=60)
outputs = st.one_of(
    st.builds(lambda text: new_output("stream", text=text), texts),
    st.builds(lambda text: new_output("display_data", {"text/plain": text, "image/png": "aGk="}), texts),
    st.builds(lambda text: new_output("error", ename="E", evalue=text, traceback=text.splitlines()), texts),
)
cells = st.one_of(
    st.builds(
        lambda text, shown: new_code_cell(text, id="c", outputs=shown), texts, st.lists(outputs, max_size=3)
    ),
    st.builds(lambda text: new_markdown_cell(text, id="m", attachments={text: {"image/png": "aGk="}}), texts),
    st.builds(
        lambda text: new_markdown_cell(text, id="m", metadata={"trusted": True, text: {"a": [1.5]}}), texts
    ),
)


@given(st.lists(cells, max_size=4), st.dictionaries(texts, texts, max_size=2))
def test_it_is_what_nbformat_writes(cells, metadata):
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"
    notebook = new_notebook(cells=cells, metadata=metadata)
    before = repr(notebook)
    assert notebook_bytes(notebook) == (nbformat.writes(notebook) + "\n").encode()
    assert repr(notebook) == before


@pytest.mark.parametrize(
    "source",
    ['"cells": []', "a\u2028b\u0085c\x0c\n", '\n ],\n "metadata": {}\n}', "x" * (LONGEST_REMEMBERED + 1)],
    ids=["shell", "odd lines", "end", "long"],
)
def test_no_source_is_taken_for_the_files_own_text(source):
    notebook = new_notebook(cells=[new_markdown_cell(source, id=name) for name in ("a", "b")])
    notebook.metadata.title = source
    assert notebook_bytes(notebook) == (nbformat.writes(notebook) + "\n").encode()


def test_a_changed_cell_is_written_anew():
    cell = NotebookNode(new_code_cell("x = 1", id="a"))
    first = notebook_bytes(new_notebook(cells=[cell]))
    cell.source = "x = 2"
    assert b"x = 2" in notebook_bytes(new_notebook(cells=[cell]))
    assert b"x = 1" in first
