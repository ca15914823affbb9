"""A run that is killed at any moment and resumed gives the numbers of a run that goes through, bit for bit."""

import os
import signal
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rnnlab.nets import rnn
from rnnlab.training.checkpoints import DamagedCheckpoint, ForeignCheckpoint, load, save
from rnnlab.training.fit import fit
from rnnlab.training.optimizers import optimizer
from rnnlab.training.runs import Log
from rnnlab.training.validation import Validation
from tests.conftest import ROOT
from tests.training.runs import NAMES, STEPS, arguments, signature


class Killed(BaseException):
    """Stands in for a kill within the test's own process, where subprocesses would take too long."""


def run(name, checkpoint=None, **changed):
    given, options = arguments(name)
    return fit(*given, **options | {"checkpoint": checkpoint, "progress": False} | changed)


def run_until(name, checkpoint, gradients):
    """The run, broken off at its n-th gradient without a chance to write anything."""
    (params, gradient, *rest), options = arguments(name)
    left = iter(range(gradients - 1))

    def failing(*given):
        if next(left, None) is None:
            raise Killed
        return gradient(*given)

    with pytest.raises(Killed):
        fit(params, failing, *rest, **options, checkpoint=checkpoint, progress=False)


@pytest.fixture(scope="module")
def expected():
    return {name: signature(run(name)) for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_a_process_that_is_killed_and_resumed_gives_the_same_bits(name, tmp_path, expected):
    rng = np.random.default_rng(NAMES.index(name))
    checkpoint, result = tmp_path / "run.npz", tmp_path / "result"
    kills = [
        ("gradient", rng.integers(5, 40)),
        ("write", rng.integers(2, 5)),
        ("gradient", rng.integers(1, 15)),
    ]
    for where, count in (*kills, ("", 0)):
        command = [sys.executable, "-m", "tests.training.runs", name, checkpoint, result, where, count]
        done = subprocess.run(
            [str(part) for part in command],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=False,
        )
        assert done.returncode == (-signal.SIGKILL if where else 0), done.stderr.decode()
        assert not where or not result.exists()
    assert result.read_bytes() == expected[name]


@pytest.mark.parametrize("name", NAMES)
@given(breaks=st.lists(st.integers(1, STEPS), max_size=4))
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_breaks_at_any_steps_change_nothing(name, breaks, tmp_path, expected):
    checkpoint = tmp_path / "run.npz"
    checkpoint.unlink(missing_ok=True)
    for gradients in breaks:
        stands = load(checkpoint).facts["step"] if checkpoint.exists() else 0
        if gradients <= STEPS - stands:
            run_until(name, checkpoint, gradients)
    assert signature(run(name, checkpoint)) == expected[name]


@pytest.mark.parametrize("name", NAMES)
def test_asking_for_more_steps_goes_on_as_one_long_run(name, tmp_path, expected):
    checkpoint = tmp_path / "run.npz"
    for steps in (20, 37, 37, STEPS):
        result = run(name, checkpoint, steps=steps)
        assert len(result.history.loss) == steps
    assert signature(result) == expected[name]


def test_epochs_are_counted_across_breaks(tmp_path):
    checkpoint = tmp_path / "run.npz"
    whole = run("bucketed", steps=None, epochs=4)
    run_until("bucketed", checkpoint, 11)
    assert signature(run("bucketed", checkpoint, steps=None, epochs=4)) == signature(whole)
    assert signature(run("bucketed", checkpoint, steps=None, epochs=4)) == signature(whole)


def test_an_interrupted_run_keeps_every_finished_step(tmp_path, expected):
    (params, gradient, *rest), options = arguments("drawn")
    left = iter(range(30))

    def interrupted(*given):
        if next(left, None) is None:
            raise KeyboardInterrupt
        return gradient(*given)

    options["checkpoint_every"] = 1000
    with pytest.raises(KeyboardInterrupt):
        fit(params, interrupted, *rest, **options, checkpoint=tmp_path / "run.npz", progress=False)
    assert load(tmp_path / "run.npz").facts["step"] == 30
    assert signature(run("drawn", tmp_path / "run.npz", checkpoint_every=1000)) == expected["drawn"]


def test_an_interruption_during_validation_repeats_the_step_and_its_score(tmp_path, expected):
    given_arguments, options = arguments("drawn")
    score, left = options["validation"].score, iter(range(2))

    def interrupted(params):
        if next(left, None) is None:
            raise KeyboardInterrupt
        return score(params)

    broken = options | {"validation": options["validation"]._replace(score=interrupted)}
    with pytest.raises(KeyboardInterrupt):
        fit(*given_arguments, **broken, checkpoint=tmp_path / "run.npz", progress=False)
    assert load(tmp_path / "run.npz").facts["step"] == 14
    assert signature(run("drawn", tmp_path / "run.npz")) == expected["drawn"]


def test_a_run_that_patience_ended_stays_ended(tmp_path):
    worse = Validation(lambda params: next(scores), every=2, patience=3)
    scores = iter(range(100))
    first = run("bucketed", tmp_path / "run.npz", validation=worse)
    again = run("bucketed", tmp_path / "run.npz", validation=worse)
    assert first.history.stopped == again.history.stopped == "patience"
    assert signature(first) == signature(again)
    assert next(scores) == 4


def test_arrays_lie_in_memory_as_a_checkpoint_gives_them_back():
    """Else BLAS adds in another order after a break, and the last digits differ."""
    turned = np.ones((2, 3, 4)).transpose(0, 2, 1)

    def gradient(params, batch, carry):
        return 1.0, (turned, turned), turned

    result = fit(
        (np.ones((2, 4, 3)), turned), gradient, lambda rng: [None], optimizer("adam", 0.1),
        rng=np.random.default_rng(0), steps=2, carry=turned, progress=False,
    )  # fmt: skip
    assert not turned.flags.c_contiguous
    assert all(leaf.flags.c_contiguous for leaf in (*result.last, result.carry))


def test_time_adds_up(tmp_path):
    run("drawn", tmp_path / "run.npz", steps=30)
    stored = load(tmp_path / "run.npz")
    save(tmp_path / "run.npz", stored.arrays, stored.facts | {"seconds": 1000.0})
    assert 1000 < run("drawn", tmp_path / "run.npz").history.seconds < 1100


def test_what_a_broken_off_step_has_noted_is_left_out():
    log = Log(steps=[(1.0, 2.0, 3.0)] * 5, scores=[(2, 0.5), (4, 0.4), (5, 0.3)])
    steps, scores = log.up_to(4)
    assert len(steps) == 4
    assert scores.tolist() == [[2, 0.5], [4, 0.4]]


class TestRefusals:
    @pytest.fixture
    def checkpoint(self, tmp_path):
        run("bucketed", tmp_path / "run.npz", steps=9)
        return tmp_path / "run.npz"

    def test_a_checkpoint_of_a_network_of_another_size(self, checkpoint):
        (params, *rest), options = arguments("bucketed")
        other = params._replace(readout=rnn.init_readout(np.random.default_rng(0), 5, 3, np.float32))
        with pytest.raises(
            ForeignCheckpoint, match=r"another network. Params.readout.W_hy must have the shape \(3, 5\)"
        ):
            fit(other, *rest, **options, checkpoint=checkpoint)

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"clip": 0.6}, "was written with clip = 0.5, but now it is 0.6"),
            (
                {"rng": np.random.Generator(np.random.MT19937(0))},
                "generator = 'PCG64', but now it is 'MT19937'",
            ),
            ({"validation": Validation(len, every=3)}, "validation = None, but now"),
        ],
    )
    def test_other_settings(self, checkpoint, change, message):
        with pytest.raises(ForeignCheckpoint, match=message):
            run("bucketed", checkpoint, **change)

    def test_another_optimizer(self, checkpoint):
        (params, gradient, batches, _), options = arguments("bucketed")
        with pytest.raises(ForeignCheckpoint, match="optimizer = 'rmsprop', but now it is 'adam'"):
            fit(params, gradient, batches, optimizer("adam", 0.01), **options, checkpoint=checkpoint)

    def test_other_data(self, checkpoint):
        (params, gradient, _, rule), options = arguments("bucketed")
        with pytest.raises(ForeignCheckpoint, match="gave 1 batches where"):
            fit(params, gradient, lambda rng: [None], rule, **options, checkpoint=checkpoint)
        with pytest.raises(ForeignCheckpoint, match="have drawn other random numbers than in the run before"):
            fit(params, gradient, lambda rng: [None] * 9, rule, **options, checkpoint=checkpoint)

    def test_fewer_steps_than_are_done(self, checkpoint):
        with pytest.raises(ValueError, match=r"stands at step 9, in epoch 2, which is beyond .* steps = 5"):
            run("bucketed", checkpoint, steps=5)
        with pytest.raises(ValueError, match=r"beyond the end that is asked for, steps = None, epochs = 1"):
            run("bucketed", checkpoint, steps=None, epochs=1)

    def test_a_damaged_checkpoint(self, checkpoint):
        content = checkpoint.read_bytes()
        checkpoint.write_bytes(content[: len(content) // 2])
        with pytest.raises(DamagedCheckpoint, match=r"run\.npz cannot be read"):
            run("bucketed", checkpoint)

    @pytest.mark.parametrize("facts", [{}, {"format": "something else"}])
    def test_a_file_that_fit_did_not_write(self, tmp_path, facts):
        save(tmp_path / "run.npz", {"params": (np.ones(2),)}, facts)
        with pytest.raises(ForeignCheckpoint, match="is not a checkpoint of fit"):
            run("bucketed", tmp_path / "run.npz")

    def test_a_checkpoint_that_lacks_something(self, checkpoint):
        stored = load(checkpoint)
        del stored.facts["updates"]
        save(checkpoint, stored.arrays, stored.facts)
        with pytest.raises(DamagedCheckpoint, match=r"lacks something .*'updates'"):
            run("bucketed", checkpoint)
