"""What a browser would run or fetch of a piece of HTML that a student had a part in."""

from __future__ import annotations

from html.parser import HTMLParser

_ACTIVE = {
    "script",
    "style",
    "iframe",
    "frame",
    "object",
    "embed",
    "form",
    "input",
    "button",
    "textarea",
    "base",
    "meta",
    "link",
    "svg",
    "math",
    "template",
    "title",
    "body",
    "html",
}
_ADDRESSES = {"href", "src", "action", "formaction", "data", "poster", "srcset", "background", "xlink:href"}
_HARMLESS = ("http://", "https://", "mailto:", "#", "data:image/png;", "data:image/jpeg;", "data:image/gif;")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _ACTIVE:
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            address = "".join((value or "").split()).lower()
            if name.startswith("on") or (name in _ADDRESSES and not address.startswith(_HARMLESS)):
                self.found.append(f"{tag} {name}={value}")

    def handle_comment(self, data: str) -> None:
        self.found.append(f"<!--{data}")


def live_markup(html: str) -> list[str]:
    """Every tag, attribute and comment that is not plain text with plain marks."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.found
