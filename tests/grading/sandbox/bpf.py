"""An interpreter for seccomp's programs: what the kernel would answer to a system call, on any architecture."""

from __future__ import annotations

import struct
from collections.abc import Sequence

_INSTRUCTION = struct.Struct("<HBBI")
_JUMPS = {0x15: int.__eq__, 0x25: int.__gt__, 0x35: int.__ge__, 0x45: lambda a, b: bool(a & b)}


def decide(program: bytes, architecture: int, number: int, arguments: Sequence[int] = ()) -> int:
    """Return the program's answer (SECCOMP_RET_…) to the call `number` with these arguments."""
    padded = (*arguments, 0, 0, 0, 0, 0, 0)[:6]
    data = struct.pack("<iIQ6Q", number, architecture, 0, *padded)
    instructions = list(_INSTRUCTION.iter_unpack(program))
    accumulator, position, memory = 0, 0, {}
    while True:
        code, if_true, if_false, constant = instructions[position]
        position += 1
        if code == 0x20:  # load a word of the call's description
            (accumulator,) = struct.unpack_from("<I", data, constant)
        elif code == 0x54:  # and
            accumulator &= constant
        elif code == 0x02:  # store
            memory[constant] = accumulator
        elif code == 0x60:  # load what was stored
            accumulator = memory[constant]
        elif code == 0x05:  # jump
            position += constant
        elif code in _JUMPS:
            position += if_true if _JUMPS[code](accumulator, constant) else if_false
        elif code == 0x06:  # return
            return constant
        else:
            raise NotImplementedError(f"instruction {code:#x}")
