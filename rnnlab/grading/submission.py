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
CONFLICT_MARKS = (b"\n<<<<<<< ", b"\n>>>>>>> ")
SIGNS = {
    b"pk\x03\x04": "it is a zip archive",
    b"\x1f\x8b": "it is a compressed file",
    b"%pdf": "it is a PDF",
    b"<": "it is a web page",
}
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
    if any(part.is_symlink() for part in (path, path.parent, path.parent.parent)):
        raise UnreadableNotebook(f"{path.name} is a link, and only a file may be handed in; {AGAIN}")
    if not path.exists():
        raise UnreadableNotebook(f"there is no {path.name}{_but_others(path)}; {AGAIN} under this name")
    if not path.is_file():
        raise UnreadableNotebook(f"{path.name} is not a regular file; {AGAIN}")
    if path.stat().st_size > LARGEST_FILE:
        raise UnreadableNotebook(
            f"{path.name} is larger than {LARGEST_FILE // 10**6} MB; {AGAIN}, without its outputs"
        )
    return path.read_bytes()


def _but_others(path: Path) -> str:
    """The notebooks of other names that were handed in, in words that follow "there is no x.ipynb"."""
    names = sorted(other.name for other in path.parent.glob("*.ipynb"))
    return f", but {', '.join(map(ascii, names[:3]))}" if names else ""


def parse(data: bytes, name: str) -> Submission:
    """The cells in a submitted file's bytes; `name` is the file's, for the sentence of an `UnreadableNotebook`."""
    if not data.strip():
        raise UnreadableNotebook(f"{name} is empty; {AGAIN}")
    try:
        cells = _as_version_4(json.loads(data))["cells"]
        plain, repairs = _mended(cells)
    except Exception as error:  # what is not a notebook fails in many ways, and each means the same
        reason = _what_it_is(data) or _what_is_wrong(error)
        raise UnreadableNotebook(f"{name} is not a notebook that can be read ({reason}); {AGAIN}") from error
    notebook = NotebookNode(
        nbformat=4, nbformat_minor=5, metadata=NotebookNode(), cells=nbformat.from_dict(plain)
    )
    return Submission(notebook, digest(data), tuple(repairs))


def _what_it_is(data: bytes) -> str:
    """What a file is that is no notebook, where its first bytes tell; "" where they do not."""
    if any(mark in data for mark in CONFLICT_MARKS):
        return "it has the marks of a merge conflict"
    start = data.lstrip()[:100].lower()
    return next((kind for sign, kind in SIGNS.items() if start.startswith(sign)), "")


def _what_is_wrong(error: Exception) -> str:
    """Why a file could not be read as a notebook, for a person."""
    match error:
        case UnicodeError() | json.JSONDecodeError():
            return "it is another kind of file, or not all of it arrived"
        case nbformat.NBFormatError() | nbformat.ValidationError():
            return "it is of a format that is not known here"
        case TypeError() | KeyError() | AttributeError():
            return "it is JSON, and has no cells"
    return type(error).__name__


def _as_version_4(raw: dict[str, Any]) -> dict[str, Any]:
    """The notebook in the present format; raises for one from the future. Only its cells are used further on."""
    if raw["nbformat"] == 4:
        return raw
    return nbformat.reads(json.dumps(raw), as_version=4)


def digest_of(path: Path) -> str:
    """A digest of the file's bytes, of nothing where there is no file."""
    return digest(path.read_bytes() if path.is_file() else b"")


def digest(data: bytes) -> str:
    """A digest of what was handed in."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def _mended(raw: list[Any]) -> tuple[list[dict[str, Any]], list[str]]:
    """The cells as plain ones that nbgrader can take, and one sentence for each kind of repair."""
    cells = [cell for cell in raw if isinstance(cell, dict) and cell.get("cell_type") in LONGEST]
    repairs = []
    if len(cells) != len(raw) or len(cells) > MOST_CELLS:
        repairs.append(f"cells of an unknown kind, or beyond the first {MOST_CELLS}, were left out")
    plain = [_plain(cell, f"cell-{number}") for number, cell in enumerate(cells[:MOST_CELLS])]
    left = MOST_WORDS
    for cell in plain:
        if cell["cell_type"] != "code":
            cell["source"] = cell["source"][:left]
            left -= len(cell["source"])
    written = sum(len(_text(cell.get("source"))) for cell in cells[:MOST_CELLS])
    if written > sum(len(cell["source"]) for cell in plain):
        repairs.append("a cell was too long and was cut")
    return plain, repairs


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
    """A source as text that can be written as UTF-8, with the released notebook's line ends; lines may be a list."""
    lines = source if isinstance(source, list) else [source]
    text = "".join(line for line in lines if isinstance(line, str))
    return text.encode("utf-8", "replace").decode("utf-8").replace("\r\n", "\n")


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
