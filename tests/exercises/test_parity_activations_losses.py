"""The references agree with torch's functions and automatic differentiation, and with the course's own networks."""

import numpy as np
import pytest
import torch

from rnnlab.exercises.activations_losses import (
    bits,
    cross_entropy,
    d_logits,
    d_relu,
    d_sigmoid,
    d_tanh,
    log_softmax,
    masked_sequence_loss,
    perplexity,
    readout_loss,
    relu,
    sigmoid,
    softmax,
)
from rnnlab.nets import activations, losses

SEEDS = range(4)


def drawn(exercise, seed):
    """The probes in double precision; float32 agrees with itself only to float32's digits."""
    probes = exercise.probes(np.random.default_rng(seed))
    return [probe for probe in probes if "float32" not in probe.traits]


def tensor(array, **options):
    return torch.tensor(np.array(array), **options)


def assert_same(mine, expected):
    np.testing.assert_allclose(mine, np.asarray(expected), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize(
    ("exercise", "ours", "theirs"),
    [
        (relu.RELU, activations.relu, torch.relu),
        (sigmoid.SIGMOID, activations.sigmoid, torch.sigmoid),
        (softmax.SOFTMAX, activations.softmax, lambda y: torch.softmax(y, dim=-1)),
        (log_softmax.LOG_SOFTMAX, activations.log_softmax, lambda y: torch.log_softmax(y, dim=-1)),
    ],
    ids=["relu", "sigmoid", "softmax", "log_softmax"],
)
def test_functions_of_one_array_are_those_of_torch_and_of_the_course(exercise, ours, theirs):
    for probe in (probe for seed in SEEDS for probe in drawn(exercise, seed)):
        (given,) = probe.arguments
        mine = exercise.reference(given)
        assert_same(mine, ours(np.array(given)))
        assert_same(mine, theirs(tensor(given)))


@pytest.mark.parametrize(
    ("slope", "ours", "theirs"),
    [
        (d_tanh.d_tanh, activations.tanh_derivative, torch.tanh),
        (d_sigmoid.d_sigmoid, activations.sigmoid_derivative, torch.sigmoid),
        (d_relu.d_relu, activations.relu_derivative, torch.relu),
    ],
    ids=["tanh", "sigmoid", "relu"],
)
def test_slopes_from_the_output_are_those_of_automatic_differentiation(slope, ours, theirs):
    a = tensor(np.random.default_rng(0).normal(size=(6, 5)), requires_grad=True)
    h = theirs(a)
    h.sum().backward()
    mine = slope(h.detach().numpy())
    assert_same(mine, a.grad)
    assert_same(mine, ours(h.detach().numpy()))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_loss_and_its_gradient_are_those_of_torch_and_of_the_course(seed):
    for probe in drawn(cross_entropy.CROSS_ENTROPY, seed):
        logits, targets = probe.arguments
        leaf = tensor(logits, requires_grad=True)
        theirs = torch.nn.functional.cross_entropy(leaf, tensor(targets))
        theirs.backward()
        loss, gradient = losses.cross_entropy(np.array(logits), np.array(targets))
        assert_same(cross_entropy.cross_entropy(logits, targets), loss)
        assert_same(cross_entropy.cross_entropy(logits, targets), theirs.detach())
        assert_same(d_logits.d_logits(logits, targets), gradient)
        assert_same(d_logits.d_logits(logits, targets), leaf.grad)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_masked_loss_is_torchs_with_ignored_targets_and_the_courses(seed):
    for probe in drawn(masked_sequence_loss.MASKED_SEQUENCE_LOSS, seed):
        logits, targets, mask = probe.arguments
        mine = masked_sequence_loss.masked_sequence_loss(logits, targets, mask)
        kept = tensor(np.where(mask, targets, -100)).reshape(-1)
        rows = tensor(logits).reshape(len(kept), -1)
        assert_same(mine, torch.nn.functional.cross_entropy(rows, kept, ignore_index=-100))
        assert_same(mine, losses.masked_sequence_loss(np.array(logits), np.array(targets), np.array(mask))[0])


@pytest.mark.parametrize("seed", SEEDS)
def test_the_loss_of_a_readout_is_that_of_a_linear_layer(seed):
    for probe in drawn(readout_loss.READOUT_LOSS, seed):
        h, targets, W_hy, b_y = probe.arguments
        logits = torch.nn.functional.linear(tensor(h), tensor(W_hy), tensor(b_y))
        expected = torch.nn.functional.cross_entropy(logits, tensor(targets))
        assert_same(readout_loss.readout_loss(h, targets, W_hy, b_y), expected)


@pytest.mark.parametrize("seed", SEEDS)
def test_bits_and_perplexity_are_those_of_the_course(seed):
    for probe in drawn(bits.BITS_PER_TOKEN, seed):
        (surprise,) = probe.arguments
        assert_same(bits.bits(surprise), losses.bits(float(surprise.mean())))
        assert_same(perplexity.perplexity(surprise), losses.perplexity(float(surprise.mean())))
        assert_same(2 ** bits.bits(surprise), perplexity.perplexity(surprise))


@pytest.mark.parametrize("seed", SEEDS)
def test_two_probes_rule_a_target_out_and_in_one_of_them_no_exponential_overflows(seed):
    """Otherwise an overflow and the logarithm of zero might not be met, or could not be told apart."""
    large = [probe for probe in drawn(cross_entropy.CROSS_ENTROPY, seed) if "large" in probe.traits]
    for probe in large:
        logits, targets = probe.arguments
        p = softmax.softmax(logits)[np.arange(len(targets)), targets]
        assert (p == 0).any()
    with np.errstate(over="ignore"):
        assert [np.isfinite(np.exp(probe.arguments[0])).all() for probe in large] == [False, True]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_probability_rounds_to_zero_at_a_real_step_and_at_padding(seed):
    """So that the logarithm of zero shows, and so does 0 times that."""
    probes = drawn(masked_sequence_loss.MASKED_SEQUENCE_LOSS, seed)
    for logits, targets, mask in (probe.arguments for probe in probes if "large" in probe.traits):
        p = np.take_along_axis(softmax.softmax(logits), targets[..., np.newaxis], axis=-1)[..., 0]
        assert (p[mask] == 0).any()
        assert (p[~mask] == 0).any()
