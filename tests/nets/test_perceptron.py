"""The perceptron: it converges within Novikoff's bound where a line separates, and says so where none does."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.nets.perceptron import Params, Training, convergence_bound, init, predict, train, update
from tests.nets.numerics import read_only

EXAMPLES = settings(max_examples=30, deadline=None)
CORNERS = read_only(np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]))
XOR = read_only(np.array([-1, 1, 1, -1]))


@st.composite
def separable(draw, dtype=np.float64):
    """Examples on both sides of a random plane, none closer to it than a tenth of the plane's own length."""
    D, seed = draw(st.integers(1, 5)), draw(st.integers(0, 10**6))
    rng = np.random.default_rng(seed)
    separator = Params(rng.normal(size=D).astype(dtype), np.asarray(rng.normal(), dtype))
    x = rng.normal(size=(200, D)).astype(dtype)
    scores = x @ separator.w + separator.b
    far = np.abs(scores) > 0.1 * np.hypot(np.linalg.norm(separator.w), separator.b)
    far[0] |= not far.any()
    x = x[far][: draw(st.integers(1, 60))]
    y = np.where(x @ separator.w + separator.b > 0, 1, -1)
    return separator, read_only(x), read_only(y)


@given(separable(), st.sampled_from([1.0, 0.3]))
@EXAMPLES
def test_separable_data_are_learned_with_no_more_mistakes_than_the_bound(data, rate):
    separator, x, y = data
    bound = convergence_bound(separator, x, y)
    training = train(init(x.shape[1]), x, y, max_epochs=int(bound) + 2, rate=rate)
    assert training.converged
    assert training.mistakes <= bound
    assert training.mistakes_per_epoch[-1] == 0
    np.testing.assert_array_equal(predict(training.params, x), y)


@given(separable())
@EXAMPLES
def test_weights_that_separate_give_a_bound_of_their_own(data):
    _, x, y = data
    training = train(init(x.shape[1]), x, y, max_epochs=10**5)
    on_the_line = np.any(x @ training.params.w + training.params.b == 0)  # where class +1 counts as right
    if not on_the_line:
        assert training.mistakes <= convergence_bound(training.params, x, y) * (1 + 1e-12)


def test_the_bound_equals_radius_over_margin_squared_written_out():
    separator = Params(np.array([3.0, 4.0]), np.array(0.0))
    x, y = np.array([[1.0, 1.0], [-2.0, 0.0]]), np.array([1, -1])
    assert convergence_bound(separator, x, y) == pytest.approx(5 / (6 / 5) ** 2, rel=1e-14)


@given(separable(), st.floats(0.01, 100))
@EXAMPLES
def test_the_bound_does_not_depend_on_the_length_of_the_separator(data, scale):
    separator, x, y = data
    longer = Params(scale * separator.w, np.asarray(scale * separator.b))
    assert convergence_bound(longer, x, y) == pytest.approx(convergence_bound(separator, x, y), rel=1e-10)


def test_a_narrower_margin_takes_more_mistakes():
    def mistakes(gap):
        return train(init(1), np.array([[1 + gap], [1.0]]), np.array([1, -1]), max_epochs=10**4).mistakes

    assert mistakes(0.03) > 2 * mistakes(0.3) > 4 * mistakes(3.0)


@pytest.mark.parametrize("rate", [1.0, 0.1])
def test_xor_never_converges_and_its_weights_stay_bounded(rate):
    training = train(init(2), CORNERS, XOR, max_epochs=2000, rate=rate)
    assert not training.converged
    assert training.epochs == 2000
    assert min(training.mistakes_per_epoch) >= 1
    assert np.abs(training.params.w).max() <= 3 * rate
    assert str(training).startswith(
        "not converged: 4 mistakes in the last of 2000 epochs. Either no line separates"
    )


@given(st.tuples(st.floats(-9, 9), st.floats(-9, 9), st.floats(-9, 9)))
@EXAMPLES
def test_no_line_separates_xor(numbers):
    w, b = np.array(numbers[:2]), np.array(numbers[2])
    with pytest.raises(ValueError, match="Without a separating line there is no bound"):
        convergence_bound(Params(w, b), CORNERS, XOR)


@pytest.mark.parametrize(
    "labels", [[-1, -1, -1, 1], [-1, 1, 1, 1], [1, 1, 1, -1], [1, 1, -1, -1], [1, 1, 1, 1]]
)
def test_other_functions_of_two_bits_are_learned(labels):
    y = np.array(labels)
    training = train(init(2), CORNERS, y)
    np.testing.assert_array_equal(predict(training.params, CORNERS), y)
    assert str(training) == (
        f"converged: {training.mistakes} mistakes in {training.epochs} epochs, none in the last"
    )


@given(separable())
@EXAMPLES
def test_training_is_the_update_of_one_example_after_the_other(data):
    _, x, y = data
    params = init(x.shape[1])
    for x_n, label in zip(x, y.tolist(), strict=True):
        params = update(params, x_n, label)
    once = train(init(x.shape[1]), x, y, max_epochs=1)
    np.testing.assert_array_equal(params.w, once.params.w)
    np.testing.assert_array_equal(params.b, once.params.b)


@given(separable())
@EXAMPLES
def test_from_zero_weights_the_rate_changes_the_length_of_the_weights_alone(data):
    _, x, y = data
    one, two = (train(init(x.shape[1]), x, y, max_epochs=5, rate=rate) for rate in (1.0, 2.0))
    assert one.mistakes_per_epoch == two.mistakes_per_epoch
    np.testing.assert_array_equal(two.params.w, 2 * one.params.w)


def test_an_update_moves_the_score_of_a_mistaken_example_towards_its_label():
    params = Params(np.array([1.0, -2.0]), np.array(0.5))
    x = np.array([3.0, 1.0])
    after = update(params, x, -1, rate=0.5)
    np.testing.assert_array_equal(after.w, params.w - 0.5 * x)
    assert after.b == 0.0
    assert update(params, x, 1) is params


def test_a_score_of_zero_is_class_plus_one():
    zero = init(2)
    assert predict(zero, np.ones(2)) == 1
    assert update(zero, np.ones(2), 1) is zero
    assert update(zero, np.ones(2), -1).b == -1


@pytest.mark.parametrize("leading", [(), (4,), (2, 3)])
def test_predictions_keep_all_axes_before_the_last(leading):
    x = np.random.default_rng(0).normal(size=(*leading, 5))
    params = Params(np.arange(5.0), np.array(0.1))
    prediction = predict(params, x)
    assert prediction.shape == leading
    np.testing.assert_array_equal(prediction, np.sign(x @ params.w + params.b))


@given(separable(np.float32))
@EXAMPLES
def test_float32_stays_float32(data):
    _, x, y = data
    training = train(init(x.shape[1], np.float32), x, y, max_epochs=3)
    assert {weight.dtype for weight in training.params} == {np.dtype(np.float32)}


def test_views_give_the_same_result():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(20, 3)), np.where(rng.random(20) < 0.5, 1, -1)
    x_view, y_view = np.repeat(x.T, 2, axis=0)[::2].T, np.repeat(y, 2)[::2]
    one, other = train(init(3), x, y, max_epochs=5), train(init(3), x_view, y_view, max_epochs=5)
    np.testing.assert_allclose(one.params.w, other.params.w, rtol=1e-13)
    assert one.mistakes_per_epoch == other.mistakes_per_epoch


def test_a_training_is_frozen():
    training = Training(init(1), (0,), converged=True)
    with pytest.raises(AttributeError):
        training.converged = False  # pyright: ignore[reportAttributeAccessIssue]


REFUSED = [
    ({"x": CORNERS[0]}, ValueError, r"x must have the shape \(N, D\)"),
    ({"x": CORNERS[:, :1]}, ValueError, "x must have .* D = 2"),
    ({"x": CORNERS * np.nan}, ValueError, "x must hold numbers"),
    ({"x": CORNERS.astype(int)}, TypeError, "x must hold floats"),
    ({"x": CORNERS.astype(np.float32)}, TypeError, "x must be float64"),
    ({"y": XOR[:3]}, ValueError, r"y must have one label for each example, \(4,\), but has the shape \(3,\)"),
    (
        {"y": (XOR + 1) // 2},
        ValueError,
        r"y must hold −1 and \+1, but 0 occurs. Labels 0 and 1 .* 2 \* y - 1",
    ),
    ({"y": XOR * 1.0}, TypeError, "y must hold whole numbers, .* is of type float64"),
    ({"y": XOR.tolist()}, TypeError, "y must hold whole numbers, .* is of type list"),
    ({"rate": 0.0}, ValueError, "rate must be a positive number, but is 0.0"),
    ({"rate": np.nan}, ValueError, "rate must be a positive number"),
    ({"max_epochs": 0}, ValueError, "max_epochs must be a positive whole number"),
    ({"params": Params(np.zeros((2, 1)), np.array(0.0))}, ValueError, r"w must have the shape \(D,\)"),
    ({"params": Params(np.zeros(2), np.zeros(1))}, ValueError, r"b must have the shape \(\)"),
    ({"params": Params(np.zeros(2), np.zeros((), np.float32))}, TypeError, "b must be float64"),
]


@pytest.mark.parametrize(("arguments", "error", "message"), REFUSED)
def test_a_wrong_argument_of_train_is_refused_by_name(arguments, error, message):
    with pytest.raises(error, match=message):
        train(**{"params": init(2), "x": CORNERS, "y": XOR} | arguments)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"x": CORNERS}, ValueError, r"x must have the shape \(D,\)"),
        ({"x": CORNERS[0] * np.nan}, ValueError, "x must hold numbers"),
        ({"y": 0}, ValueError, r"y must hold −1 and \+1, but 0 occurs"),
        ({"y": 1.0}, TypeError, "y must hold whole numbers"),
        ({"rate": -1.0}, ValueError, "rate must be a positive number"),
    ],
)
def test_a_wrong_argument_of_update_is_refused_by_name(arguments, error, message):
    with pytest.raises(error, match=message):
        update(**{"params": init(2), "x": CORNERS[0], "y": 1} | arguments)


def test_predict_and_init_refuse_wrong_sizes():
    with pytest.raises(ValueError, match=r"x must have .* D = 2"):
        predict(init(2), np.zeros(3))
    with pytest.raises(ValueError, match="D must be a positive whole number"):
        init(0)
