"""Read the built pages once more, as a browser would, and say what is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

# What a browser fetches by itself. A link to another site is fine: the reader follows it, the page does not.
LOADED = {
    ("script", "src"),
    ("img", "src"),
    ("link", "href"),
    ("iframe", "src"),
    ("source", "src"),
    ("video", "src"),
}


@dataclass
class Page(HTMLParser):
    """What matters of one page: its ids and names, its links, what it loads, and its faults."""

    ids: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if given.get("id") in self.ids:
            self.faults.append(f"two elements with the id {given['id']}")
        self.ids.update(filter(None, (given.get("id"),)))
        self.names.update(filter(None, (given.get("name"),)))
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])
        if tag == "img" and _undescribed(given):
            self.faults.append(f"image without a description (alt): {given.get('src')}")
        if "katex-error" in (given.get("class") or ""):
            self.faults.append(f"KaTeX error: {given.get('title')}")
        self.loaded += [given[name] for name in ("src", "href") if (tag, name) in LOADED and given.get(name)]


def _undescribed(image: dict[str, str | None]) -> bool:
    """An empty `alt` marks an ornament. Sphinx fills a missing one with the file's name, which describes nothing."""
    alt, file = image.get("alt"), PurePosixPath(urlsplit(image.get("src") or "").path).name
    return alt is None or (file != "" and alt.endswith(file))


def read(path: Path) -> Page:
    page = Page()
    page.feed(path.read_text("utf8"))
    return page


def complaints(site: Path) -> list[str]:
    """Every fault of every page below `site`, as "page: fault"."""
    pages = {path: read(path) for path in sorted(site.rglob("*.html")) if "_static" not in path.parts}
    found = []
    for path, page in pages.items():
        foreign = [address for address in page.loaded if urlsplit(address).netloc]
        faults = page.faults + [f"loads from another host: {address}" for address in foreign]
        faults += filter(None, (broken(address, path, pages) for address in page.links + page.loaded))
        found += [f"{path.relative_to(site)}: {fault}" for fault in faults]
    return found


def broken(address: str, path: Path, pages: dict[Path, Page]) -> str | None:
    """What is wrong with a local address on the page at `path`, or None."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc:
        return None
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if not target.exists():
        return f"links to a file that is not there: {address}"
    anchor = unquote(parts.fragment)
    if anchor and target in pages and anchor not in pages[target].ids | pages[target].names:
        return f"links to an anchor that is not there: {address}"
    return None
