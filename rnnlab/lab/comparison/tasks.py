"""The tasks of the comparison: two synthetic ones at growing lag, and three on real data.

A `Task` says how many parameters and updates everybody gets; `data_of` loads or draws its data. All scores are better
when lower: shares of wrong answers, squared errors, megawatts, bits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.data.encoding import encode
from rnnlab.data.synthetic import adding, recall
from rnnlab.data.synthetic.batch import vectors
from rnnlab.data.text import ALPHABET, learn_and_held_out
from rnnlab.lab import next_hour, reading_surnames
from rnnlab.nets.embedding import one_hot
from rnnlab.nets.losses import cross_entropy
from rnnlab.training.minibatches import Batch

Array = NDArray[Any]

DAY = 24


@dataclass(frozen=True)
class Task:
    """One task and its budget: T steps of context, the parameters, updates and batch of everybody.

    `rates` are scanned for every architecture. `solved` is the validation score at which a run may end, None where
    there is no such thing. `examples` is how many there are to learn from, None where every batch is new.
    """

    name: str
    T: int
    D: int
    K: int
    parameters: int
    updates: int
    B: int
    window: int
    unit: str
    loss: str = "cross_entropy"
    labels: bool = True
    scored: int = 0
    solved: float | None = None
    examples: int | None = None
    rates: tuple[float, ...] = (1e-3, 3e-3, 1e-2)

    @property
    def key(self) -> str:
        """The name with its lag or its number of examples: one column of the comparison."""
        return f"{self.name}-{self.T if self.examples is None else self.examples}"


class Data(NamedTuple):
    """How a batch to learn from is drawn, what chooses and what is tested; score(y, batch), better when lower."""

    draw: Callable[[Generator], Batch]
    validation: Batch
    test: Batch
    score: Callable[[Array, Batch], float]


# The rates of every row in the tasks where a pilot with 3e-3 and 1e-2 found most rows better at the larger one.
LARGE = (3e-3, 1e-2, 3e-2)
LAGS = (10, 30, 100)
EXAMPLES = (100, 350, 1400)
WRONG = "share of wrong answers"


def _recall(T: int) -> Task:
    return Task("recall", T, D=8, K=4, parameters=5000, updates=500, B=32, window=16, unit=WRONG, solved=0.02)


def _adding(T: int) -> Task:
    return Task(
        "adding", T, D=2, K=1, parameters=5000, updates=600, B=32, window=16, unit="squared error",
        loss="squared_error", solved=0.01, rates=LARGE,
    )  # fmt: skip


def _surnames(examples: int) -> Task:
    return Task(
        "surnames", T=reading_surnames.LONGEST, D=29, K=6, parameters=10_000, updates=300, B=32, window=16,
        unit=WRONG, examples=examples,
    )  # fmt: skip


DEMAND = Task(
    "demand", T=3 * DAY, D=1, K=1, parameters=5000, updates=1000, B=16, window=DAY, unit="megawatts",
    loss="squared_error", labels=False, scored=DAY, rates=LARGE,
)  # fmt: skip
TEXT = Task(
    "text", T=32, D=len(ALPHABET), K=len(ALPHABET), parameters=20_000, updates=1000, B=32, window=16,
    unit="bits for a character", labels=False, scored=8, rates=LARGE,
)  # fmt: skip

MEMORY = (*map(_recall, LAGS), *map(_adding, LAGS))
REAL = (DEMAND, TEXT, *map(_surnames, EXAMPLES))
TASKS = {task.key: task for task in (*MEMORY, *REAL)}


@cache
def data_of(key: str) -> Data:
    """The data of a task. What is validated and tested on is the same for every run.

    Raises: KeyError for another key, MissingData where a package with data is not installed.
    """
    task = TASKS[key]
    makers = {"recall": _synthetic, "adding": _synthetic, "demand": _demand, "text": _text}
    return makers.get(task.name, _names)(task)


def _synthetic(task: Task) -> Data:
    module = {"recall": recall, "adding": adding}[task.name]

    def draw(rng: Generator, B: int) -> Batch:
        batch = module.draw(rng, B, task.T)
        targets = batch.targets[-1]
        return Batch(
            vectors(batch, np.float32), targets if task.name == "recall" else targets.astype(np.float32)
        )

    score = wrong if task.name == "recall" else squared
    validation, test = (draw(np.random.default_rng([2026, which]), 1000) for which in (0, 1))
    return Data(lambda rng: draw(rng, task.B), validation, test, score)


def _demand(task: Task) -> Data:
    """Four and a half months: 90 days to learn from, 30 for validation, 30 to test; errors over the last two days."""
    series = next_hour.series(held_out_days=30)
    z = series.scaled()[:, np.newaxis].astype(np.float32)
    learned = series.learned - 30 * DAY

    def at(starts: Array) -> Batch:
        hours = starts + np.arange(task.T)[:, np.newaxis]
        return Batch(z[hours], z[hours + 1][task.scored :])

    def whole(first: int, end: int) -> Batch:
        """Windows whose scored steps name every hour from `first` to before `end` once."""
        return at(np.arange(first, end, task.T - task.scored) - task.scored - 1)

    def score(y: Array, batch: Batch) -> float:
        return float(np.abs(y - batch.targets).mean() * series.spread)

    return Data(
        draw=lambda rng: at(rng.integers(learned - task.T, size=task.B)),
        validation=whole(learned, series.learned),
        test=whole(series.learned, len(z)),
        score=score,
    )


@cache
def text_ids() -> tuple[Array, Array]:
    """The characters to learn from and those held out."""
    return tuple(encode(part, ALPHABET) for part in learn_and_held_out())  # type: ignore[return-value]


def _text(task: Task) -> Data:
    learn, held_out = text_ids()

    def at(ids: Array, starts: Array) -> Batch:
        places = starts + np.arange(task.T)[:, np.newaxis]
        return Batch(one_hot(ids[places], task.D, np.float32), ids[places + 1][task.scored :])

    def spread(part: Array, count: int) -> Batch:
        return at(part, np.linspace(0, len(part) - task.T - 2, count).astype(int))

    half = len(held_out) // 2
    return Data(
        draw=lambda rng: at(learn, rng.integers(len(learn) - task.T - 1, size=task.B)),
        validation=spread(held_out[:half], 200),
        test=spread(held_out[half:], 600),
        score=lambda y, batch: cross_entropy(y, batch.targets)[0] / float(np.log(2)),
    )


@cache
def names() -> tuple[reading_surnames.Names, reading_surnames.Names, reading_surnames.Names]:
    """Names to learn from, for validation and to test, none in two of them."""
    learn, test = reading_surnames.names(np.random.default_rng(2026))
    cut = max(EXAMPLES)
    order = np.arange(len(learn.letters))
    return learn.take(order[:cut]), learn.take(order[cut:]), test


def _names(task: Task) -> Data:
    learn, validation, test = (_batch(each) for each in names())

    def draw(rng: Generator) -> Batch:
        chosen = rng.integers(task.examples or 1, size=task.B)
        assert learn.mask is not None
        return Batch(learn.x[:, chosen], learn.targets[chosen], learn.mask[:, chosen])

    return Data(draw, validation, test, wrong)


def _batch(every: reading_surnames.Names) -> Batch:
    x, mask = reading_surnames.inputs(every.letters)
    return Batch(x.astype(np.float32), every.language, mask)


def wrong(y: Array, batch: Batch) -> float:
    """The share of wrong answers.

    >>> wrong(np.array([[1.0, 0.0], [1.0, 0.0]]), Batch(np.zeros(0), np.array([0, 1])))
    0.5
    """
    return float(np.mean(y.argmax(axis=-1) != batch.targets))


def squared(y: Array, batch: Batch) -> float:
    """The mean squared error."""
    return float(np.mean((y - batch.targets) ** 2))
