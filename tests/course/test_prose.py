"""The check of the prose finds what it is for, and nothing in code, formulas or quotations."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

COURSE = Path(__file__).parents[2]
sys.path.insert(0, str(COURSE / "book" / "scripts"))

import prose  # noqa: E402  (a script of the book)


@pytest.mark.parametrize(
    ("text", "line", "fault"),
    [
        ("One line.\nYou simply add them.", 2, "simply"),
        ("Obviously, it grows.", 1, "Obviously"),
        ("It is just a sum.", 1, "just"),
        ("Attention revolutionized the field.", 1, "revolutionized"),
        ("The initialisation is random.", 1, "initialisation"),
        ("It grows with the\nthe length.", 1, "the the"),
        ("One — two — three.", 1, "— two —"),
        ("# Just a title", 1, "Just"),
        (":::{admonition} Predict\n:class: predict\nJust guess.\n:::", 3, "Just"),
        ("```{glossary}\nsum\n  Just what it says.\n```", 3, "Just"),
        (
            "```{code-cell} python3\n---\nmystnb:\n  figure:\n    caption: |\n      Just look.\n---\nx = 1\n```",
            6,
            "Just",
        ),
        ("It is `code`\n\njust so.", 3, "just"),
    ],
)
def test_the_check_finds(text, line, fault):
    [(found_line, message)] = prose.complaints(text)
    assert found_line == line
    assert message.startswith(f"'{fault}'")


@pytest.mark.parametrize(
    "text",
    [
        "A plain sentence, and justice for all.",
        "---\ntitle: just a header\n---\n\nText.",
        "```{code-cell} python3\njust = 1  # simply\n```",
        "```python\njust = 1\n```\n\nText.\n\n```\nsimply\n```",
        "Call `just()` and ``simply``.",
        "The sum $a just b$ and\n\n$$\nobviously\n$$\n",
        "[a link](https://example.org/just-so)",
        'One article says "it is just a sum".',
        "They had had that that day.",
        "One — two.\n\nThree — four.",
        "The `x` `x` values, and $h$ $h$.",
        "See {ref}`just <here>`.",
    ],
)
def test_the_check_is_silent_about(text):
    assert list(prose.complaints(text)) == []


def test_the_script_names_the_place_and_fails(tmp_path, capsys):
    page = tmp_path / "page.md"
    page.write_text("Fine.\n\nIt is just fine.\n", encoding="utf-8")
    assert prose.main([str(page)]) == 1
    assert f"{page}:3: 'just'" in capsys.readouterr().out
    page.write_text("Fine.\n", encoding="utf-8")
    assert prose.main([str(page)]) == 0


def test_all_pages_pass():
    pages = prose.pages()
    assert COURSE / "book/index.md" in pages
    assert COURSE / "README.md" in pages
    faults = [
        f"{path.relative_to(COURSE)}:{line}: {fault}"
        for path in pages
        for line, fault in prose.complaints(path.read_text(encoding="utf-8"))
    ]
    assert faults == []


def test_the_spelling_is_american(tmp_path):
    codespell = shutil.which("codespell", path=str(Path(sys.executable).parent))
    assert codespell, "codespell is missing: make environment"
    for name, text, status in (
        ("british.md", "The colour of a neighbour.", 65),
        ("american.md", "The color.", 0),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
        command = [codespell, "--toml", str(COURSE / "pyproject.toml"), str(tmp_path / name)]
        assert subprocess.run(command, capture_output=True, cwd=tmp_path).returncode == status
