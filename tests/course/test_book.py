"""The book's build: what must make it fail does, and what it keeps from the last build is still true.

A throw-away book of one page is built with the course's own configuration, extensions and `build.py`.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

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

if False:
    from rnnlab.nets import cell
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


# What the clean page would import, and what it would not.
MODULES = {
    "__init__.py": "",
    "nets/__init__.py": "",
    "nets/cell.py": "from rnnlab.nets.deeper import DEEP",
    "nets/deeper.py": "DEEP = 1",
    "nets/other.py": "OTHER = 1",
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
        (root / "rnnlab/nets").mkdir(parents=True)
        for name, text in MODULES.items():
            (root / "rnnlab" / name).write_text(text, encoding="utf-8")
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
    (book.root / "rnnlab/nets/other.py").write_text("OTHER = 2", encoding="utf-8")
    assert book.execution() == first
    (book.root / "rnnlab/nets/deeper.py").write_text("DEEP = 2", encoding="utf-8")
    second = book.execution()
    assert second != first
    (book.root / "rnnlab/data.csv").write_text("1,2", encoding="utf-8")
    assert book.execution() not in (first, second)


MEETING = """
```{{code-cell}} python3
import time
from pathlib import Path

Path("{own}").touch()
until = time.monotonic() + 60
while not Path("{other}").exists():
    assert time.monotonic() < until, "the other page was not executed at the same time"
    time.sleep(0.01)
print("executed at", time.time_ns())
```
"""


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="NOT TESTED: one core executes one page at a time")
def test_pages_are_executed_side_by_side_and_once(book):
    names = ("one", "two")
    contents = book.root / "_toc.yml"
    before = contents.read_text(encoding="utf-8")
    for own, other in (names, names[::-1]):
        cell = MEETING.format(own=book.root / own, other=book.root / other)
        (book.root / f"book/{own}.md").write_text(HEADER + cell, encoding="utf-8")
    contents.write_text(before + "".join(f"  - file: book/{name}\n" for name in names), encoding="utf-8")
    try:
        done = book.build()
        assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
        assert "Executing pages" in done.stdout
        assert "Executing pages" not in book.build().stdout
    finally:
        contents.write_text(before, encoding="utf-8")
    for name in names:
        assert "executed at" in (book.root / f"_build/html/book/{name}.html").read_text(encoding="utf-8")


def test_a_page_over_its_budget_fails_and_is_measured_again_by_the_next_build(book):
    first = book.execution()
    file = book.root / "book/budgets.yml"
    file.write_text("default: 60\npages:\n  book/index: 0.01\n", encoding="utf-8")
    done = book.build()
    assert done.returncode == 1
    assert re.search(
        r"book/index.*took \d+\.\d s of CPU time, and its budget .* is 0\.01 s", done.stdout + done.stderr
    )
    file.write_text("default: 60\n", encoding="utf-8")
    assert book.execution() != first


def test_no_budget_may_exceed_the_hard_limit(book):
    file = book.root / "book/budgets.yml"
    file.write_text("default: 61\n", encoding="utf-8")
    done = book.build()
    file.write_text("default: 60\n", encoding="utf-8")
    assert done.returncode == 1
    assert "the budget of default is 61 s; no page may have more than 60 s" in done.stdout + done.stderr


def test_every_page_with_cells_has_a_budget_and_every_budget_a_page(course_root):
    listed = yaml.safe_load((course_root / "book/budgets.yml").read_text(encoding="utf-8"))["pages"]
    sources = {path: path.read_text(encoding="utf-8") for path in (course_root / "book").rglob("*.md")}
    executed = {
        str(path.relative_to(course_root).with_suffix(""))
        for path, text in sources.items()
        if "{code-cell}" in text or "{assignment-picture}" in text
    }
    assert set(listed) == executed


def test_an_edited_style_sheet_reaches_the_built_site(book):
    book.built()
    with (book.root / "book/_static_src/house.css").open("a", encoding="utf-8") as sheet:
        sheet.write("\n.edited { color: red; }\n")
    before = book.execution()
    assert ".edited" in (book.root / "_build/html/_static/house.css").read_text(encoding="utf-8")
    assert book.execution() == before


def test_every_page_is_written_again_when_the_table_of_contents_changes(book):
    contents = book.root / "_toc.yml"
    before = contents.read_text(encoding="utf-8")
    (book.root / "book/late.md").write_text("# A late chapter\n\nIt came last.\n", encoding="utf-8")
    executed = book.execution()
    contents.write_text(f"{before}  - file: book/late\n", encoding="utf-8")
    try:
        assert book.execution() == executed
        works = (book.root / "_build/html/book/works.html").read_text(encoding="utf-8")
    finally:
        contents.write_text(before, encoding="utf-8")
    assert "A late chapter" in works


def test_the_cache_has_another_key_for_other_data(tmp_path):
    (tmp_path / "rnnlab").mkdir()
    keys = [execution_key.key(tmp_path)]
    for name, text in (("data.csv", "1"), ("data.csv", "2"), ("other.csv", "2"), ("claims.yml", "1")):
        (tmp_path / "rnnlab" / name).write_text(text, encoding="utf-8")
        keys.append(execution_key.key(tmp_path))
    assert len(set(keys)) == len(keys)
    (tmp_path / "rnnlab/nets.py").write_text("a page's own key knows of modules", encoding="utf-8")
    assert execution_key.key(tmp_path) == keys[-1]


def test_the_packages_behind_the_numbers_are_known():
    assert {"numpy", "torch", "matplotlib"} <= execution_key.packages()
    assert "pytest" not in execution_key.packages()


@pytest.mark.parametrize(
    ("source", "files"),
    [
        ("import rnnlab.a.one", "__init__ a/__init__ a/one"),
        ("from rnnlab.a import one", "__init__ a/__init__ a/one"),
        ("from rnnlab.a.one import thing", "__init__ a/__init__ a/one"),
        ("def f():\n    from rnnlab import a", "__init__ a/__init__"),
        ("from rnnlab.a.two import thing", "__init__ a/__init__ a/one a/two"),
        ("from rnnlab.a.relative import thing", "__init__ a/__init__ a/one a/relative"),
        ("from rnnlab.b import finder", "__init__ b/__init__ b/finder b/deep/hidden"),
        ("import numpy", ""),
    ],
)
def test_what_stands_behind_a_cell(tmp_path, source, files):
    modules = {
        "__init__": "",
        "a/__init__": "",
        "a/one": "thing = 1",
        "a/two": "import rnnlab.a.one",
        "a/relative": "from .one import thing",
        "b/__init__": "",
        "b/finder": "from importlib import import_module",
        "b/deep/hidden": "",
    }
    for name, text in modules.items():
        path = tmp_path / f"rnnlab/{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    found = {
        path.relative_to(tmp_path / "rnnlab").with_suffix("").as_posix()
        for path in execution_key.behind(source, tmp_path)
    }
    assert found == set(files.split())


def test_the_code_of_a_page_is_that_of_its_cells():
    page = (
        "# A page\n\n```{code-cell} python3\n---\ntags: [hide-input]\n---\n%matplotlib inline\nimport one\n```\n\n"
        "```python\nimport shown\n```\n\n```{code-cell} python3\n:tags: [hide-input]\n\nimport two\n```\n"
    )
    assert execution_key.code(page).split() == ["import", "one", "import", "two"]


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
        ('<p id="here"><p id="here">', "two elements with the id here"),
    ],
)  # fmt: skip
def test_the_site_check_reports(tmp_path, body, fault):
    assert complaints(tmp_path, page=body, other='<p id="there">') == [f"page.html: {fault}"]


def test_a_chapter_is_linked_when_it_is_there_and_named_when_it_is_not(book):
    page = book.root / "book/part-2/bptt.md"
    page.parent.mkdir(exist_ok=True)
    page.write_text("# Through time\n\nEvery step at once.\n", encoding="utf-8")
    contents = book.root / "_toc.yml"
    before = contents.read_text(encoding="utf-8")
    text = CLEAN + "\n{chapter}`bptt`, {chapter}`derived <bptt>`, {chapter}`lstm`.\n"
    try:
        assert book.build(text).returncode == 0
        html = (book.root / "_build/html/book/index.html").read_text(encoding="utf-8")
        assert "part-2/bptt.html" not in html
        contents.write_text(f"{before}  - file: book/part-2/bptt\n", encoding="utf-8")
        assert book.build(text).returncode == 0
    finally:
        contents.write_text(before, encoding="utf-8")
    html = (book.root / "_build/html/book/index.html").read_text(encoding="utf-8")
    links = re.findall(r'href="part-2/bptt.html"><span class="doc">(.*?)</span>', html)
    assert links == ["Through time", "derived"]
    assert '<span class="chapter">LSTM</span>.' in html


def test_a_chapter_that_the_curriculum_lacks_fails(book):
    done = book.build(CLEAN + "\n{chapter}`hovercraft`\n")
    assert done.returncode == 1
    assert "no chapter 'hovercraft'" in done.stdout + done.stderr


def test_the_tables_of_faults_hold_every_row_of_the_file(monkeypatch):
    monkeypatch.syspath_prepend(COURSE / "book/_ext")
    import fault_tables

    topics = fault_tables.load(COURSE / "book/faults.csv")
    whole = fault_tables.counts(topics).astext().split("together")[1].split()
    assert int(whole[0]) == sum(map(len, topics.values())) == sum(map(int, whole[1:]))
    for topic, found in topics.items():
        opening, table, _ = fault_tables.fold(topic, found)
        assert f"{len(found)} submissions" in opening.astext()
        assert [row["tries"] for row in found if row["tries"] not in table.astext()] == []


def tiny_notebook(formula: str) -> str:
    """A released notebook: a text with a formula, a cell to write in, its check, and an answer in words."""

    def cell(kind: str, source: str, **graded) -> dict:
        return {"cell_type": kind, "metadata": {"nbgrader": graded} if graded else {}, "source": source}

    cells = [
        cell("markdown", f"# Tiny\n\nIt takes 5 minutes.\n\n## 1 · A part\n\n$${formula}$$"),
        cell("code", "secret = 6 * 7\nprint(secret)", solution=True, grade_id="part"),
        cell("code", 'check("tiny.part", part)', grade=True, grade_id="test_part", points=2),
        cell("markdown", "YOUR ANSWER HERE", solution=True, grade=True, grade_id="explain", points=3),
    ]
    return json.dumps({"cells": cells})


def test_a_released_notebook_is_shown_unexecuted_and_follows_its_file(book):
    file = book.root / "exercises/tiny/tiny.ipynb"
    file.parent.mkdir(parents=True)
    page = CLEAN + "\n## The notebook\n\n```{assignment-notebook} tiny\n```\n"
    shown = []
    for formula in ("x^2", "x^3"):
        file.write_text(tiny_notebook(formula), encoding="utf-8")
        done = book.build(page)
        assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
        shown.append((book.root / "_build/html/book/index.html").read_text(encoding="utf-8"))
    for html, formula in zip(shown, ("x^2", "x^3"), strict=True):
        notebook = html[html.index('id="the-notebook"') :]
        assert f'application/x-tex">{formula}' in notebook
        assert ">42" not in notebook
        labels = ("You write this", "The check · 2 points", "Your answer in words · 3 points")
        assert [label for label in labels if f"<p>{label}</p>" not in notebook] == []
        assert re.search(r"<h3>1 · A part", notebook)
    executed = [re.search(r"executed at (\d+)", html) for html in shown]
    assert executed[0]
    assert executed[1]
    assert executed[0][1] == executed[1][1]
