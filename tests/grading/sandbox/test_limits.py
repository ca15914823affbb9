"""Limits have documented defaults, and are written on the command line with their units."""

from __future__ import annotations

import re
from dataclasses import fields, replace

import pytest

from rnnlab.grading.sandbox import Limits
from rnnlab.grading.sandbox.limit_options import LimitError, limit_table, parse_limits


def test_limits_have_the_documented_defaults():
    assert {each.name: each.default for each in limit_table()} == {
        "cell_seconds": "10 s",
        "call_seconds": "5 s",
        "session_seconds": "120 s",
        "grace_seconds": "0.5 s",
        "cpu_seconds": "120 s",
        "address_space_bytes": "2 GiB",
        "file_bytes": "64 MiB",
        "disk_bytes": "256 MiB",
        "open_files": "256",
        "processes": "1024",
        "output_bytes": "200000 bytes",
        "frame_bytes": "16 MiB",
    }


def test_every_limit_is_explained_in_a_sentence():
    assert len(limit_table()) == len(fields(Limits))
    assert all(re.fullmatch(r"[A-Z][^.]+\.", each.explanation) for each in limit_table())


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("cell_seconds=20", "cell_seconds", 20),
        ("cell_seconds=0.5s", "cell_seconds", 0.5),
        ("session_seconds = 3 min", "session_seconds", 180),
        ("cpu_seconds=1h", "cpu_seconds", 3600),
        ("address_space_bytes=4GiB", "address_space_bytes", 2**32),
        ("disk_bytes=1.5M", "disk_bytes", 3 * 2**19),
        ("frame_bytes=4096", "frame_bytes", 4096),
        ("open_files=64", "open_files", 64),
    ],
)
def test_a_limit_is_read_with_its_unit(text, name, value):
    assert parse_limits([text]) == {name: value}
    assert type(parse_limits([text])[name]) is type(getattr(Limits(), name))


def test_several_limits_are_read_and_hyphens_are_as_good():
    limits = parse_limits(["call-seconds=7", "open_files=9"])
    assert limits == {"call_seconds": 7.0, "open_files": 9}
    assert replace(Limits(), **limits).call_seconds == 7.0


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        (["cell_seconds"], "A limit is written name=value, such as cell_seconds=20, but got 'cell_seconds'."),
        (["cel_second=1"], "There is no limit named 'cel_second'. Did you mean cell_seconds?"),
        (["x=1"], "There is no limit named 'x'. There are: cell_seconds, "),
        (["cell_seconds=soon"], "The limit cell_seconds is written like 20, 20s or 3min, but got 'soon'."),
        (["cell_seconds=-1"], "The limit cell_seconds is written like 20, 20s or 3min, but got '-1'."),
        (["cell_seconds=0"], "The limit cell_seconds is above zero, but got '0'."),
        (["cell_seconds=2GiB"], "The limit cell_seconds is written like 20, 20s or 3min, but got '2GiB'."),
        (["disk_bytes=0.3"], "The limit disk_bytes is a whole number of bytes, but got '0.3'."),
        (["open_files=2k"], "The limit open_files is written like 256, but got '2k'."),
        (["open_files=1", "open-files=2"], "The limit open_files is given twice; give it once."),
    ],
)
def test_what_is_no_limit_is_refused_in_a_sentence(texts, sentence):
    with pytest.raises(LimitError) as refused:
        parse_limits(texts)
    assert str(refused.value).startswith(sentence)


@pytest.mark.parametrize("wrong", [{"cell_seconds": 0}, {"open_files": 1.5}, {"cpu_seconds": True}])
def test_a_wrong_limit_in_a_program_is_refused_too(wrong):
    with pytest.raises(ValueError, match="the limit"):
        Limits(**wrong)
