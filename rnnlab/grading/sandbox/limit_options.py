"""Limits as an instructor writes them: `cell_seconds=20`, `address_space_bytes=4GiB`."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import Field, dataclass, fields
from difflib import get_close_matches

from .limits import Limits, Unit

_QUANTITY = re.compile(r"(?P<number>\d+(?:\.\d*)?|\.\d+)\s*(?P<unit>[A-Za-z]*)")
_FACTORS = {
    Unit.SECONDS: {"": 1, "s": 1, "min": 60, "h": 3600},
    Unit.BYTES: {"": 1, "b": 1}
    | {prefix + ending: 1024**power for power, prefix in enumerate("kmg", 1) for ending in ("", "b", "ib")},
    Unit.COUNT: {"": 1},
}
_EXAMPLES = {Unit.SECONDS: "20, 20s or 3min", Unit.BYTES: "4096, 64MiB or 2GiB", Unit.COUNT: "256"}


class LimitError(ValueError):
    """A limit was written in a way that means nothing; the message says what was expected."""


@dataclass(frozen=True)
class LimitHelp:
    """One limit for a help text: its name on the command line, its default with its unit, and what it limits."""

    name: str
    default: str
    explanation: str


def limit_table() -> tuple[LimitHelp, ...]:
    """Return the help of each limit, in the order in which they matter."""
    defaults = Limits()
    return tuple(
        LimitHelp(
            each.name,
            _written(getattr(defaults, each.name), each.metadata["unit"]),
            each.metadata["explanation"],
        )
        for each in fields(Limits)
    )


def parse_limits(texts: Iterable[str]) -> dict[str, int | float]:
    """Return the limits in `texts` by their names; each is `name=value`, and a name may be written with hyphens.

    Raises `LimitError` for an unknown name, a value that is no quantity, and a limit that is given twice.

    >>> parse_limits(["cell_seconds=3min", "disk-bytes=1GiB"])
    {'cell_seconds': 180.0, 'disk_bytes': 1073741824}
    """
    known = {each.name: each for each in fields(Limits)}
    values: dict[str, int | float] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        name = name.strip().replace("-", "_")
        if not equals:
            raise LimitError(f"A limit is written name=value, such as cell_seconds=20, but got {text!r}.")
        if name not in known:
            raise LimitError(_unknown(name, tuple(known)))
        if name in values:
            raise LimitError(f"The limit {name} is given twice; give it once.")
        values[name] = _quantity(value.strip(), known[name])
    return values


def _unknown(name: str, known: tuple[str, ...]) -> str:
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    advice = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(known)}."
    return f"There is no limit named {name!r}. {advice}"


def _quantity(text: str, field: Field) -> int | float:
    name, unit = field.name, field.metadata["unit"]
    factors = _FACTORS[unit]
    match = _QUANTITY.fullmatch(text)
    factor = factors.get(match["unit"].lower()) if match else None
    if match is None or factor is None:
        raise LimitError(f"The limit {name} is written like {_EXAMPLES[unit]}, but got {text!r}.")
    value = float(match["number"]) * factor
    if value <= 0 or not math.isfinite(value):
        raise LimitError(f"The limit {name} is above zero, but got {text!r}.")
    if field.type != "int":
        return value
    if not value.is_integer():
        raise LimitError(f"The limit {name} is a whole number of {_counted(unit)}, but got {text!r}.")
    return int(value)


def _counted(unit: Unit) -> str:
    return "things" if unit is Unit.COUNT else unit.value


def _written(value: int | float, unit: Unit) -> str:
    if unit is Unit.SECONDS:
        return f"{value:g} s"
    if unit is Unit.COUNT:
        return f"{value}"
    for power, name in ((3, "GiB"), (2, "MiB"), (1, "KiB")):
        if value % 1024**power == 0:
            return f"{value // 1024**power} {name}"
    return f"{value} bytes"
