"""What the transformer refuses: the argument's name, what was expected, what came, and the likely cause."""

import numpy as np
import pytest

from rnnlab.nets import transformer
from rnnlab.nets.kv_cache import State
from rnnlab.nets.transformer import Options

T, B, H, L, P = 4, 3, 6, 2, 5
PARAMS = transformer.init(np.random.default_rng(0), H, L)
OPTIONS = Options(heads=2)
X, MASK, D_Y = np.ones((T, B, H)), np.ones((T, B), bool), np.ones((T, B, H))
KEYS = np.ones((L, P, B, H))
STATE = State(KEYS, KEYS)


def forward(x=X, state=STATE, mask=MASK, params=PARAMS, **options):
    return transformer.forward(params, x, state, mask, OPTIONS._replace(**options))


def step(x_t=X[0], state=STATE, params=PARAMS, **options):
    return transformer.step(params, x_t, state, OPTIONS._replace(**options))


def backward(d_y=D_Y, d_last=None):
    return transformer.backward(d_y, forward()[1], d_last)


def with_nan(array):
    array = array.copy()
    array[0, 1] = np.nan
    return array


WRONG_VALUES = [
    (
        forward,
        {"x": X[..., :4]},
        r"x must have the shape \(T, B, H\) with H = 6, but has the shape \(4, 3, 4\)",
    ),
    (forward, {"x": X[:, 0]}, "x .* An axis is missing. A single sequence has a batch axis too, with B = 1"),
    (forward, {"x": X[:0]}, "x .* An axis is empty"),
    (forward, {"x": X[:, :0]}, "x .* An axis is empty"),
    (
        forward,
        {"x": with_nan(X)},
        r"x must hold numbers, but holds NaN at 6 places, the first at \(0, 1, 0\)",
    ),
    (forward, {"mask": MASK.T}, r"mask .* \.transpose\(1, 0\) would fit"),
    (forward, {"mask": np.ones((P + T, B), bool)}, r"mask must have the shape \(T, B\) with T = 4, B = 3"),
    (forward, {"state": State(KEYS[:1], KEYS)}, r"state.keys must have the shape \(L, P, B, H\) with L = 2"),
    (forward, {"state": State(KEYS, KEYS[:, :2])}, r"state.values must have the shape .* P = 5"),
    (forward, {"state": State(KEYS[0], KEYS[0])}, "state.keys .* An axis is missing"),
    (forward, {"state": State(KEYS, KEYS, MASK)}, r"state.mask must have the shape \(P, B\) with P = 5"),
    (forward, {"state": State(with_nan(KEYS), KEYS)}, "state.keys must hold numbers, but holds NaN"),
    (forward, {"state": State(KEYS, with_nan(KEYS))}, "state.values must hold numbers, but holds NaN"),
    (forward, {"causal": False}, "a state needs causal=True, but options.causal is False"),
    (forward, {"heads": 4}, "heads must divide H = 6"),
    (
        forward,
        {"heads": 2, "positions": "rotary"},
        "D must be even, because positions turn units in pairs, but is 3",
    ),
    (forward, {"activation": "tanh"}, "activation must be 'relu' or 'gelu', but is 'tanh'"),
    (
        forward,
        {"positions": "learned"},
        "positions must be 'none' or 'sinusoidal' or 'rotary', but is 'learned'",
    ),
    (step, {"x_t": X}, r"x_t must have the shape \(B, H\) with H = 6.* There is an axis too many"),
    (
        step,
        {"x_t": X[0, :2]},
        r"state.keys must have the shape \(L, P, B, H\) with L = 2, P = 5, B = 2, H = 6",
    ),
    (step, {"causal": False}, "a state needs causal=True"),
    (step, {"heads": 4}, "heads must divide H = 6"),
    (step, {"activation": "tanh"}, "activation must be 'relu' or 'gelu'"),
    (backward, {"d_y": D_Y[:2]}, r"d_y must have the shape \(T, B, H\) with T = 4, B = 3, H = 6"),
    (
        backward,
        {"d_last": STATE},
        r"d_last.keys must have the shape \(L, P_and_T, B, H\) with .* P_and_T = 9",
    ),
]

WRONG_TYPES = [
    (forward, {"x": X.tolist()}, "x must be a NumPy array, but is of type list"),
    (forward, {"x": X.astype(int)}, "x must hold floats .* but holds int64"),
    (forward, {"x": X.astype(np.float16)}, "x must hold floats .* but holds float16"),
    (forward, {"x": X.astype(np.float32)}, "x must be float64 like the other arguments, but is float32"),
    (forward, {"mask": MASK * 1.0}, "mask must be boolean"),
    (
        forward,
        {"state": (KEYS, KEYS)},
        "state must be an rnnlab.nets.kv_cache.State, as transformer.zero_state gives",
    ),
    (forward, {"state": State(KEYS.astype(np.float32), KEYS)}, "state.keys must be float64"),
    (
        forward,
        {"params": PARAMS.blocks[0]},
        "params must be an rnnlab.nets.transformer.Params, as transformer.init",
    ),
    (step, {"x_t": X[0].astype(np.float32)}, "x_t must be float64"),
    (step, {"state": KEYS}, "state must be an rnnlab.nets.kv_cache.State"),
    (backward, {"d_y": D_Y.astype(np.float32)}, "d_y must be float64"),
]


@pytest.mark.parametrize(("function", "arguments", "message"), WRONG_VALUES)
def test_a_wrong_value_is_refused_by_name_with_its_likely_cause(function, arguments, message):
    with pytest.raises(ValueError, match=message):
        function(**arguments)


@pytest.mark.parametrize(("function", "arguments", "message"), WRONG_TYPES)
def test_a_wrong_type_is_refused_by_name_with_its_remedy(function, arguments, message):
    with pytest.raises(TypeError, match=message):
        function(**arguments)


@pytest.mark.parametrize("sizes", [{"H": 0, "L": 1}, {"H": 2, "L": 0}, {"H": 2, "L": 1, "F": -1}])
def test_a_size_below_one_is_refused(sizes):
    with pytest.raises(ValueError, match="must be a positive whole number"):
        transformer.init(np.random.default_rng(0), **sizes)


def test_a_weight_that_is_not_a_number_flows_to_the_outputs():
    broken = PARAMS._replace(norm=PARAMS.norm._replace(gain=np.full(H, np.nan)))
    assert np.isnan(forward(params=broken)[0]).all()
    blocks = (PARAMS.blocks[0]._replace(norm_1=broken.norm), PARAMS.blocks[1])
    y, cache = transformer.forward(PARAMS._replace(blocks=blocks), X, mask=MASK, options=OPTIONS)
    assert np.isnan(y).all()
    assert np.isnan(transformer.backward(D_Y, cache)[0]).all()


def test_the_arguments_that_all_the_wrong_ones_vary_are_accepted():
    assert forward()[0].shape == backward()[0].shape == (T, B, H)
    assert step()[0].shape == (B, H)
