"""Landlock: a process gives up, for good, the files and network that it does not need. No privilege is asked for.

Written here because it is three system calls whose numbers are the same on every architecture, and because the
rules must follow the kernel's version: what an older kernel cannot refuse, `seccomp` refuses.
Source: https://docs.kernel.org/userspace-api/landlock.html
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from .linux import syscall

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_FLAG = 1
_PATH_BENEATH = 1

WRITE_FILE, READ_FILE, READ_DIR = 1 << 1, 1 << 2, 1 << 3
REMOVE_DIR, REMOVE_FILE = 1 << 4, 1 << 5
MAKE_DIR, MAKE_REG = 1 << 7, 1 << 8
REFER, TRUNCATE = 1 << 13, 1 << 14

READ = READ_FILE | READ_DIR
READ_WRITE = READ | WRITE_FILE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | REFER | TRUNCATE
_RIGHTS_OF_A_FILE = WRITE_FILE | READ_FILE | TRUNCATE

_FILE_RIGHTS_BY_ABI = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
_TCP_BIND_AND_CONNECT = 0b11
_ABSTRACT_SOCKETS_AND_SIGNALS = 0b11


class _RulesetAttributes(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _PathRule(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("rights", ctypes.c_uint64), ("descriptor", ctypes.c_int32))


def abi() -> int:
    """Return the kernel's Landlock version, 0 where it has none."""
    if sys.platform != "linux":
        return 0
    try:
        return syscall(_CREATE_RULESET, None, 0, _VERSION_FLAG)
    except OSError:
        return 0


def restrict(readable: Iterable[Path], writable: Iterable[Path], listable: Iterable[Path] = ()) -> None:
    """Confine this thread and its descendants to these files and folders; needs NO_NEW_PRIVS.

    Of what is in a `listable` folder, at any depth, the names can be listed and no more.
    """
    version = abi()
    handled = (1 << _FILE_RIGHTS_BY_ABI[min(version, 5)]) - 1
    ruleset = _create_ruleset(version, handled)
    try:
        for rights, paths in ((READ, readable), (READ_WRITE, writable), (READ_DIR, listable)):
            for path in paths:
                with suppress(FileNotFoundError):
                    _allow(ruleset, path, rights & handled)
        syscall(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _create_ruleset(version: int, handled: int) -> int:
    attributes = _RulesetAttributes(files=handled, network=_TCP_BIND_AND_CONNECT)
    attributes.scoped = _ABSTRACT_SOCKETS_AND_SIGNALS
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    try:
        return syscall(_CREATE_RULESET, ctypes.addressof(attributes), size, 0)
    except OSError:
        # Some distributions' kernels say 6 without knowing scopes; seccomp refuses signals and sockets anyway.
        if version < 6:
            raise
        return _create_ruleset(4, handled)


def _allow(ruleset: int, path: Path, rights: int) -> None:
    descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        if not path.is_dir():
            rights &= _RIGHTS_OF_A_FILE
        rule = _PathRule(rights=rights, descriptor=descriptor)
        syscall(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.addressof(rule), 0)
    finally:
        os.close(descriptor)
