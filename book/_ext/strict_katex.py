"""Render the mathematics while the book is built, and let no formula fail unseen.

`sphinxcontrib.katex` draws a bad formula in red and the build passes. Here KaTeX raises instead, and its message
becomes a Sphinx warning at the formula's line, which `-W` turns into a failed build.
"""

from __future__ import annotations

import socket
import subprocess
import time
from pathlib import Path

from docutils import nodes
from katex_assets import KATEX, STATIC, installed, node
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinxcontrib import katex

logger = logging.getLogger(__name__)


def use_installed_katex(app: Sphinx, config) -> None:
    """Point the renderer at the Node of the wheel and at the KaTeX of the lock file."""
    if not installed():
        raise ExtensionError(
            "KaTeX is not installed yet: run `make course`, or `python book/build.py --assets`"
        )
    config.katex_prerender = True
    config.katex_js_path = str(KATEX / "katex.min.js")
    config.katex_css_path = "katex/katex.min.css"
    config.html_static_path.append(str(STATIC))

    katex.NODEJS_BINARY = str(node())
    katex.STARTUP_TIMEOUT = katex.RENDER_TIMEOUT = 60.0
    katex.KaTeXServer.start_server_process = staticmethod(start_server)
    katex.KATEX_DEFAULT_OPTIONS = {"throwOnError": True, "strict": "error"}


def start_server(folder: Path, timeout: float) -> tuple[subprocess.Popen, socket.socket]:
    """Start Node and connect to it.

    `sphinxcontrib.katex` connects as soon as the socket's file is there. That is a moment before Node listens, so
    that on a busy machine a build failed, and left Node behind.
    """
    path = folder / "katex.sock"
    command = katex.KaTeXServer.build_command(socket=path)
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=folder)
    deadline = time.monotonic() + timeout
    while process.poll() is None and time.monotonic() < deadline:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.connect(str(path))
            return process, connection
        except (FileNotFoundError, ConnectionRefusedError):
            connection.close()
            time.sleep(0.005)
    process.kill()
    raise katex.KaTeXServer.timeout_error(timeout)


def visit_math(self, formula: nodes.math) -> None:
    render(self, formula, katex.html_visit_math)


def visit_math_block(self, formula: nodes.math_block) -> None:
    render(self, formula, katex.html_visit_displaymath)


def render(translator, formula: nodes.Element, visit) -> None:
    try:
        visit(translator, formula)
    except katex.KaTeXError as error:
        logger.warning("KaTeX cannot read this formula: %s", error, location=formula)
        raise nodes.SkipNode from error


def setup(app: Sphinx) -> dict:
    app.setup_extension("sphinxcontrib.katex")
    app.add_html_math_renderer(
        "strict_katex", inline_renderers=(visit_math, None), block_renderers=(visit_math_block, None)
    )
    app.connect("config-inited", use_installed_katex)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
