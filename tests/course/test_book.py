"""The build of the site fails on whatever would reach a reader broken, with the settings of the real book."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHAPTER = """---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---

(start)=
# A chapter

{text}

```{{code-cell}} python3
{code}
```
"""


@pytest.fixture(scope="module")
def book(course_root, tmp_path_factory) -> Path:
    """A book of one page with the real configuration, extensions and templates."""
    install = [sys.executable, str(course_root / "book" / "build.py"), "--assets"]
    if subprocess.run(install, capture_output=True).returncode:
        pytest.skip("NOT TESTED: KaTeX is not installed, and cannot be fetched now")
    root = tmp_path_factory.mktemp("book")
    shutil.copytree(course_root / "book", root / "book", ignore=shutil.ignore_patterns("*.md", "__pycache__"))
    (root / "rnnlab").mkdir()
    (root / ".cache").mkdir()
    (root / ".cache" / "book-assets").symlink_to(course_root / ".cache" / "book-assets")
    shutil.copy(course_root / "_config.yml", root)
    (root / "_toc.yml").write_text("format: jb-book\nroot: book/index\n")
    return root


@pytest.fixture
def build(book):
    """Build the page with this text and this code: the status and all that was said."""

    def run(text: str = "See [the start](start), $x_t$.", code: str = "1 + 1") -> tuple[int, str]:
        (book / "book" / "index.md").write_text(CHAPTER.format(text=text, code=code))
        command = [sys.executable, str(book / "book" / "build.py")]
        done = subprocess.run(command, cwd=book, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    return run


def test_a_sound_page_builds_with_its_mathematics_rendered(build, book):
    status, said = build()
    assert status == 0, said
    page = (book / "_build" / "html" / "book" / "index.html").read_text("utf8")
    assert 'class="katex"' in page
    assert "mathjax" not in page.lower()


def test_a_formula_that_katex_cannot_read_fails_the_build_again_and_again(build):
    for _ in range(2):
        status, said = build(text=r"The state $\frac{h_t$.")
        assert status != 0
        assert "KaTeX cannot read this formula" in said


def test_a_broken_reference_fails_the_build(build):
    status, said = build(text="See {ref}`nowhere` for more.")
    assert status != 0
    assert "nowhere" in said


def test_a_failing_cell_fails_the_build(build):
    status, said = build(code='raise RuntimeError("the cell broke")')
    assert status != 0
    assert "the cell broke" in said


@pytest.mark.parametrize(
    ("markup", "complaint"),
    [
        ('<img src="https://images.invalid/x.png" alt="x">', "loads from another host"),
        ('<img src="../_static/logo.svg">', "without a description"),
        ('<a href="#nothing-here">x</a>', "anchor that is not there"),
        ('<a href="nothing.html">x</a>', "file that is not there"),
    ],
)
def test_the_built_pages_are_checked_once_more(course_root, tmp_path, monkeypatch, markup, complaint):
    monkeypatch.syspath_prepend(course_root / "book" / "_ext")
    import site_check

    (tmp_path / "_static").mkdir()
    (tmp_path / "_static" / "logo.svg").write_text("<svg/>")
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "index.html").write_text(f"<html><body>{markup}</body></html>")
    assert [complaint in line for line in site_check.complaints(tmp_path)] == [True]
