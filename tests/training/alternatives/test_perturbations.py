"""Weight, node and activity perturbation: exact where everything is linear, aligned with the gradient on the mean.

Two kinds of proof. A loss that is linear in what is perturbed makes one direction exact, and one direction for each
coordinate the whole gradient: no statistics. The rest draws thousands of random directions with a fixed seed; the
bounds are the expected errors, some standard deviations wider.
"""

import numpy as np
import pytest

from rnnlab.nets import rnn
from rnnlab.nets.cells import cell
from rnnlab.nets.parameters import count, leaves, mapped
from rnnlab.training.alternatives import (
    activity_perturbation,
    network,
    node_perturbation,
    perturbed,
    step_losses,
    truncated,
    weight_perturbation,
)
from rnnlab.training.alternatives.perturbed import Nodes
from tests.nets.numerics import assert_agrees
from tests.training.alternatives.problems import (
    assert_same,
    cosine,
    linear_problem,
    problem,
    relative_distance,
    vector,
)

SMALL = {"T": 3, "B": 1, "D": 2, "H": 3, "K": 2}
BY_NODES = [node_perturbation, activity_perturbation]
ALL = [weight_perturbation, *BY_NODES]


def unit_directions(batch, H, K):
    """One direction for each node of each step, with 1 there and 0 elsewhere, in all sequences."""
    T, B, _ = batch.x.shape
    for t in range(T):
        for node in range(H + K):
            ones = np.zeros((T, B, H + K))
            ones[t, :, node] = 1
            yield Nodes(ones[..., :H], ones[..., H:])


def summed(estimates):
    total, *others = (estimate.grads for estimate in estimates)
    for each in others:
        total = mapped(np.add, total, each)
    return total


def repeated(params, batch, copies):
    """The same sequence many times, whose losses are shared out: one pass draws noise for each copy."""
    T, _, D = batch.x.shape

    def loss(y):
        losses, d_y = zip(*(batch.loss(y[:, [b]]) for b in range(copies)), strict=True)
        return np.concatenate(losses, axis=1) / copies, np.concatenate(d_y, axis=1) / copies

    mask = None if batch.mask is None else np.broadcast_to(batch.mask, (T, copies))
    return batch._replace(
        x=np.broadcast_to(batch.x, (T, copies, D)),
        state=np.broadcast_to(batch.state, (copies, batch.state.shape[1])),
        mask=mask,
        loss=loss,
    )


def mean_of_many(module, params, batch, draws, **options):
    rng = np.random.default_rng(0)
    return module.gradient(params, batch, rng, samples=draws, antithetic=True, **options).grads


class TestExactness:
    @pytest.mark.parametrize("antithetic", [False, True])
    @pytest.mark.parametrize("masked", [False, True])
    def test_one_direction_for_each_node_gives_the_whole_gradient(self, masked, antithetic):
        params, batch = linear_problem(B=3, T=4, masked=masked)
        if masked:
            unmasked_loss = batch.loss
            batch = batch._replace(loss=lambda y: tuple(
                part * batch.mask.reshape(*batch.mask.shape, *[1] * (part.ndim - 2)) for part in unmasked_loss(y)
            ))  # fmt: skip
        directions = unit_directions(batch, H=5, K=3)
        estimates = (
            node_perturbation.along(
                params, batch, mapped(lambda ones: ones * real(batch), direction), antithetic=antithetic
            )
            for direction in directions
        )
        assert_same(summed(estimates), network.gradient(params, batch).grads, 1e-9)

    def test_one_direction_for_each_weight_gives_the_gradient_up_to_second_order(self):
        params, batch = problem(**SMALL)
        exact = vector(network.gradient(params, batch).grads)

        def derivative(place, antithetic):
            flat = np.zeros(count(params))
            flat[place] = 1
            sizes = np.cumsum([leaf.size for leaf in leaves(params)])[:-1]
            pieces = iter(np.split(flat, sizes))
            direction = mapped(lambda w: next(pieces).reshape(w.shape), params)
            estimate = weight_perturbation.along(params, batch, direction, sigma=1e-3, antithetic=antithetic)
            return vector(estimate.grads)[place]

        one_sided = np.array([derivative(place, False) for place in range(count(params))])
        two_sided = np.array([derivative(place, True) for place in range(count(params))])
        assert_agrees(two_sided, exact, 1e-5)
        assert 1e-4 < np.max(np.abs(one_sided - exact)) / np.max(np.abs(exact)) < 1e-1

    def test_a_single_direction_is_the_directional_derivative_times_the_direction(self):
        params, batch = problem(**SMALL)
        direction = mapped(lambda w: np.random.default_rng(1).normal(size=w.shape), params)
        estimate = weight_perturbation.along(params, batch, direction, sigma=1e-4, antithetic=True)
        slope = vector(network.gradient(params, batch).grads) @ vector(direction)
        assert_agrees(vector(estimate.grads), slope * vector(direction), 1e-6)

    def test_the_sign_of_a_direction_does_not_matter_to_an_antithetic_estimate(self):
        params, batch = problem()
        direction = perturbed.draw(np.random.default_rng(1), params, batch)
        opposite = Nodes(-direction.a, -direction.y)
        for module in BY_NODES:
            one, two = (
                module.along(params, batch, each, sigma=0.1, antithetic=True).grads
                for each in (direction, opposite)
            )
            assert_same(one, two, 1e-12)

    def test_without_paths_between_nodes_one_direction_for_each_node_of_a_layer_gives_its_gradient(self):
        """Each direction counts N times, and the mean over the N directions of a layer has each node once."""
        params, batch = linear_problem(T=3, H=4, K=2)
        silent = params.recurrent._replace(W_hh=np.zeros((4, 4)))
        params = network.Params(silent, params.readout._replace(W_hy=np.zeros((2, 4))))
        directions = unit_directions(batch, H=4, K=2)
        by_activity = summed(activity_perturbation.along(params, batch, each) for each in directions)
        exact = network.gradient(params, batch).grads
        assert_same(mapped(lambda g: g / 2, by_activity.readout), exact.readout, 1e-9)

    def test_the_size_of_the_noise_cancels_from_activity_perturbation(self):
        params, batch = linear_problem(B=2)
        direction = perturbed.draw(np.random.default_rng(1), params, batch)
        small, large = (
            activity_perturbation.along(params, batch, direction, sigma).grads for sigma in (1e-2, 10.0)
        )
        assert_same(small, large, 1e-9)

    def test_activity_perturbation_is_the_directional_derivative_along_the_activity(self):
        params, batch = linear_problem(T=1, B=1, H=3, K=2)
        direction = perturbed.draw(np.random.default_rng(1), params, batch)
        d_a = direction.a[0, 0]
        d_y = params.readout.W_hy @ d_a + direction.y[0, 0]
        slope = batch.loss(np.zeros((1, 1, 2)))[1][0, 0] @ d_y
        at_a, at_y = 3 * slope * d_a / (d_a @ d_a), 2 * slope * d_y / (d_y @ d_y)
        grads = activity_perturbation.along(params, batch, direction).grads
        assert_agrees(grads.recurrent.b_h, at_a, 1e-9)
        assert_agrees(grads.recurrent.W_xh, np.outer(at_a, batch.x[0, 0]), 1e-9)
        assert_agrees(grads.recurrent.W_hh, np.outer(at_a, batch.state[0]), 1e-9)
        assert_agrees(grads.readout.b_y, at_y, 1e-9)


class TestMeans:
    """In each mean of n draws, |ĝ − g| / |g| should be about √(dimensions / n)."""

    def test_weight_perturbation_is_unbiased_and_its_variance_is_that_of_its_formula(self):
        params, batch = problem(**SMALL)
        exact = network.gradient(params, batch).grads
        rng, P, n = np.random.default_rng(0), count(params), 2000
        draws = (
            weight_perturbation.gradient(params, batch, rng, 1e-6, antithetic=True).grads for _ in range(n)
        )
        square = np.mean([relative_distance(drawn, exact) ** 2 for drawn in draws])
        assert abs(square / (P + 1) - 1) < 0.15

    def test_weight_perturbation_points_along_the_gradient_on_the_mean(self):
        params, batch = problem(**SMALL)
        mean = mean_of_many(weight_perturbation, params, batch, draws=4000)
        exact = network.gradient(params, batch).grads
        expected = np.sqrt((count(params) + 1) / 4000)
        assert relative_distance(mean, exact) < 1.5 * expected
        assert cosine(mean, exact) > 0.99

    @pytest.mark.parametrize("masked", [False, True])
    def test_node_perturbation_points_along_the_gradient_on_the_mean(self, masked):
        params, batch = problem(T=4, B=1, D=2, H=4, K=2, masked=masked)
        many = repeated(params, batch, copies=1000)
        exact = network.gradient(params, batch).grads
        mean = mean_of_many(node_perturbation, params, many, draws=8)
        assert cosine(mean, exact) > 0.995
        assert relative_distance(mean, exact) < 0.1

    def test_the_error_of_the_mean_falls_with_the_root_of_the_number_of_draws(self):
        params, batch = problem(T=4, B=1, D=2, H=4, K=2)
        exact = network.gradient(params, batch).grads
        few, many = (
            np.sqrt(np.mean([
                relative_distance(
                    node_perturbation.gradient(
                        params, repeated(params, batch, copies), np.random.default_rng(seed)
                    ).grads,
                    exact,
                )
                ** 2
                for seed in range(20)
            ]))
            for copies in (4, 64)
        )  # fmt: skip
        assert 2.8 < few / many < 5.7  # √16 = 4

    def test_activity_perturbation_is_aligned_with_the_gradient_but_not_unbiased(self):
        params, batch = problem(T=10, B=1, D=2, H=4, K=2)
        many = repeated(params, batch, copies=1000)
        exact = network.gradient(params, batch).grads
        by_activity = mean_of_many(activity_perturbation, params, many, draws=8)
        by_nodes = mean_of_many(node_perturbation, params, many, draws=8)
        assert 0.95 < cosine(by_activity, exact) < 0.99 < cosine(by_nodes, exact)

    def test_credit_for_ones_own_step_alone_finds_the_fully_truncated_gradient(self):
        params, batch = problem(T=4, B=1, D=2, H=4, K=2)
        many = repeated(params, batch, copies=1000)
        expected = truncated.gradient(params, batch).grads
        by_nodes = mean_of_many(node_perturbation, params, many, draws=8, credit="step")
        by_activity = mean_of_many(activity_perturbation, params, many, draws=8, credit="step")
        assert cosine(by_nodes, expected) > 0.995
        assert cosine(by_activity, expected) > 0.95

    @pytest.mark.parametrize("module", BY_NODES)
    def test_with_that_credit_an_input_before_the_answer_teaches_nothing(self, module):
        params, batch = problem(T=5, B=3)
        x = batch.x.copy()
        x[-1] = 0
        loss = step_losses.squared_error(np.ones((5, 3, 3)), step_losses.at_the_end(5, 3))
        batch = batch._replace(x=x, loss=loss)
        now, later = (
            module.gradient(params, batch, np.random.default_rng(0), credit=credit).grads.recurrent.W_xh
            for credit in ("step", "future")
        )
        assert not now.any()
        assert np.all(later != 0)
        assert not truncated.gradient(params, batch).grads.recurrent.W_xh.any()


class TestVariance:
    def errors(self, params, batch, draws=100, **options):
        """The mean square error of one draw, as a fraction of |g|², by method."""
        exact = network.gradient(params, batch).grads

        def error(module, seed):
            drawn = module.gradient(params, batch, np.random.default_rng(seed), **options).grads
            return relative_distance(drawn, exact) ** 2

        return {module: np.mean([error(module, seed) for seed in range(draws)]) for module in ALL}

    def test_in_a_short_task_of_a_wide_network_one_draw_errs_least_by_nodes(self):
        params, batch = problem(T=2, B=1, D=4, H=24, K=2, gain=0.2)
        errors = self.errors(params, batch)
        assert errors[weight_perturbation] > 5 * errors[node_perturbation]
        assert errors[weight_perturbation] > 5 * errors[activity_perturbation]

    def test_a_batch_averages_the_noise_of_nodes_but_not_that_of_weights(self):
        params, batch = problem(T=3, B=1, D=2, H=4, K=2)
        alone = self.errors(params, batch)
        many = self.errors(params, repeated(params, batch, copies=16))
        assert 0.6 < many[weight_perturbation] / alone[weight_perturbation] < 1.7
        assert many[node_perturbation] / alone[node_perturbation] < 1 / 8

    def test_credit_for_the_future_alone_errs_less_than_credit_for_everything(self):
        params, batch = problem(T=6, B=1, D=2, H=4, K=2)
        exact = network.gradient(params, batch).grads.recurrent
        squares = {"future": 0.0, "everything": 0.0}
        clean = network.forward(params, batch)
        for seed in range(200):
            direction = perturbed.draw(np.random.default_rng(seed), params, batch)
            noise = mapped(lambda ones: 1e-4 * ones, direction)
            change = perturbed.difference(params, batch, clean, noise).losses
            everything = np.broadcast_to(change.sum(axis=0), change.shape)
            for name, credit in (("future", perturbed.credited(change)), ("everything", everything)):
                nodes = Nodes(credit[..., np.newaxis] / 1e-4 * direction.a, np.zeros_like(direction.y))
                grads = perturbed.weight_gradients(nodes, batch, clean).recurrent
                squares[name] += relative_distance(grads, exact) ** 2 / 200
        assert squares["future"] < 0.8 * squares["everything"]


class TestPerturbedPasses:
    @pytest.mark.parametrize("masked", [False, True])
    @pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid", "identity"])
    def test_the_changes_are_those_of_a_loop_with_noise(self, activation, masked):
        params, batch = problem(masked=masked, kind=cell("rnn", activation=activation))
        clean = network.forward(params, batch)
        noise = mapped(lambda each: 0.3 * each, perturbed.draw(np.random.default_rng(1), params, batch))
        changed = perturbed.difference(params, batch, clean, noise)
        h, loud = batch.state, batch.state
        y_loud = np.empty_like(clean.y)
        f = {"tanh": np.tanh, "relu": lambda a: np.maximum(a, 0), "sigmoid": lambda a: 1 / (1 + np.exp(-a))}
        for t, x_t in enumerate(batch.x):
            W_xh, W_hh, b_h = params.recurrent
            real = np.ones((3, 1), bool) if batch.mask is None else batch.mask[t][:, np.newaxis]
            a, a_loud = W_xh @ x_t.T + W_hh @ h.T, W_xh @ x_t.T + W_hh @ loud.T + noise.a[t].T
            np.testing.assert_allclose(changed.nodes.a[t], ((a_loud - a).T) * real, atol=1e-12)
            step = f.get(activation, lambda a: a)
            h = np.where(real, step(a.T + b_h), h)
            loud = np.where(real, step(a_loud.T + b_h), loud)
            y_loud[t] = loud @ params.readout.W_hy.T + params.readout.b_y + noise.y[t]
        np.testing.assert_allclose(changed.nodes.y, y_loud - clean.y, atol=1e-12)
        np.testing.assert_allclose(changed.losses, batch.loss(y_loud)[0] - clean.losses, atol=1e-12)

    def test_noise_is_standard_normal_and_silent_at_padding(self):
        params, batch = problem(T=30, B=40, masked=True)
        numbers = perturbed.draw(np.random.default_rng(0), params, batch)
        for each in numbers:
            assert not each[~batch.mask].any()
            assert abs(each[batch.mask].mean()) < 0.05
            assert abs(each[batch.mask].std() - 1) < 0.05

    def test_the_weight_gradients_are_those_of_bptt_at_the_true_node_gradients(self):
        params, batch = problem(T=1)
        clean = network.forward(params, batch)
        d_h, _ = rnn.readout_backward(clean.d_y, clean.h, params.readout)
        nodes = Nodes(d_h * (1 - clean.h**2), clean.d_y)
        assert_same(
            perturbed.weight_gradients(nodes, batch, clean), network.gradient(params, batch).grads, 1e-12
        )


class TestInterface:
    @pytest.mark.parametrize("module", ALL)
    def test_the_same_seed_gives_the_same_estimate_and_another_one_another(self, module):
        params, batch = problem(masked=True)
        first, same, other = (
            vector(module.gradient(params, batch, np.random.default_rng(seed)).grads) for seed in (1, 1, 2)
        )
        np.testing.assert_array_equal(first, same)
        assert not np.allclose(first, other)

    @pytest.mark.parametrize("module", ALL)
    def test_the_loss_is_that_of_the_clean_network(self, module):
        params, batch = problem()
        estimate = module.gradient(params, batch, np.random.default_rng(0), samples=3)
        assert_agrees(estimate.loss, network.gradient(params, batch).loss, 1e-14)

    @pytest.mark.parametrize("module", ALL)
    def test_several_samples_are_the_mean_of_single_ones(self, module):
        params, batch = problem()
        together = module.gradient(params, batch, np.random.default_rng(0), samples=3).grads
        rng = np.random.default_rng(0)
        one_by_one = summed(module.gradient(params, batch, rng) for _ in range(3))
        assert_same(together, mapped(lambda g: g / 3, one_by_one), 1e-12)

    @pytest.mark.parametrize("module", ALL)
    def test_float32_stays_float32(self, module):
        params, batch = problem(dtype=np.float32)
        grads = module.gradient(params, batch, np.random.default_rng(0), sigma=1e-2).grads
        assert {leaf.dtype for leaf in leaves(grads)} == {np.dtype(np.float32)}

    @pytest.mark.parametrize("kind", ["lstm", "gru"])
    def test_weight_perturbation_needs_no_knowledge_of_the_cell(self, kind):
        params, batch = problem(**SMALL, kind=cell(kind))
        mean = mean_of_many(weight_perturbation, params, batch, draws=1500)
        assert cosine(mean, network.gradient(params, batch).grads) > 0.9

    @pytest.mark.parametrize("module", BY_NODES)
    def test_garbage_at_padding_has_no_effect(self, module):
        params, batch = problem(masked=True)
        garbage = batch._replace(x=np.where(batch.mask[..., np.newaxis], batch.x, 1e6))
        one, two = (
            module.gradient(params, each, np.random.default_rng(0)).grads for each in (batch, garbage)
        )
        assert_same(one, two, 1e-12)

    @pytest.mark.parametrize("module", BY_NODES)
    def test_another_cell_is_refused(self, module):
        params, batch = problem(kind=cell("gru"))
        with pytest.raises(TypeError, match="is the cell 'gru'"):
            module.gradient(params, batch, np.random.default_rng(0))

    @pytest.mark.parametrize("module", ALL)
    @pytest.mark.parametrize(
        ("options", "message"),
        [({"sigma": 0.0}, "sigma must be a positive number"), ({"sigma": np.nan}, "sigma must be a positive number"),
         ({"samples": 0}, "samples must be a positive whole number")],
    )  # fmt: skip
    def test_sizes_are_refused_unless_positive(self, module, options, message):
        params, batch = problem()
        with pytest.raises(ValueError, match=message):
            module.gradient(params, batch, np.random.default_rng(0), **options)

    @pytest.mark.parametrize("module", BY_NODES)
    def test_wrong_credit_and_wrong_directions_are_refused(self, module):
        params, batch = problem()
        with pytest.raises(ValueError, match="credit must be 'future' or 'step'"):
            module.gradient(params, batch, np.random.default_rng(0), credit="past")
        with pytest.raises(ValueError, match=r"noise\.a must have the shape"):
            module.along(params, batch, Nodes(np.ones((4, 3, 3)), np.ones((4, 3, 3))))

    def test_a_loss_of_another_shape_is_refused(self):
        params, batch = problem()
        with pytest.raises(ValueError, match="losses must have the shape"):
            network.gradient(params, batch._replace(loss=lambda y: (y, y)))
        with pytest.raises(ValueError, match="d_y must have the shape"):
            network.gradient(params, batch._replace(loss=lambda y: (y[..., 0], y[..., 0])))


def real(batch):
    return 1.0 if batch.mask is None else batch.mask[..., np.newaxis]
