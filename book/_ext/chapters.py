"""The roles `{chapter}` and `{assignment}`: a link to a page of the curriculum, or its name while it is not written.

`` {chapter}`bptt` `` shows the chapter's own title, `` {chapter}`the derivation <bptt>` `` another one, and
`` {assignment}`bptt` `` the name of the assignment. So a page that lists the whole course, such as the syllabus, stays
right when a page is added.
"""

from __future__ import annotations

import re
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxRole

# Every chapter that the course will have, part by part: the name of its file, and what to call it until it is there.
CHAPTERS = (
    {
        "sequences": "sequences",
        "hidden-state": "the hidden state",
        "activations": "activations",
        "losses": "losses",
        "task-shapes": "task shapes",
    },
    {
        "bptt": "back-propagation through time",
        "gradients": "gradients that vanish and explode",
        "beyond-bptt": "beyond back-propagation",
    },
    {
        "lstm": "LSTM",
        "gru": "GRU",
        "bidirectional": "bidirectional networks",
        "deep": "deep networks",
        "encoder-decoder": "encoder–decoder",
        "attention": "attention",
    },
    {
        "perceptron": "the perceptron",
        "convolution": "convolution",
        "transformer": "the Transformer",
        "comparison": "one honest comparison",
        "tables": "the tables",
        "modern-recurrences": "modern recurrences",
    },
)
ASSIGNMENTS = (
    "hidden_state",
    "activations_losses",
    "bptt",
    "gradients",
    "gated",
    "sequences",
    "architectures",
    "project",
)
TITLED = re.compile(r"(?P<title>.+?)\s*<(?P<name>[^<>]+)>", re.DOTALL)


def page_of(env: BuildEnvironment, chapter: str) -> str | None:
    """The page of this chapter, or None while the table of contents has none. Raises: KeyError for another name."""
    for part, titles in enumerate(CHAPTERS, start=1):
        if chapter in titles:
            page = f"book/part-{part}/{chapter}"
            return page if page in env.found_docs else None
    raise KeyError(f"the curriculum has no chapter {chapter!r}")


def plain(chapter: str) -> str:
    """What an unwritten chapter is called."""
    return next(titles[chapter] for titles in CHAPTERS if chapter in titles)


def note_contents(env: BuildEnvironment) -> None:
    """Read the present page again when the table of contents has changed."""
    env.note_dependency(str(Path(env.srcdir) / "_toc.yml"))


class ChapterRole(SphinxRole):
    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        note_contents(self.env)
        titled = TITLED.fullmatch(self.text)
        name, title = (titled["name"], titled["title"]) if titled else (self.text, None)
        try:
            page = page_of(self.env, name)
        except KeyError as error:
            message = self.inliner.reporter.error(error.args[0], line=self.lineno)
            return [], [message]
        text = nodes.inline(self.rawtext, title or plain(name), classes=["chapter"])
        return [text if page is None else link(text, page, self.env, explicit=title is not None)], []


class AssignmentRole(SphinxRole):
    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        note_contents(self.env)
        if self.text not in ASSIGNMENTS:
            message = f"the curriculum has no assignment {self.text!r}"
            return [], [self.inliner.reporter.error(message, line=self.lineno)]
        text = nodes.literal(self.rawtext, self.text)
        page = f"book/assignments/{self.text}"
        return [link(text, page, self.env, explicit=True) if page in self.env.found_docs else text], []


def link(text: nodes.Node, page: str, env: BuildEnvironment, *, explicit: bool) -> addnodes.pending_xref:
    """A link to a page that shows this text, or, where it is not explicit, the page's own title."""
    return addnodes.pending_xref(
        "",
        text,
        refdomain="std",
        reftype="doc",
        reftarget=f"/{page}",
        refdoc=env.docname,
        refexplicit=explicit,
        refwarn=True,
    )


def setup(app: Sphinx) -> dict:
    app.add_role("chapter", ChapterRole())
    app.add_role("assignment", AssignmentRole())
    return {"parallel_read_safe": True, "parallel_write_safe": True}
