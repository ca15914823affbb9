"""What a submission may use up. Every limit has a default that an honest notebook never meets.

This is the one home of the limits' defaults, units and explanations: `limit_options` reads them for the command line.
"""

from __future__ import annotations

import enum
import math
import sys
from dataclasses import dataclass, field, fields
from typing import Any

MEBIBYTE = 2**20


class Unit(enum.Enum):
    """What a limit counts."""

    SECONDS = "seconds"
    BYTES = "bytes"
    COUNT = "count"


def _limit(default: Any, unit: Unit, explanation: str) -> Any:
    return field(default=default, metadata={"unit": unit, "explanation": explanation})


@dataclass(frozen=True)
class Limits:
    """Limits of one submission. The first three are wall time, kept by the controller; all are above zero."""

    cell_seconds: float = _limit(10.0, Unit.SECONDS, "One cell may run this long.")
    call_seconds: float = _limit(5.0, Unit.SECONDS, "One call of a student's function may run this long.")
    session_seconds: float = _limit(
        120.0,
        Unit.SECONDS,
        "All cells and calls of a submission together; the time between them does not count.",
    )
    grace_seconds: float = _limit(
        0.5,
        Unit.SECONDS,
        "After its limit, code is interrupted as by Ctrl+C, and killed if it has not ended this much later.",
    )
    cpu_seconds: int = _limit(
        120, Unit.SECONDS, "Processor time of the whole submission, all its threads added."
    )
    address_space_bytes: int = _limit(
        2048 * MEBIBYTE, Unit.BYTES, "Memory (address space) beyond what the imported libraries hold."
    )
    file_bytes: int = _limit(64 * MEBIBYTE, Unit.BYTES, "Size of one file.")
    disk_bytes: int = _limit(256 * MEBIBYTE, Unit.BYTES, "Size of all files in the submission's own folder.")
    open_files: int = _limit(256, Unit.COUNT, "Files that are open at once.")
    processes: int = _limit(
        1024, Unit.COUNT, "Processes and threads of this user, as the kernel counts them; root is exempt."
    )
    output_bytes: int = _limit(
        200_000, Unit.BYTES, "Text and images that one cell may show; the rest is cut."
    )
    frame_bytes: int = _limit(16 * MEBIBYTE, Unit.BYTES, "Arguments, or results, of one call.")

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            whole = each.type == "int"
            if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
                kind = "a whole number" if whole else "a number"
                raise ValueError(f"the limit {each.name} is {kind}, but got {value!r}")
            if not (math.isfinite(value) and value > 0):
                raise ValueError(f"the limit {each.name} is above zero, but got {value!r}")


def apply_resource_limits(limits: Limits, held_bytes: int) -> None:
    """Set this process's own limits for good; `held_bytes` is the address space that it already uses."""
    import resource

    wanted = {
        "RLIMIT_CPU": (limits.cpu_seconds, limits.cpu_seconds + 1),
        "RLIMIT_FSIZE": limits.file_bytes,
        "RLIMIT_NOFILE": limits.open_files,
        "RLIMIT_NPROC": limits.processes,
        "RLIMIT_CORE": 0,
    }
    if sys.platform == "linux":  # macOS refuses to limit the address space.
        wanted["RLIMIT_AS"] = held_bytes + limits.address_space_bytes
    for name, value in wanted.items():
        soft, hard = value if isinstance(value, tuple) else (value, value)
        _lower(getattr(resource, name), soft, hard)


def _lower(kind: int, soft: int, hard: int) -> None:
    import resource

    _, ceiling = resource.getrlimit(kind)
    if ceiling != resource.RLIM_INFINITY:
        soft, hard = min(soft, ceiling), min(hard, ceiling)
    resource.setrlimit(kind, (soft, hard))


def held_address_space() -> int:
    """Return the bytes of address space that this process uses, 0 where the system does not tell."""
    if sys.platform != "linux":
        return 0
    import resource

    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[0]) * resource.getpagesize()
