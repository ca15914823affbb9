"""Damaged files: what editors, versions, transfers and people do to a notebook."""

from __future__ import annotations

import gzip
import json
import zipfile
from io import BytesIO

import nbformat

from tests.grading.faults.fault import ALL, Fault, Raw, Status, as_bytes, damaged, name_of

PERSON = Status.PERSON
AGAIN = "hand it in again"


def _cell(raw: Raw, name: str) -> Raw:
    return next(cell for cell in raw["cells"] if name_of(cell) == name)


def _without(name: str):
    def damage(raw: Raw) -> Raw:
        raw["cells"].remove(_cell(raw, name))
        return raw

    return damage


def unreadable(name: str, tries: str, damage, says: str = AGAIN) -> Fault:
    """A file that is no notebook: nothing can be earned, and a person is told what to do."""
    return damaged(name, tries, damage, says, PERSON, ALL)


def truncated(raw: Raw) -> bytes:
    data = as_bytes(raw)
    return data[: len(data) // 2]


def zipped(raw: Raw) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("hidden_state.ipynb", as_bytes(raw))
    return file.getvalue()


def merged_by_git(raw: Raw) -> bytes:
    lines = as_bytes(raw).splitlines()
    return b"\n".join(
        [*lines[:20], b"<<<<<<< HEAD", *lines[20:30], b"=======", b">>>>>>> theirs", *lines[30:]]
    )


def nested_too_deep(raw: Raw) -> bytes:
    return (
        b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": ' + b"[" * 10**5 + b"]" * 10**5 + b"}"
    )


def too_large(raw: Raw) -> bytes:
    raw["cells"][0]["source"] = "x" * 25_000_000
    return as_bytes(raw)


def version_3(raw: Raw) -> bytes:
    notebook = nbformat.v4.downgrade(nbformat.from_dict(raw))
    return nbformat.v3.writes_json(notebook).encode()


def version_99(raw: Raw) -> Raw:
    return raw | {"nbformat": 99}


def version_4_9(raw: Raw) -> Raw:
    return raw | {"nbformat_minor": 9}


def without_ids(raw: Raw) -> Raw:
    for cell in raw["cells"]:
        del cell["id"]
    return raw | {"nbformat_minor": 4}


def same_ids(raw: Raw) -> Raw:
    for cell in raw["cells"]:
        cell["id"] = "same"
    return raw


def odd_ids(raw: Raw) -> Raw:
    for cell, identity in zip(raw["cells"], [None, 7, "x" * 1000, "a b", "", ["x"]] * 99, strict=False):
        cell["id"] = identity
    return raw


def stripped(raw: Raw) -> Raw:
    for cell in raw["cells"]:
        cell["metadata"] = {}
    return raw


def reversed_cells(raw: Raw) -> Raw:
    """In reverse order the notebook cannot run; the instructor's order can."""
    raw["cells"].reverse()
    return raw


def doubled_solution(raw: Raw) -> Raw:
    cell = _cell(raw, "one_hot")
    raw["cells"].insert(raw["cells"].index(cell) + 1, dict(cell))
    return raw


def renamed_solution(raw: Raw) -> Raw:
    _cell(raw, "one_hot")["metadata"]["nbgrader"]["grade_id"] = "one_hot_copy"
    return raw


def split_solution(raw: Raw) -> Raw:
    """The function in a new cell below, and its own cell emptied of it."""
    cell = _cell(raw, "embed")
    raw["cells"].insert(
        raw["cells"].index(cell) + 1, {**cell, "metadata": {}, "id": "below", "source": cell["source"]}
    )
    cell["source"] = "# see below"
    return raw


def solutions_in_one_cell(raw: Raw) -> Raw:
    first, second = _cell(raw, "one_hot"), _cell(raw, "embed")
    first["source"] += "\n\n\n" + second["source"]
    raw["cells"].remove(second)
    return raw


def all_tests_deleted(raw: Raw) -> Raw:
    raw["cells"] = [cell for cell in raw["cells"] if not name_of(cell).startswith("test_")]
    return raw


def null_byte(raw: Raw) -> Raw:
    _cell(raw, "embed")["source"] += "\n# \x00"
    return raw


def lone_surrogate(raw: Raw) -> Raw:
    _cell(raw, "embed")["source"] += "\n# \ud800"
    return raw


def lines_as_lists(raw: Raw) -> Raw:
    for cell in raw["cells"]:
        cell["source"] = cell["source"].splitlines(keepends=True)
    return raw


def foreign_metadata(raw: Raw) -> Raw:
    raw["metadata"] = {
        "colab": {"provenance": []},
        "widgets": {"application/vnd.jupyter.widget-state+json": {"state": 3}},
        "kernelspec": {"name": "ir", "display_name": "R"},
        "language_info": {"name": "R"},
        "accelerator": "GPU",
    }
    for cell in raw["cells"]:
        cell["metadata"]["executionInfo"] = {"user": {"displayName": "x" * 1000}}
    return raw


def odd_cells(raw: Raw) -> Raw:
    raw["cells"][1:1] = [
        5,
        None,
        [],
        {},
        {"cell_type": "heading", "source": "x"},
        {"cell_type": "code"},
        {"cell_type": "code", "source": None, "outputs": 7, "execution_count": "many"},
    ]
    return raw


def broken_outputs(raw: Raw) -> Raw:
    for cell in raw["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = [{"output_type": "no such"}, 3, None]
            cell["execution_count"] = -1.5
    return raw


def thousand_cells(raw: Raw) -> Raw:
    extra = {"cell_type": "code", "source": "pass", "metadata": {}, "outputs": [], "execution_count": None}
    raw["cells"] += [{**extra, "id": f"more-{number}"} for number in range(1000)]
    return raw


def code_after_last_test(raw: Raw) -> Raw:
    extra = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "id": "after"}
    raw["cells"].append({**extra, "source": "one_hot = embed = rnn_step = None\n1 / 0"})
    return raw


def setup_changed(raw: Raw) -> Raw:
    _cell(raw, "setup")["source"] += "\nimport math"
    return raw


def setup_deleted(raw: Raw) -> Raw:
    return _without("setup")(raw)


def linked(name: str, tries: str, target: str) -> Fault:
    """A link in the place of the file."""
    return Fault(name, tries, link=target, loses=ALL, status=PERSON, says="is a link")


FAULTS = (
    linked("link-to-a-classmate", "hands in a link to a classmate's notebook", "@victim@"),
    linked("link-to-the-solution", "hands in a link to the instructor's notebook", "@solution@"),
    linked("link-to-the-secret", "hands in a link to the course's secret", "@secret@"),
    linked("link-to-nowhere", "hands in a link that leads nowhere", "nowhere.ipynb"),
    linked("link-to-itself", "hands in a link to itself", "hidden_state.ipynb"),
    unreadable("empty-file", "hands in an empty file", lambda raw: b"", "is empty"),
    unreadable("blank-file", "hands in a file of spaces", lambda raw: b" \n" * 100, "is empty"),
    unreadable("zeros", "hands in a file of zeros, as a disk that was full leaves it", lambda raw: bytes(4096)),
    unreadable("half-a-file", "hands in the first half of the file", truncated),
    unreadable("words", "hands in a text", lambda raw: b"Dear instructor, my notebook is attached."),
    unreadable("program", "hands in a Python file", lambda raw: b"def one_hot(ids, K):\n    return 1\n"),
    unreadable("web-page", "hands in the page around the notebook", lambda raw: b"<!DOCTYPE html><html></html>"),
    unreadable("zip-archive", "hands in an archive", zipped),
    unreadable("gzip-archive", "hands in a compressed notebook", lambda raw: gzip.compress(as_bytes(raw), mtime=0)),
    unreadable("merge-conflict", "hands in a file with git's marks of a conflict", merged_by_git),
    unreadable("list-of-cells", "hands in the list of cells alone", lambda raw: json.dumps(raw["cells"]).encode()),
    unreadable("null", "hands in JSON's null", lambda raw: b"null"),
    unreadable("cells-are-a-number", "hands in a number for the cells", lambda raw: raw | {"cells": 3}),
    unreadable("without-version", "leaves out the format's number",
               lambda raw: {key: raw[key] for key in ("cells", "metadata")}),
    unreadable("version-of-the-future", "hands in a format that is not known", version_99),
    unreadable("nested-too-deep", "hands in lists inside lists, 100,000 deep", nested_too_deep),
    unreadable("too-large", "hands in a file of 25 MB", too_large, "larger than"),
    damaged("version-3", "hands in the format of 2013, which is read as well", version_3, status=Status.GRADED),
    damaged("utf-16", "hands in another encoding", lambda raw: as_bytes(raw).decode().encode("utf-16"),
            status=Status.GRADED),
    damaged("byte-order-mark", "hands in a file with a byte-order mark",
            lambda raw: b"\xef\xbb\xbf" + as_bytes(raw), status=Status.GRADED),
    damaged("windows-lines", "hands in a file with line ends of Windows",
            lambda raw: as_bytes(raw).replace(b"\n", b"\r\n"), status=Status.GRADED),
    damaged("windows-lines-in-cells", "has line ends of Windows in its cells",
            lambda raw: as_bytes(raw).replace(b"\\n", b"\\r\\n"), status=Status.GRADED),
    damaged("null-byte", "has a null byte in a cell", null_byte, "null bytes were removed"),
    damaged("half-a-character", "has half of a two-part character in a cell", lone_surrogate, status=Status.GRADED),
    damaged("version-4-9", "comes from a later version of Jupyter", version_4_9, status=Status.GRADED),
    damaged("without-ids", "comes from an earlier version of Jupyter", without_ids, status=Status.GRADED),
    damaged("same-ids", "has the same id in all cells", same_ids, status=Status.GRADED),
    damaged("odd-ids", "has ids that are none", odd_ids, status=Status.GRADED),
    damaged("lines-as-lists", "keeps its cells as lists of lines", lines_as_lists, status=Status.GRADED),
    damaged("foreign-metadata", "was edited in another program, for another language", foreign_metadata,
            status=Status.GRADED),
    damaged("stripped-metadata", "lost all metadata", stripped, "lost its id", PERSON),
    damaged("odd-cells", "has cells that are none", odd_cells, "left out"),
    damaged("broken-outputs", "has outputs that are none", broken_outputs, status=Status.GRADED),
    damaged("thousand-cells", "has a thousand cells too many", thousand_cells, "beyond the first 500"),
    damaged("reversed", "has its cells in reverse order", reversed_cells, status=Status.GRADED),
    damaged("doubled-solution", "has a cell twice, as copy and paste leaves it", doubled_solution, "more than once"),
    damaged("renamed-solution", "has another name on its cell", renamed_solution, "one_hot"),
    damaged("split-solution", "wrote the function into a new cell below", split_solution, status=Status.GRADED),
    damaged("two-in-one", "wrote two functions into one cell and deleted the other", solutions_in_one_cell, "embed"),
    damaged("missing-solution", "deleted a cell", _without("one_hot"), "one_hot is missing",
            loses=frozenset({"one_hot"})),
    damaged("missing-question", "deleted the cell of an answer", _without("answer_sharing"),
            "answer_sharing is missing",
            loses=frozenset({"question_sharing"})),
    damaged("tests-deleted", "deleted all tests", all_tests_deleted, "test_one_hot was missing"),
    damaged("code-after-last-test", "undoes everything after the last test", code_after_last_test,
            status=Status.GRADED),
    damaged("setup-edited", "added an import to a locked cell", setup_changed, "setup had been edited"),
    damaged("setup-deleted", "deleted the locked cell of imports", setup_deleted, status=Status.GRADED),
)  # fmt: skip
