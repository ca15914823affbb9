"""The references on gradients agree with torch, and with the course's own analysis and training code."""

import numpy as np
import pytest
import torch

from rnnlab.analysis import spectra
from rnnlab.exercises.draw import scenes
from rnnlab.exercises.gradients.clip_by_norm import CLIP_BY_NORM, clip_as_torch_does
from rnnlab.exercises.gradients.clip_by_value import CLIP_BY_VALUE
from rnnlab.exercises.gradients.jacobian_product_norms import JACOBIAN_PRODUCT_NORMS
from rnnlab.exercises.gradients.orthogonal_init import ORTHOGONAL_INIT, nearest_orthogonal
from rnnlab.exercises.gradients.power_norms import POWER_NORMS
from rnnlab.exercises.gradients.questions import ANGLE
from rnnlab.exercises.gradients.rescale_spectral_radius import RESCALE_SPECTRAL_RADIUS
from rnnlab.exercises.gradients.scaled_update import SCALED_UPDATE
from rnnlab.exercises.gradients.shared import recurrent_matrix
from rnnlab.exercises.gradients.spectral_radius import SPECTRAL_RADIUS
from rnnlab.exercises.gradients.step_jacobian import STEP_JACOBIAN
from rnnlab.nets import initialisation
from rnnlab.training import clipping

SEEDS = range(3)


def probes(exercise):
    """All probes of three draws but those in float32, which have fewer digits."""
    drawn = (exercise.probes(np.random.default_rng(seed)) for seed in SEEDS)
    return [probe.arguments for some in drawn for probe in some if "float32" not in probe.traits]


def assert_same(mine, expected):
    for one, other in zip(mine, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-12)


def tensors(*arrays):
    return [torch.tensor(np.array(array)) for array in arrays]


def test_the_step_jacobian_is_that_of_automatic_differentiation():
    for h_t, W_hh in probes(STEP_JACOBIAN):
        # What the inputs must have added, for h_t to come out of a state of zeros.
        from_inputs, W = tensors(np.arctanh(h_t), W_hh)
        before = torch.zeros(len(W_hh), dtype=torch.float64)
        for J, a in zip(STEP_JACOBIAN.reference(h_t, W_hh), from_inputs, strict=True):
            expected = torch.autograd.functional.jacobian(lambda h, a=a, W=W: torch.tanh(W @ h + a), before)
            np.testing.assert_allclose(J, expected.numpy(), rtol=1e-10, atol=1e-12)


def test_the_norms_of_the_products_are_those_of_a_network_differentiated_by_torch():
    T, H = 6, 4
    rng = np.random.default_rng(0)
    W, inputs = tensors(rng.normal(size=(H, H)), rng.normal(size=(T, H)))

    def run(h, first):
        for a in inputs[first:]:
            h = torch.tanh(W @ h + a)
        return h

    states = [torch.zeros(H, dtype=torch.float64)]
    for a in inputs:
        states.append(torch.tanh(W @ states[-1] + a))
    J = STEP_JACOBIAN.reference(torch.stack(states[1:]).numpy(), W.numpy())
    expected = [
        torch.linalg.matrix_norm(
            torch.autograd.functional.jacobian(lambda h, t=t: run(h, t), states[t]), ord=2
        ).item()
        for t in range(T)
    ]
    np.testing.assert_allclose(JACOBIAN_PRODUCT_NORMS.reference(J), expected, rtol=1e-10)


@pytest.mark.parametrize("arguments", probes(SPECTRAL_RADIUS))
def test_the_spectral_radius_is_that_of_torch_and_of_the_analysis(arguments):
    (W,) = arguments
    mine = SPECTRAL_RADIUS.reference(W)
    assert mine == pytest.approx(
        torch.linalg.eigvals(torch.tensor(np.array(W))).abs().max().item(), rel=1e-10
    )
    assert mine == pytest.approx(spectra.spectral_radius(W), rel=1e-12)


def test_the_rescaled_matrix_is_that_of_the_analysis_and_has_the_radius_asked_for():
    for W, radius in probes(RESCALE_SPECTRAL_RADIUS):
        mine = RESCALE_SPECTRAL_RADIUS.reference(W, radius)
        np.testing.assert_allclose(mine, spectra.with_spectral_radius(W, radius), rtol=1e-12)
        assert spectra.spectral_radius(mine) == pytest.approx(radius, rel=1e-9)


def test_the_norms_of_the_powers_are_those_of_the_analysis():
    for W, steps in probes(POWER_NORMS):
        mine = POWER_NORMS.reference(W, steps)
        np.testing.assert_allclose(np.log10(mine), spectra.log10_power_norms(W, steps), atol=1e-10)
        assert mine[-1] == pytest.approx(
            torch.linalg.matrix_norm(torch.matrix_power(torch.tensor(np.array(W)), steps), ord=2).item()
        )


def test_matrices_of_the_probes_have_every_kind_of_largest_eigenvalue_and_are_not_normal():
    kinds, ratios = set(), []
    for scene in scenes(np.random.default_rng(1)):
        W = recurrent_matrix(scene)
        values = np.linalg.eigvals(W)
        largest = values[np.abs(values).argmax()]
        kinds.add("complex" if abs(largest.imag) > 0.1 else "negative" if largest.real < 0 else "positive")
        if scene.H > 1:
            ratios.append(spectra.spectral_norm(W) / np.abs(largest))
    assert kinds == {"complex", "negative", "positive"}
    assert min(ratios) > 1.002
    assert np.median(ratios) > 1.2


def test_an_orthogonal_start_keeps_lengths_and_is_that_of_the_package():
    for A, gain in probes(ORTHOGONAL_INIT):
        for start in (ORTHOGONAL_INIT.reference, nearest_orthogonal):
            W = start(A, gain)
            np.testing.assert_allclose(W @ W.T, gain**2 * np.eye(len(A)), atol=1e-12)
        R = ORTHOGONAL_INIT.reference(A, 1.0).T @ A
        np.testing.assert_allclose(R, np.triu(R), atol=1e-12)
        assert (np.diag(R) > 0).all()
    drawn = np.random.default_rng(3).normal(size=(5, 5))
    expected = initialisation.orthogonal(np.random.default_rng(3), 5, 5, gain=1.3)
    np.testing.assert_allclose(ORTHOGONAL_INIT.reference(drawn, 1.3), expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("exercise", "package", "torch_clips"),
    [
        (CLIP_BY_VALUE, clipping.clip_by_value, torch.nn.utils.clip_grad_value_),
        (CLIP_BY_NORM, clipping.clip_by_norm, torch.nn.utils.clip_grad_norm_),
    ],
    ids=["value", "norm"],
)
def test_clipping_is_that_of_the_package_and_of_torch(exercise, package, torch_clips):
    for *grads, threshold in probes(exercise):
        mine = exercise.reference(*grads, threshold)
        if threshold > 0:
            assert_same(mine, package(tuple(grads), threshold)[0])
        weights = tensors(*grads)
        for weight in weights:
            weight.grad = weight.clone()
        torch_clips(weights, threshold)
        by_torch = [weight.grad.numpy() for weight in weights]
        assert_same(mine if exercise is CLIP_BY_VALUE else clip_as_torch_does(*grads, threshold), by_torch)


def test_the_update_of_a_scaled_loss_is_the_step_of_an_optimizer_on_the_loss_itself():
    for W_hh, b_h, d_W_hh, d_b_h, scale, threshold, rate in probes(SCALED_UPDATE):
        weights = tensors(W_hh, b_h)
        for weight, gradient in zip(weights, (d_W_hh, d_b_h), strict=True):
            weight.grad = torch.tensor(np.array(gradient)) / scale
        torch.nn.utils.clip_grad_norm_(weights, threshold)
        torch.optim.SGD(weights, lr=rate).step()
        mine = SCALED_UPDATE.reference(W_hh, b_h, d_W_hh, d_b_h, scale, threshold, rate)
        for one, other in zip(mine, weights, strict=True):
            np.testing.assert_allclose(one, other.numpy(), rtol=1e-5, atol=1e-6)


def test_the_answer_about_the_angle_is_the_angle():
    g, threshold = np.array([8.0, 0.6]), 1.0
    clipped = np.clip(g, -threshold, threshold)
    cosine = g @ clipped / np.linalg.norm(g) / np.linalg.norm(clipped)
    assert np.degrees(np.arccos(cosine)) == pytest.approx(ANGLE.answer, abs=ANGLE.tolerance / 2)
