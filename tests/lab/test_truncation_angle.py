"""The angle experiment: no angle at the full length, and a larger one for larger recurrent weights."""

from __future__ import annotations

import numpy as np
import pytest

from rnnlab.lab import truncation_angle as lab


@pytest.mark.parametrize("last_only", [False, True])
def test_the_full_length_is_the_whole_gradient(last_only):
    assert lab.cosines(0, 0.9, [20], last_only, T=20)[0] == pytest.approx(1)


def test_larger_recurrent_weights_turn_the_gradient_more():
    small, large = (
        np.mean([lab.cosines(seed, radius, [4], T=20) for seed in range(3)]) for radius in (0.5, 1.2)
    )
    assert large < small - 0.1
