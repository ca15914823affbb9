"""Forward memory: a linear gradient is exact, its memory ends with its room, and noise hides small traces."""

import numpy as np
import pytest

from rnnlab.lab import forward_memory as lab


@pytest.fixture(scope="module")
def linear():
    return lab.measure(
        np.random.default_rng(0), (2, 8, 16), gain=0.5, input_sd=1.0, activation="identity", H=40
    )


def test_the_linear_gradient_halves_in_every_step(linear):
    np.testing.assert_allclose(linear.log10_gradient, np.array([2, 8, 16]) * np.log10(0.5), atol=1e-9)


def test_a_linear_network_remembers_as_many_tokens_as_it_has_room_for(linear):
    assert linear.right[:2].tolist() == [1.0, 1.0]  # 3 (8 + 1) numbers fit into 40, 3 (16 + 1) do not
    assert linear.right[2] < 0.6


def test_noise_hides_a_trace_that_is_smaller():
    memory = lab.measure(
        np.random.default_rng(0), (2, 8), gain=0.1, input_sd=1.0, activation="identity", H=40, noise=1e-4
    )
    assert memory.right.tolist() == [1.0, 1.0]
    assert memory.noisy[0] == 1.0
    assert memory.noisy[1] < 0.4


def test_a_chaotic_network_has_a_growing_gradient_and_loses_the_token():
    memory = lab.measure(np.random.default_rng(0), (2, 40), gain=3.0, input_sd=0.1, activation="tanh", H=60)
    assert memory.log10_gradient[1] > memory.log10_gradient[0] > 0
    assert memory.right[0] == 1.0
    assert memory.right[1] < 0.5


def test_a_state_that_holds_nothing_is_read_at_guessing():
    rng = np.random.default_rng(0)
    assert lab.readable(rng.normal(size=(1000, 5)), rng.integers(0, 4, size=1000)) < 0.35
