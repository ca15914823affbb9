"""The templates of feedback pages and reports, ready to be filled."""

from __future__ import annotations

import functools
from pathlib import Path

import jinja2


@functools.cache
def environment() -> jinja2.Environment:
    """The templates: everything is escaped unless it is Markup, and an unknown name is an error."""
    return jinja2.Environment(
        loader=jinja2.PackageLoader("rnnlab.grading.reporting"),
        autoescape=jinja2.select_autoescape(("html.j2",)),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def template_folder() -> Path:
    """Where the templates are, for those who ask whether they have changed."""
    return Path(__file__).parent / "templates"
