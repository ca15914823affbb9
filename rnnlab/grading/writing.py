"""A graded notebook as the bytes of its file: what nbformat writes, in a fraction of the time.

nbformat copies, validates and indents the whole notebook in Python. Most cells of a class are the same ones over and
over, so that here each is written once and remembered.
"""

from __future__ import annotations

import functools
import json
from typing import Any

from nbformat.notebooknode import NotebookNode, from_dict
from nbformat.v4.rwbase import split_lines, strip_transient

LONGEST_REMEMBERED = 20_000


def notebook_bytes(notebook: NotebookNode) -> bytes:
    """The file of a notebook of version 4: what `nbformat.writes` gives, and a line's end."""
    before, _, after = _indented({**notebook, "cells": []}).partition('"cells": []')
    cells = ",\n".join(map(_cell, notebook.cells))
    listed = f"[\n{cells}\n ]" if cells else "[]"
    return f'{before}"cells": {listed}{after}\n'.encode()


def _cell(cell: NotebookNode) -> str:
    """One cell as it stands in the file."""
    compact = json.dumps(cell, sort_keys=True, ensure_ascii=False)
    return _remembered(compact) if len(compact) <= LONGEST_REMEMBERED else _written(compact)


def _written(compact: str) -> str:
    text = _indented({"cells": [json.loads(compact)], "metadata": {}})
    return text.removeprefix('{\n "cells": [\n').partition('\n ],\n "metadata": {}\n}')[0]


_remembered = functools.lru_cache(maxsize=2000)(_written)


def _indented(notebook: dict[str, Any]) -> str:
    ready = strip_transient(split_lines(from_dict(notebook)))
    return json.dumps(ready, indent=1, sort_keys=True, separators=(",", ": "), ensure_ascii=False)
