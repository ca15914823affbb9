"""The book's build: what must make it fail does, and what it keeps from the last build is still true.

A throw-away book of one page is built with the course's own configuration, extensions and `build.py`.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from book._ext import execution_key, site_check

COURSE = Path(__file__).parents[2]
HEADER = """---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---

# A page

"""
CLEAN = """The state $h_t = f(h_{t-1})$ {cite:p}`elman1990`, see [below](#below).

```{code-cell} python3
import time

print("executed at", time.time_ns())
```

(below)=
## Below

![The mark of the course](images/favicon.png)
"""
FAULTS = {
    "a reference to nothing": ("{ref}`nowhere`", "nowhere"),
    "a link to a page that is not there": ("[gone](gone.md)", "gone.md"),
    "a link to an anchor that is not there": ("[gone](#gone)", "gone"),
    "a citation of nothing": ("{cite:p}`nobody1900`", "nobody1900"),
    "a formula that KaTeX cannot read": (r"$\frac{1}{$", "KaTeX cannot read this formula"),
    "a cell that fails": ("```{code-cell} python3\n1 / 0\n```", "ZeroDivisionError"),
    "a cell that warns": (
        "```{code-cell} python3\nimport warnings\nwarnings.warn('beware')\n```",
        "stderr was found",
    ),
    "a figure without a description": ("```{figure} images/favicon.png\n```", "image without a description"),
    "an image on another host": ("![A cat](https://example.org/cat.png)", "loads from another host"),
}


class Book:
    """A throw-away book, and the real command that builds it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        shutil.copytree(
            COURSE / "book", root / "book", ignore=shutil.ignore_patterns("*.md", "__pycache__", "scripts")
        )
        shutil.copy(COURSE / "_config.yml", root)
        (root / "_toc.yml").write_text(
            "format: jb-book\nroot: book/index\nchapters:\n  - file: book/works\n", encoding="utf-8"
        )
        (root / "book/works.md").write_text("# Works\n\n```{bibliography}\n```\n", encoding="utf-8")
        (root / "rnnlab").mkdir()
        (root / ".cache").mkdir()
        (root / ".cache/book-assets").symlink_to(COURSE / ".cache/book-assets")

    def build(self, page: str = CLEAN) -> subprocess.CompletedProcess[str]:
        path = self.root / "book/index.md"
        if not path.exists() or path.read_text(encoding="utf-8") != HEADER + page:
            path.write_text(HEADER + page, encoding="utf-8")
        return subprocess.run(
            [sys.executable, str(self.root / "book/build.py")],
            cwd="/",
            capture_output=True,
            text=True,
            timeout=120,
        )

    def built(self) -> str:
        """Build the clean page, and return its HTML."""
        done = self.build()
        assert done.returncode == 0, done.stdout + done.stderr
        return (self.root / "_build/html/book/index.html").read_text(encoding="utf-8")

    def execution(self) -> str:
        """When the cell of the clean page ran, as the built page says."""
        found = re.search(r"executed at (\d+)", self.built())
        assert found
        return found[1]


@pytest.fixture(scope="module")
def book(tmp_path_factory) -> Book:
    install = [sys.executable, str(COURSE / "book/build.py"), "--assets"]
    if subprocess.run(install, capture_output=True).returncode:
        pytest.skip("NOT TESTED: KaTeX is not installed, and cannot be fetched now")
    return Book(tmp_path_factory.mktemp("book"))


def test_a_clean_book_is_built_without_a_word(book):
    done = book.build()
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    page = (book.root / "_build/html/book/index.html").read_text(encoding="utf-8")
    assert 'class="katex"' in page
    assert "mathjax" not in page.lower()


@pytest.mark.parametrize(("markup", "message"), FAULTS.values(), ids=FAULTS)
def test_the_build_fails_at(book, markup, message):
    done = book.build(f"{CLEAN}\n{markup}\n")
    assert done.returncode == 1
    assert message in done.stdout + done.stderr


def test_a_fault_is_not_forgotten_by_the_next_build(book):
    broken = CLEAN + "\n{ref}`nowhere`\n"
    assert [book.build(broken).returncode, book.build(broken).returncode] == [1, 1]
    assert book.build().returncode == 0


def test_a_page_is_executed_again_only_when_the_code_behind_it_has_changed(book):
    first = book.execution()
    assert book.execution() == first
    (book.root / "rnnlab/changed.py").write_text("CHANGED = True\n", encoding="utf-8")
    assert book.execution() != first


def test_an_edited_style_sheet_reaches_the_built_site(book):
    book.built()
    with (book.root / "book/_static_src/house.css").open("a", encoding="utf-8") as sheet:
        sheet.write("\n.edited { color: red; }\n")
    before = book.execution()
    assert ".edited" in (book.root / "_build/html/_static/house.css").read_text(encoding="utf-8")
    assert book.execution() == before


def test_the_cache_has_another_key_for_other_code(tmp_path):
    (tmp_path / "rnnlab").mkdir()
    keys = [execution_key.key(tmp_path)]
    for name, text in (("nets.py", "f = 1"), ("nets.py", "f = 2"), ("other.py", "f = 2"), ("data.csv", "1")):
        (tmp_path / "rnnlab" / name).write_text(text, encoding="utf-8")
        keys.append(execution_key.key(tmp_path))
    assert len(set(keys)) == len(keys)
    (tmp_path / "rnnlab/nets.cpython-311.pyc").write_bytes(b"compiled")
    assert execution_key.key(tmp_path) == keys[-1]


SLOW_TO_LISTEN = """
import socket, sys, time
server = socket.socket(socket.AF_UNIX)
server.bind(sys.argv[1])
time.sleep(0.3)
server.listen()
server.accept()[0].sendall(b"here")
"""


def test_the_renderer_is_awaited_until_it_listens(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(COURSE / "book/_ext")
    import strict_katex

    def command(socket: Path) -> list[str]:
        return [sys.executable, "-c", SLOW_TO_LISTEN, str(socket)]

    monkeypatch.setattr(strict_katex.katex.KaTeXServer, "build_command", command)
    process, connection = strict_katex.start_server(tmp_path, timeout=30)
    with process, connection:
        assert connection.recv(4) == b"here"


def complaints(tmp_path: Path, **pages: str) -> list[str]:
    for name, body in pages.items():
        (tmp_path / f"{name}.html").write_text(f"<html><body>{body}</body></html>", encoding="utf-8")
    return site_check.complaints(tmp_path)


@pytest.mark.parametrize(
    "body",
    [
        '<a href="other.html#there">a page and its anchor</a>',
        '<a href="https://example.org/">a link that the reader may follow</a>',
        '<a href="mailto:a@example.org">a letter</a>',
        '<a href="#here">here</a><p id="here">',
        '<img src="data:image/png;base64,AAAA" alt="">',
        '<span class="katex">x</span>',
    ],
)
def test_the_site_check_is_silent_about(tmp_path, body):
    assert complaints(tmp_path, page=body, other='<p id="there">') == []


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ('<a href="gone.html">', "links to a file that is not there: gone.html"),
        ('<a href="other.html#gone">', "links to an anchor that is not there: other.html#gone"),
        ('<a href="#gone">', "links to an anchor that is not there: #gone"),
        ('<img src="data:,">', "image without a description (alt): data:,"),
        ('<img src="other.html" alt="a/other.html">', "image without a description (alt): other.html"),
        ('<span class="katex-error" title="Expected }">', "KaTeX error: Expected }"),
        ('<script src="https://cdn.example.org/a.js">', "loads from another host: https://cdn.example.org/a.js"),
        ('<script src="//cdn.example.org/a.js">', "loads from another host: //cdn.example.org/a.js"),
        ('<link href="https://fonts.example.org/a.css">', "loads from another host: https://fonts.example.org/a.css"),
        ('<script src="gone.js">', "links to a file that is not there: gone.js"),
    ],
)  # fmt: skip
def test_the_site_check_reports(tmp_path, body, fault):
    assert complaints(tmp_path, page=body, other='<p id="there">') == [f"page.html: {fault}"]
