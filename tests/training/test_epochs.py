"""The place in the data: from any of them the batches go on as if there had been no break."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.training.checkpoints import ForeignCheckpoint
from rnnlab.training.epochs import batches_from, plain, restored

GENERATORS = [np.random.PCG64, np.random.MT19937, np.random.Philox, np.random.SFC64]


def listed(rng):
    return [rng.normal(size=2).tolist() for _ in range(4)]


def lazy(rng):
    for _ in range(3):
        yield rng.normal(size=2).tolist()
    rng.normal()


def drawn(rng):
    return [rng.normal(size=2).tolist()]


def fixed(rng):
    return [1, 2, 3]


def generator(kind=np.random.PCG64, seed=0):
    return np.random.Generator(kind(seed))


def through_json(state):
    return restored(json.loads(json.dumps(plain(state))))


@pytest.mark.parametrize("batches", [listed, lazy, drawn, fixed])
@given(broken_at=st.integers(1, 12), kind=st.sampled_from(GENERATORS))
@settings(max_examples=15, deadline=None)
def test_a_stream_goes_on_from_any_place_with_any_generator(batches, broken_at, kind):
    whole = batches_from(batches, generator(kind))
    expected = [next(whole)[1] for _ in range(20)]
    rng = generator(kind)
    first = batches_from(batches, rng)
    for _ in range(broken_at):
        place, _ = next(first)
    place = place._replace(rng_at_start=through_json(place.rng_at_start))
    again = batches_from(batches, generator(kind, seed=99), place, through_json(rng.bit_generator.state))
    assert [next(again)[1] for _ in range(20 - broken_at)] == expected[broken_at:]


def test_places_count_epochs_and_batches():
    stream = batches_from(fixed, generator())
    assert [next(stream)[0][:2] for _ in range(5)] == [(0, 1), (0, 2), (0, 3), (1, 1), (1, 2)]


@pytest.mark.parametrize("batches", [lambda rng: [], lambda rng: iter(())])
def test_an_epoch_without_batches_is_refused(batches):
    with pytest.raises(ValueError, match=r"batches\(rng\) must give at least one batch, but gave none"):
        next(batches_from(batches, generator()))


def test_data_that_draw_otherwise_than_before_are_refused():
    rng = generator()
    stream = batches_from(lazy, rng)
    next(stream)
    place, _ = next(stream)
    with pytest.raises(ForeignCheckpoint, match="have drawn other random numbers than in the run before"):
        next(batches_from(listed, generator(), place, rng.bit_generator.state))


def test_fewer_batches_than_before_are_refused():
    stream = batches_from(fixed, generator())
    next(stream)
    place, _ = next(stream)
    with pytest.raises(
        ForeignCheckpoint, match="gave 1 batches where the checkpoint has seen 2 of one epoch"
    ):
        next(batches_from(lambda rng: [1], generator(), place))
