"""Data on the wire between controller and sandbox: a JSON header and raw arrays, never pickle.

A frame is a magic word, the header's and the payload's length, the header, the payload. The header holds a tree of
None, bool, int, float, complex, str, list, tuple, dict with str keys, arrays and NumPy scalars; an array stands in
the tree as its index into the header's list of (dtype, shape, contiguous), and its bytes, little-endian and in C
order, lie in the payload at the next multiple of 16. Whatever does not match exactly is a `ProtocolError`.
"""

from __future__ import annotations

import json
import math
import struct
from dataclasses import dataclass
from typing import Any

import numpy as np

PREFIX = struct.Struct("<4sIQ")
MAGIC = b"RNL1"
MAX_HEADER_BYTES = 8_000_000
MAX_DEPTH = 40
MAX_NODES = 200_000
MAX_ARRAYS = 10_000
MAX_INTEGER_BITS = 4096
ALIGNMENT = 16
_CODES = "? i1 u1 <i2 <u2 <i4 <u4 <i8 <u8 <f2 <f4 <f8 <c8 <c16"
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
DTYPES = {np.dtype(code).str: np.dtype(code) for code in _CODES.split()}


class ProtocolError(Exception):
    """A frame is not what this protocol allows."""


class FrameTooLarge(ProtocolError):
    """A value is too large to send."""


@dataclass(frozen=True)
class Lengths:
    """How many bytes follow a frame's prefix."""

    header: int
    payload: int

    @property
    def total(self) -> int:
        return self.header + self.payload


def parse_prefix(prefix: bytes, max_payload: int) -> Lengths:
    """Return the lengths that a prefix announces, if they are within bounds."""
    magic, header, payload = PREFIX.unpack(prefix)
    if magic != MAGIC:
        raise ProtocolError(f"a frame starts with {MAGIC!r}, but {magic!r} came")
    if header > MAX_HEADER_BYTES or payload > max_payload:
        raise FrameTooLarge(f"a frame announces {header} + {payload} bytes; {max_payload} bytes are allowed")
    return Lengths(header, payload)


def encode(tree: Any, max_payload: int) -> bytes:
    """Return the frame that holds `tree`."""
    encoder = _Encoder(max_payload)
    body = encoder.node(tree, 0)
    specification = [[a.dtype.str, list(a.shape), a.flags.c_contiguous] for a in encoder.arrays]
    header = _dump({"arrays": specification, "tree": body})
    if len(header) > MAX_HEADER_BYTES:
        raise FrameTooLarge(f"the values take {len(header)} bytes; {MAX_HEADER_BYTES} bytes are allowed")
    parts = [PREFIX.pack(MAGIC, len(header), encoder.size), header]
    for array in encoder.arrays:
        parts += [array.tobytes(), b"\0" * (_aligned(array.nbytes) - array.nbytes)]
    return b"".join(parts)


def _dump(header: dict[str, Any]) -> bytes:
    return _JSON.encode(header).encode()


def decode(frame: bytes | bytearray, max_payload: int) -> Any:
    """Return the tree in a whole frame; its arrays are read-only."""
    if len(frame) < PREFIX.size:
        raise ProtocolError(f"a frame has at least {PREFIX.size} bytes, but {len(frame)} came")
    lengths = parse_prefix(bytes(frame[: PREFIX.size]), max_payload)
    if len(frame) != PREFIX.size + lengths.total:
        raise ProtocolError(
            f"the prefix announces {lengths.total} bytes, but {len(frame) - PREFIX.size} came"
        )
    start = PREFIX.size + lengths.header
    header = _parse_header(bytes(frame[PREFIX.size : start]))
    payload = memoryview(bytes(frame[start:]))
    return _Decoder(_read_arrays(header["arrays"], payload)).node(header["tree"], 0)


def _parse_header(raw: bytes) -> dict[str, Any]:
    try:
        header = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise ProtocolError(f"the header is not JSON: {type(error).__name__}") from None
    if not isinstance(header, dict) or set(header) != {"arrays", "tree"}:
        raise ProtocolError('the header is an object with the keys "arrays" and "tree"')
    if not isinstance(header["arrays"], list) or len(header["arrays"]) > MAX_ARRAYS:
        raise ProtocolError(f'"arrays" is a list of at most {MAX_ARRAYS} arrays')
    return header


def _read_arrays(specification: list[Any], payload: memoryview) -> list[np.ndarray]:
    arrays, offset = [], 0
    for entry in specification:
        dtype, shape, contiguous = _parse_entry(entry)
        size = math.prod(shape) * dtype.itemsize
        if size > len(payload) - offset:
            raise ProtocolError(
                f"an array of shape {shape} needs {size} bytes, {len(payload) - offset} are left"
            )
        array = _view(payload[offset : offset + size], dtype, shape)
        # Making an array of no elements can still fail, for its shape.
        arrays.append(array if contiguous or not size else _strided(array))
        offset += _aligned(size)
    if offset != len(payload):
        raise ProtocolError(f"the arrays take {offset} bytes, but {len(payload)} came")
    return arrays


def _parse_entry(entry: Any) -> tuple[np.dtype, tuple[int, ...], bool]:
    if type(entry) is list and [type(part) for part in entry] == [str, list, bool]:
        code, shape, contiguous = entry
        if code in DTYPES and len(shape) <= 32 and all(type(n) is int and 0 <= n < 2**40 for n in shape):
            return DTYPES[code], tuple(shape), contiguous
    raise ProtocolError("an array is announced as [dtype, shape, contiguous], numeric and with sizes from 0")


def _view(raw: memoryview, dtype: np.dtype, shape: tuple[int, ...]) -> np.ndarray:
    if dtype.kind == "b" and np.frombuffer(raw, np.uint8).max(initial=0) > 1:
        raise ProtocolError("a truth value is a byte of 0 or 1")
    try:
        return np.frombuffer(raw, dtype=dtype).reshape(shape)
    except ValueError as error:
        raise ProtocolError(f"no array has the shape {shape}: {error}") from None


def _strided(array: np.ndarray) -> np.ndarray:
    """Return a read-only copy that is not contiguous, as the sender's was not: some mistakes show only then."""
    if array.ndim == 0:
        return array
    room = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), dtype=array.dtype)
    room[..., ::2] = array
    room.flags.writeable = False
    return room[..., ::2]


def _aligned(size: int) -> int:
    return -(-size // ALIGNMENT) * ALIGNMENT


class _Counter:
    def __init__(self) -> None:
        self.nodes = 0

    def count(self, depth: int) -> None:
        self.nodes += 1
        if depth > MAX_DEPTH or self.nodes > MAX_NODES:
            raise ProtocolError(f"a tree is at most {MAX_DEPTH} deep and has at most {MAX_NODES} values")


class _Encoder(_Counter):
    def __init__(self, max_payload: int) -> None:
        super().__init__()
        self.max_payload = max_payload
        self.arrays: list[np.ndarray] = []
        self.size = 0

    def node(self, value: Any, depth: int) -> Any:
        self.count(depth)
        kind = type(value)
        if value is None or kind in (bool, float):
            return value
        if kind is int:
            return _checked_integer(value)
        if kind is str:
            return _checked_text(value)
        if kind is complex:
            return {"complex": [value.real, value.imag]}
        if kind is np.ndarray:
            return {"array": self.array(value)}
        if isinstance(value, np.generic):
            return {"scalar": self.array(np.asarray(value))}
        return self.container(value, depth)

    def container(self, value: Any, depth: int) -> Any:
        if isinstance(value, tuple):
            return {"tuple": [self.node(item, depth + 1) for item in value]}
        if type(value) is list:
            return [self.node(item, depth + 1) for item in value]
        if type(value) is dict and all(type(key) is str for key in value):
            return {"dict": {_checked_text(key): self.node(item, depth + 1) for key, item in value.items()}}
        raise ProtocolError(
            f"a frame holds numbers, text, arrays, lists, tuples and dicts, not {type(value).__name__}"
        )

    def array(self, array: np.ndarray) -> int:
        array = array.astype(array.dtype.newbyteorder("<"), copy=False)
        if array.dtype.str not in DTYPES:
            raise ProtocolError(f"a frame holds numeric arrays, not arrays of {array.dtype}")
        self.size += _aligned(array.nbytes)
        if self.size > self.max_payload or len(self.arrays) >= MAX_ARRAYS:
            raise FrameTooLarge(
                f"the arrays take more than {self.max_payload} bytes or are more than {MAX_ARRAYS}"
            )
        self.arrays.append(array)
        return len(self.arrays) - 1


class _Decoder(_Counter):
    def __init__(self, arrays: list[np.ndarray]) -> None:
        super().__init__()
        self.arrays = arrays

    def node(self, value: Any, depth: int) -> Any:
        self.count(depth)
        kind = type(value)  # JSON makes no others than these
        if kind is dict:
            return self.tagged(value, depth)
        if kind is list:
            return [self.node(item, depth + 1) for item in value]
        if kind is str:
            return _checked_text(value)
        return _checked_integer(value) if kind is int else value

    def tagged(self, value: dict[str, Any], depth: int) -> Any:
        tag, content = _only_item(value)
        kind = type(content)
        if tag == "array" and kind is int:
            return self.array(content)
        if tag == "tuple" and kind is list:
            return tuple([self.node(item, depth + 1) for item in content])
        if tag == "dict" and kind is dict:
            return {_checked_text(key): self.node(item, depth + 1) for key, item in content.items()}
        if tag == "scalar" and kind is int and self.array(content).ndim == 0:
            return self.array(content)[()]
        if tag == "complex" and kind is list and [type(part) for part in content] == [float, float]:
            return complex(*content)
        raise ProtocolError("an object in the tree has one known tag")

    def array(self, index: int) -> np.ndarray:
        if not 0 <= index < len(self.arrays):
            raise ProtocolError(f"array {index} is not among the {len(self.arrays)} announced")
        return self.arrays[index]


def _only_item(value: dict[str, Any]) -> tuple[str, Any]:
    """The one key of an object with its value; an empty key where there are more, or none."""
    return next(iter(value.items())) if len(value) == 1 else ("", None)


def _checked_integer(value: int) -> int:
    if value.bit_length() > MAX_INTEGER_BITS:
        raise ProtocolError(f"an integer has at most {MAX_INTEGER_BITS} bits")
    return value


def _checked_text(text: str) -> str:
    """Return `text` if files and databases can store it, which half a surrogate pair they cannot."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ProtocolError("text is valid Unicode, without half surrogate pairs") from None
    return text
