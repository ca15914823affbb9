"""One student's feedback as a page: what came of each part, why, where to read on, and their own code beside it.

The page is made from the autograded notebook and the gradebook alone. It holds no script and no address that a
browser would fetch, and nothing that the student's verdicts do not already say in words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from markupsafe import Markup
from nbformat.notebooknode import NotebookNode

from rnnlab import exercises
from rnnlab.check import Verdict, heat
from rnnlab.grading import notebooks, safe_html
from rnnlab.grading.record import Record
from rnnlab.grading.reporting import code_html
from rnnlab.grading.reporting.chapters import Chapter, Chapters
from rnnlab.grading.reporting.graded import Block
from rnnlab.grading.reporting.prose_html import prose, said
from rnnlab.grading.reporting.results import Part, StudentResult, state_of
from rnnlab.grading.reporting.templating import environment

HINTS = ("Where to look", "The idea", "Nearly the fix")
NOTHING = Markup()
WORDS = {
    "full": ("✓", "right"),
    "partial": ("◐", "partly right"),
    "none": ("✗", "not yet"),
    "unwritten": ("○", "not written"),
    "waiting": ("…", "waits for a person"),
    "by hand": ("✎", "graded by hand"),
    "ungraded": ("–", "not graded"),
}


@dataclass(frozen=True)
class Rules:
    """What the course lets its feedback say: hints up to a level (0 to 3), chapters, and paths that stay unsaid."""

    hint_level: int
    chapters: Chapters
    secrets: tuple[str, ...] = ()

    def without_secrets(self, text: str) -> str:
        """The text with the course's own folders left out."""
        for path in self.secrets:
            text = text.replace(path, "…")
        return text


@dataclass(frozen=True)
class Cell:
    """One of the student's cells as it is shown: code or words, and what came of running it."""

    label: str
    code: Markup = NOTHING
    words: Markup = NOTHING
    printed: str = ""
    failed: bool = False
    pictures: tuple[str, ...] = ()
    points_at: bool = False


@dataclass(frozen=True)
class Heat:
    """Where a result differs: for each axis its name, shades from 0 (agrees) to 4 (most), and the same in words."""

    name: str
    rows: tuple[tuple[str, tuple[int, ...], str], ...]

    @property
    def in_words(self) -> str:
        """The strips for a reader who does not see the colors."""
        return "; ".join(f"{axis}: {words}" for axis, _, words in self.rows)


@dataclass(frozen=True)
class Card:
    """One part of the assignment on the page."""

    anchor: str
    title: Markup
    state: str
    icon: str = ""
    word: str = ""
    points: str = ""
    weight: float = 0.0
    says: Markup = NOTHING
    line: str = ""
    line_number: int = 0
    heat: Heat | None = None
    picture: str = ""
    seen_with: str = ""
    hints: tuple[tuple[str, Markup], ...] = ()
    read_on: Chapter | None = None
    extra_credit: str = ""
    comments: tuple[str, ...] = ()
    cells: tuple[Cell, ...] = ()


@dataclass(frozen=True)
class Page:
    """All that a page says."""

    student: str
    title: str
    score: str
    max_score: str
    waiting: bool
    late_penalty: str
    isolation: str
    problems: tuple[str, ...]
    repairs: tuple[str, ...]
    cards: tuple[Card, ...]

    @property
    def was_run(self) -> bool:
        """Whether the student's code ran at all."""
        return self.isolation != Record.isolation


def render(page: Page, source: str) -> str:
    """The page as HTML; `source` says what it was made from."""
    return environment().get_template("feedback.html.j2").render(page=page, source=source)


def page_of(result: StudentResult, assignment: str, rules: Rules) -> Page:
    """What the page of this student says."""
    parts = {part.name: part for part in result.parts}
    cards = [_card(block, parts.get(block.name), result, rules) for block in result.blocks]
    blocks = {block.name for block in result.blocks}
    cards += [_bare_card(part) for part in result.parts if part.name not in blocks]
    return Page(
        student=result.student,
        title=title_of(assignment),
        score=f"{result.final_score:g}",
        max_score=f"{result.max_score:g}",
        waiting=result.needs_grading,
        late_penalty=f"{result.late_penalty:g}" if result.late_penalty else "",
        isolation=rules.without_secrets(result.record.isolation),
        problems=tuple(map(rules.without_secrets, result.record.problems)),
        repairs=tuple(map(rules.without_secrets, result.record.repairs)),
        cards=tuple(cards),
    )


def title_of(assignment: str) -> str:
    """The assignment's title for people; its name where the catalogue does not know it."""
    try:
        return exercises.assignment(assignment).title
    except LookupError:
        return assignment


def _bare_card(part: Part) -> Card:
    """A part that is in the gradebook and not in the notebook: its points alone."""
    icon, word = WORDS[state_of(part)]
    points = f"{part.score:g} / {part.max_score:g}"
    return Card(part.name, prose(part.title), _style(state_of(part)), icon, word, points, part.max_score)


def _card(block: Block, part: Part | None, result: StudentResult, rules: Rules) -> Card:
    if part is None:
        title = prose("Cells that you added" if not block.name else block.title)
        return Card(block.name or "added", title, "open", cells=_cells(block, None, rules))
    state, verdict = state_of(part), part.verdict
    icon, word = WORDS[state]
    of_block = {str(notebooks.grade_id(cell)) for cell in block.answers} | {block.name}
    comments = tuple(text for name, text in result.comments.items() if name in of_block)
    told = _told(verdict, rules) if verdict is not None else {}
    if state == "waiting":
        told["says"] = prose("A person reads this answer and gives the points.")
    elif state == "unwritten" and verdict is None:
        told["says"] = prose("There is no answer here yet.")
    elif part.by_hand and not block.by_hand:
        told["says"] = prose("Your instructor changed the points of this part by hand.")
    cells = () if state == "unwritten" else _cells(block, verdict, rules)
    if any(cell.points_at for cell in cells):
        told["line"] = ""
    return Card(
        anchor=block.name,
        title=prose(block.title or part.title),
        state=_style(state),
        icon=icon,
        word=word,
        points=f"{'?' if state == 'waiting' else f'{part.score:g}'} / {part.max_score:g}",
        weight=max(part.max_score, 0.5),
        extra_credit=f"{part.extra_credit:g}" if part.extra_credit else "",
        comments=comments,
        cells=cells,
        **told,
    )


def _style(state: str) -> str:
    return {"unwritten": "open", "ungraded": "open", "by hand": "waiting"}.get(state, state)


def _told(verdict: Verdict, rules: Rules) -> dict:
    """The fields of a card that come from the verdict."""
    told = {"says": said(verdict, rules.without_secrets(verdict.headline))}
    if verdict.passed:
        return told
    hints = zip(HINTS, (verdict.where, verdict.idea, verdict.fix), strict=True)
    strips = heat_of(verdict.picture)
    return told | {
        "line": code_html.visible(verdict.line or ""),
        "line_number": verdict.line_number or 1,
        "heat": strips,
        "picture": "" if strips else verdict.picture,
        "seen_with": verdict.probe,
        "hints": tuple(
            (name, prose(text, rules.chapters)) for name, text in tuple(hints)[: rules.hint_level] if text
        ),
        "read_on": rules.chapters.find(verdict.chapter),
    }


def heat_of(picture: str) -> Heat | None:
    """The strips of a verdict's picture; `None` where there is none, or another one."""
    scale = heat.AGREES + heat.SHADES
    rows = tuple(
        (strip.axis, tuple(map(scale.index, strip.shades)), strip.words) for strip in heat.read(picture)
    )
    name = re.match(r"Where (\S+) differs", picture)
    return Heat(name[1] if name else "the result", rows) if rows else None


def _cells(block: Block, verdict: Verdict | None, rules: Rules) -> tuple[Cell, ...]:
    shown = [
        _cell(cell, "A cell that you added", verdict, rules) for cell in block.added if cell.source.strip()
    ]
    return (*shown, *(_cell(cell, "Your answer", verdict, rules) for cell in block.answers))


def _cell(cell: NotebookNode, label: str, verdict: Verdict | None, rules: Rules) -> Cell:
    if cell.cell_type != "code":
        return Cell(label, words=Markup(safe_html.cleaned_words(cell.source)))
    printed, failed = _printed(cell.get("outputs", ()))
    if any(output.get("ename") == "NotImplementedError" for output in cell.get("outputs", ())):
        label, printed, failed = f"{label}, not written yet", "", False
    here = _pointed_at(cell.source, verdict)
    return Cell(
        label,
        code=code_html.code(cell.source.rstrip(), here),
        points_at=here is not None,
        printed=code_html.cut(code_html.visible(rules.without_secrets(printed))),
        failed=failed,
        pictures=_pictures(cell.get("outputs", ())),
    )


def _pointed_at(source: str, verdict: Verdict | None) -> int | None:
    """The number of the line that the verdict speaks of, where it is a line of this cell."""
    if verdict is None or verdict.line_number is None or not verdict.line:
        return None
    lines = source.splitlines()
    number = verdict.line_number
    return number if number <= len(lines) and lines[number - 1].strip() == verdict.line.strip() else None


def _printed(outputs: list[NotebookNode]) -> tuple[str, bool]:
    """What a cell showed as plain text, and whether it ended in an error."""
    texts, failed = [], False
    for output in outputs:
        if output.output_type == "stream":
            texts.append(output.text)
        elif output.output_type == "error":
            failed = True
            texts.append("\n".join(output.traceback) or f"{output.ename}: {output.evalue}")
        elif "image/png" not in output.data:
            texts.append(str(output.data.get("text/plain", "")))
    return "\n".join(text.rstrip("\n") for text in texts if text.strip()), failed


def _pictures(outputs: list[NotebookNode]) -> tuple[str, ...]:
    """The pictures that a cell drew, as addresses that hold the picture itself."""
    found = (output.get("data", {}).get("image/png") for output in outputs)
    addresses = (f"data:image/png;base64,{''.join(str(data).split())}" for data in found if data)
    return tuple(address for address in addresses if safe_html.SAFE_PICTURE.match(address))[:6]
