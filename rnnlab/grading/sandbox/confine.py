"""The steps by which the zygote and its children give up everything that a student's code must not have.

The zygote gives up, once and for all its children, what nobody needs: that list is long where a secret lies among
libraries. A child gives up the other submissions' folders too, and all system calls but those of honest code.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from .isolation import Isolation
from .limits import Limits, apply_resource_limits
from .readable import DEVICES, Readable

JOB_DESCRIPTOR = 3


@dataclass(frozen=True)
class Confinement:
    """What the zygote prepared once for all its children."""

    isolation: Isolation
    limits: Limits
    zygote: int
    held_bytes: int
    libraries: tuple[Path, ...] = ()
    filter_program: bytes = b""


def confine(confinement: Confinement, job: int, scratch: Path) -> None:
    """Make this process fit to run a student's code; whatever fails raises, and then no code may run."""
    _die_with(confinement.zygote)
    os.setsid()
    _keep_only(job)
    _settle_in(scratch)
    apply_resource_limits(confinement.limits, confinement.held_bytes)
    if confinement.isolation.locks:
        _lock(confinement, scratch)


def _die_with(zygote: int) -> None:
    if sys.platform != "linux":
        return
    from . import linux

    linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != zygote:
        os._exit(1)


def _keep_only(job: int) -> None:
    """Leave the job's socket as descriptor 3 and nothing at 0, 1 and 2."""
    if job != JOB_DESCRIPTOR:
        os.dup2(job, JOB_DESCRIPTOR)
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    os.closerange(JOB_DESCRIPTOR + 1, os.sysconf("SC_OPEN_MAX"))


def _settle_in(scratch: Path) -> None:
    os.chdir(scratch)
    tempfile.tempdir = str(scratch)
    os.environ.update(
        dict.fromkeys(("HOME", "TMPDIR", "MPLCONFIGDIR", "IPYTHONDIR", "XDG_CACHE_HOME"), str(scratch))
    )


def _lock(confinement: Confinement, scratch: Path) -> None:
    from . import landlock, seccomp

    landlock.restrict(readable=confinement.libraries, writable=(scratch, *DEVICES))
    seccomp.load(confinement.filter_program)


def confine_zygote(confinement: Confinement, readable: Readable, home: Path) -> None:
    """Leave this process and its descendants nothing but these files, and `home` to write to; no privilege."""
    # Imported while their files can be read, for the children need them too.
    from . import landlock, linux, seccomp

    seccomp.require_program(confinement.filter_program)
    linux.drop_capabilities()
    linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
    landlock.restrict(readable.contents, writable=(home, *DEVICES), listable=readable.names)
