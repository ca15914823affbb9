"""Whatever a student hands in is either a notebook or one clear sentence."""

from __future__ import annotations

import json
import re

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_notebook

from rnnlab.grading.notebooks import defined_names, grade_id
from rnnlab.grading.safe_html import TAGS, safe_markdown
from rnnlab.grading.submission import UnreadableNotebook, read


@pytest.fixture
def handed_in(tmp_path):
    def write(data: bytes):
        path = tmp_path / "x.ipynb"
        path.write_bytes(data)
        return path

    return write


GOOD = nbformat.writes(new_notebook(cells=[new_code_cell("x = 1", id="a")])).encode()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"  \n",
        b"not json",
        GOOD[: len(GOOD) // 2],
        b"[1, 2]",
        b'{"cells": 3}',
        b"\xff\xfe\x00",
        b"null",
        b"\x00" * 64,
    ],
    ids=["empty", "blank", "words", "truncated", "list", "no-format", "not-utf-8", "null", "zeros"],
)
def test_what_is_not_a_notebook_gets_one_sentence_with_the_next_step(handed_in, data):
    with pytest.raises(UnreadableNotebook) as error:
        read(handed_in(data))
    assert "hand it in again" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_byte_order_mark_and_windows_line_ends_are_read(handed_in):
    notebook = read(handed_in(b"\xef\xbb\xbf" + GOOD.replace(b"\n", b"\r\n"))).notebook
    assert notebook.cells[0].source == "x = 1"


def test_an_old_notebook_format_is_read(handed_in):
    old = nbformat.v3.new_notebook(
        worksheets=[nbformat.v3.new_worksheet(cells=[nbformat.v3.new_code_cell(input="x = 1")])]
    )
    notebook = read(handed_in(nbformat.v3.writes_json(old).encode())).notebook
    assert [cell.source for cell in notebook.cells] == ["x = 1"]


def test_an_old_format_brings_no_more_along_than_the_present_one(handed_in):
    cell = nbformat.v3.new_code_cell(input="x = 1", outputs=[nbformat.v3.new_output("stream", "<script>")])
    cell.metadata = {"nbgrader": {"grade_id": "f", "points": 1000}, "tags": ["illustration"]}
    old = nbformat.v3.new_notebook(worksheets=[nbformat.v3.new_worksheet(cells=[cell])])
    (read_cell,) = read(handed_in(nbformat.v3.writes_json(old).encode())).notebook.cells
    assert read_cell.metadata == {"nbgrader": {"grade_id": "f"}}
    assert read_cell.outputs == []


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_whatever_encoding_an_editor_chose_is_read(handed_in, encoding):
    notebook = read(handed_in(GOOD.decode().encode(encoding))).notebook
    assert notebook.cells[0].source == "x = 1"


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"PK\x03\x04...", "zip archive"),
        (b"\x1f\x8b...", "compressed file"),
        (b"%PDF-1.7", "PDF"),
        (b"<!DOCTYPE html>", "web page"),
        (GOOD[:50] + b"\n<<<<<<< HEAD\n" + GOOD[50:], "merge conflict"),
    ],
)
def test_a_file_of_another_kind_is_called_by_its_name(handed_in, data, what):
    with pytest.raises(UnreadableNotebook, match=what):
        read(handed_in(data))


def test_a_notebook_of_another_name_is_mentioned(tmp_path):
    (tmp_path / "homework.ipynb").write_bytes(GOOD)
    with pytest.raises(UnreadableNotebook, match=r"there is no x\.ipynb, but 'homework\.ipynb'"):
        read(tmp_path / "x.ipynb")


def test_a_symbolic_link_is_refused(handed_in, tmp_path):
    link = tmp_path / "link.ipynb"
    link.symlink_to(handed_in(GOOD))
    with pytest.raises(UnreadableNotebook, match="is a link"):
        read(link)


def test_names_come_from_functions_and_assignments_and_broken_code_defines_none():
    assert defined_names("def f(): ...\nx = y = 1\nasync def g(): ...") == {"f", "g", "x", "y"}
    assert defined_names("def f():\n    g = 1\nfor i in [j for j in x]:\n    k = lambda m: m") == {
        "f",
        "i",
        "k",
    }
    assert defined_names("def f(:") == frozenset()
    assert defined_names("x = '\x00'") == frozenset()


@pytest.mark.parametrize(
    "cell",
    [
        {"cell_type": "code", "metadata": {"nbgrader": None}, "source": "x = 1"},
        {"cell_type": "code", "metadata": {"nbgrader": "x"}, "source": "x = 1"},
        {"cell_type": "code", "metadata": {"nbgrader": {"grade_id": ["a"]}}, "source": "x = 1"},
        {"cell_type": "code", "metadata": [], "source": ["x = ", 5, "1"]},
        {"cell_type": "code", "source": None},
        {"cell_type": "code"},
        {"cell_type": "markdown", "source": "\ud800", "attachments": {"a": 5, "b": {"text/html": "x"}}},
        {"cell_type": "code", "source": "x", "outputs": 7, "execution_count": "many", "id": 3},
        {"cell_type": "heading", "source": "x"},
        {"cell_type": "code", "source": "y" * 300_000},
        5,
    ],
)
def test_one_odd_cell_costs_neither_the_others_nor_the_notebook(handed_in, cell):
    good = {
        "cell_type": "code",
        "metadata": {"nbgrader": {"grade_id": "f"}},
        "source": "good = 1",
        "outputs": [],
    }
    raw = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": 3}, "cells": [cell, good]}
    notebook = read(handed_in(json.dumps(raw).encode())).notebook
    nbformat.validate(notebook)
    assert (notebook.cells[-1].source, grade_id(notebook.cells[-1])) == ("good = 1", "f")
    nbformat.writes(notebook).encode("utf-8")


def test_a_submission_inside_a_linked_folder_is_refused(handed_in, tmp_path):
    (tmp_path / "victim").mkdir()
    handed_in(GOOD).rename(tmp_path / "victim" / "x.ipynb")
    (tmp_path / "thief").symlink_to(tmp_path / "victim")
    with pytest.raises(UnreadableNotebook, match="is a link"):
        read(tmp_path / "thief" / "x.ipynb")


@given(st.text(max_size=300))
def test_no_words_become_anything_that_runs(words):
    page = safe_markdown(words)
    assert "\n\n" not in page
    tags = re.findall(r"<([a-zA-Z][^>]*)>", page)
    assert {tag.split()[0].rstrip("/") for tag in tags} <= TAGS
    assert not [tag for tag in tags if re.search(r"\bon\w+\s*=|javascript:", tag.replace("&quot;", ""))]
