"""Schedules: equal to torch's, pure in the step, and strict about their settings."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.optim import lr_scheduler

from rnnlab.training import schedules
from rnnlab.training.schedules import Plateau, PlateauState, plateau_after


def torch_rates(make, steps):
    """The rates that torch uses at each step, from a base rate of 1."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler = make(optimizer)
    rates = []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates


SAME = [
    (schedules.constant(), lambda o: lr_scheduler.ConstantLR(o, factor=1.0)),
    (schedules.step_decay(7, 0.3), lambda o: lr_scheduler.StepLR(o, 7, 0.3)),
    (schedules.exponential(0.9), lambda o: lr_scheduler.ExponentialLR(o, 0.9)),
    (schedules.linear_warmup(8), lambda o: lr_scheduler.LinearLR(o, 1 / 8, 1.0, 7)),
    (schedules.cosine(40, floor=0.1), lambda o: lr_scheduler.CosineAnnealingLR(o, 40, 0.1)),
]


@pytest.mark.parametrize(("ours", "theirs"), SAME)
def test_rates_equal_torch(ours, theirs):
    assert [ours(step) for step in range(40)] == pytest.approx(torch_rates(theirs, 40), rel=1e-12)


@given(warmup=st.integers(1, 20), more=st.integers(1, 30), floor=st.floats(0, 1))
@settings(deadline=None)
def test_cosine_rises_in_equal_parts_then_falls_to_its_floor_and_stays(warmup, more, floor):
    steps = warmup + more
    rates = [schedules.cosine(steps, warmup, floor)(step) for step in range(steps + 5)]
    assert rates[:warmup] == pytest.approx([(i + 1) / warmup for i in range(warmup)])
    assert rates[warmup] == pytest.approx(1.0)
    assert all(b <= a + 1e-12 for a, b in zip(rates[warmup:], rates[warmup + 1 :], strict=False))
    assert rates[steps:] == pytest.approx([floor] * 5, abs=1e-12)


def test_the_schedule_after_a_warm_up_counts_its_own_steps():
    schedule = schedules.linear_warmup(3, then=schedules.step_decay(2, 0.5))
    assert [schedule(step) for step in range(8)] == pytest.approx([1 / 3, 2 / 3, 1, 1, 1, 0.5, 0.5, 0.25])


@pytest.mark.parametrize("better", ["lower", "higher"])
@given(
    scores=st.lists(st.floats(0.01, 10), min_size=1, max_size=40),
    patience=st.integers(0, 4),
    factor=st.sampled_from([0.1, 0.5]),
)
@settings(max_examples=40, deadline=None)
def test_a_plateau_equals_torch(better, scores, patience, factor):
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=1.0)
    mode = {"lower": "min", "higher": "max"}[better]
    theirs = lr_scheduler.ReduceLROnPlateau(optimizer, mode, factor, patience, min_lr=0.02, eps=0.0)
    plateau, state = Plateau(factor, patience, floor=0.02), PlateauState()
    for score in scores:
        theirs.step(score)
        state = plateau_after(plateau, state, score, better)
        assert state.share == pytest.approx(optimizer.param_groups[0]["lr"], rel=1e-12)


def test_a_score_must_beat_the_best_by_more_than_the_threshold():
    close = plateau_after(Plateau(threshold=0.1), PlateauState(best=1.0), 0.95)
    clear = plateau_after(Plateau(threshold=0.1), PlateauState(best=1.0), 0.85)
    assert (close.waited, clear.waited) == (1, 0)
    assert (close.best, clear.best) == (1.0, 0.85)


REFUSED = [
    (lambda: schedules.step_decay(0), "every must be a positive whole number"),
    (lambda: schedules.step_decay(3, 1.5), "factor must lie above 0 and at most at 1"),
    (lambda: schedules.exponential(0.0), "factor must lie above 0"),
    (lambda: schedules.exponential(math.nan), "factor must lie above 0"),
    (lambda: schedules.linear_warmup(0), "steps must be a positive whole number"),
    (lambda: schedules.cosine(10, warmup=10), "warmup must lie between 0 and steps = 10"),
    (lambda: schedules.cosine(10, floor=2.0), "floor must lie between 0 and 1"),
    (
        lambda: plateau_after(Plateau(), PlateauState(), 1.0, better="smaller"),
        "better must be 'lower' or 'higher'",
    ),
    (lambda: plateau_after(Plateau(factor=0.0), PlateauState(), 1.0), "factor must lie above 0"),
]


@pytest.mark.parametrize(("call", "message"), REFUSED)
def test_settings_out_of_range_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
