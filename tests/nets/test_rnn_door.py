"""What the plain network refuses: the argument's name, what was expected, what came, and the likely cause."""

import numpy as np
import pytest

from rnnlab.nets import rnn

T, B, D, H, K = 4, 3, 2, 5, 6
PARAMS = rnn.Params(W_xh=np.ones((H, D)), W_hh=np.ones((H, H)), b_h=np.ones(H))
READOUT = rnn.ReadoutParams(W_hy=np.ones((K, H)), b_y=np.ones(K))
X, H_0, MASK, DELTA = np.ones((T, B, D)), np.ones((B, H)), np.ones((T, B), bool), np.ones((T, B, H))


def forward(x=X, h_0=H_0, mask=MASK, activation="tanh", **params):
    return rnn.forward(PARAMS._replace(**params), x, h_0, mask, activation)


def backward(d_h=DELTA, d_h_last=None):
    return rnn.backward(d_h, forward()[1], d_h_last)


def step(x_t=X[0], h_prev=H_0, activation="tanh"):
    return rnn.step(PARAMS, x_t, h_prev, activation)


def readout(h=DELTA, **params):
    return rnn.readout(READOUT._replace(**params), h)


def readout_backward(d_y):
    return rnn.readout_backward(d_y, DELTA, READOUT)


WRONG_SHAPES = [
    (
        forward,
        {"x": X.swapaxes(1, 2)},
        r"x must have the shape \(T, B, D\) with D = 2, but has the shape \(4, 2, 3\)",
    ),
    (forward, {"x": X.swapaxes(1, 2)}, r"another order: \.transpose\(0, 2, 1\) would fit"),
    (forward, {"x": X[:, 0]}, "x .* An axis is missing. A single sequence has a batch axis too, with B = 1"),
    (forward, {"x": X[None]}, "There is an axis too many"),
    (forward, {"x": X[:0]}, "An axis is empty: is there any data"),
    (forward, {"x": np.ones((T, B, 9))}, r"x .* but has the shape \(4, 3, 9\). The other arguments set D"),
    (forward, {"h_0": H_0[:2]}, r"h_0 must have the shape \(B, H\) with B = 3, H = 5.* set B and H"),
    (forward, {"h_0": H_0.T}, r"h_0 .* \.transpose\(1, 0\) would fit"),
    (forward, {"h_0": H_0[None]}, "h_0 .* There is an axis too many"),
    (
        forward,
        {"mask": MASK.T},
        r"mask must have the shape \(T, B\) with T = 4, B = 3, .* \.transpose\(1, 0\) would fit",
    ),
    (
        forward,
        {"W_xh": PARAMS.W_xh.T},
        r"W_xh must have the shape \(H, D\) with H = 5, .* \.transpose\(1, 0\) would fit",
    ),
    (
        forward,
        {"W_hh": np.ones((H, 2))},
        r"W_hh must have the shape \(H_out, H_in\) with H_out = 5, H_in = 5",
    ),
    (
        forward,
        {"b_h": np.ones((H, 1))},
        r"b_h must have the shape \(H,\), .* There is an axis too many",
    ),
    (forward, {"b_h": np.ones(H + 1)}, "W_xh .* with H = 6, .* The other arguments set H"),
    (step, {"x_t": X[0].T}, r"x_t must have the shape \(B, D\) with D = 2"),
    (step, {"x_t": X}, "x_t .* There is an axis too many"),
    (step, {"h_prev": H_0[:1]}, r"h_prev must have the shape \(B, H\) with B = 3, H = 5"),
    (
        backward,
        {"d_h": DELTA[-1]},
        r"d_h must have the shape \(T, B, H\) with T = 4, B = 3, H = 5.* An axis is missing",
    ),
    (backward, {"d_h_last": H_0.T}, r"d_h_last must have the shape \(B, H\)"),
    (readout, {"h": X}, r"h must have the shape \(axis 0, axis 1, H\) with .* H = 5"),
    (readout, {"h": np.array(1.0)}, "h .* An axis is missing"),
    (readout, {"b_y": np.ones((K, 1))}, r"b_y must have the shape \(K,\), .* There is an axis too many"),
    (
        readout,
        {"W_hy": READOUT.W_hy.T},
        r"W_hy must have the shape \(K, H\) with K = 6, .* \.transpose\(1, 0\) would fit",
    ),
    (readout, {"W_hy": np.ones(K)}, r"W_hy must have the shape \(K, H\)"),
    (readout_backward, {"d_y": DELTA}, "d_y must have the shape .* with axis 0 = 4, axis 1 = 3, K = 6"),
]

WRONG_TYPES = [
    (forward, {"x": X.tolist()}, r"x must be a NumPy array, but is of type list. Convert it with np.asarray"),
    (
        forward,
        {"x": X.astype(int)},
        "x must hold floats .* holds int64. Token ids become floats by one_hot or embed",
    ),
    (
        forward,
        {"x": X.astype(np.float32)},
        r"x must be float64 like the other arguments, but is float32.*np\.float64",
    ),
    (forward, {"h_0": H_0.astype(np.float32)}, "h_0 must be float64 like the other arguments"),
    (forward, {"W_hh": np.ones((H, H), np.float32)}, "W_hh must be float64 like the other arguments"),
    (
        forward,
        {"b_h": np.ones(H, np.float32)},
        "W_xh must be float32 like the other arguments, but is float64",
    ),
    (forward, {"b_h": [0.0] * H}, "b_h must be a NumPy array, but is of type list"),
    (forward, {"W_xh": np.ones((H, D), complex)}, "W_xh must hold floats .* but holds complex128"),
    (
        forward,
        {"mask": MASK * 1.0},
        "mask must be boolean, True at real steps and False at padding, but holds float64",
    ),
    (forward, {"mask": [True] * T}, "mask must be a NumPy array, but is of type list"),
    (step, {"x_t": None}, "x_t must be a NumPy array, but is of type NoneType"),
    (step, {"h_prev": 0.0}, "h_prev must be a NumPy array, but is of type float"),
    (backward, {"d_h": DELTA.astype(np.float32)}, "d_h must be float64 like the other arguments"),
    (backward, {"d_h_last": H_0.tolist()}, "d_h_last must be a NumPy array"),
    (readout, {"h": DELTA.astype(int)}, "h must hold floats"),
]


@pytest.mark.parametrize(("function", "arguments", "message"), WRONG_SHAPES)
def test_a_wrong_shape_is_refused_by_name_with_its_likely_cause(function, arguments, message):
    with pytest.raises(ValueError, match=message):
        function(**arguments)


@pytest.mark.parametrize(("function", "arguments", "message"), WRONG_TYPES)
def test_a_wrong_type_is_refused_by_name_with_its_remedy(function, arguments, message):
    with pytest.raises(TypeError, match=message):
        function(**arguments)


@pytest.mark.parametrize("function", [forward, step])
def test_an_unknown_activation_is_refused(function):
    with pytest.raises(ValueError, match="activation must be 'tanh' or"):
        function(activation="softmax")


def test_an_unknown_recurrent_start_is_refused():
    with pytest.raises(
        ValueError, match="recurrent must be 'uniform' or 'orthogonal' or 'identity', but is 'eye'"
    ):
        rnn.init(np.random.default_rng(0), D, H, recurrent="eye")


@pytest.mark.parametrize(("sizes", "name"), [({"D": 0, "H": 2}, "D"), ({"D": 2, "H": -1}, "H")])
def test_a_size_below_one_is_refused(sizes, name):
    with pytest.raises(ValueError, match=f"{name} must be a positive whole number"):
        rnn.init(np.random.default_rng(0), **sizes)


def test_the_arguments_that_all_the_wrong_ones_vary_are_accepted():
    assert forward()[0].shape == (T, B, H)
    assert backward()[0].shape == (T, B, D)
    assert step().shape == (B, H)
    assert readout().shape == (T, B, K)
    assert readout_backward(np.ones((T, B, K)))[0].shape == (T, B, H)
