"""The few calls of the Linux kernel that Python's standard library does not offer, through ctypes."""

from __future__ import annotations

import ctypes
import os

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_GET_SECCOMP = 21
PR_SET_SECCOMP = 22
PR_SET_NO_NEW_PRIVS = 38
_CAPABILITY_VERSION_3 = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long


def prctl(option: int, *arguments: int) -> int:
    """Call prctl(2); raise OSError where the kernel refuses."""
    padded = (*arguments, 0, 0, 0, 0)[:4]
    return _checked(_libc.prctl(option, *map(ctypes.c_ulong, padded)))


def syscall(number: int, *arguments: int | None) -> int:
    """Make the system call `number` with integers and addresses; raise OSError where the kernel refuses."""
    return _checked(
        _libc.syscall(ctypes.c_long(number), *(ctypes.c_long(argument or 0) for argument in arguments))
    )


def drop_capabilities() -> None:
    """Give up what root may do beyond an ordinary user: mounts, clocks, other users' files and processes."""
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    none = (ctypes.c_uint32 * 6)()
    _checked(_libc.capset(header, none))


def _checked(result: int) -> int:
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
