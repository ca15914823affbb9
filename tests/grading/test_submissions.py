"""Whatever a student hands in is either a notebook or one clear sentence."""

from __future__ import annotations

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from rnnlab.grading.notebooks import UnreadableNotebook, defined_names, read_submission


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
        read_submission(handed_in(data))
    assert "hand it in again" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_byte_order_mark_and_windows_line_ends_are_read(handed_in):
    notebook = read_submission(handed_in(b"\xef\xbb\xbf" + GOOD.replace(b"\n", b"\r\n")))
    assert notebook.cells[0].source == "x = 1"


def test_an_old_notebook_format_is_read(handed_in):
    old = nbformat.v3.new_notebook(
        worksheets=[nbformat.v3.new_worksheet(cells=[nbformat.v3.new_code_cell(input="x = 1")])]
    )
    notebook = read_submission(handed_in(nbformat.v3.writes_json(old).encode()))
    assert [cell.source for cell in notebook.cells] == ["x = 1"]


def test_a_symbolic_link_is_refused(handed_in, tmp_path):
    link = tmp_path / "link.ipynb"
    link.symlink_to(handed_in(GOOD))
    with pytest.raises(UnreadableNotebook, match="not a regular file"):
        read_submission(link)


def test_names_come_from_functions_and_assignments_and_broken_code_defines_none():
    assert defined_names("def f(): ...\nx = y = 1\nasync def g(): ...") == {"f", "g", "x", "y"}
    assert defined_names("def f(:") == frozenset()
    assert defined_names("x = '\x00'") == frozenset()
