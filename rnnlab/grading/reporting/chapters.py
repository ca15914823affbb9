"""Where to read on: the book's chapters by their short names, as titles and links."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

BUILT = Path("_build/html")
TITLE = re.compile(r"^# (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Chapter:
    """A chapter's title, and its address; the address is empty where no page is known to be there."""

    title: str
    url: str = ""


class Chapters:
    """The chapters of the course's book, looked up once.

    With `book_url`, the site's address, links lead there and work anywhere. Without it they lead from `page_folder`
    to the site that was built in the course's folder, where there is one.
    """

    def __init__(self, root: Path, book_url: str = "", up: int = 0) -> None:
        self._base = f"{book_url.rstrip('/')}/" if book_url else f"{'../' * up}{BUILT.as_posix()}/"
        self._chapters = {
            path.stem: self._chapter(root, path, anywhere=bool(book_url))
            for path in sorted((root / "book").glob("*/*.md"))
        }

    def find(self, name: str) -> Chapter | None:
        """The chapter of this short name ("hidden-state"); `None` for no name."""
        return self._chapters.get(name, Chapter(name.replace("-", " "))) if name else None

    def known(self, name: str) -> Chapter | None:
        """The chapter of this short name; `None` where the course's book has none."""
        return self._chapters.get(name)

    def __repr__(self) -> str:
        return f"Chapters({self._chapters})"

    def _chapter(self, root: Path, path: Path, anywhere: bool) -> Chapter:
        heading = TITLE.search(path.read_text(encoding="utf-8"))
        page = path.relative_to(root).with_suffix(".html")
        there = anywhere or (root / BUILT / page).is_file()
        title = heading[1].strip() if heading else path.stem.replace("-", " ")
        return Chapter(title, f"{self._base}{page.as_posix()}" if there else "")
