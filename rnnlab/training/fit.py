"""The training loop: batch, gradient, clipping, update; with early stopping, checkpoints and a progress bar.

`fit` works for any function gradient(params, batch) → (loss, grads). Everything that decides its course is passed in:
the same arguments give the same numbers, bit for bit, whether a run goes through at once or is killed and resumed from
its checkpoint any number of times. For this, nothing but `batches` may draw from `rng`.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from tqdm import tqdm

from rnnlab.nets.door import expect_sizes
from rnnlab.nets.parameters import mapped
from rnnlab.training.clipping import clip_by_norm, expect_finite, global_norm
from rnnlab.training.epochs import Batches, Place, batches_from
from rnnlab.training.history import History
from rnnlab.training.optimizers import Optimizer, OptimizerState
from rnnlab.training.runs import Log, Run, resumed, settings_of, store
from rnnlab.training.schedules import Schedule, constant
from rnnlab.training.trees import expect_parameters
from rnnlab.training.validation import Validation, expect_valid, judged, out_of_patience

Clip = Callable[[Any], tuple[Any, float]]


class Diverged(FloatingPointError):
    """A run whose loss, gradient or validation score is no longer a finite number."""


@dataclass(frozen=True)
class Fit:
    """A trained network: `params`, those with the best validation score if there was one, and the run's history.

    `last` and `carry` are the parameters and what the gradient function handed on after the last step.
    """

    params: Any
    history: History
    last: Any
    carry: Any

    def __repr__(self) -> str:
        return repr(self.history)

    def _repr_html_(self) -> str:
        return self.history._repr_html_()


class _Plan(NamedTuple):
    """What stays the same from step to step."""

    gradient: Callable[..., Any]
    optimizer: Optimizer
    clip: Clip
    schedule: Schedule
    carry: Any
    validation: Validation | None


def fit(
    params: Any,
    gradient: Callable[..., Any],
    batches: Batches,
    optimizer: Optimizer,
    *,
    rng: Generator,
    steps: int | None = None,
    epochs: int | None = None,
    clip: float | Clip | None = None,
    schedule: Schedule | None = None,
    carry: Any = None,
    validation: Validation | None = None,
    checkpoint: Path | str | None = None,
    checkpoint_every: int = 100,
    progress: bool | None = None,
) -> Fit:
    """Train until `steps` updates or `epochs` passes through the data are done, or validation says stop.

    gradient(params, batch) → (loss, grads); with a `carry`, gradient(params, batch, carry) → (loss, grads, carry), and
    each epoch starts from the given one. batches(rng) gives the batches of one epoch (`drawn`, `bucketed`, `streamed`,
    or any function). At step s the rate is optimizer.rate · schedule(s). `clip` is the largest norm, or a function like
    `clip_by_value` with its limit filled in.

    A `checkpoint` is written after each `checkpoint_every` steps, at the end, and when the run is interrupted. If the
    file is there already, the run goes on from it, whatever the values in `params` and the state of `rng`. More steps
    may be asked for, other settings not. What `batches` and `gradient` compute must be the same as before.

    The progress bar shows on a terminal, elsewhere when a run takes over 2 s; `progress` True shows it, False never.

    Raises: Diverged when the loss or gradient is no longer finite, ForeignCheckpoint for a checkpoint of another
    network or run, DamagedCheckpoint for an unreadable one, ValueError for settings that do not fit together.
    Source: chapter training.

    >>> import numpy as np
    >>> from rnnlab.training.minibatches import drawn
    >>> from rnnlab.training.optimizers import optimizer
    >>> def gradient(params, x):
    ...     return float(np.mean((params[0] - x) ** 2)), (2 * np.mean(params[0] - x, keepdims=True),)
    >>> batches = drawn(lambda rng: rng.normal(3.0, 0.1, size=50))
    >>> rng = np.random.default_rng(0)
    >>> result = fit((np.zeros(1),), gradient, batches, optimizer("sgd", rate=0.1), rng=rng, steps=60)
    >>> result.params[0].round(1), len(result.history.loss)
    (array([3.]), 60)
    """
    _expect_settings(params, steps, epochs, checkpoint_every, validation)
    plan = _Plan(gradient, optimizer, _clipping(clip), schedule or constant(), carry, validation)
    settings = _settings(rng, optimizer, clip, schedule, validation)
    path = None if checkpoint is None else Path(checkpoint)
    run, log = Run(0, params, optimizer.init(params), carry), Log()
    if path is not None and path.exists():
        run, log = resumed(path, params, run.memory, carry, settings)
        _expect_more(path, run, steps, epochs)
    stream = batches_from(batches, rng, run.place, run.rng_now)
    first, started = run.step, time.perf_counter() - log.seconds

    def keep() -> None:
        log.seconds = time.perf_counter() - started
        if path is not None:
            store(path, run, log, settings)

    with _bar(progress, steps, first) as bar:
        try:
            while run.step != steps and not out_of_patience(run, validation):
                place, batch = next(stream)
                if place.epoch == epochs:
                    break
                run = _advanced(plan, run, place, batch, log)._replace(rng_now=rng.bit_generator.state)
                bar.set_postfix_str(f"loss {log.steps[-1][0]:.4g}", refresh=False)
                bar.update()
                if run.step % checkpoint_every == 0:
                    keep()
        except KeyboardInterrupt:
            keep()
            raise
    if run.step > first:
        keep()
    return Fit(
        params=run.params if run.best_step is None else run.best_params,
        history=_history(run, log, _reason(run, validation, steps)),
        last=run.params,
        carry=run.carry,
    )


def _advanced(plan: _Plan, run: Run, place: Place, batch: Any, log: Log) -> Run:
    """The run one step further."""
    carry = plan.carry if place.number == 1 else run.carry
    loss, grads, carry = _loss_and_gradient(plan, run.params, batch, carry)
    if not math.isfinite(loss):
        raise _diverged(plan, run, log, f"the loss is {loss}")
    try:
        grads, norm = plan.clip(grads)
    except FloatingPointError as reason:
        raise _diverged(plan, run, log, str(reason).rstrip(".")) from reason
    rate = plan.optimizer.rate * float(plan.schedule(run.step)) * run.plateau.share
    params, memory = plan.optimizer.update(run.params, grads, run.memory, rate)
    log.steps.append((loss, norm, rate))
    run = run._replace(
        step=run.step + 1,
        params=_in_rows(params),
        memory=OptimizerState(memory.step, _in_rows(memory.direction), _in_rows(memory.squares)),
        carry=_in_rows(carry),
        place=place,
    )
    if plan.validation is None or run.step % plan.validation.every:
        return run
    score = float(plan.validation.score(params))
    if math.isnan(score):
        raise _diverged(plan, run, log, "the validation score is nan")
    log.scores.append((run.step, score))
    return judged(plan.validation, run, score)


def _loss_and_gradient(plan: _Plan, params: Any, batch: Any, carry: Any) -> tuple[float, Any, Any]:
    if plan.carry is None:
        loss, grads = plan.gradient(params, batch)
    else:
        loss, grads, carry = plan.gradient(params, batch, carry)
    return float(loss), grads, carry


def _in_rows(tree: Any) -> Any:
    """The tree with all arrays row by row in memory, as a checkpoint gives them back.

    BLAS adds in another order where an array lies otherwise, and then a resumed run would differ in its last digits.
    """
    return mapped(lambda leaf: np.asarray(leaf, order="C"), tree)


def _diverged(plan: _Plan, run: Run, log: Log, what: str) -> Diverged:
    """What went wrong, where, what came before it, and what to try."""
    before = "There was no step before it."
    if run.step:
        loss, _, rate = log.steps[run.step - 1]
        norms = [norm for _, norm, _ in log.steps[: run.step]]
        before = (
            f"The loss before it was {loss:.4g} with the rate {rate:.3g}, and the largest gradient norm so far "
            f"{max(norms):.3g}, at step {norms.index(max(norms)) + 1}."
        )
    return Diverged(
        f"at step {run.step + 1} {what}. {before} Try a smaller rate than {plan.optimizer.rate:g} or a smaller clip, "
        "and look for NaN and very large numbers in the data."
    )


def _clipping(clip: float | Clip | None) -> Clip:
    if clip is None:
        return _measured
    return clip if callable(clip) else partial(clip_by_norm, largest=clip)


def _measured(grads: Any) -> tuple[Any, float]:
    """The gradient as it is, and its norm."""
    norm = global_norm(grads)
    expect_finite(grads, norm)
    return grads, norm


def _bar(progress: bool | None, steps: int | None, first: int) -> tqdm:
    at_once = progress or sys.stderr.isatty()
    return tqdm(
        total=steps,
        initial=first,
        desc="training",
        unit="step",
        delay=0 if at_once else 2,
        mininterval=0.1 if at_once else 1,
        disable=progress is False,
    )


def _reason(run: Run, validation: Validation | None, steps: int | None) -> str:
    if out_of_patience(run, validation):
        return "patience"
    return "steps" if run.step == steps else "epochs"


def _history(run: Run, log: Log, stopped: str) -> History:
    steps, scores = log.up_to(run.step)
    for table in (steps, scores):
        table.setflags(write=False)
    loss, norm, rate = steps.T
    return History(
        loss, norm, rate, scores[:, 0].astype(int), scores[:, 1], run.best_step, log.seconds, stopped
    )


def _settings(
    rng: Generator,
    optimizer: Optimizer,
    clip: float | Clip | None,
    schedule: Schedule | None,
    validation: Validation | None,
) -> dict[str, Any]:
    """What a checkpoint must have been written with. Functions cannot be compared: they are taken to be the same."""
    return settings_of(
        rng,
        optimizer=optimizer.name,
        rate=optimizer.rate,
        options=optimizer.options,
        clip="a function" if callable(clip) else None if clip is None else float(clip),
        schedule=schedule is not None,
        validation=validation and [validation.every, validation.better, validation.plateau],
    )


def _expect_settings(
    params: Any, steps: int | None, epochs: int | None, checkpoint_every: int, validation: Validation | None
) -> None:
    expect_parameters("params", params)
    if (steps is None) == (epochs is None):
        raise ValueError("fit needs steps or epochs, one of them, to know how long to train.")
    expect_sizes(steps=1 if steps is None else steps, epochs=1 if epochs is None else epochs)
    expect_sizes(checkpoint_every=checkpoint_every)
    if validation is not None:
        expect_valid(validation, steps)


def _expect_more(path: Path, run: Run, steps: int | None, epochs: int | None) -> None:
    """Refuse to end a run before the place at which it stands already."""
    epoch = run.place.epoch if run.place is not None else 0
    if (steps is not None and run.step > steps) or (epochs is not None and epoch >= epochs):
        raise ValueError(
            f"the checkpoint {path} stands at step {run.step}, in epoch {epoch + 1}, which is beyond the end that is "
            f"asked for, steps = {steps}, epochs = {epochs}. Give the shorter run a file of its own."
        )
