"""The mistakes that the checks know by name, from the exercises' own catalogue, in two directives.

`{common-mistakes}` is a chapter's. Without an argument it shows the functions that belong to the chapter in which it
stands; with arguments, those functions. A mistake stands there with its first two hints, the question and the idea. The
third, nearly the fix, never does. `{mistake-catalogue}` lists all of them by their names, for instructors.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from html import escape
from pathlib import Path, PurePosixPath

import chapters
from docutils import nodes
from myst_parser.mdit_to_docutils.base import default_slugify
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective

RICH = re.compile(
    r"`(?P<code>[^`]+)`|\$(?P<math>[^$\s][^$]*)\$"
    r"|\bchapter (?P<chapter>[a-z]+(?:-[a-z]+)*)(?:, “(?P<section>[^”]+)”)?"
    # W_hh, h_{t−1}, W_ij; but no name of the code, such as d_h or h_prev
    r"|(?<!\w)(?P<symbol>[A-Zabce-zδλ])_(?:\{(?P<group>[^{}]+)\}|(?P<index>[A-Za-z0-9]{1,2}(?:[−+]1)?(?:,[ijk])?))"
    r"(?![A-Za-z0-9_])"
)


def functions() -> Iterator:
    """Every graded function of the course, in its order."""
    from rnnlab.exercises import find, names

    yield from (part for part in map(find, names()) if hasattr(part, "mistakes"))


def of_chapter(chapter: str) -> list:
    """The graded functions that belong to this chapter."""
    return [exercise for exercise in functions() if exercise.chapter == chapter]


def rich(text: str, env: BuildEnvironment) -> list[nodes.Node]:
    """A text of the catalogue as nodes: `code`, $formulas$ and symbols such as W_hh, and links to chapters."""
    found, end = [], 0
    for match in RICH.finditer(text):
        found += [nodes.Text(text[end : match.start()]), _special(match, env)]
        end = match.end()
    return [node for node in (*found, nodes.Text(text[end:])) if node.astext()]


def _special(match: re.Match[str], env: BuildEnvironment) -> nodes.Node:
    if match["code"]:
        return nodes.literal("", match["code"])
    if match["math"]:
        return nodes.math("", match["math"])
    if match["symbol"]:
        index = (match["group"] or match["index"]).replace("−", "-")
        return nodes.math("", f"{match['symbol']}_{{{index}}}")
    try:
        page = chapters.page_of(env, match["chapter"])
    except KeyError:  # the word "chapter" in an ordinary sentence
        return nodes.Text(match[0])
    return _link(match["chapter"], match["section"], page, env)


def _link(chapter: str, section: str | None, page: str | None, env: BuildEnvironment) -> nodes.Node:
    """“A section” on its own page, and with the chapter's name before it on any other."""
    quoted = f"“{section}”" if section else ""
    shown = (
        quoted
        if quoted and page == env.docname
        else ", ".join(filter(None, (chapters.plain(chapter), quoted)))
    )
    if page is None:
        return nodes.Text(shown)
    return addnodes.pending_xref(
        "",
        nodes.inline("", shown, classes=["chapter"]),
        refdomain="doc",
        reftype="myst",
        reftarget=page,
        reftargetid=default_slugify(section) if section else None,
        refdoc=env.docname,
        refexplicit=True,
        refwarn=True,
    )


def item(mistake, env: BuildEnvironment) -> nodes.list_item:
    """One mistake: what it is and the question, and below them the idea."""
    summary = nodes.strong("", "", *rich(mistake.summary, env), nodes.Text("."))
    question = nodes.paragraph("", "", summary, nodes.Text(" "), *rich(mistake.hints.where, env))
    idea = nodes.paragraph("", "", *rich(mistake.hints.idea, env), classes=["house-idea"])
    return nodes.list_item("", question, idea)


def named_item(mistake, env: BuildEnvironment) -> nodes.list_item:
    """One mistake by its name. A thousand of them share a page, so it is kept plain: no formulas, no question."""
    words = [
        nodes.literal("", part) if place % 2 else nodes.Text(part)
        for place, part in enumerate(mistake.summary.split("`"))
    ]
    return nodes.list_item(
        "", nodes.paragraph("", "", nodes.literal("", mistake.name), nodes.Text(" · "), *words)
    )


def fold(exercise, env: BuildEnvironment, item: Callable = item) -> list[nodes.Node]:
    """All mistakes of one function, to open with a click."""
    title = f"<code>{escape(exercise.function_name)}</code> · {len(exercise.mistakes)} mistakes"
    return [
        nodes.raw("", f'<details class="house-fold"><summary>{title}</summary>', format="html"),
        nodes.bullet_list(
            "", *(item(mistake, env) for mistake in exercise.mistakes), classes=["house-mistakes"]
        ),
        nodes.raw("", "</details>", format="html"),
    ]


def note_catalogue(env: BuildEnvironment, assignments: Iterable[str]) -> None:
    """Read the present page again when one of these assignments' mistakes, or the table of contents, changes."""
    for name in assignments:
        for path in sorted((Path(env.srcdir) / "rnnlab" / "exercises" / name).glob("*.py")):
            env.note_dependency(str(path))
    chapters.note_contents(env)


def assignments_of(exercises: Iterable) -> list[str]:
    return list(dict.fromkeys(exercise.name.partition(".")[0] for exercise in exercises))


class CommonMistakes(SphinxDirective):
    """The functions of this chapter, or those that are named."""

    optional_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        exercises = self.exercises()
        homes = assignments_of(exercises)
        note_catalogue(self.env, homes)
        folds = (node for exercise in exercises for node in fold(exercise, self.env))
        return [*self.introduction(exercises, homes), nodes.container("", *folds, classes=["house-box"])]

    def exercises(self) -> list:
        """The graded functions to show. There must be some."""
        if not self.arguments:
            chapter = PurePosixPath(self.env.docname).name
            if found := of_chapter(chapter):
                return found
            raise self.error(f"no graded function belongs to the chapter {chapter!r}")
        known = {exercise.name: exercise for exercise in functions()}
        missing = [name for name in self.arguments[0].split() if name not in known]
        if missing:
            raise self.error(f"there is no graded function named {' or '.join(missing)}")
        return [known[name] for name in self.arguments[0].split()]

    def introduction(self, exercises: list, homes: list[str]) -> list[nodes.Node]:
        number = sum(len(exercise.mistakes) for exercise in exercises)
        where = " and ".join(f"{{assignment}}`{home}`" for home in homes)
        text = (
            f"The checks of the assignment {where} know {number} mistakes in the functions of this chapter and call "
            "them by name. Here is each with the question that you are asked first, and with the idea behind it."
        )
        container = nodes.Element()
        self.state.nested_parse([text], self.content_offset, container)
        return container.children


class MistakeCatalogue(SphinxDirective):
    """Every mistake of every assignment."""

    def run(self) -> list[nodes.Node]:
        from rnnlab.exercises import assignment

        exercises = list(functions())
        homes = assignments_of(exercises)
        note_catalogue(self.env, homes)
        found = []
        for home in homes:
            found.append(nodes.paragraph("", "", nodes.strong("", assignment(home).title)))
            own = (exercise for exercise in exercises if exercise.name.startswith(f"{home}."))
            found += [node for exercise in own for node in fold(exercise, self.env, named_item)]
        return found


def setup(app: Sphinx) -> dict:
    app.add_directive("common-mistakes", CommonMistakes)
    app.add_directive("mistake-catalogue", MistakeCatalogue)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
