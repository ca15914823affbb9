"""What the diagnosis says about one answer: a record that prints well, and that JSON can carry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from rnnlab.check import card


@dataclass(frozen=True, repr=False)
class Verdict:
    """Passed or not, and why, in words.

    `stage` says which rung of the diagnosis spoke: "passed", "recorded", "unwritten", "contract", "form",
    "effects", "mistake", "mistakes" (a pair), "relation", "difference", "question" or "measured". `mistakes`
    are the names of the mistakes found. `where`, `idea` and `fix` are the hints of level 1, 2 and 3; any may be
    empty. `probe` says on which input it was seen. `earned` are the points of a score that is good enough for some
    of them; `None` stands for all points where it passed, and for none where it did not. `signature` is equal for
    wrong answers that are alike and that no mistake explains.
    """

    exercise: str
    passed: bool
    stage: str
    headline: str
    mistakes: tuple[str, ...] = ()
    where: str = ""
    idea: str = ""
    fix: str = ""
    chapter: str = ""
    probe: str = ""
    picture: str = ""
    line_number: int | None = None
    line: str | None = None
    earned: float | None = None
    signature: str = ""

    @property
    def label(self) -> str:
        """A few words for tables: the named mistakes, or the rung that spoke."""
        return " + ".join(self.mistakes) or self.stage

    def as_text(self, level: int = 1) -> str:
        """The verdict as plain text, with hints up to `level`."""
        return card.as_text(self, level)

    def as_html(self, level: int = 1) -> str:
        """The verdict as a self-contained, escaped piece of HTML, with hints up to `level`."""
        return card.as_html(self, level)

    def to_dict(self) -> dict[str, Any]:
        """Everything, as JSON can carry it."""
        return asdict(self) | {"mistakes": list(self.mistakes)}

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Verdict:
        """The verdict that `to_dict` wrote down; keys that it does not know are left out."""
        known = {field.name for field in fields(cls)}
        kept: dict[str, Any] = {key: value for key, value in record.items() if key in known}
        kept["mistakes"] = tuple(record.get("mistakes", ()))
        return cls(**kept)

    def __repr__(self) -> str:
        return self.as_text()

    def _repr_html_(self) -> str:
        return self.as_html()
