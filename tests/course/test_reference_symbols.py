"""The table of symbols says the same as the code: its names, and the shapes in its docstrings."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

import rnnlab.nets

COURSE = Path(__file__).parents[2]
sys.path.insert(0, str(COURSE / "book" / "_ext"))

import chapters  # noqa: E402
import symbol_table  # noqa: E402  (lives beside the Sphinx extensions)

TABLE = symbol_table.load()
# Modules that no chapter shows: checks at the door, matrix products, layouts of memory.
BEHIND = {"cells", "decoders", "door", "gru_memory", "products", "windows"}
# What a backward pass gets from its forward pass; each such record explains its own fields.
INNER = re.compile(r"Cache$|^Mixed$|^Room$|^Step$|^Rows$")
AXIS = re.compile(r"(\d*[A-Z](_\w+)?|k|kh|kw|\.\.\.|\d+)( [+-] (\d+|[A-Z]))?")
STATED = re.compile(r"`?\b([A-Za-z]\w*)`? \(([^()]*)\)")


class Statement(NamedTuple):
    """A shape that a docstring states: "x (T, B, D)" in the module rnn."""

    module: str
    name: str
    shape: symbol_table.Shape


def modules() -> Iterator[tuple[str, object]]:
    for found in pkgutil.iter_modules(rnnlab.nets.__path__):
        if found.name not in BEHIND:
            yield found.name, importlib.import_module(f"rnnlab.nets.{found.name}")


def names() -> dict[str, str]:
    """Every argument of a public function and every field of a record, with one place where it stands."""
    found = {}
    for module_name, module in modules():
        for name, thing in vars(module).items():
            if name.startswith("_") or getattr(thing, "__module__", None) != module.__name__:
                continue
            if inspect.isfunction(thing):
                own = list(inspect.signature(thing).parameters)
            else:
                own = [] if INNER.search(name) else list(getattr(thing, "_fields", ()))
            found |= dict.fromkeys(own, f"{module_name}.{name}")
    return found


def stated(module: str, text: str) -> list[Statement]:
    """The shapes in a docstring. Parentheses that hold no axes are words."""
    found = []
    for name, inside in STATED.findall(re.sub(r"\s+", " ", text)):
        shape = symbol_table.shape(inside)
        if shape and all(AXIS.fullmatch(axis) for axis in shape):
            found.append(Statement(module, name, shape))
    return found


def statements() -> list[Statement]:
    found = []
    for path in sorted((COURSE / "rnnlab/nets").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef):
                found += stated(path.stem, ast.get_docstring(node) or "")
    return found


def known(name: str) -> bool:
    return bool(TABLE.named(name)) or name in TABLE.words


def disagreements(said: list[Statement]) -> list[str]:
    """Where the table and a docstring both speak of a name's shape, and differ. A gradient has its variable's shape."""
    found = []
    for module, name, shape in said:
        rows = TABLE.named(name) or TABLE.named(name.removeprefix("d_"))
        allowed = [each for row in rows for each in row.shapes_in(module)]
        if allowed and shape not in allowed:
            found.append(f"{module}: {name} {shape} is none of {allowed}")
    return found


def test_every_name_of_the_code_is_in_the_table():
    missing = {name: place for name, place in names().items() if not known(name.removeprefix("d_"))}
    assert missing == {}


def test_every_name_of_the_table_is_in_the_code():
    of_code = {name.removeprefix("d_") for name in names()} | {said.name for said in statements()}
    of_table = {symbol.code.removeprefix("d_") for symbol in TABLE.symbols if symbol.code} | set(TABLE.words)
    assert of_table - of_code == set()


def test_no_name_is_both_a_symbol_and_a_word():
    assert [word for word in TABLE.words if TABLE.named(word)] == []


def test_the_docstrings_state_the_shapes_of_the_table():
    said = statements()
    assert len(said) > 300
    assert disagreements(said) == []


@pytest.mark.parametrize(
    "text", ["W_xh (D, H)", "x (B, T, D)", "d_x (T, D, B)", "b_h (H, 1)", "h_0 (T, B, H)", "mask (B, T)"]
)
def test_a_docstring_with_another_shape_is_found(text):
    assert len(disagreements(stated("rnn", text))) == 1


@pytest.mark.parametrize(
    ("module", "text"),
    [
        ("rnn", "W_xh (H, D)"),
        ("lstm", "W_xh (4H, D)"),
        ("rnn", "d_x (T, B, D)"),
        ("rnn", "a plain word (the context)"),
    ],
)
def test_a_docstring_with_the_table_s_shape_is_not(module, text):
    assert disagreements(stated(module, text)) == []


def test_every_shape_is_made_of_sizes_of_the_table():
    sizes = {size.code for size in TABLE.sizes}
    for symbol in TABLE.symbols:
        for shape in (*symbol.shapes, *(each for found in symbol.elsewhere.values() for each in found)):
            for axis in shape:
                assert AXIS.fullmatch(axis), (symbol.code, axis)
                letters = re.findall(r"[A-Za-z]\w*", axis)
                assert set(letters) <= sizes, (symbol.code, axis)


def test_every_row_names_a_chapter_of_the_curriculum():
    known = {name for part in chapters.CHAPTERS for name in part}
    assert {symbol.chapter for symbol in (*TABLE.sizes, *TABLE.symbols)} <= known


def test_no_name_has_two_rows_in_one_topic():
    rows = [(symbol.topic, symbol.code or symbol.latex) for symbol in (*TABLE.sizes, *TABLE.symbols)]
    assert len(set(rows)) == len(rows)


def test_a_row_with_an_unknown_fact_is_refused(tmp_path):
    given = yaml.safe_load(symbol_table.SOURCE.read_text(encoding="utf-8"))
    given["sizes"][0]["weight"] = "heavy"
    path = tmp_path / "symbols.yml"
    path.write_text(yaml.safe_dump(given), encoding="utf-8")
    with pytest.raises(TypeError, match="weight"):
        symbol_table.load(path)


def test_a_formula_is_shown_without_the_axis_of_the_batch():
    lines = symbol_table.formula_table(TABLE, ["h_t", "W_hh", "T"])
    assert lines[2:] == [
        "| $h_t$ | hidden state after step $t$ | $(H)$ | computed |",
        "| $W_{hh}$ | hidden-to-hidden weights | $(H, H)$ | learned |",
        "| $T$ | number of time steps | a number | the sequence |",
    ]


def test_an_unknown_symbol_is_named():
    with pytest.raises(KeyError, match="W_zz"):
        TABLE.one("W_zz")
