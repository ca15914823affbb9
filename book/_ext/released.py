"""A released notebook as a page shows it: Markdown in, Markdown out, and nothing is run.

The text cells stay as they are, one level further down in the page's outline. A code cell becomes a block of code with
a label that says whose it is: given, the student's own, a check, or the drawing of a picture.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TITLE = re.compile(r"\A# (.+)\n+")
HEADING = re.compile(r"^(#{1,5}) (.+)$", re.MULTILINE)
CODE_IN_TEXT = re.compile(r"^ *(`{3,}|~{3,})[^\n]*\n.*?^ *\1 *$", re.DOTALL | re.MULTILINE)
CHECKED = re.compile(r"\bcheck\(\s*\"([\w.]+)\",\s*(\w+)")
MINUTES = re.compile(r"It takes ([\w ]*?minutes)\b")
LABELS = {
    "given": "Given",
    "function": "You write this",
    "answer": "Your answer",
    "check": "The check",
    "words": "Your answer in words",
}


@dataclass(frozen=True)
class Cell:
    """One cell: its kind ("text", "picture" or a key of LABELS), its grade_id, its source and its points."""

    kind: str
    name: str
    source: str
    points: float = 0

    @property
    def checked(self) -> str | None:
        """The name of the exercise or question that this cell checks, or None."""
        found = CHECKED.search(self.source) if self.kind == "check" else None
        return found[1] if found else None


@dataclass(frozen=True)
class Notebook:
    """A released notebook: the assignment's name, its title and its cells, the title's line left out."""

    name: str
    title: str
    cells: tuple[Cell, ...]

    @property
    def minutes(self) -> str:
        """How long it takes, as the notebook says: "60 to 90 minutes". Raises: ValueError where it does not say."""
        found = MINUTES.search(self.cells[0].source)
        if not found:
            raise ValueError(
                f"the notebook {self.name} does not say how long it takes: “It takes … minutes.”"
            )
        return found[1]

    def headings(self) -> Iterator[tuple[Cell, str]]:
        """Every cell with the heading that it stands under, "" before the first one."""
        heading = ""
        for cell in self.cells:
            if cell.kind == "text":
                found = HEADING.findall(without_code(cell.source))
                heading = found[-1][1] if found else heading
            yield cell, heading

    def cell(self, name: str) -> Cell:
        """The cell with this grade_id. Raises: ValueError where there is none."""
        for cell in self.cells:
            if cell.name == name:
                return cell
        raise ValueError(f"the notebook {self.name} has no cell {name!r}")


def path_of(name: str, root: Path) -> Path:
    """The released notebook of an assignment in the course's folder."""
    return root / "exercises" / name / f"{name}.ipynb"


def load(path: Path) -> Notebook:
    """Read a released notebook. Raises: ValueError where it does not begin with its title."""
    given = json.loads(path.read_text(encoding="utf-8"))
    cells = [_cell(each) for each in given["cells"]]
    title = TITLE.match(cells[0].source)
    if not title:
        raise ValueError(f"the notebook {path.name} must begin with its title, “# …”")
    first = Cell("text", "", cells[0].source[title.end() :])
    return Notebook(path.stem, title[1], (first, *cells[1:]))


def _cell(given: dict) -> Cell:
    source, graded = "".join(given["source"]), given["metadata"].get("nbgrader", {})
    kind = _kind(given["cell_type"], source, graded, given["metadata"].get("tags", ()))
    return Cell(kind, graded.get("grade_id", ""), source, graded.get("points", 0))


def _kind(cell_type: str, source: str, graded: dict, tags) -> str:
    if cell_type == "markdown":
        return "words" if graded.get("solution") else "text"
    if "illustration" in tags:
        return "picture"
    if graded.get("solution"):
        return "answer" if graded["grade_id"].startswith("answer_") else "function"
    return "check" if graded.get("grade") else "given"


def without_code(text: str) -> str:
    """The text with its blocks of code made blank; everything else keeps its place."""
    return CODE_IN_TEXT.sub(lambda block: re.sub(r"[^\n]", " ", block[0]), text)


def deeper(text: str) -> str:
    """The text with every heading one level further down.

    >>> deeper("## One")
    '### One'
    """
    plain = without_code(text)
    for heading in reversed(list(HEADING.finditer(plain))):
        text = f"{text[: heading.start()]}#{text[heading.start() :]}"
    return text


def target(notebook: str, heading: str) -> str:
    """The label of a heading of the notebook, for links to it from its page and from others.

    >>> target("gated", "3 · One step of an LSTM")
    'gated-3-one-step-of-an-lstm'
    """
    return "-".join([notebook, *re.findall(r"\w+", heading.lower())])


def with_targets(text: str, notebook: str) -> str:
    """The text with a label before each heading."""
    for heading in reversed(list(HEADING.finditer(without_code(text)))):
        text = f"{text[: heading.start()]}({target(notebook, heading[2])})=\n{text[heading.start() :]}"
    return text


def code_block(source: str) -> str:
    """Code that is shown and not run, with fences longer than any in it."""
    fence = "`" * (1 + max(map(len, re.findall(r"`{2,}", source)), default=2))
    return f"{fence}{{code-block}} ipython3\n{source.rstrip()}\n{fence}"


def shown(cell: Cell, notebook: str) -> str:
    """One cell as Markdown."""
    if cell.kind == "text":
        return with_targets(deeper(cell.source), notebook)
    if cell.kind == "picture":
        title = "The code that draws what your function does"
        block = code_block(cell.source)
        return f'<details class="house-fold"><summary>{title}</summary>\n\n{block}\n\n</details>'
    label = LABELS[cell.kind] + (f" · {_points(cell.points)}" if cell.points else "")
    body = cell.source if cell.kind == "words" else code_block(cell.source)
    return f"::::{{div}} house-cell house-cell-{cell.kind}\n{label}\n\n{body}\n::::"


def _points(number: float) -> str:
    return f"{number:g} point" + "s" * (number != 1)


def as_markdown(notebook: Notebook) -> str:
    """The whole notebook, to stand under a heading of level 2."""
    return "\n\n".join(shown(cell, notebook.name) for cell in notebook.cells)
