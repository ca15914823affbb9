"""What a step and a backward pass need: sizes are exact, and grow as the chapter says. Times are not tested."""

import numpy as np
import pytest

from rnnlab.lab import attention_memory, streaming_cost


def test_a_recurrent_state_has_one_size_and_a_cache_one_for_each_context():
    gru = streaming_cost.of_cell("gru", (4, 400), repeats=4)
    cache = streaming_cost.of_transformer((4, 400), repeats=4)
    assert [cost.state_bytes for cost in gru] == [8 * streaming_cost.H] * 2
    assert [cost.state_bytes for cost in cache] == [
        2 * 8 * streaming_cost.H * context for context in (4, 400)
    ]
    assert all(cost.microseconds > 0 for cost in [*gru, *cache])
    assert [cost.context for cost in cache] == [4, 400]


def test_kept_weights_grow_with_the_square_and_fused_attention_in_proportion():
    kept, fused = (
        np.array([attention_memory.of_attention(T, kernel) for T in (256, 512)])
        for kernel in ("weights kept", "fused")
    )
    assert kept[1] / kept[0] > 3
    assert fused[1] / fused[0] == pytest.approx(2, rel=0.02)
    assert kept[0] >= 4 * 256**2


def test_a_gru_keeps_memory_in_proportion_to_the_length():
    short, long = attention_memory.of_gru(100), attention_memory.of_gru(200)
    assert long / short == pytest.approx(2, rel=0.02)
