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


def prctl(option: int, *arguments: int | ctypes.c_void_p) -> int:
    """Call prctl(2); raise OSError where the kernel refuses."""
    padded = [ctypes.c_ulong(a) if isinstance(a, int) else a for a in arguments]
    padded += [ctypes.c_ulong(0)] * (4 - len(padded))
    return _checked(_libc.prctl(option, *padded))


def syscall(number: int, *arguments: int | ctypes.c_void_p) -> int:
    """Make the system call `number`; raise OSError where the kernel refuses."""
    return _checked(_libc.syscall(ctypes.c_long(number), *arguments))


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
