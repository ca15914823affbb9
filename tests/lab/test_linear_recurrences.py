"""The small recurrences of the chapter: gradients by finite differences, step against forward, defining cases."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnlab.lab import linear_xor, scan_rounds, scan_speed
from rnnlab.lab.learned_start import learned_start
from rnnlab.lab.signed_recurrence import Params, signed_recurrence
from rnnlab.nets import scan
from rnnlab.nets.cells import cell
from rnnlab.nets.parameters import leaves, mapped

D, H, T, B = 3, 4, 6, 2


def moved(params, directions, by):
    steps = iter(leaves(directions))
    return mapped(lambda leaf: leaf + by * next(steps), params)


@pytest.mark.parametrize(
    "network",
    [
        signed_recurrence(),
        signed_recurrence(signed=False),
        learned_start(cell("mingru")),
        learned_start(cell("gru")),
    ],
    ids=["signed", "positive", "minGRU from a learned start", "GRU from a learned start"],
)
class TestCells:
    def test_every_gradient_is_numerical(self, network):
        rng = np.random.default_rng(0)
        params, x, d_h = network.init(rng, D, H), rng.normal(size=(T, B, D)), rng.normal(size=(T, B, H))
        _, cache = network.forward(params, x)
        d_x, _, grads = network.backward(d_h, cache)
        directions = mapped(lambda leaf: rng.normal(size=leaf.shape), params)
        along_x = rng.normal(size=x.shape)
        after, before = (
            (network.forward(moved(params, directions, by), x + by * along_x)[0] * d_h).sum()
            for by in (1e-6, -1e-6)
        )
        slope = (d_x * along_x).sum() + sum(
            (g * v).sum() for g, v in zip(leaves(grads), leaves(directions), strict=True)
        )
        assert slope == pytest.approx((after - before) / 2e-6, rel=1e-6)

    def test_step_by_step_is_the_same_as_at_once(self, network):
        rng = np.random.default_rng(1)
        params, x = network.init(rng, D, H), rng.normal(size=(T, B, D))
        h, cache = network.forward(params, x)
        state = network.zero_state(params, B)
        for t in range(T):
            state = network.step(params, x[t], state)
            np.testing.assert_allclose(network.output(state), h[t], atol=1e-12)
        np.testing.assert_array_equal(network.last_state(cache), h[-1])

    def test_the_dtype_is_kept(self, network):
        params = network.init(np.random.default_rng(2), D, H, np.float32)
        h, cache = network.forward(params, np.ones((T, B, D), np.float32))
        _, _, grads = network.backward(h, cache)
        assert {leaf.dtype for leaf in [h, *leaves(grads)]} == {np.dtype(np.float32)}


def test_a_factor_of_minus_one_computes_parity_and_a_positive_one_cannot_be_negative():
    bits = np.random.default_rng(3).integers(0, 2, size=(40, 5))
    flip = Params(W_xh=np.array([[-100.0], [1.0]]), b_h=np.array([50.0, 0.0]))
    h, _ = signed_recurrence().forward(flip, bits[:, :, None].astype(float))
    np.testing.assert_array_equal(h[:, :, 0].round(), bits.cumsum(axis=0) % 2)
    _, cache = signed_recurrence(signed=False).forward(flip, bits[:, :, None].astype(float))
    assert (cache.a >= 0).all()


@given(rounds=st.integers(0, 6), seed=st.integers(0, 100))
def test_both_scans_are_the_loop(rounds, seed):
    rng = np.random.default_rng(seed)
    a, b = rng.uniform(-1, 1, size=(2, 2**rounds, B, H))
    h_0 = rng.normal(size=(B, H))
    expected = scan.forward(a, b, h_0, method="loop")[0]
    for way in (scan_rounds.doubling, scan_rounds.tree):
        np.testing.assert_allclose(scan_rounds.run(a, b, h_0, way(len(a))), expected, atol=1e-12)


@pytest.mark.parametrize("T", [2, 8, 64, 1024])
def test_rounds_and_work_are_as_the_chapter_says(T):
    doubling, tree = scan_rounds.doubling(T), scan_rounds.tree(T)
    assert len(doubling) == np.log2(T)
    assert len(tree) < 2 * np.log2(T)
    assert sum(map(len, tree)) < 2 * T
    assert sum(map(len, doubling)) == T * np.log2(T) - (T - 1)


def test_the_circles_of_a_round_do_not_need_each_other():
    for pairs in scan_rounds.tree(64):
        assert not {earlier for earlier, _ in pairs} & {later for _, later in pairs}


def test_a_tree_of_another_size_is_refused():
    with pytest.raises(ValueError, match="power of two"):
        scan_rounds.tree(12)


def test_exclusive_or_is_in_the_states_and_no_linear_readout_finds_it():
    shares = linear_xor.shares_right(seed=7)
    assert abs(shares["linear"] - 0.5) < 0.1
    assert shares["hidden layer"] > 0.95


def test_every_method_is_timed_at_every_length():
    taken = scan_speed.against_length((4, 8), B=1, H=2)
    assert list(taken) == list(scan_speed.METHODS)
    assert all(len(line) == 2 and min(line) >= 0 for line in taken.values())
