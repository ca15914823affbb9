"""What a submission may use up. Every limit has a default that an honest notebook never meets."""

from __future__ import annotations

import sys
from dataclasses import dataclass

MEBIBYTE = 2**20


@dataclass(frozen=True)
class Limits:
    """Limits of one submission; the first three are wall seconds kept by the controller."""

    cell_seconds: float = 10.0
    """One cell may run this long."""
    call_seconds: float = 5.0
    """One call of a student's function may run this long."""
    session_seconds: float = 120.0
    """All cells and calls of a submission together; the time between them does not count."""
    grace_seconds: float = 0.5
    """After its limit, code is interrupted as by Ctrl-C, and killed if it has not ended this much later."""
    cpu_seconds: int = 120
    """Processor time of the whole submission, all threads added."""
    address_space_bytes: int = 2048 * MEBIBYTE
    """Address space beyond what the imported libraries hold."""
    file_bytes: int = 64 * MEBIBYTE
    """Size of one file."""
    disk_bytes: int = 256 * MEBIBYTE
    """Size of all files in the scratch folder."""
    open_files: int = 256
    """Open descriptors."""
    processes: int = 1024
    """Processes and threads of this user, as the kernel counts them; root is exempt."""
    output_bytes: int = 200_000
    """Text and images that one cell may show; the rest is cut."""
    frame_bytes: int = 16 * MEBIBYTE
    """Arguments or results of one call."""


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
