"""Estimates of the gradient: angles, noise, and what theory says of it."""

from __future__ import annotations

import numpy as np
import pytest

from rnnlab.lab import gradient_estimates as lab
from rnnlab.lab.learning_without_bptt import recall
from rnnlab.training.alternatives import network
from rnnlab.training.alternatives.methods import method


@pytest.fixture(scope="module")
def problem():
    return lab.problem(recall(4), seed=0, H=5, B=6)


def test_repeated_sequences_have_the_same_loss_and_gradient(problem):
    params, sequences = problem
    one, many = (network.gradient(params, each.batch()) for each in (sequences, lab.repeated(sequences, 3)))
    assert many.loss == pytest.approx(one.loss, rel=1e-12)
    np.testing.assert_allclose(lab.vector(many.grads), lab.vector(one.grads), atol=1e-14)


def test_the_cosine_is_one_for_the_gradient_itself_and_zero_for_nothing(problem):
    assert lab.cosines_by_samples(method("rtrl"), problem, [1, 3]) == pytest.approx([1, 1], abs=1e-12)
    assert lab.noise(method("rtrl"), problem, samples=1) < 1e-20
    assert lab.cosine(np.zeros(3), np.ones(3)) == 0


@pytest.mark.parametrize("updates", [0, 20])
def test_measured_noise_is_what_theory_says(updates):
    problem = lab.problem(recall(4), seed=1, H=5, B=6, updates=updates)
    for name, expected in (
        ("node_perturbation", lab.node_noise(problem)),
        ("weight_perturbation", lab.weight_noise(problem)),
    ):
        shaken = method(name, rng=np.random.default_rng(0))
        assert lab.noise(shaken, problem, samples=400) == pytest.approx(expected, rel=0.25)


def test_repeating_a_batch_is_averaging_node_perturbation(problem):
    few, many = lab.cosines_by_samples(
        method("node_perturbation", rng=np.random.default_rng(0)), problem, [1, 2000], at_once=500
    )
    assert many > max(few, 0.95)


def test_node_gradients_give_the_gradient_at_the_bias(problem):
    params, batch = problem.params, problem.sequences.batch()
    d_a = lab.node_gradients(params, batch)
    exact = network.gradient(params, batch).grads.recurrent.b_h
    np.testing.assert_allclose(d_a.sum(axis=(0, 1)), exact, atol=1e-14)
