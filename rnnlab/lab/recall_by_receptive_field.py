"""Experiment: who recalls the first token, at which lag: TCNs with receptive fields 31, 63 and 127, and plain RNNs.

Prediction: a TCN learns every lag inside its receptive field and none outside; an RNN depends on its start. Budget: a
second at most for a run; a run ends when it has solved the task. Success is fixed before: at least 98 % right on 100
sequences that are never trained on, looked at after each 25 steps. Guessing is right once in four. Result: a `Run`.

A second experiment asks for the first token at *every* step, which trains all lags at once, and reads off how many
answers are right at each lag, also beyond the longest one trained. Result: shares, one for each lag.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.data.synthetic import recall
from rnnlab.data.synthetic.batch import vectors
from rnnlab.lab.tcn_cell import tcn_cell
from rnnlab.nets.cells import Cell, cell
from rnnlab.training.clipping import clip_by_norm
from rnnlab.training.fit import fit
from rnnlab.training.minibatches import Batch, drawn
from rnnlab.training.models import Params, SequenceModel, sequence_model
from rnnlab.training.optimizers import optimizer

Array = NDArray[Any]

SOLVED, EVERY, STEPS, TESTED, SEQUENCES = 0.98, 25, 200, 100, 16
D, K = 8, 4
UNITS = {"tcn": 16, "rnn": 32, "gru": 16}


@dataclass(frozen=True)
class Network:
    """What learns: a "tcn" with this many blocks of kernel 2, an "rnn" with this start of W_hh, or a "gru"."""

    kind: str
    blocks: int = 0
    start: str | None = None

    def model(self, read: str) -> SequenceModel:
        """The network with a readout of the last state, or of every state."""
        made: Cell = tcn_cell(self.blocks) if self.kind == "tcn" else cell(self.kind)
        return sequence_model(made, read=read)

    def init(self, rng: Generator, model: SequenceModel) -> Params:
        """Starting weights in single precision."""
        options: dict[str, Any] = {} if self.start is None else {"recurrent": self.start}
        return model.init(rng, D, UNITS[self.kind], K, np.float32, **options)


@dataclass(frozen=True)
class Run:
    """A network, a lag, a rate and a seed; the share of right answers, and whether it reached `SOLVED`."""

    network: Network
    lag: int
    rate: float
    seed: int
    right: float

    @property
    def solved(self) -> bool:
        return self.right >= SOLVED


def train(network: Network, lag: int, rate: float, seed: int, steps: int = STEPS) -> Run:
    """One run with Adam and the gradient's norm clipped at 1: the answer is asked for at the last step alone."""
    rng = np.random.default_rng(seed)
    model, method = network.model("last"), optimizer("adam", rate)
    test = asked_at_the_end(rng, TESTED, lag)
    params = network.init(rng, model)
    memory, right = method.init(params), 0.0
    for step in range(1, steps + 1):
        _, grads = model.gradient(params, asked_at_the_end(rng, SEQUENCES, lag))
        grads, _ = clip_by_norm(grads, 1.0)
        params, memory = method.update(params, grads, memory)
        if step % EVERY == 0:
            right = float(np.mean(model.predict(params, test.x).argmax(axis=-1) == test.targets))
            if right >= SOLVED:
                break
    return Run(network, lag, rate, seed, right)


def asked_at_the_end(rng: Generator, B: int, lag: int) -> Batch:
    """B sequences of recall, each of lag + 1 tokens, with one answer."""
    batch = recall.draw(rng, B, lag + 1)
    return Batch(vectors(batch).astype(np.float32), batch.targets[-1])


def asked_at_every_step(rng: Generator, B: int, T: int) -> Batch:
    """The same tokens, with the first one as the answer at each of the T steps: at lag 0, 1, …, T − 1."""
    batch = recall.draw(rng, B, T)
    return Batch(vectors(batch).astype(np.float32), np.tile(batch.inputs[0], (T, 1)))


def right_by_lag(
    network: Network, trained: int, tested: int, rate: float, seed: int, steps: int = 220
) -> Array:
    """The share of right answers at lags 0 … tested − 1, after training at lags 0 … trained − 1; (tested)."""
    rng = np.random.default_rng(seed)
    model = network.model("every")
    params = fit(
        network.init(rng, model),
        model.gradient,
        drawn(lambda rng: asked_at_every_step(rng, SEQUENCES, trained)),
        optimizer("adam", rate),
        rng=rng,
        steps=steps,
        clip=1.0,
        progress=False,
    ).params
    test = asked_at_every_step(rng, 2 * TESTED, tested)
    return (model.predict(params, test.x).argmax(axis=-1) == test.targets).mean(axis=1)
