"""The backward references agree with torch's automatic differentiation, and with the course's own networks."""

import numpy as np
import pytest
import torch

from rnnlab.analysis import gradient_check as analysis
from rnnlab.exercises import find
from rnnlab.exercises.bptt.masked_backward import arguments as masked_arguments
from rnnlab.exercises.bptt.shared import states
from rnnlab.exercises.draw import scenes

SCENES = [
    pytest.param(scene, id=f"{seed}-{scene.trait or k}")
    for seed in range(3)
    for k, scene in enumerate(scenes(np.random.default_rng(seed)))
    if scene.trait not in ("float32", "large")
]


def tensors(*arrays):
    return [torch.tensor(np.array(array), requires_grad=True) for array in arrays]


def assert_same(mine, expected):
    for one, other in zip(mine, expected, strict=True):
        np.testing.assert_allclose(one, other.numpy(), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("masked", [False, True], ids=["plain", "masked"])
def test_the_backward_passes_are_those_of_automatic_differentiation(scene, masked):
    d_h, x, mask, _, h_0, W_xh, W_hh = masked_arguments(scene)
    mask = mask if masked else np.ones_like(mask)
    b_h = scene.state(scene.H)
    leaves = tensors(x, h_0, W_xh, W_hh, b_h)
    x_, h_t, W_x, W_h, b = leaves
    loss = torch.tensor(0.0, dtype=torch.float64)
    for t in range(len(x)):
        real = torch.tensor(np.array(mask[t]))[:, None]
        h_t = torch.where(real, torch.tanh(x_[t] @ W_x.T + h_t @ W_h.T + b), h_t)
        loss = loss + (h_t * torch.tensor(np.array(d_h[t]))).sum()
    h = states(x, mask, h_0, W_xh, W_hh, b_h)
    name, given = ("masked_backward", (mask,)) if masked else ("rnn_backward", ())
    grads = find(f"bptt.{name}").reference(d_h, x, *given, h, h_0, W_xh, W_hh)
    assert_same(grads, torch.autograd.grad(loss, leaves))


@pytest.mark.parametrize("scene", SCENES)
def test_windows_as_long_as_the_sequence_give_the_whole_gradient_and_no_longer_one_does(scene):
    given = find("bptt.rnn_backward").probes(np.random.default_rng(scene.T))[0].arguments
    whole = find("bptt.rnn_backward").reference(*given)[2:]
    truncated = find("bptt.truncated_backward").reference
    for one, other in zip(truncated(*given, window=len(given[1])), whole, strict=True):
        np.testing.assert_array_equal(one, other)
    assert not np.allclose(truncated(*given, window=len(given[1]) - 1)[1], whole[1])


@pytest.mark.parametrize("name", ["rnn_step_backward", "readout_backward"])
def test_single_layers_agree_with_automatic_differentiation(name):
    exercise = find(f"bptt.{name}")
    for probe in exercise.probes(np.random.default_rng(0)):
        if probe.traits & {"float32", "large"}:
            continue
        if name == "readout_backward":
            d_y, h, W_hy = probe.arguments
            h_, W, b = tensors(h, W_hy, np.zeros(len(W_hy)))
            loss = ((h_ @ W.T + b) * torch.tensor(np.array(d_y))).sum()
            expected = torch.autograd.grad(loss, (h_, W, b))
            assert_same(exercise.reference(d_y, h, W_hy), expected)
        else:
            d_h, x, h_prev, h, W_xh, W_hh = probe.arguments
            # The bias that makes h_t what the probe says it is, for each sequence its own.
            offset = torch.tensor(np.arctanh(h) - x @ W_xh.T - h_prev @ W_hh.T)
            leaves = tensors(x, h_prev, W_xh, W_hh, np.zeros(len(W_hh)))
            x_, h_, W_x, W_h, b = leaves
            loss = (torch.tanh(x_ @ W_x.T + h_ @ W_h.T + b + offset) * torch.tensor(np.array(d_h))).sum()
            assert_same(exercise.reference(d_h, x, h_prev, h, W_xh, W_hh), torch.autograd.grad(loss, leaves))


def test_the_numerical_gradient_is_that_of_the_analysis():
    exercise = find("bptt.numerical_gradient")
    for f, x, epsilon in (probe.arguments for probe in exercise.probes(np.random.default_rng(0))):
        expected = analysis.numerical_gradient(f, x, epsilon)
        np.testing.assert_allclose(exercise.reference(f, x, epsilon), expected, rtol=1e-9, atol=1e-11)
