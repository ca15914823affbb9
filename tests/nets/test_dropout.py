"""Dropout: what is drawn, that forward and backward belong to one function, and the dropping of recurrent weights."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.nets import dropout, lstm, rnn, stacked
from rnnlab.nets.cells import cell
from rnnlab.nets.parameters import leaves, mapped, named_leaves
from tests.nets import composed
from tests.nets.numerics import assert_agrees, gradients, leaf, numerical_gradient, read_only

seeds = st.integers(0, 10**6)
rates = st.floats(0.1, 0.8)


class TestDraw:
    @given(rate=rates, seed=seeds)
    @settings(max_examples=20, deadline=None)
    def test_an_entry_is_dropped_or_scaled_so_that_the_mean_stays(self, rate, seed):
        m = dropout.draw(np.random.default_rng(seed), (100, 10, 20), rate)
        assert set(np.unique(m)) == {0.0, 1 / (1 - rate)}
        # six standard deviations of the mean over 20000 entries
        assert abs(np.mean(m == 0) - rate) < 6 * np.sqrt(rate * (1 - rate) / m.size)
        assert abs(m.mean() - 1) < 6 * np.sqrt(rate / (1 - rate) / m.size)

    def test_entries_are_dropped_independently(self):
        dropped = dropout.draw(np.random.default_rng(0), (2000, 4), 0.5) == 0
        correlations = np.corrcoef(dropped.T)[np.triu_indices(4, 1)]
        assert np.abs(correlations).max() < 6 / np.sqrt(2000)

    def test_over_time_one_draw_serves_all_steps_and_each_sequence_has_its_own(self):
        m = dropout.draw_over_time(np.random.default_rng(0), (7, 5, 30), 0.5)
        assert m.shape == (1, 5, 30)
        y, _ = dropout.forward(np.ones((7, 5, 30)), m)
        np.testing.assert_array_equal(y, np.broadcast_to(y[0], y.shape))
        assert len(np.unique(m[0], axis=0)) == 5

    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    def test_a_draw_has_the_wanted_dtype_and_depends_on_the_generator_alone(self, dtype):
        m = dropout.draw(np.random.default_rng(3), (2, 3), 0.5, dtype)
        assert m.dtype == dtype
        np.testing.assert_array_equal(m, dropout.draw(np.random.default_rng(3), (2, 3), 0.5))

    def test_with_rate_zero_nothing_is_drawn(self):
        rng = np.random.default_rng(0)
        params = rnn.init(np.random.default_rng(1), D=3, H=2)
        assert dropout.draw(rng, (2, 3), 0) is None
        assert dropout.draw_over_time(rng, (4, 2, 3), 0.0) is None
        assert dropout.draw_recurrent(rng, params, 0.0) is None
        assert rng.random() == np.random.default_rng(0).random()

    @pytest.mark.parametrize("rate", [-0.1, 1, 1.0, 20, np.nan, "0.5", None])
    @pytest.mark.parametrize(
        "draw",
        [
            lambda rng, rate: dropout.draw(rng, (2, 3), rate),
            lambda rng, rate: dropout.draw_over_time(rng, (4, 2, 3), rate),
            lambda rng, rate: dropout.draw_recurrent(rng, rnn.init(rng, 3, 2), rate),
        ],
    )
    def test_a_rate_that_is_no_share_is_refused(self, draw, rate):
        with pytest.raises(ValueError, match="rate must be the share that is dropped, from 0 to below 1"):
            draw(np.random.default_rng(0), rate)

    def test_a_shape_without_entries_or_of_another_kind_is_refused(self):
        rng = np.random.default_rng(0)
        with pytest.raises(ValueError, match="axis 1 of shape must be a positive whole number, but is 0"):
            dropout.draw(rng, (2, 0), 0.5)
        with pytest.raises(ValueError, match=r"shape must be that of a batch of sequences, \(T, B, D\)"):
            dropout.draw_over_time(rng, (2, 3), 0.5)


class TestLayer:
    def case(self, over_time, seed=0, shape=(4, 3, 5)):
        rng = np.random.default_rng(seed)
        draw = dropout.draw_over_time if over_time else dropout.draw
        x, d_y = (read_only(rng.normal(size=shape)) for _ in range(2))
        return x, d_y, read_only(draw(rng, shape, 0.4))

    @pytest.mark.parametrize("over_time", [False, True])
    @given(seed=seeds)
    @settings(max_examples=20, deadline=None)
    def test_torch_with_the_same_draw(self, over_time, seed):
        x, d_y, m = self.case(over_time, seed)
        in_torch = leaf(x)
        expected = torch.tensor(m) * in_torch
        expected.backward(torch.tensor(d_y))
        y, cache = dropout.forward(x, m)
        assert_agrees(y, expected.detach(), 1e-10)
        assert_agrees(dropout.backward(d_y, cache), *gradients(in_torch), 1e-10)

    @pytest.mark.parametrize("over_time", [False, True])
    def test_the_gradient_equals_central_differences_at_the_same_draw(self, over_time):
        x, d_y, m = self.case(over_time)
        numerical = numerical_gradient(lambda x: float(np.sum(dropout.forward(x, m)[0] * d_y)), x)
        assert_agrees(dropout.backward(d_y, dropout.forward(x, m)[1]), numerical, 1e-8)

    def test_without_a_draw_values_and_gradients_pass_as_copies(self):
        x, d_y, _ = self.case(over_time=False)
        y, cache = dropout.forward(x, None)
        d_x = dropout.backward(d_y, cache)
        for one, other in ((y, x), (d_x, d_y)):
            np.testing.assert_array_equal(one, other)
            assert not np.shares_memory(one, other)

    def test_float32_stays_float32(self):
        x, d_y, m = (array.astype(np.float32) for array in self.case(over_time=True))
        y, cache = dropout.forward(x, m)
        assert y.dtype == dropout.backward(d_y, cache).dtype == np.float32

    def test_inputs_that_are_views_give_the_same_result(self):
        x, _, m = self.case(over_time=True)
        np.testing.assert_array_equal(
            dropout.forward(x.T, m.T)[0], np.ascontiguousarray(dropout.forward(x, m)[0].T)
        )

    @pytest.mark.parametrize(
        ("x", "keep", "error", "message"),
        [
            (
                np.ones((4, 3, 2)),
                np.ones((3, 2)),
                ValueError,
                "keep must have the shape .* An axis is missing",
            ),
            (np.ones((4, 3, 2)), np.ones((4, 2, 2)), ValueError, "keep must have the shape .* axis 1 = 3"),
            (np.ones((4, 3, 2)), np.ones(2), ValueError, "keep must have the shape .* An axis is missing"),
            (np.ones((4, 3, 2)), np.ones((1, 3, 3)), ValueError, "keep must have the shape .* axis 0 = 1"),
            (np.ones((4, 3, 2)), np.ones((4, 3, 2), bool), TypeError, "keep must hold floats"),
            (np.ones((4, 3, 2)), np.ones((4, 3, 2), np.float32), TypeError, "keep must be float64 like"),
            (np.ones((4, 3, 2)), [[1.0]], TypeError, "keep must be a NumPy array"),
            (np.ones((4, 3, 2), int), None, TypeError, "x must hold floats"),
            (np.ones((4, 3, 2), np.float16), None, TypeError, "x must hold floats"),
            ([[1.0]], None, TypeError, "x must be a NumPy array"),
            (np.ones((0, 3, 2)), None, ValueError, "An axis is empty"),
        ],
    )
    def test_what_does_not_fit_is_refused_by_name(self, x, keep, error, message):
        with pytest.raises(error, match=message):
            dropout.forward(x, keep)

    def test_an_upstream_gradient_that_does_not_fit_is_refused_by_name(self):
        _, cache = dropout.forward(np.ones((4, 3, 2)), np.ones((1, 3, 2)))
        with pytest.raises(TypeError, match="d_y must hold floats"):
            dropout.backward(np.ones((4, 3, 2), int), cache)
        with pytest.raises(ValueError, match="keep must have the shape"):
            dropout.backward(np.ones((4, 3, 5)), cache)


class TestRecurrentWeights:
    @pytest.mark.parametrize("name", ["rnn", "lstm", "gru"])
    def test_only_the_recurrent_weights_of_a_network_are_drawn(self, name):
        params = stacked.init(np.random.default_rng(0), D=3, H=20, L=2, cell=cell(name), norm=True)
        keep = dropout.draw_recurrent(np.random.default_rng(1), params, 0.25)
        drawn = dict(named_leaves(keep))
        assert set(drawn) == {"layers.0.W_hh", "layers.1.W_hh"}
        for place, layer in enumerate(params.layers):
            m = drawn[f"layers.{place}.W_hh"]
            assert m.shape == layer.W_hh.shape
            assert set(np.unique(m)) == {0.0, 4 / 3}
        assert np.any(drawn["layers.0.W_hh"] != drawn["layers.1.W_hh"])
        dropped = dropout.drop_weights(params, keep)
        for (path, weights), after in zip(named_leaves(params), leaves(dropped), strict=True):
            np.testing.assert_array_equal(after, weights * drawn.get(path, 1))

    @pytest.mark.parametrize("name", ["rnn", "lstm", "gru"])
    @pytest.mark.parametrize("masked", [False, True])
    def test_gradients_equal_central_differences_at_the_same_draw(self, name, masked):
        plain = stacked.network(cell(name), L=2)
        case = composed.make_case(plain, T=4, B=2, D=2, H=3, masked=masked)
        keep = dropout.draw_recurrent(np.random.default_rng(1), case.params, 0.4)

        def forward(params, x, state, mask):
            return plain.forward(dropout.drop_weights(params, keep), x, state, mask)

        def backward(d_h, cache, d_last):
            d_x, d_state, grads = plain.backward(d_h, cache, d_last)
            return d_x, d_state, dropout.drop_weights(grads, keep)

        composed.assert_every_gradient_equals_central_differences(
            case._replace(network=plain._replace(forward=forward, backward=backward))
        )

    @given(sizes=composed.sizes(), rate=rates)
    @settings(max_examples=20, deadline=None)
    def test_torch_with_the_same_draw(self, sizes, rate):
        network = cell("rnn")
        case = composed.make_case(network, *sizes, masked=False)
        # with few weights a draw may drop all of them, and no gradient would be left to compare
        keep = rnn.Params(None, np.where(np.eye(sizes.H), 1, 0) / (1 - rate), None)
        x, h, *weights = (leaf(array) for array in (case.x, case.state, *case.params))
        h_0, (W_xh, W_hh, b_h), m, loss = h, weights, torch.tensor(keep.W_hh), 0
        for x_t, d_h in zip(x, torch.tensor(case.d_h), strict=True):
            h = torch.tanh(x_t @ W_xh.T + h @ (m * W_hh).T + b_h)
            loss = loss + (h * d_h).sum()
        (loss + (h * torch.tensor(case.d_last)).sum()).backward()

        ours, cache = network.forward(dropout.drop_weights(case.params, keep), case.x, case.state)
        d_x, d_h_0, grads = network.backward(case.d_h, cache, case.d_last)
        assert_agrees(ours[-1], h.detach(), composed.TOLERANCE)
        grads = dropout.drop_weights(grads, keep)
        for actual, expected in zip((d_x, d_h_0, *grads), gradients(x, h_0, *weights), strict=True):
            assert_agrees(actual, expected, composed.TOLERANCE)

    def test_the_recurrent_weights_of_a_float32_network_stay_float32(self):
        params = lstm.init(np.random.default_rng(0), D=3, H=4, dtype=np.float32)
        keep = dropout.draw_recurrent(np.random.default_rng(1), params, 0.5)
        assert {weights.dtype for weights in dropout.drop_weights(params, keep)} == {np.dtype(np.float32)}

    def test_without_a_draw_the_weights_are_as_they_are(self):
        params = rnn.init(np.random.default_rng(0), D=3, H=2)
        assert dropout.drop_weights(params, None) is params

    def test_a_network_without_recurrent_weights_is_refused(self):
        with pytest.raises(ValueError, match="params must hold a W_hh, but there is none"):
            dropout.draw_recurrent(np.random.default_rng(0), (np.ones((2, 2)), None), 0.5)

    def test_a_draw_for_another_network_is_refused(self):
        params = rnn.init(np.random.default_rng(0), D=3, H=2)
        keep = dropout.draw_recurrent(np.random.default_rng(0), params, 0.5)
        with pytest.raises(ValueError, match="the trees must have the same branches"):
            dropout.drop_weights((params, params), keep)
        with pytest.raises(ValueError, match="keep must have the shape"):
            dropout.drop_weights(rnn.init(np.random.default_rng(0), D=3, H=5), keep)

    def test_inputs_are_not_written_to(self):
        params = mapped(read_only, rnn.init(np.random.default_rng(0), D=3, H=2))
        keep = dropout.draw_recurrent(np.random.default_rng(0), params, 0.5)
        before = params.W_hh.copy()
        dropout.drop_weights(params, keep)
        np.testing.assert_array_equal(params.W_hh, before)
