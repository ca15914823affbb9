"""The passes of the cells that go step by step need little more memory than what the cache must hold, by formula."""

import numpy as np
import pytest

from rnnlab.analysis.cost import recurrent
from rnnlab.analysis.memory import peak_memory
from rnnlab.nets.cells import cell
from rnnlab.nets.products import CHUNK_BYTES

STEP_BY_STEP = ("rnn", "lstm", "gru")


def peak_and_formula(name, T, B, D, H):
    rng, kind = np.random.default_rng(0), cell(name)
    params, x, d_h = kind.init(rng, D, H), rng.normal(size=(T, B, D)), rng.normal(size=(T, B, H))
    peak = peak_memory(lambda: kind.backward(d_h, kind.forward(params, x)[1]))
    return peak, getattr(recurrent, name)(T, B, D, H).held_bytes


@pytest.mark.parametrize("name", STEP_BY_STEP)
def test_both_passes_stay_within_1_3_times_of_what_the_cache_holds(name):
    peak, formula = peak_and_formula(name, T=256, B=32, D=32, H=128)
    assert formula > 10**7
    assert peak <= 1.3 * formula


@pytest.mark.parametrize("name", STEP_BY_STEP)
@pytest.mark.parametrize(("T", "B"), [(32, 1), (512, 1), (64, 8)])
def test_on_small_networks_the_room_for_a_stretch_of_steps_is_all_that_comes_on_top(name, T, B):
    peak, formula = peak_and_formula(name, T, B, D=32, H=32)
    assert peak <= 1.3 * formula + 4 * CHUNK_BYTES
