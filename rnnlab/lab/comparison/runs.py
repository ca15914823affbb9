"""One run: an architecture learns a task at one rate from one seed. Prediction and rules: `rnnlab.lab.comparison`."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from rnnlab.lab.comparison.architectures import Sized, draw, sized
from rnnlab.lab.comparison.model import Model
from rnnlab.lab.comparison.tasks import TASKS, Task, data_of
from rnnlab.training.clipping import clip_by_norm
from rnnlab.training.optimizers import optimizer
from rnnlab.training.schedules import cosine

EVERY, WARM_UP, CLIP = 50, 20, 1.0
PIECE = 250  # sequences that are scored at once, so that memory stays small


@dataclass(frozen=True)
class Run:
    """A job and what came of it. `updates` were made until the best validation score or until the task was solved."""

    task: str
    architecture: str
    rate: float
    seed: int
    parameters: int
    width: int
    updates: int
    validation: float
    test: float
    solved: bool
    diverged: bool
    seconds: float


def network_for(name: str, task: Task) -> Sized:
    """The network with the size of this task."""
    return sized(name, task.D, task.K, task.T, task.parameters, task.window)


def train(task: str, architecture: str, rate: float, seed: int, updates: int | None = None) -> Run:
    """One run, from a start and batches that depend on its seed alone. `updates` makes it shorter than the task says.

    Raises: KeyError for another task, ValueError for another architecture.
    """
    its, data = TASKS[task], data_of(task)
    budget = updates or its.updates
    own = network_for(architecture, its)
    model = Model(own.network, its.loss, its.labels, its.scored)
    start, batches = (np.random.default_rng([seed, which]) for which in (0, 1))
    params = draw(start, own, its.K)
    adam, schedule = optimizer("adam", rate), cosine(budget, min(WARM_UP, budget // 2))
    memory, began = adam.init(params), time.process_time()
    best, best_score, best_step, solved, diverged = params, np.inf, 0, False, False
    for step in range(1, budget + 1):
        loss, grads = model.gradient(params, data.draw(batches))
        diverged = not np.isfinite(loss)
        if diverged:
            break
        grads, _ = clip_by_norm(grads, CLIP)
        params, memory = adam.update(params, grads, memory, rate * schedule(step - 1))
        if step % EVERY == 0 or step == budget:
            score = _score(model, params, data.validation, data.score)
            if score < best_score:
                best, best_score, best_step = params, score, step
            solved = its.solved is not None and score <= its.solved
            if solved:
                break
    seconds = time.process_time() - began
    test = _score(model, best, data.test, data.score)
    return Run(
        task, architecture, rate, seed, own.parameters, own.width, best_step, float(best_score), test, solved,
        diverged, round(seconds, 3),
    )  # fmt: skip


def _score(model: Model, params, batch, score) -> float:
    """The score of a batch that may be large, computed in pieces and weighed by their sizes."""
    B = batch.x.shape[1]
    total = 0.0
    for start in range(0, B, PIECE):
        some = slice(start, start + PIECE)
        targets = batch.targets[some] if model.labels else batch.targets[:, some]
        mask = None if batch.mask is None else batch.mask[:, some]
        piece = batch._replace(x=batch.x[:, some], targets=targets, mask=mask)
        total += score(model.predict(params, piece.x, mask), piece) * piece.x.shape[1]
    return total / B
