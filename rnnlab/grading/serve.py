"""Serve the built site, the class reports and the feedback pages on this machine alone."""

from __future__ import annotations

import errno
import functools
import os
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from rnnlab.grading.course import CourseError

# The course's other folders (solutions, submissions, the gradebook) are not served.
SERVED = {"reports", "feedback"}
SITE = Path("_build/html")


class CourseHandler(SimpleHTTPRequestHandler):
    """The site at `/`, the reports at `/reports/`, the feedback pages at `/feedback/`."""

    def __init__(self, *args, root: Path, **kw) -> None:
        self.root = root
        super().__init__(*args, directory=str(root), **kw)

    def translate_path(self, path: str) -> str:
        """The file for a request; the folder is decided after `..` and escapes are gone, never before."""
        inside = os.path.relpath(super().translate_path(path), self.root)
        slash = "/" if path.partition("?")[0].endswith("/") else ""
        parts = Path(inside).parts or ("",)
        # Feedback pages, which also open without a server, name the site by its folder.
        by_folder = parts[0] in SERVED or parts[: len(SITE.parts)] == SITE.parts
        folder = self.root if by_folder else self.root / SITE
        return os.path.join(folder, inside) + slash

    def log_message(self, format: str, *args) -> None:
        """A reader's clicks are not news."""


def make_server(root: Path, port: int) -> ThreadingHTTPServer:
    """A server on the loopback address; raises `CourseError` where the port is taken or the site is not built."""
    if not (root / SITE / "index.html").is_file():
        raise CourseError("the site has not been built; run `make course` (or `make site`) first")
    try:
        return ThreadingHTTPServer(("127.0.0.1", port), functools.partial(CourseHandler, root=root))
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise CourseError(
                f"port {port} is in use; choose another: `make serve PORT={port + 1}`"
            ) from error
        raise
