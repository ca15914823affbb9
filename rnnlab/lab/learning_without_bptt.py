"""Experiment: one small network, one loop, many gradients. Which of them learns what, and after how many updates?

Predictions: on recall, a method learns if it lets credit reach the first step, and full truncation does not; on delayed
copy, diagonal feedback is hardly better than full truncation, although it does well on recall.
Budget: about 12 s for three rates and three seeds of all methods. H = 16, B = 32, Adam, gradient norm clipped at 1.

For one seed every method starts from the same weights and sees the same batches. The plain network is tested on 256
fresh sequences every 25 updates, without skips and without noise. Solved means 98 % right at such a test; a run stops
there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.data.synthetic.batch import vectors
from rnnlab.data.synthetic.tasks import TASKS
from rnnlab.nets.parameters import mapped
from rnnlab.training.alternatives import decorrelation, network, state_feedback, step_losses
from rnnlab.training.alternatives.methods import method
from rnnlab.training.alternatives.skip_connections import Skip
from rnnlab.training.alternatives.skip_schedule import annealed
from rnnlab.training.clipping import clip_by_norm
from rnnlab.training.optimizers import optimizer

Array = NDArray[Any]

H, B, TEST, EVERY, ENOUGH = 16, 32, 256, 25, 0.98
RATES = (3e-3, 1e-2, 3e-2)
SEEDS = (0, 1, 2)


class Sequences(NamedTuple):
    """Inputs x (T, B, D), right answers (T, B), and the weight of each step in the loss (T, B)."""

    x: Array
    targets: Array
    weights: Array

    def batch(self) -> network.Batch:
        return network.Batch(self.x, step_losses.cross_entropy(self.targets, self.weights))


class Task(NamedTuple):
    """A task of this page: how to draw B sequences, the sizes of inputs and answers, and what guessing scores."""

    name: str
    draw: Callable[[Generator, int], Sequences]
    D: int
    K: int

    @property
    def chance(self) -> float:
        return 1 / self.K


def recall(T: int) -> Task:
    """Name the first of T tokens at the last step; the tokens between are noise of another kind."""

    def draw(rng: Generator, B: int) -> Sequences:
        drawn = TASKS["recall"].draw(rng, B=B, T=T)
        return Sequences(vectors(drawn), drawn.targets, drawn.counts / drawn.counts.sum())

    return Task(f"recall, {T} steps", draw, D=8, K=4)


def delayed_copy(T: int, lag: int) -> Task:
    """Name at each step the bit of `lag` steps before; the bits go in as −1 and 1."""

    def draw(rng: Generator, B: int) -> Sequences:
        bits = rng.integers(0, 2, size=(T, B))
        targets, weights = np.zeros_like(bits), np.zeros((T, B))
        targets[lag:] = bits[:-lag]
        weights[lag:] = 1 / ((T - lag) * B)
        return Sequences(2.0 * bits[..., np.newaxis] - 1, targets, weights)

    return Task(f"copy of {lag} steps before", draw, D=1, K=2)


@dataclass(frozen=True)
class Run:
    """One training: the accuracy of the plain network at the start and after every 25 updates."""

    method: str
    rate: float
    seed: int
    accuracy: tuple[float, ...]

    @property
    def updates(self) -> tuple[int, ...]:
        return tuple(EVERY * test for test in range(len(self.accuracy)))

    @property
    def solved(self) -> int | None:
        """The number of updates after which the task was solved, or None."""
        return self.updates[-1] if self.accuracy[-1] >= ENOUGH else None

    def __str__(self) -> str:
        return str(self.solved) if self.solved is not None else f"– ({max(self.accuracy):.2f})"


def readout_alone(params: network.Params, batch: network.Batch) -> network.Estimate:
    """The floor: the recurrent weights stay as they were drawn, and only the readout learns."""
    loss, grads = network.gradient(params, batch)
    return network.Estimate(loss, network.Params(mapped(np.zeros_like, grads.recurrent), grads.readout))


def by_mean_diagonal(params: network.Params, batch: network.Batch) -> network.Estimate:
    """Diagonal feedback with the mean diagonal of this batch's own Jacobians."""

    def backward(d_h: Array, cache: Any) -> tuple[Array, Array, Any]:
        diagonal = state_feedback.mean_jacobian_diagonal(cache)
        return state_feedback.backward(d_h, batch.x, cache, batch.cell, diagonal)

    return network.gradient(params, batch, backward)


PLAIN: dict[str, network.Method] = {
    "BPTT": method("bptt"),
    "DSF": method("state_feedback"),
    "DSF, mean diagonal": by_mean_diagonal,
    "fully truncated": method("truncated"),
    "readout alone": readout_alone,
}
NOISY = {
    "weight perturbation": "weight_perturbation",
    "node perturbation": "node_perturbation",
    "ANP": "activity_perturbation",
    "ANP, decorrelated": "activity_perturbation",
}


def gradient_at(
    name: str, update: int, noise: Generator, skip: int = 5, annealing: int = 250
) -> network.Method:
    """The method of this name at one update; the strength of skip connections falls from 0.9 to 0 by `annealing`."""
    if name == "SCTT":
        return method("skip_connections", skip=Skip(skip, annealed(update, annealing)))
    if name in NOISY:
        return method(NOISY[name], rng=noise)
    return PLAIN[name]


def train(
    task: Task, name: str, rate: float, seed: int, most: int = 300, recurrent: str = "uniform", **skips: int
) -> Run:
    """Train for at most `most` updates; seed fixes the start, the batches, the noise, and the test sequences."""
    start, data, noise, fresh = (np.random.default_rng((seed, part)) for part in range(4))
    params = network.init(start, task.D, H, task.K, recurrent=recurrent)
    R = decorrelation.none(task.D, H)
    adam, test = optimizer("adam", rate), task.draw(fresh, TEST)
    state, accuracy = adam.init(params), [_accuracy(params, test)]
    for update in range(most):
        batch, gradient = task.draw(data, B).batch(), gradient_at(name, update, noise, **skips)
        if name == "ANP, decorrelated":
            estimate = decorrelation.gradient(gradient, params, batch, R)
            h = network.forward(decorrelation.folded(params, R), batch).h
            R = decorrelation.updated(R, batch.x, h)
        else:
            estimate = gradient(params, batch)
        grads, _ = clip_by_norm(estimate.grads, 1.0)
        params, state = adam.update(params, grads, state)
        if (update + 1) % EVERY == 0:
            accuracy.append(_accuracy(decorrelation.folded(params, R), test))
            if accuracy[-1] >= ENOUGH:
                break
    return Run(name, rate, seed, tuple(accuracy))


def scan(
    task: Task,
    names: Iterable[str],
    rates: Sequence[float] = RATES,
    seeds: Sequence[int] = SEEDS,
    most: int = 300,
    **options: Any,
) -> dict[str, list[Run]]:
    """Every method with every rate and seed: nothing is left out of the result."""
    once = partial(train, task, most=most, **options)
    return {name: [once(name, rate, seed) for rate in rates for seed in seeds] for name in names}


def best_rate(runs: Sequence[Run], most: int = 300) -> float:
    """The rate with the fewest updates in the mean, then the best accuracy; unsolved runs count as `most` updates."""

    def score(rate: float) -> tuple[float, float]:
        own = [run for run in runs if run.rate == rate]
        updates = [most if run.solved is None else run.solved for run in own]
        return float(np.mean(updates)), -float(np.mean([run.accuracy[-1] for run in own]))

    return min(dict.fromkeys(run.rate for run in runs), key=score)


def _accuracy(params: network.Params, test: Sequences) -> float:
    answers = network.forward(params, test.batch()).y.argmax(axis=-1)
    return float(np.mean((answers == test.targets)[test.weights > 0]))
