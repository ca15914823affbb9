"""Read what a student handed in: any file at all becomes plain, bounded cells, or one sentence that says why not."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat.notebooknode import NotebookNode

LARGEST_FILE = 20_000_000
MOST_CELLS = 500
LONGEST = {"code": 200_000, "markdown": 10_000, "raw": 10_000}
# Rendering Markdown is not linear in its length, so the words of a whole notebook are bounded too.
MOST_WORDS = 100_000
AGAIN = "ask the student to hand it in again"
IMAGES = ("image/png", "image/jpeg", "image/gif")


class UnreadableNotebook(Exception):
    """A submitted file is not a notebook; the message is one sentence for a person."""


@dataclass(frozen=True)
class Submission:
    """A student's notebook as plain cells, a digest of the very bytes that were read, and what had to be mended."""

    notebook: NotebookNode
    digest: str
    repairs: tuple[str, ...] = ()


def read(path: Path) -> Submission:
    """Read a submitted file; raises `UnreadableNotebook` with one sentence for what is not a notebook."""
    return parse(load(path), path.name)


def load(path: Path) -> bytes:
    """A submitted file's bytes; raises `UnreadableNotebook` for what must not be read."""
    if any(part.is_symlink() for part in (path, path.parent, path.parent.parent)) or not path.is_file():
        raise UnreadableNotebook(f"{path.name} is a link, or not a regular file; {AGAIN}")
    if path.stat().st_size > LARGEST_FILE:
        raise UnreadableNotebook(
            f"{path.name} is larger than {LARGEST_FILE // 10**6} MB; {AGAIN}, without its outputs"
        )
    return path.read_bytes()


def parse(data: bytes, name: str) -> Submission:
    """The cells in a submitted file's bytes; `name` is the file's, for the sentence of an `UnreadableNotebook`."""
    if not data.strip():
        raise UnreadableNotebook(f"{name} is empty; {AGAIN}")
    try:
        # nbformat's own reader also upgrades old formats, and stumbles over cells that are mended here first.
        raw = json.loads(data.decode("utf-8-sig"))
        repairs = _mend(raw)
        notebook = nbformat.reads(json.dumps(raw), as_version=4)
    except (
        Exception
    ) as error:  # json and nbformat raise many kinds for what is not a notebook; each means the same
        raise UnreadableNotebook(
            f"{name} is not a notebook that can be read ({type(error).__name__}); {AGAIN}"
        ) from error
    return Submission(notebook, digest(data), tuple(repairs))


def digest_of(path: Path) -> str:
    """A digest of the file's bytes, of nothing where there is no file."""
    return digest(path.read_bytes() if path.is_file() else b"")


def digest(data: bytes) -> str:
    """A digest of what was handed in."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def _mend(raw: dict[str, Any]) -> list[str]:
    """Make every cell of a version 4 notebook one that nbgrader can take; one sentence for each kind of repair."""
    if raw.get("nbformat") != 4:
        return []
    raw["metadata"] = {}
    raw["nbformat_minor"] = 5
    cells = [cell for cell in raw["cells"] if isinstance(cell, dict) and cell.get("cell_type") in LONGEST]
    repairs = []
    if len(cells) != len(raw["cells"]) or len(cells) > MOST_CELLS:
        repairs.append("cells of an unknown kind, or beyond the first 500, were left out")
    raw["cells"] = [_plain(cell, f"cell-{number}") for number, cell in enumerate(cells[:MOST_CELLS])]
    left = MOST_WORDS
    for cell in raw["cells"]:
        if cell["cell_type"] != "code":
            cell["source"] = cell["source"][:left]
            left -= len(cell["source"])
    written = sum(len(_text(cell.get("source"))) for cell in cells[:MOST_CELLS])
    if written > sum(len(cell["source"]) for cell in raw["cells"]):
        repairs.append("a cell was too long and was cut")
    return repairs


def _plain(cell: dict[str, Any], identity: str) -> dict[str, Any]:
    """The cell's kind, source, nbgrader name and pasted pictures; nothing else of a submission is ever used."""
    kind = cell["cell_type"]
    name = _dict(_dict(cell.get("metadata")).get("nbgrader")).get("grade_id")
    metadata = {"nbgrader": {"grade_id": name}} if isinstance(name, str) else {}
    plain = {
        "cell_type": kind,
        "id": identity,
        "metadata": metadata,
        "source": _text(cell.get("source"))[: LONGEST[kind]],
    }
    if kind == "code":
        plain |= {"outputs": [], "execution_count": None}
    if kind == "markdown" and (pictures := _pictures(cell.get("attachments"))):
        plain["attachments"] = pictures
    return plain


def _text(source: object) -> str:
    """A source as text that can be written as UTF-8; lines may come as a list."""
    lines = source if isinstance(source, list) else [source]
    text = "".join(line for line in lines if isinstance(line, str))
    return text.encode("utf-8", "replace").decode("utf-8")


def _pictures(attachments: object) -> dict[str, dict[str, str]]:
    found = {}
    for name, bundle in _dict(attachments).items():
        pictures = {
            kind: data for kind, data in _dict(bundle).items() if kind in IMAGES and isinstance(data, str)
        }
        if pictures:
            found[name] = pictures
    return found


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
