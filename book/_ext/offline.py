"""Make every page complete in itself: it loads nothing from another host and nothing that it does not use.

Jupyter Book always loads `sphinx_thebe`, whose script sits on a content delivery network; and the theme brings
a second copy of its icons and the source maps of its scripts, about 5 MB that no reader needs.
"""

from __future__ import annotations

import re
from pathlib import Path

from sphinx.application import Sphinx

ICON_SCRIPT = re.compile(r'\s*<script defer src="[^"]*scripts/fontawesome\.js[^"]*"></script>')


def silence_thebe(app: Sphinx) -> None:
    """Take back every event handler and the style sheet that `sphinx_thebe` has registered."""
    for name, listeners in app.events.listeners.items():
        app.events.listeners[name] = [
            listener for listener in listeners if not listener.handler.__module__.startswith("sphinx_thebe")
        ]
    app.registry.css_files = [entry for entry in app.registry.css_files if "thebe" not in entry[0]]


def drop_unused_files(app: Sphinx, error: Exception | None) -> None:
    """Remove the source maps, and the icon script: the style sheet draws the same icons with its own fonts."""
    if error or app.builder.format != "html":
        return
    site = Path(app.outdir)
    for pattern in ("_static/**/*.map", "_static/scripts/fontawesome.js*"):
        for path in site.glob(pattern):
            path.unlink()
    for page in site.rglob("*.html"):
        text = page.read_text("utf8")
        without = ICON_SCRIPT.sub("", text)
        if without != text:
            page.write_text(without, "utf8")


def setup(app: Sphinx) -> dict:
    silence_thebe(app)
    app.connect("build-finished", drop_unused_files)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
