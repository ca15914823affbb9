"""What the tests of the check share: golden files, and answers as a student would type them into a cell."""

import linecache
import os
from pathlib import Path

import pytest


@pytest.fixture
def golden(request):
    """Compare a text with a file beside the test; `UPDATE_GOLDEN=1 pytest …` writes the file anew."""

    def compare(name, text):
        path = Path(request.path).with_name(name)
        if os.environ.get("UPDATE_GOLDEN"):
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8"), "if this is intended, run again with UPDATE_GOLDEN=1"

    return compare


@pytest.fixture
def cell():
    """Define a function from the source of a cell, so that exceptions know their line there."""

    def define(source, name):
        filename = f"<cell {name}>"
        linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
        namespace = {}
        exec(compile("import numpy as np", "<setup>", "exec"), namespace)
        exec(compile(source, filename, "exec"), namespace)
        return namespace[name]

    return define
