"""Use the libraries once in the zygote: what they import and build late is then shared by all submissions.

One thread each, for a forked child of a process that ran torch on two threads hangs in its first parallel operation.
"""

from __future__ import annotations

import importlib
import io
import signal
from types import ModuleType

import numpy

from . import frames, tensors
from .child import Servant
from .libraries import Libraries
from .limits import Limits
from .shell import GraderShell

_ROUNDS = 30


def warm_up(libraries: Libraries, preload: tuple[str, ...]) -> None:
    """Import the libraries and the modules named in `preload`, and use torch once where it is among them."""
    for name in (*libraries.modules, *preload):
        importlib.import_module(name)
    if libraries is Libraries.TORCH:
        _warm_torch(importlib.import_module("torch"))


def _warm_torch(torch: ModuleType) -> None:
    """Train a tiny network for a step, and store and load it: torch imports much at the first of each."""
    torch.set_num_threads(1)
    torch.set_num_interop_threads(1)
    network = torch.nn.LSTM(2, 3)
    for kind in (torch.optim.SGD, torch.optim.Adam):
        optimizer = kind(network.parameters(), lr=0.1)
        states, _ = network(torch.zeros(4, 2, 2))
        loss = torch.nn.functional.cross_entropy(states.flatten(0, 1), torch.zeros(8, dtype=torch.long))
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
    file = io.BytesIO()
    torch.save(network.state_dict(), file)
    file.seek(0)
    network.load_state_dict(torch.load(file))
    tensors.use(torch)


def practise(shell: GraderShell, limits: Limits) -> None:
    """Answer requests as a child will, until Python has fitted its bytecode to them.

    It does so in place: what is not fitted yet is fitted anew in every child, and its pages are copied for it.
    """
    servant = Servant(shell, limits)
    shell.run_recorded("def practise(x, h, flag):\n    return x + h, h", limit=0)
    arrays = [numpy.ones((3, 2), dtype=kind) for kind in ("f8", "f4", "i8", "?")]
    calls = [(array, array, True) for array in arrays] + [(numpy.ones((3, 4))[:, ::2], 1.5, None)]
    request = frames.encode({"op": "calls", "name": "practise", "calls": calls}, limits.frame_bytes)
    for _ in range(_ROUNDS):
        received = frames.decode(request, limits.frame_bytes)
        made = [{"op": "call", "name": received["name"], "arguments": each} for each in received["calls"]]
        frames.encode({"replies": [servant.answer(call) for call in made]}, limits.frame_bytes)
    for _ in range(_ROUNDS):
        frames.encode(servant.answer({"op": "cell", "source": "print(1)\n1"}), limits.frame_bytes)
    shell.reset(new_session=True)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # A servant listens to it, and the zygote must not.


def seed(libraries: Libraries) -> None:
    """Start every submission with the same random numbers, so that one without a seed gets the same mark again.

    Python's own generator is not among them, for it seeds itself again in each forked process.
    """
    numpy.random.seed(0)  # noqa: NPY002, the state that `np.random.rand` uses
    if libraries is Libraries.TORCH:
        importlib.import_module("torch").manual_seed(0)
