"""Every network, fed with one wrong array: it either works as documented or says which argument is wrong and why.

One table of calls; hypothesis draws the call, the array in it, wherever in the parameters it may stand, and the damage.
"""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.nets import (
    attention,
    bidirectional,
    causal_convolution,
    convolution,
    convolutional_recurrent,
    dense,
    embedding,
    layer_norm,
    losses,
    lru,
    multihead,
    multilayer,
    perceptron,
    pooling,
    pooling_over_time,
    rnn,
    scan,
    seq2seq,
    stacked,
    temporal_convolution,
    transformer,
)
from rnnlab.nets.cells import CELLS, cell
from rnnlab.nets.decoders import decoder
from rnnlab.nets.parameters import leaves, mapped, named_leaves

T, B, D, H, K = 4, 3, 2, 6, 5
RNG = np.random.default_rng(0)
X, IDS, MASK = RNG.normal(size=(T, B, D)), RNG.integers(0, K, (T, B)), np.arange(T)[:, None] < [T, 2, 3]
WIDE, LOGITS = RNG.normal(size=(T, B, H)), RNG.normal(size=(T, B, K))
GRU = cell("gru")
SEQ2SEQ = {"encoder": GRU, "decoder": decoder("plain", GRU)}
HYBRID = convolutional_recurrent.network(GRU, M=3, kernel=2)


class Call(NamedTuple):
    """A function with arguments that it accepts; those in `fixed` are not arrays."""

    function: Callable[..., Any]
    arguments: dict[str, Any]
    fixed: dict[str, Any]

    def __repr__(self) -> str:
        return f"a call of {self.function}"


def call(function: Callable[..., Any], fixed: dict[str, Any] | None = None, **arguments: Any) -> Call:
    return Call(function, arguments, fixed or {})


def recurrent(kind: Any) -> Call:
    arguments = {"params": kind.init(RNG, D, H), "x": X}
    arguments |= {"state": kind.zero_state(arguments["params"], B), "mask": MASK}
    return Call(lambda params, x, state, mask: kind.forward(params, x, state, mask), arguments, {})


def stepping(kind: Any) -> Call:
    params = kind.init(RNG, D, H)
    return Call(lambda params, x_t, state: kind.step(params, x_t, state), {
        "params": params, "x_t": X[0], "state": kind.zero_state(params, B),
    }, {})  # fmt: skip


PERCEPTRON = perceptron.init(D)
CALLS = {
    **{name: recurrent(cell(name)) for name in CELLS},
    **{f"{name} step": stepping(cell(name)) for name in CELLS},
    "bidirectional": recurrent(bidirectional.network(GRU)),
    "stacked": call(
        stacked.forward, {"cell": GRU}, params=stacked.init(RNG, D, H, L=2, cell=GRU, norm=True), x=X, mask=MASK
    ),
    "hybrid": recurrent(HYBRID),
    "lru": call(lru.forward, params=lru.init(RNG, D, H, K), x=X, mask=MASK),
    "scan": call(scan.forward, a=RNG.uniform(size=(T, B, H)), b=WIDE, h_0=WIDE[0], mask=MASK),
    "causal convolution": call(
        causal_convolution.forward, params=causal_convolution.init(RNG, D, H, 2), x=X, mask=MASK
    ),
    "TCN": call(
        temporal_convolution.forward, params=temporal_convolution.init(RNG, D, (H, H), 2), x=X, mask=MASK
    ),
    "convolution": call(
        convolution.forward, params=convolution.init(RNG, 2, 3, 2), x=RNG.normal(size=(B, 2, 5, 4))
    ),
    "max pooling": call(pooling.max_pool, {"kernel": 2}, x=RNG.normal(size=(B, 2, 4, 4))),
    "mean over time": call(pooling_over_time.mean_over_time, x=X, mask=MASK),
    "attention": call(
        attention.forward, {"score": "additive"}, params=attention.init(RNG, D, H, 4), queries=X, keys=WIDE,
        values=WIDE, mask=MASK,
    ),
    "multihead": call(
        multihead.forward, {"heads": 2}, params=multihead.init(RNG, H), queries=WIDE, keys=WIDE, values=WIDE, mask=MASK
    ),
    "transformer": call(transformer.forward, params=transformer.init(RNG, H, 2), x=WIDE, mask=MASK),
    "encoder–decoder": call(
        seq2seq.forward, SEQ2SEQ, params=seq2seq.init(RNG, K, K, D, H, **SEQ2SEQ), source_ids=IDS, source_mask=MASK,
        input_ids=IDS, target_mask=MASK,
    ),
    "multilayer": call(multilayer.forward, params=multilayer.init(RNG, (D, H, K)), x=X),
    "dense": call(dense.forward, params=dense.init(RNG, D, H), x=X),
    "layer norm": call(layer_norm.forward, params=layer_norm.init(H), x=WIDE),
    "perceptron": call(perceptron.predict, params=PERCEPTRON, x=X[0]),
    "readout": call(rnn.readout, params=rnn.init_readout(RNG, H, K), h=WIDE),
    "embed": call(embedding.embed, ids=IDS, E=RNG.normal(size=(K, D))),
    "one-hot": call(embedding.one_hot, {"K": K}, ids=IDS),
    "cross-entropy": call(losses.cross_entropy, logits=LOGITS, targets=IDS),
    "masked loss": call(losses.masked_sequence_loss, logits=LOGITS, targets=IDS, mask=MASK),
    "squared error": call(losses.squared_error, y=X, target=X + 1),
}  # fmt: skip
every_call = pytest.mark.parametrize("each", CALLS.values(), ids=CALLS.keys())


def run(each: Call, arguments: dict[str, Any]) -> list[np.ndarray]:
    """The arrays and numbers that a call returns, caches left out."""
    result = each.function(**arguments, **each.fixed)
    first = result[0] if isinstance(result, tuple) and not hasattr(result, "_fields") else result
    return leaves(mapped(np.asarray, first)) if isinstance(first, tuple) else [np.asarray(first)]


def damaged(each: Call, place: int, damage: Callable[[np.ndarray], Any]) -> tuple[str, dict[str, Any]]:
    """The arguments with one of all their arrays damaged, and that array's name."""
    count, name, new = 0, "", {}
    for argument, tree in each.arguments.items():
        names = [path.rpartition(".")[2] or argument for path, _ in named_leaves(tree)]
        inside = iter(range(len(names)))

        def replace(leaf: Any, inside=inside, start=count) -> Any:
            return damage(np.atleast_1d(leaf)) if start + next(inside) == place else leaf

        if count <= place < count + len(names):
            name = names[place - count]
        new[argument] = mapped(replace, tree)
        count += len(names)
    return name, new


def places(each: Call) -> int:
    return sum(len(leaves(tree)) for tree in each.arguments.values())


def spread_out(array: np.ndarray) -> np.ndarray:
    return np.repeat(array.T, 2, axis=0)[::2].T if array.ndim else array


def with_nan(array: np.ndarray) -> np.ndarray:
    array = array.copy()
    array[(0,) * array.ndim] = np.nan
    return array


def read_only(array: np.ndarray) -> np.ndarray:
    array = array.copy()
    array.setflags(write=False)
    return array


HARMLESS = {
    "read-only": read_only,
    "views": spread_out,
    "Fortran order": lambda array: np.array(array, order="F"),
}
WRONG_KIND = {
    "list": lambda array: array.tolist(),
    "None's array": lambda array: np.full(array.shape, None),
    "float16": lambda array: array.astype(np.float16),
    "longdouble": lambda array: array.astype(np.longdouble),
    "text": lambda array: array.astype(str),
}
WRONG_FORM = {
    "an axis more": lambda array: array[np.newaxis],
    "an axis fewer": lambda array: array[0],
    "the last axis longer": lambda array: np.concatenate([array, array[..., :1]], axis=-1),
    "the first axis longer": lambda array: np.concatenate([array, array[:1]]),
    "no first axis": lambda array: array[:0],
    "no last axis": lambda array: array[..., :0],
    "transposed": lambda array: array.T,
    "other precision": lambda array: array.astype({8: np.float32}.get(array.itemsize, np.float64)),
    "whole numbers": lambda array: array.astype(np.int64),
    "negative": lambda array: -1 - np.abs(array) if array.dtype != bool else array,
}


@every_call
@pytest.mark.parametrize("damage", HARMLESS.values(), ids=HARMLESS.keys())
def test_memory_layout_changes_no_result(each, damage):
    expected = run(each, each.arguments)
    arguments = {
        name: mapped(lambda leaf: damage(np.asarray(leaf)), tree) for name, tree in each.arguments.items()
    }
    for actual, wanted in zip(run(each, arguments), expected, strict=True):
        np.testing.assert_allclose(actual, wanted, rtol=1e-12, atol=1e-13)


def assert_explains(error: Exception, each: Call, name: str) -> None:
    """The message names an argument (the wrong one, or one that no longer fits to it) and what was wanted."""
    message = str(error)
    names = {
        path.rpartition(".")[2] or argument
        for argument, tree in each.arguments.items()
        for path, _ in named_leaves(tree)
    }
    names |= set(each.arguments) | ({"h_0", "h_prev"} if "state" in each.arguments else set())
    names |= {"x", "h"} if "source_ids" in names else set()  # between its parts: x = E[ids], and the states h
    assert re.search(rf"\b({'|'.join(map(re.escape, names))})\b", message), f"names no argument: {message}"
    assert re.search(r"\b(must|needs?|do not|does not|differ)\b", message), (
        f"says not what was expected: {message}"
    )
    assert len(message) < 400


@every_call
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_an_array_of_another_kind_is_refused_in_words(each, data):
    place = data.draw(st.integers(0, places(each) - 1))
    kind = data.draw(st.sampled_from(sorted(WRONG_KIND)))
    name, arguments = damaged(each, place, WRONG_KIND[kind])
    with pytest.raises((TypeError, ValueError)) as caught:
        run(each, arguments)
    assert_explains(caught.value, each, name)


@every_call
@given(data=st.data())
@settings(max_examples=50, deadline=None)
def test_an_array_of_another_form_works_or_is_refused_in_words(each, data):
    place = data.draw(st.integers(0, places(each) - 1))
    form = data.draw(st.sampled_from(sorted(WRONG_FORM)))
    name, arguments = damaged(each, place, WRONG_FORM[form])
    try:
        results = run(each, arguments)
    except (TypeError, ValueError) as error:
        assert_explains(error, each, name)
    else:
        assert not any(np.isnan(result).any() for result in results)


NAN_IS_REFUSED = {
    "rnn", "lstm", "gru", "bidirectional", "stacked", "hybrid", "mingru", "lru", "causal convolution", "TCN",
    "transformer",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(NAN_IS_REFUSED))
def test_a_missing_value_in_the_data_is_refused_with_its_place(name):
    each = CALLS[name]
    x = with_nan(each.arguments["x"])
    with pytest.raises(
        ValueError, match=r"x must hold numbers, but holds NaN at 1 place, the first at \(0, 0, 0\)"
    ):
        run(each, each.arguments | {"x": x})


@pytest.mark.parametrize("name", sorted(CELLS))
def test_weights_that_diverged_show_in_the_states(name):
    each = CALLS[name]
    _, arguments = damaged(each, 0, with_nan)
    assert any(np.isnan(result).any() for result in run(each, arguments))
