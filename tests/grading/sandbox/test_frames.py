"""Frames carry data exactly, and whatever is not data exactly as announced is a ProtocolError."""

from __future__ import annotations

import json
import math
import pickle
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from rnnlab.grading.sandbox import frames

CAP = 2**20
scalar_dtypes = st.sampled_from(sorted(frames.DTYPES))
texts = st.text(st.characters(exclude_categories=["Cs"]))
leaves = (
    st.none()
    | st.booleans()
    | st.integers(-(2**200), 2**200)
    | st.floats()
    | st.complex_numbers()
    | texts
    | hnp.arrays(scalar_dtypes, hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4))
)
trees = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(texts, inner, max_size=4)
    ),
    max_leaves=12,
)


def same(a, b) -> bool:
    if type(a) is not type(b):
        return False
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, np.ndarray | np.generic):
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    return repr(a) == repr(b)


def frame(header: object, payload: bytes = b"") -> bytes:
    raw = header if isinstance(header, bytes) else json.dumps(header).encode()
    return frames.PREFIX.pack(frames.MAGIC, len(raw), len(payload)) + raw + payload


@given(trees)
def test_what_is_sent_arrives(tree):
    assert same(frames.decode(frames.encode(tree, CAP), CAP), tree)


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_refused(raw):
    with pytest.raises(frames.ProtocolError):
        frames.decode(raw, CAP)


@given(trees, st.data())
def test_a_damaged_frame_is_read_or_refused_but_never_breaks_the_reader(tree, data):
    damaged = bytearray(frames.encode(tree, CAP))
    position = data.draw(st.integers(0, len(damaged) - 1))
    damaged[position] = data.draw(st.integers(0, 255))
    with suppress(frames.ProtocolError):
        frames.decode(damaged, CAP)


@given(trees, st.integers(min_value=1, max_value=50))
def test_a_shortened_frame_is_refused(tree, missing):
    with pytest.raises(frames.ProtocolError):
        frames.decode(frames.encode(tree, CAP)[:-missing], CAP)


@pytest.mark.parametrize(
    "header",
    [
        b"\xff",
        b"",
        b"[" * 100_000,
        b"1" * 5000,
        [],
        {"tree": None},
        {"tree": None, "arrays": [], "more": 1},
        {"tree": None, "arrays": {}},
        {"tree": None, "arrays": [["<f8", [1], True]] * 20_000},
        {"tree": {"array": 0}, "arrays": []},
        {"tree": {"array": -1}, "arrays": [["<f8", [0], True]]},
        {"tree": {"scalar": 0}, "arrays": [["<f8", [0], True]]},
        {"tree": {"array": 0, "tuple": []}, "arrays": [["<f8", [0], True]]},
        {"tree": {"unknown": 1}, "arrays": []},
        {"tree": {}, "arrays": []},
        {"tree": {"complex": ["1", "2"]}, "arrays": []},
        {"tree": "\ud800", "arrays": []},
        {"tree": 10**4000, "arrays": []},
        {"tree": [None] * 300_000, "arrays": []},
        {"tree": json.loads("[" * 60 + "]" * 60), "arrays": []},
    ],
    ids=range(20),
)
def test_a_forged_header_is_refused(header):
    with pytest.raises(frames.ProtocolError):
        frames.decode(frame(header), CAP)


@pytest.mark.parametrize(
    "dtype", ["|O", "O", "<U4", "|S4", "|V8", "<M8[s]", "f8,f8", ">f8", "<f16", "", "float64", 7, None]
)
def test_only_plain_little_endian_numbers_are_read(dtype):
    with pytest.raises(frames.ProtocolError):
        frames.decode(frame({"tree": {"array": 0}, "arrays": [[dtype, [1], True]]}, b"\0" * 16), CAP)


@pytest.mark.parametrize(
    "shape",
    [[2**39, 2**39], [-1], [1.0], [True], ["1"], [10**30], [3], [1] * 40, [0, 2**39, 2**39], "1", None],
)
def test_a_shape_that_lies_is_refused(shape):
    with pytest.raises(frames.ProtocolError):
        frames.decode(frame({"tree": {"array": 0}, "arrays": [["<f8", shape, True]]}, b"\0" * 16), CAP)


@pytest.mark.parametrize("contiguous", [True, False])
def test_an_empty_array_of_a_huge_shape_does_not_break_the_reader(contiguous):
    shape = [0, 2**31, 2**31]
    received = frames.decode(frame({"tree": {"array": 0}, "arrays": [["|i1", shape, contiguous]]}), CAP)
    assert received.size == 0


def test_bytes_that_no_array_claims_are_refused():
    with pytest.raises(frames.ProtocolError, match="but 32 came"):
        frames.decode(frame({"tree": None, "arrays": [["<f8", [1], True]]}, b"\0" * 32), CAP)


def test_a_truth_value_of_two_is_refused():
    with pytest.raises(frames.ProtocolError, match="0 or 1"):
        frames.decode(frame({"tree": None, "arrays": [["|b1", [1], True]]}, b"\2" + b"\0" * 15), CAP)


def test_a_pickle_is_refused_and_not_run():
    class Bomb:
        def __reduce__(self):
            return (pytest.fail, ("a pickle was run",))

    with pytest.raises(frames.ProtocolError):
        frames.decode(pickle.dumps(Bomb()), CAP)


@pytest.mark.parametrize(("header", "payload"), [(2**32 - 1, 0), (10, 2**63), (10, CAP + 1)])
def test_a_prefix_that_announces_too_much_is_refused_before_anything_is_read(header, payload):
    with pytest.raises(frames.FrameTooLarge):
        frames.parse_prefix(frames.PREFIX.pack(frames.MAGIC, header, payload), CAP)


@pytest.mark.parametrize(
    "value", [object(), {1: 2}, np.array([None]), np.zeros(1, "V8"), {1}, b"bytes", "\ud800", 1 << 5000]
)
def test_what_is_not_data_is_not_sent(value):
    with pytest.raises(frames.ProtocolError):
        frames.encode(value, CAP)


def test_too_large_an_array_is_not_sent():
    with pytest.raises(frames.FrameTooLarge):
        frames.encode(np.zeros(CAP // 8 + 1), CAP)


def test_arrays_arrive_read_only_and_stay_so():
    array = frames.decode(frames.encode(np.ones(3), CAP), CAP)
    with pytest.raises(ValueError, match="WRITEABLE"):
        array.flags.writeable = True


def test_an_array_that_is_not_contiguous_arrives_so():
    sent = np.arange(12.0).reshape(3, 4).T
    received = frames.decode(frames.encode(sent, CAP), CAP)
    assert not received.flags.c_contiguous
    assert np.array_equal(received, sent)


def test_not_a_number_and_infinities_arrive():
    received = frames.decode(frames.encode([math.nan, math.inf, -math.inf, -0.0], CAP), CAP)
    assert repr(received) == "[nan, inf, -inf, -0.0]"
