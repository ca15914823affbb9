"""Experiment: how well does each method's estimate point along the true gradient, and how noisy is it?

Predictions: the mean of weight and of node perturbation tends to the gradient as samples are averaged, that of ANP to
something beside it; the noise of weight perturbation grows with the number of weights, that of node perturbation with
the number of nodes, and so with the length of the sequences. Budget: a few seconds. Results: cosines and ratios.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rnnlab.lab.learning_without_bptt import Sequences, Task
from rnnlab.nets import rnn
from rnnlab.nets.parameters import count, leaves
from rnnlab.training.alternatives import network
from rnnlab.training.clipping import clip_by_norm
from rnnlab.training.optimizers import optimizer

Array = NDArray[Any]


class Problem(NamedTuple):
    """A network and a batch of sequences: what all methods are asked about."""

    params: network.Params
    sequences: Sequences


def problem(task: Task, seed: int, H: int = 16, B: int = 32, updates: int = 0) -> Problem:
    """A network with default weights, trained by BPTT for some updates, and a fresh batch."""
    rng = np.random.default_rng(seed)
    params, adam = network.init(rng, task.D, H, task.K), optimizer("adam", 1e-2)
    state = adam.init(params)
    for _ in range(updates):
        grads, _ = clip_by_norm(network.gradient(params, task.draw(rng, B).batch()).grads, 1.0)
        params, state = adam.update(params, grads, state)
    return Problem(params, task.draw(rng, B))


def vector(tree: Any) -> Array:
    """All numbers of a tree in a row."""
    return np.concatenate([leaf.ravel() for leaf in leaves(tree)])


def cosine(one: Any, other: Any) -> float:
    """The cosine of the angle between two trees or arrays, 0 where one of them is zero.

    >>> cosine((np.array([1.0, 0.0]),), (np.array([1.0, 1.0]),)).__round__(3)
    0.707
    """
    u, v = (vector(each) for each in (one, other))
    lengths = np.linalg.norm(u) * np.linalg.norm(v)
    return float(u @ v / lengths) if lengths > 0 else 0.0


def repeated(sequences: Sequences, times: int) -> Sequences:
    """The same sequences several times over. Node perturbation draws noise for each, so these are as many samples."""
    x, targets, weights = sequences
    return Sequences(
        np.tile(x, (1, times, 1)), np.tile(targets, (1, times)), np.tile(weights, (1, times)) / times
    )


def cosines_by_samples(
    method: network.Method, given: Problem, samples: Sequence[int], at_once: int = 1
) -> list[float]:
    """The cosine with BPTT's gradient of the mean of 1, 2, 4, … estimates, `at_once` of them in one repeated batch."""
    params, sequences = given
    exact = network.gradient(params, sequences.batch()).grads
    total, drawn, cosines = np.zeros(count(params)), 0, []
    for wanted in samples:
        while drawn < wanted:
            times = min(at_once, wanted - drawn)
            batch = repeated(sequences, times).batch()
            total += times * vector(method(params, batch).grads)
            drawn += times
        cosines.append(cosine(total, vector(exact)))
    return cosines


def noise(method: network.Method, given: Problem, samples: int) -> float:
    """The squared error of one estimate in units of the gradient's square: the mean of |ĝ − g|² / |g|²."""
    batch = given.sequences.batch()
    g = vector(network.gradient(given.params, batch).grads)
    errors = (vector(method(given.params, batch).grads) - g for _ in range(samples))
    return float(np.mean([error @ error for error in errors]) / (g @ g))


def weight_noise(given: Problem) -> float:
    """What theory says for weight perturbation: P + 1, for P weights."""
    return count(given.params) + 1.0


def node_noise(given: Problem) -> float:
    """What theory says for node perturbation, if the loss counts at the last step only, as in recall.

    Σ_b (|g_b|² Σ_n |z_bn|² + |G_b|²) / |G|², where g_b holds the gradients at the nodes of sequence b, z_bn is what
    enters node n (states or inputs, and the 1 of the bias), G_b the gradient at the weights from b, and G = Σ_b G_b.
    """
    batch = given.sequences.batch()
    outcome = network.forward(given.params, batch)
    nodes = [
        (node_gradients(given.params, batch), np.concatenate([batch.x, _before(outcome.h)], axis=-1)),
        (outcome.d_y[-1:], outcome.h[-1:]),
    ]
    square = sum((d**2).sum(axis=(0, 2)) for d, _ in nodes)
    total = 0.0
    for d, z in nodes:
        z = np.concatenate([z, np.ones((*z.shape[:2], 1))], axis=-1)
        G_b = np.einsum("tbi,tbm->bim", d, z)
        total += (square * d.shape[-1] * (z**2).sum(axis=(0, 2))).sum() + (G_b**2).sum()
    G = vector(network.gradient(given.params, batch).grads)
    return float(total / (G @ G))


def node_gradients(params: network.Params, batch: network.Batch) -> Array:
    """∂L/∂a_t at every pre-activation, (T, B, H): the gradient at an input that enters it with weight 1."""
    W_xh, W_hh, b_h = params.recurrent
    H, (T, B, _) = len(b_h), batch.x.shape
    opened = rnn.Params(np.hstack([W_xh, np.eye(H)]), W_hh, b_h)
    h, cache = rnn.forward(opened, np.concatenate([batch.x, np.zeros((T, B, H))], axis=-1))
    _, d_y = network.losses_at(rnn.readout(params.readout, h), batch)
    d_h, _ = rnn.readout_backward(d_y, h, params.readout)
    return rnn.backward(d_h, cache)[0][..., -H:]


def _before(h: Array) -> Array:
    """h_{t−1} for every step, where h_0 = 0."""
    return np.concatenate([np.zeros_like(h[:1]), h[:-1]])
