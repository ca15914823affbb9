"""Training runs for the tests of resuming. As a program, one of them in a process of its own, killed where it is told.

python -m tests.training.runs NAME CHECKPOINT RESULT [gradient|write COUNT]: the process kills itself with SIGKILL at
the COUNT-th gradient, or at the COUNT-th time when a new checkpoint is about to take its place.
"""

import os
import signal
import sys
from pathlib import Path

import numpy as np

from rnnlab.nets.parameters import leaves
from rnnlab.training.fit import fit
from rnnlab.training.minibatches import Batch, bucketed, drawn, streamed
from rnnlab.training.models import sequence_model
from rnnlab.training.optimizers import optimizer
from rnnlab.training.schedules import Plateau, cosine
from rnnlab.training.validation import Validation

STEPS = 60
NAMES = ("drawn", "bucketed", "streamed")


def arguments(name):
    """What `fit` gets for each kind of data: fresh draws, padded sequences in buckets, and a stream with its state."""
    data = np.random.default_rng(5)
    shared = {"rng": np.random.default_rng(1), "steps": STEPS, "clip": 0.5, "checkpoint_every": 4}
    if name == "drawn":
        model = sequence_model("rnn", read="last", loss="squared_error")
        params = model.init(np.random.default_rng(0), D=2, H=4, K=1)

        def draw(rng):
            x = rng.normal(size=(5, 3, 2))
            return Batch(x, x[0, :, :1])

        held_out = draw(data)
        validation = Validation(
            lambda p: model.loss_of(p, held_out), every=5, plateau=Plateau(0.5, patience=1)
        )
        more = {"schedule": cosine(STEPS, warmup=5), "validation": validation}
        return (params, model.gradient, drawn(draw), optimizer("adam", 0.05)), shared | more
    if name == "bucketed":
        model = sequence_model("gru", read="mean")
        params = model.init(np.random.default_rng(0), D=2, H=4, K=3, dtype=np.float32)
        sequences = [data.normal(size=(n, 2)).astype(np.float32) for n in data.integers(1, 9, 22)]
        batches = bucketed(sequences, data.integers(0, 3, 22), B=4)
        return (params, model.gradient, batches, optimizer("rmsprop", 0.01, momentum=0.5)), shared
    model = sequence_model("lstm", read="every")
    params = model.init(np.random.default_rng(0), D=3, H=4, K=5, vocabulary=5)
    start = model.cell.zero_state(params.cell, 4)
    batches = streamed(data.integers(0, 5, 300), B=4, T=6)
    return (params, model.gradient_from, batches, optimizer("sgd", 0.5, momentum=0.9)), shared | {
        "carry": start
    }


def signature(result):
    """Every number of a result but its time, as bytes."""
    history = result.history
    arrays = [history.loss, history.norm, history.rate, history.score_step, history.score]
    return b"".join(
        a.tobytes() for a in (*leaves(result.params), *leaves(result.last), *leaves(result.carry), *arrays)
    )


def killed_at(count, function):
    """The function, but its count-th call kills the process."""
    calls = iter(range(1, 10**9))

    def counted(*given):
        if next(calls) == count:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*given)

    return counted


def main(name, checkpoint, result, where="", count="0"):
    (params, gradient, batches, rule), options = arguments(name)
    if where == "gradient":
        gradient = killed_at(int(count), gradient)
    if where == "write":
        os.replace = killed_at(int(count), os.replace)
    outcome = fit(params, gradient, batches, rule, **options, checkpoint=Path(checkpoint), progress=False)
    Path(result).write_bytes(signature(outcome))


if __name__ == "__main__":
    main(*sys.argv[1:])
