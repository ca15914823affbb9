"""Memory: arrays are counted to the byte, and a recurrent network's backward pass needs memory linear in T."""

import tracemalloc

import numpy as np
import pytest

from rnnlab.analysis.memory import growth, held_bytes, measured, peak_memory
from rnnlab.nets import rnn

SLACK = 4096  # Python's own objects


def test_the_peak_counts_arrays_that_live_at_the_same_time():
    def three_at_once():
        return (np.ones(100_000) * 2 + np.ones(100_000)).sum()

    def one_after_the_other():
        return sum(np.ones(100_000).sum() for _ in range(5))

    # NumPy reuses the memory of a temporary for the sum
    assert 2 * 800_000 <= peak_memory(three_at_once) <= 3 * 800_000 + SLACK
    assert 800_000 <= peak_memory(one_after_the_other) <= 800_000 + SLACK


def test_what_was_there_before_does_not_count():
    before = np.ones(1_000_000)
    assert peak_memory(lambda: before.sum()) < SLACK


def test_an_earlier_higher_peak_does_not_count():
    tracemalloc.start()
    try:
        np.ones(1_000_000).sum()
        assert peak_memory(lambda: np.ones(1000)) < 8000 + SLACK
        assert tracemalloc.is_tracing()
    finally:
        tracemalloc.stop()


def test_tracing_ends_with_the_block_even_after_an_error():
    with pytest.raises(ZeroDivisionError), measured():
        _ = 1 / 0
    assert not tracemalloc.is_tracing()


@pytest.mark.parametrize("exponent", [1, 2])
def test_growth_finds_the_exponent_of_arrays(exponent):
    grown = growth(lambda size: peak_memory(lambda: np.ones(100 * size**exponent)), [16, 32, 64, 128])
    assert grown.exponent == pytest.approx(exponent, abs=0.02)
    assert grown.sizes == (16, 32, 64, 128)


def backward_pass(T, B=4, D=3, H=32):
    rng = np.random.default_rng(0)
    params, x = rnn.init(rng, D, H), rng.normal(size=(T, B, D))

    def call():
        h, cache = rnn.forward(params, x)
        return rnn.backward(np.ones_like(h), cache)

    return call


def test_back_propagation_through_time_needs_memory_linear_in_time():
    grown = growth(lambda T: peak_memory(backward_pass(T)), [64, 128, 256, 512])
    assert grown.exponent == pytest.approx(1, abs=0.05)


def test_streaming_needs_the_same_memory_for_any_time():
    rng = np.random.default_rng(0)
    params = rnn.init(rng, D=3, H=32)

    def stream(T):
        h = np.zeros((4, 32))
        for _ in range(T):
            h = rnn.step(params, rng.normal(size=(4, 3)), h)
        return h

    stream(2)
    short, long = (peak_memory(lambda T=T: stream(T)) for T in (64, 512))
    assert long < 1.2 * short


def test_a_cache_holds_its_input_and_its_states_once_and_no_weights():
    rng = np.random.default_rng(0)
    params, x = rnn.init(rng, D=3, H=2), rng.normal(size=(4, 5, 3))
    h, cache = rnn.forward(params, x)
    assert held_bytes(cache, params) == x.nbytes + (4 + 1) * 5 * 2 * 8
    assert held_bytes((cache, [h, x[1:]]), params) == held_bytes(cache, params)
    assert held_bytes((cache, np.ones(3)), params) == held_bytes(cache, params) + 24


def test_a_view_holds_all_of_its_base():
    assert held_bytes((np.ones(100)[::50],), None) == 800


def test_growth_reads_as_a_table():
    text = repr(growth(lambda T: 8 * T, [10, 20]))
    assert text.splitlines()[-1] == "bytes ∝ size^1.00"
    assert text.splitlines()[1].split() == ["10", "80"]


@pytest.mark.parametrize(
    ("sizes", "bytes_at", "message"),
    [
        ([4, 4], lambda T: T, "sizes must hold two different sizes"),
        ([1, 2], lambda T: 0, "bytes_at must return a positive"),
    ],
)
def test_growth_refuses_what_it_cannot_fit(sizes, bytes_at, message):
    with pytest.raises(ValueError, match=message):
        growth(bytes_at, sizes)
