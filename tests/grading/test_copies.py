"""Near-copies: found under other names and comments, and never where only the assignment speaks."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnlab.grading.reporting import code_html
from rnnlab.grading.reporting.copies import (
    LEAST_SHARED,
    RARE_AT_MOST,
    Copies,
    _rare,
    _shared,
    fingerprints,
    marked_lines,
    tokens,
)

OWN = """
def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):
    total = np.zeros((x_t.shape[0], W_hh.shape[0]))
    for place in range(x_t.shape[0]):
        for unit in range(W_hh.shape[0]):
            inner = b_h[unit]
            for column in range(x_t.shape[1]):
                inner = inner + W_xh[unit, column] * x_t[place, column]
            for column in range(h_prev.shape[1]):
                inner += h_prev[place, column] * W_hh[unit, column]
            total[place, unit] = (np.exp(2 * inner) - 1) / (np.exp(2 * inner) + 1)
    return total
"""
RENAMED = (
    OWN.replace("total", "answer").replace("inner", "s").replace("place", "row").replace("column", "k")
    + "\n# all my own work\n"
)
TEMPLATE = (
    "def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):\n    # YOUR CODE HERE\n    raise NotImplementedError()"
)


CALLS = ("np.tanh", "np.exp", "np.sum", "np.stack", "np.einsum", "np.concatenate", "np.where")


def somebody(seed: int, lines: int = 25) -> str:
    """Code of a student's own, unlike anybody else's."""
    rng = random.Random(seed)
    names = [f"name{rng.randrange(50)}" for _ in range(8)]

    def term() -> str:
        return rng.choice([*names, *map(str, range(9)), f"{rng.choice(CALLS)}({rng.choice(names)})"])

    def line() -> str:
        terms = f"{term()} {rng.choice('+-*/@')} {term()} {rng.choice('+-*')} {term()}"
        return f"    {rng.choice(names)} {rng.choice(['=', '+=', '*='])} {terms}"

    return "def f(x):\n" + "\n".join(line() for _ in range(lines))


def found(works: dict[str, str], template: tuple[str, ...] = (TEMPLATE,)) -> set[frozenset[str]]:
    copies = Copies(template)
    for student, code in works.items():
        copies.add(student, [code])
    return {frozenset((pair.first, pair.second)) for pair in copies.pairs()}


def test_a_copy_is_found_under_other_names_and_with_other_comments():
    works = {f"student-{i}": somebody(i) for i in range(30)} | {"ada": OWN, "bob": RENAMED}
    assert found(works) == {frozenset(("ada", "bob"))}


def test_what_the_notebook_or_the_solution_holds_is_nobodys():
    works = {"ada": OWN, "bob": RENAMED, "chen": TEMPLATE, "dora": TEMPLATE}
    assert found(works, (TEMPLATE, OWN)) == set()


def test_what_many_have_is_nobodys():
    many = {f"student-{i}": OWN + somebody(i) for i in range(20)}
    assert found(many) == set()


def test_a_class_that_writes_by_itself_has_no_pairs():
    assert found({f"student-{i}": somebody(i) for i in range(200)}) == set()


def test_equal_notebooks_are_found_however_many_they_are():
    copies = Copies((TEMPLATE,))
    for i in range(20):
        copies.add(f"copy-{i:02}", [OWN])
        copies.add(f"own-{i:02}", [somebody(i)])
        copies.add(f"nothing-{i:02}", [TEMPLATE])
    assert copies.identical() == [tuple(f"copy-{i:02}" for i in range(20))]
    assert copies.pairs() == []


def test_a_pair_says_how_much_is_shared():
    copies = Copies()
    copies.add("ada", [OWN])
    copies.add("bob", [RENAMED, somebody(1)])
    (pair,) = copies.pairs()
    assert pair.overlap == 1.0, "all that ada wrote is in bob's too"
    assert pair.shared >= LEAST_SHARED


def test_the_work_grows_with_the_class_and_not_with_its_square():
    """Of 600 students, all of whom share something with somebody, few of the 180 000 pairs are looked at."""
    prints = [fingerprints(somebody(i // 3, 8)) for i in range(600)]
    looked_at = _shared(*_rare(prints, RARE_AT_MOST))
    assert 600 <= len(looked_at) <= 600 * RARE_AT_MOST


def test_lines_in_common_are_marked_and_those_of_the_template_are_not():
    code = "def f(x):\n    total = np.tanh(x + 1) * x\n    return total"
    other = "def f(x):\n    # mine\n    best = np.tanh(x + 1) * x\n    return best"
    assert marked_lines(code, other) == {1, 2}
    assert marked_lines(code, other, ["def f(x):"]) == {2}


@given(st.text(max_size=300))
def test_any_text_has_tokens_and_fingerprints(text):
    prints = fingerprints(text)
    assert list(prints) == sorted(set(prints.tolist()))
    assert len(prints) <= max(0, len(tokens(text)) - 11)


@pytest.mark.parametrize("piece", ["'", '"', "'\\", '"\\', "\\'", "'''a", "#", "'\"#\n", "\\"])
def test_text_that_closes_no_string_is_read_in_one_go(piece):
    """Looking for the end of each of 100 000 strings would keep the report from ever ending."""
    code = piece * 100_000
    assert list(fingerprints(code)) == sorted(set(fingerprints(code).tolist()))
    assert len(tokens(code)) <= len(code)
    assert "more characters" in code_html.code(code)


def test_an_empty_class_has_no_pairs():
    assert Copies().pairs() == []
    assert Copies().identical() == []
