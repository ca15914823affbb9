"""Labeling: a delay moves answers and nothing else, gradients are right, and dependence shows who is blind."""

from __future__ import annotations

import numpy as np
import pytest

from rnnlab.analysis.gradient_check import check_gradient
from rnnlab.lab import labeling as lab
from rnnlab.nets.parameters import mapped
from rnnlab.training.minibatches import Batch

WIRINGS = {
    "one": lab.Wiring(H=3),
    "late": lab.Wiring(H=3, delay=2),
    "both": lab.Wiring(H=3, both=True, combine="sum"),
    "head": lab.Wiring(H=3, both=True, head=4, kind="gru"),
}


def batch(mask: bool) -> Batch:
    rng = np.random.default_rng(0)
    real = np.arange(5)[:, None] < np.array([5, 3]) if mask else None
    scored = np.ones((5, 2), bool) if real is None else real
    return Batch(rng.normal(size=(5, 2, 2)), rng.integers(0, 3, size=(5, 2)), real, scored)


def params_of(wiring: lab.Wiring) -> lab.Params:
    start = wiring.init(np.random.default_rng(1), D=2, K=3)
    return mapped(lambda leaf: leaf.astype(np.float64), start)


@pytest.mark.parametrize("name", WIRINGS)
@pytest.mark.parametrize("mask", [False, True])
def test_gradients_are_those_of_the_loss(name, mask):
    wiring, data = WIRINGS[name], batch(mask)
    params = params_of(wiring)
    _, grads = wiring.gradient(params, data)
    assert check_gradient(lambda p: wiring.gradient(p, data)[0], params, grads).passed


def test_a_delay_gives_each_sequence_its_own_extra_steps():
    data = batch(mask=True)
    late = lab.delayed(data, 2)
    assert late.mask is not None
    assert late.mask.sum(axis=0).tolist() == [7, 5]
    assert late.scored is not None
    assert late.scored.sum() == data.mask.sum()
    assert (late.targets[late.scored] == data.targets[data.mask]).all()
    assert not late.x[3:, 1].any()


def test_padding_changes_no_answer():
    data = batch(mask=True)
    for wiring in WIRINGS.values():
        params = params_of(wiring)
        alone = wiring.logits(
            params, Batch(data.x[:3, 1:], data.targets[:3, 1:], None, np.ones((3, 1), bool))
        )
        np.testing.assert_allclose(wiring.logits(params, data)[:3, 1:], alone, rtol=0, atol=1e-12)


def test_one_direction_is_blind_to_the_future_and_a_delay_sees_as_far_as_it_waits():
    x = batch(mask=False).x
    ahead = {
        name: np.nonzero(lab.dependence(params_of(wiring), wiring, x).max(axis=0))
        for name, wiring in WIRINGS.items()
    }
    assert {name: int((s - t).max()) for name, (t, s) in ahead.items()} == {
        "one": 0,
        "late": 2,
        "both": 4,
        "head": 4,
    }


def test_a_batch_must_say_what_is_scored():
    with pytest.raises(ValueError, match="scored is None"):
        lab.delayed(Batch(np.ones((2, 1, 1)), np.zeros((2, 1), int)), 1)
