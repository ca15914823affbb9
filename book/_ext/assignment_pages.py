"""The page of an assignment, filled in from its released notebook and from the catalogue of exercises.

Four blocks stand in such a page, each with the assignment's name: `{assignment-facts}`, `{assignment-parts}`,
`{assignment-picture}` with the grade_id of a drawing, and `{assignment-notebook}`. They are replaced by Markdown before
the page is read, so that headings, links and formulas are the page's own; the picture becomes a cell that runs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import released
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

BLOCK = re.compile(
    r"^(?P<fence>`{3,})\{assignment-(?P<kind>\w+)\} *(?P<arguments>[^\n]*)\n(?P<body>.*?)^(?P=fence) *$",
    re.DOTALL | re.MULTILINE,
)


def parts_of(notebook: released.Notebook) -> Iterator[tuple[str, object]]:
    """Every checked part of the notebook in its order: the heading that it stands under, and its record."""
    from rnnlab.exercises import find

    for cell, heading in notebook.headings():
        if cell.checked:
            yield heading, find(cell.checked)


def facts(notebook: released.Notebook, _: str) -> str:
    """How long it takes, what to read first, what is graded, and the file."""
    parts = [part for _, part in parts_of(notebook)]
    chapters = list(dict.fromkeys(part.chapter for part in parts))
    points = sum(cell.points for cell in notebook.cells)
    file = f"/exercises/{notebook.name}/{notebook.name}.ipynb"
    lines = (
        f"{{download}}`Download the notebook <{file}>`",
        f"**Time** · {notebook.minutes}",
        f"**Read first** · {', '.join(f'{{chapter}}`{chapter}`' for chapter in chapters)}",
        f"**Graded** · {counted(notebook)}, {points:g} points together",
    )
    return "::::{div} house-facts\n" + "\n\n".join(lines) + "\n::::"


def counted(notebook: released.Notebook) -> str:
    """What the notebook grades: "seven functions, two questions and one answer in your own words"."""
    functions = sum(hasattr(part, "mistakes") for _, part in parts_of(notebook))
    questions = sum(1 for _ in parts_of(notebook)) - functions
    words = sum(cell.kind == "words" for cell in notebook.cells)
    counts = ((functions, "function"), (questions, "question"), (words, "answer"))
    *most, last = [f"{number} {noun}{'s' * (number != 1)}" for number, noun in counts if number]
    return f"{', '.join(most)} and {last} in your own words" if words else f"{', '.join(most)} and {last}"


def parts(notebook: released.Notebook, _: str) -> str:
    """The table of what is graded: where it stands, what to write, its points and its known mistakes.

    Where the parts belong to several chapters, the table names those, too.
    """
    found = list(parts_of(notebook))
    several = len({part.chapter for _, part in found}) > 1
    rows = [["exercise", "you write", "points", "named mistakes", "chapter"], ["---"] * 5]
    for heading, part in found:
        known, chapter = len(getattr(part, "mistakes", ())) or "", f"{{chapter}}`{part.chapter}`"
        rows.append([link(notebook, heading), wanted(part), f"{part.points:g}", known, chapter])
    for cell, heading in notebook.headings():
        if cell.kind == "words":
            words = "a few sentences, read by a person"
            rows.append([link(notebook, heading), words, f"{cell.points:g}", "", ""])
    table = "\n".join(f"| {' | '.join(map(str, row if several else row[:-1]))} |" for row in rows)
    return "\n\n".join([table, *(measured(part) for _, part in found if hasattr(part, "metric"))])


def measured(part) -> str:
    """How the points of a function that is measured depend on its score."""
    direction = "or more" if part.metric.higher_is_better else "or less"
    steps = [
        f"{part.metric.written(score)} {direction} earns {points:g}" for score, points in part.thresholds
    ]
    return (
        f"`{part.function_name}` is measured, not compared. Its score is the {part.metric.name.removeprefix('the ')}: "
        f"{', '.join(steps)} points."
    )


def wanted(part) -> str:
    """What the student writes for this part: a function, a letter or a number."""
    if hasattr(part, "mistakes"):
        return f"`{part.function_name}`"
    return "a letter" if part.options else "a number"


def link(notebook: released.Notebook, heading: str) -> str:
    """A link to a heading of the notebook."""
    return f"{{ref}}`{heading} <{released.target(notebook.name, heading)}>`"


def picture(notebook: released.Notebook, body: str) -> str:
    """A cell that draws what the notebook's own cell draws, with the reference in the place of the student's function.

    The body's first line is the grade_id of the drawing; the rest is the cell's header, with caption and description.
    """
    name, _, header = body.partition("\n")
    drawing = notebook.cell(name.strip()).source
    checked = released.CHECKED.findall("\n".join(cell.source for cell in notebook.cells))
    used = set(re.findall(r"\w+", drawing))
    functions = [f'{name} = find("{exercise}").reference' for exercise, name in checked if name in used]
    # In the notebook a drawing that fails says what it waits for. Here it must fail the build.
    strict = drawing.replace(
        "from rnnlab.check import illustration", "from contextlib import nullcontext as illustration"
    )
    lines = ["import numpy as np", "from rnnlab.exercises import find", "", *functions, strict]
    return f"```{{code-cell}} python3\n{header.rstrip()}\n" + "\n".join(lines) + "\n```"


def whole(notebook: released.Notebook, _: str) -> str:
    return released.as_markdown(notebook)


BLOCKS: dict[str, Callable[[released.Notebook, str], str]] = {
    "facts": facts,
    "parts": parts,
    "picture": picture,
    "notebook": whole,
}


def expanded(text: str, root: Path) -> tuple[str, set[Path]]:
    """The page with its blocks replaced, and the files that they were made from.

    Raises: ValueError for a block of no known kind, or one that names no released assignment.
    """
    files: set[Path] = set()

    def replacement(block: re.Match[str]) -> str:
        name, kind = block["arguments"].strip(), block["kind"]
        path = released.path_of(name, root)
        if kind not in BLOCKS:
            raise ValueError(f"there is no block {{assignment-{kind}}}; there are {', '.join(BLOCKS)}")
        if not path.is_file():
            raise ValueError(f"{{assignment-{kind}}} names the assignment {name!r}, but {path} is not there")
        files.update((path, *(root / "rnnlab" / "exercises" / name).glob("*.py")))
        return BLOCKS[kind](released.load(path), block["body"])

    return BLOCK.sub(replacement, text), files


def expand(app: Sphinx, page: str, source: list[str]) -> None:
    """Replace the page's blocks, and make the page depend on what they were made from."""
    try:
        source[0], files = expanded(source[0], Path(app.srcdir))
    except ValueError as error:
        raise ExtensionError(f"{page}: {error}") from error
    for path in files:
        app.env.note_dependency(str(path))


def setup(app: Sphinx) -> dict:
    # Before `execution_key` looks at the page's cells.
    app.connect("source-read", expand, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
