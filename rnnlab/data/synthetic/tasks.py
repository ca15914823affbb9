"""One table of the synthetic tasks: what is asked, what guessing scores, and what the best possible answer scores."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from rnnlab.data.synthetic import (
    adding,
    copying,
    counting,
    dyck,
    future,
    induction,
    parity,
    random_walk,
    recall,
    sine,
    xor,
)
from rnnlab.data.synthetic.batch import Batch, picture
from rnnlab.data.synthetic.metrics import ACCURACY, MEAN_SQUARED_ERROR, WHOLE_SEQUENCES, Metric


@dataclass(frozen=True)
class Task:
    """A task: `draw(rng, B, T, **options)` makes a batch, `metric(predicted, batch)` scores an answer to it.

    With the same T and options, `chance(T)` is the score of the best answer that is the same at every step of every
    sequence, `best(T)` that of the best answer of all, and `best_causal(T)` that of the best one that is given at each
    step from the inputs up to it. `picture(batch, b)` is one example in a line, and `T` a length to show.
    """

    name: str
    sentence: str
    draw: Callable[..., Batch]
    chance: Callable[..., float]
    best: Callable[..., float]
    best_causal: Callable[..., float]
    metric: Metric
    source: str
    T: int = 20
    picture: Callable[..., str] = picture

    def __repr__(self) -> str:
        scores = f"chance {self.chance(self.T):.3g}, best {self.best(self.T):.3g} at T={self.T}"
        return f"Task({self.name}: {self.metric.name}, {scores})"


def task(name: str) -> Task:
    """The task of this name.

    Raises: ValueError for another name.

    >>> task("adding")
    Task(adding: mean squared error, chance 0.167, best 0 at T=10)
    """
    if name not in TASKS:
        raise ValueError(f"there is no synthetic task {name!r}, but there are {', '.join(TASKS)}.")
    return TASKS[name]


_ALL = (
    Task(
        name="xor",
        sentence="Say at each step whether the bit differs from the one before it.",
        draw=xor.draw,
        chance=xor.chance,
        best=xor.best,
        best_causal=xor.best,
        metric=ACCURACY,
        source="Elman 1990",
    ),
    Task(
        name="delayed_xor",
        sentence="Say at the end whether the first two bits differ, after many more bits.",
        draw=xor.draw_delayed,
        chance=xor.chance,
        best=xor.best,
        best_causal=xor.best,
        metric=ACCURACY,
        source="Elman 1990",
    ),
    Task(
        name="recall",
        sentence="Say at the end which token came first, after a row of noise tokens.",
        draw=recall.draw,
        chance=recall.chance,
        best=recall.best,
        best_causal=recall.best,
        metric=ACCURACY,
        source="Hochreiter and Schmidhuber 1997",
    ),
    Task(
        name="adding",
        sentence="Add the two numbers that are marked.",
        draw=adding.draw,
        chance=adding.chance,
        best=adding.best,
        best_causal=adding.best,
        metric=MEAN_SQUARED_ERROR,
        source="Hochreiter and Schmidhuber 1997; Le, Jaitly and Hinton 2015",
        T=10,
        picture=adding.picture,
    ),
    Task(
        name="copy",
        sentence="Give back a row of symbols after blanks, once the go sign has come.",
        draw=copying.draw_copy,
        chance=copying.chance,
        best=copying.best,
        best_causal=copying.best,
        metric=ACCURACY,
        source="Hochreiter and Schmidhuber 1997; Arjovsky, Shah and Bengio 2016",
    ),
    Task(
        name="reverse",
        sentence="Give back a row of symbols in reverse order.",
        draw=copying.draw_reverse,
        chance=copying.chance,
        best=copying.best,
        best_causal=copying.best,
        metric=ACCURACY,
        source="Sutskever, Vinyals and Le 2014",
        T=11,
    ),
    Task(
        name="parity",
        sentence="Say at each step whether the number of ones so far is odd.",
        draw=parity.draw,
        chance=parity.chance,
        best=parity.best,
        best_causal=parity.best,
        metric=ACCURACY,
        source="Minsky and Papert 1969",
    ),
    Task(
        name="anbn",
        sentence="Read n times a, then say after each b whether another one follows or the string ends.",
        draw=counting.draw,
        chance=counting.chance,
        best=counting.best,
        best_causal=counting.best,
        metric=WHOLE_SEQUENCES,
        source="Gers and Schmidhuber 2001",
    ),
    Task(
        name="dyck1",
        sentence="Say after each closing bracket whether one is still open.",
        draw=partial(dyck.draw, types=1),
        chance=partial(dyck.chance, types=1),
        best=partial(dyck.best, types=1),
        best_causal=partial(dyck.best, types=1),
        metric=ACCURACY,
        source="Chomsky and Schützenberger 1963; Suzgun et al. 2019",
    ),
    Task(
        name="dyck2",
        sentence="Say after each closing bracket which bracket, of two types, has to be closed next.",
        draw=dyck.draw,
        chance=dyck.chance,
        best=dyck.best,
        best_causal=dyck.best,
        metric=ACCURACY,
        source="Chomsky and Schützenberger 1963; Suzgun et al. 2019",
    ),
    Task(
        name="induction",
        sentence="Say what followed the last token when it stood there before: … A B … A → B.",
        draw=induction.draw,
        chance=induction.chance,
        best=induction.best,
        best_causal=induction.best,
        metric=ACCURACY,
        source="Olsson et al. 2022",
    ),
    Task(
        name="sine",
        sentence="Predict the next value of a noisy mixture of sine waves.",
        draw=sine.draw,
        chance=sine.chance,
        best=sine.best,
        best_causal=sine.best,
        metric=MEAN_SQUARED_ERROR,
        source="Box and Jenkins 1970; Bishop 2006",
        T=50,
    ),
    Task(
        name="random_walk",
        sentence="Predict the next value of a random walk.",
        draw=random_walk.draw,
        chance=random_walk.chance,
        best=random_walk.best,
        best_causal=random_walk.best,
        metric=MEAN_SQUARED_ERROR,
        source="Bachelier 1900; Pearson 1905",
        T=50,
    ),
    Task(
        name="majority",
        sentence="Say at each step what most of the bits within three steps of it are, before and after.",
        draw=future.draw_majority,
        chance=future.chance,
        best=future.best,
        best_causal=future.best_causal_majority,
        metric=ACCURACY,
        source="Schuster and Paliwal 1997",
        T=30,
    ),
    Task(
        name="future_xor",
        sentence="Say at each step whether the bit two steps before differs from the bit two steps after.",
        draw=future.draw_xor,
        chance=future.chance,
        best=future.best,
        best_causal=future.best_causal_xor,
        metric=ACCURACY,
        source="Schuster and Paliwal 1997",
        T=30,
    ),
)
TASKS = {each.name: each for each in _ALL}
