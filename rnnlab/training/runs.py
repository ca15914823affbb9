"""A training run between two steps: all that decides how it goes on, and how a checkpoint holds it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.training.checkpoints import Checkpoint, DamagedCheckpoint, ForeignCheckpoint, load, save
from rnnlab.training.epochs import Place, plain, restored
from rnnlab.training.optimizers import OptimizerState
from rnnlab.training.schedules import PlateauState

Array = NDArray[Any]

FORMAT = "rnnlab.training.fit 1"


class Run(NamedTuple):
    """Where a run stands after `step` updates.

    `carry` is what the gradient function handed on, `place` the last batch, `rng_now` the generator's state after it;
    `best_params` are those of the best validation score so far, and `waited` validations have come since.
    """

    step: int
    params: Any
    memory: OptimizerState
    carry: Any
    place: Place | None = None
    rng_now: Any = None
    best_params: Any = None
    best_score: float | None = None
    best_step: int | None = None
    waited: int = 0
    plateau: PlateauState = PlateauState()


@dataclass
class Log:
    """What is noted as a run goes on: (loss, norm, rate) of each step, (step, score) of each validation, and time."""

    steps: list[tuple[float, float, float]] = field(default_factory=list)
    scores: list[tuple[int, float]] = field(default_factory=list)
    seconds: float = 0.0

    def up_to(self, step: int) -> tuple[Array, Array]:
        """Both tables as arrays, (step, 3) and (V, 2), without what a broken-off step may have noted."""
        scores = [(at, score) for at, score in self.scores if at <= step]
        return np.array(self.steps[:step]).reshape(-1, 3), np.array(scores, np.float64).reshape(-1, 2)


def store(path: Path, run: Run, log: Log, settings: dict[str, Any]) -> None:
    """Write a run to a checkpoint.

    >>> from tempfile import TemporaryDirectory
    >>> from rnnlab.training.optimizers import optimizer
    >>> params, sgd = (np.array([1.0]),), optimizer("sgd", rate=0.1)
    >>> run, rng = Run(5, params, sgd.init(params), carry=None), np.random.default_rng(0)
    >>> with TemporaryDirectory() as folder:
    ...     store(Path(folder) / "run.npz", run, Log(), settings={})
    ...     resumed(Path(folder) / "run.npz", (np.zeros(1),), sgd.init(params), None, {})[0].step
    5
    """
    steps, scores = log.up_to(run.step)
    trees = {
        "params": run.params,
        "direction": run.memory.direction,
        "squares": run.memory.squares,
        "carry": run.carry,
        "best": run.best_params,
        "steps": steps,
        "scores": scores,
    }
    facts = {
        "format": FORMAT,
        "settings": settings,
        "step": run.step,
        "updates": run.memory.step,
        "place": None if run.place is None else [*run.place[:2], plain(run.place.rng_at_start)],
        "rng_now": plain(run.rng_now),
        "best": [run.best_score, run.best_step, run.waited],
        "plateau": list(run.plateau),
        "seconds": log.seconds,
    }
    save(path, trees, facts)


def resumed(
    path: Path, params: Any, memory: OptimizerState, carry: Any, settings: dict[str, Any]
) -> tuple[Run, Log]:
    """The run that a checkpoint holds; params, memory and carry say by their shapes which network it must be of.

    Raises: DamagedCheckpoint where it cannot be read, ForeignCheckpoint where it is of another network or was written
    with other settings.
    """
    stored = load(path)
    if stored.facts.get("format") != FORMAT:
        raise ForeignCheckpoint(
            f"the file {path} is not a checkpoint of fit. Give the run a file of its own."
        )
    _expect_same_settings(path, settings, stored.facts.get("settings", {}))
    try:
        return _run(stored, params, memory, carry), _log(stored)
    except (KeyError, TypeError, IndexError) as reason:
        raise DamagedCheckpoint(
            f"the checkpoint {path} lacks something ({reason!r}). Delete it to start anew."
        ) from reason


def settings_of(rng: Generator, **settings: Any) -> dict[str, Any]:
    """The settings that must be the same when a run goes on, as JSON gives them back.

    >>> settings_of(np.random.default_rng(0), clip=(1.0, 2))
    {'generator': 'PCG64', 'clip': [1.0, 2]}
    """
    return json.loads(json.dumps({"generator": type(rng.bit_generator).__name__, **settings}))


def _run(stored: Checkpoint, params: Any, memory: OptimizerState, carry: Any) -> Run:
    facts = stored.facts
    best_score, best_step, waited = facts["best"]
    place = facts["place"]
    return Run(
        step=facts["step"],
        params=stored.tree("params", params),
        memory=OptimizerState(
            facts["updates"],
            stored.tree("direction", memory.direction),
            stored.tree("squares", memory.squares),
        ),
        carry=stored.tree("carry", carry),
        place=None if place is None else Place(place[0], place[1], restored(place[2])),
        rng_now=restored(facts["rng_now"]),
        best_params=None if best_step is None else stored.tree("best", params),
        best_score=best_score,
        best_step=best_step,
        waited=waited,
        plateau=PlateauState(*facts["plateau"]),
    )


def _log(stored: Checkpoint) -> Log:
    steps = [(loss, norm, rate) for loss, norm, rate in stored.arrays["steps"].tolist()]
    scores = [(int(step), score) for step, score in stored.arrays["scores"].tolist()]
    return Log(steps, scores, stored.facts["seconds"])


def _expect_same_settings(path: Path, now: dict[str, Any], before: dict[str, Any]) -> None:
    for name in {**before, **now}:
        if now.get(name) != before.get(name):
            raise ForeignCheckpoint(
                f"the checkpoint {path} was written with {name} = {before.get(name)!r}, but now it is "
                f"{now.get(name)!r}. Keep the setting, or give the new run a file of its own."
            )
