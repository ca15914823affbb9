"""Every exercise's probes have the variety that tells wrong answers from right ones."""

import inspect

import numpy as np
import pytest

from rnnlab.exercises.gate import exercises

EXERCISES = exercises()
SEEDS = range(5)


def arrays(probe):
    return [argument for argument in probe.arguments if isinstance(argument, np.ndarray)]


def named(exercise, probe):
    return dict(zip(inspect.signature(exercise.reference).parameters, probe.arguments, strict=True))


@pytest.fixture(params=[(e, seed) for e in EXERCISES for seed in SEEDS], ids=lambda p: f"{p[0].name}-{p[1]}")
def drawn(request):
    exercise, seed = request.param
    return exercise, exercise.probes(np.random.default_rng(seed))


def test_sizes_are_distinct_unless_the_probe_is_about_equal_ones(drawn):
    _, probes = drawn
    for probe in probes:
        if not probe.traits & {"square", "small"}:
            assert len(set(probe.sizes.values())) == len(probe.sizes), probe.label


def test_sequences_have_four_steps_or_more_but_for_the_small_one(drawn):
    """Mix-ups of time need steps to show; that a short sequence has an answer too needs one of a single step."""
    _, probes = drawn
    assert all(probe.sizes.get("T", 4) >= 4 for probe in probes if "small" not in probe.traits)


def test_one_probe_has_a_single_step_and_a_single_unit(drawn):
    exercise, probes = drawn
    if "small" in exercise.without:
        return
    (small,) = (probe for probe in probes if "small" in probe.traits)
    assert {small.sizes.get("T", 1), small.sizes.get("H", 1)} == {1}
    assert all(size > 1 for letter, size in small.sizes.items() if letter not in "TH")


def test_square_weights_occur_so_that_a_transpose_does_not_merely_crash(drawn):
    exercise, probes = drawn
    if "square" in exercise.without:
        return
    square = [probe for probe in probes if "square" in probe.traits]
    letters = [probe.sizes[letter] for probe in square for letter in "DHK" if letter in probe.sizes]
    assert square
    assert len(set(letters)) == 1


def test_states_and_biases_are_never_near_zero(drawn):
    exercise, probes = drawn
    for probe in probes:
        for name, argument in named(exercise, probe).items():
            if name in ("h_0", "h_prev", "b_h", "b_y"):
                assert np.abs(argument).min() > 0.1, name


def test_masks_are_asymmetric_in_time_and_between_sequences(drawn):
    exercise, probes = drawn
    for probe in probes:
        mask = named(exercise, probe).get("mask")
        if mask is None or "small" in probe.traits:
            continue
        assert not np.array_equal(mask, mask[::-1]), "reversing time must show"
        assert mask.any(axis=0)[:-1].all()
        assert mask[:, 0].any()
        assert not mask.all(axis=0).any(), "every sequence waits somewhere"
        assert not mask[0, 0], "the first state must be carried over once"
        if mask.shape[1] > 1:
            assert not (mask == mask[:, :1]).all(), "sequences must wait at different steps"


def test_a_sequence_may_be_padded_throughout(drawn):
    exercise, probes = drawn
    masks = [(probe, named(exercise, probe).get("mask")) for probe in probes]
    padded = [
        probe.traits for probe, mask in masks if mask is not None and (~mask).all(axis=0).any() and mask.any()
    ]
    assert not exercise.name.endswith("masked_forward") or frozenset() in padded


def test_inputs_are_of_order_one_but_for_the_large_ones(drawn):
    _, probes = drawn
    for probe in probes:
        largest = max((np.abs(a).max() for a in arrays(probe) if a.dtype.kind == "f"), default=1.0)
        assert 100 < largest < 10_000 if "large" in probe.traits else largest < 10


def test_traits_are_what_they_say(drawn):
    _, probes = drawn
    for probe in probes:
        floats = {a.dtype for a in arrays(probe) if a.dtype.kind == "f"}
        assert floats <= {np.dtype("float32" if "float32" in probe.traits else "float64")}
        assert ("single" in probe.traits) == (probe.sizes.get("B") == 1)
        if "strided" in probe.traits:
            assert all(not a.flags.c_contiguous or a.size == 1 for a in arrays(probe))


def test_every_trait_occurs_or_is_left_out_for_a_written_reason(drawn):
    exercise, probes = drawn
    present = set().union(*(probe.traits for probe in probes))
    assert present | set(exercise.without) == {"square", "small", "single", "float32", "strided", "large"}
    assert not present & set(exercise.without)
    assert all(len(reason.split()) >= 3 for reason in exercise.without.values())


def test_everything_is_read_only_and_so_is_what_lies_behind_a_view(drawn):
    _, probes = drawn
    for probe in probes:
        for array in arrays(probe):
            assert not array.flags.writeable
            assert array.base is None or not array.base.flags.writeable


def test_the_same_seed_gives_the_same_probes_and_another_seed_others(drawn):
    exercise, probes = drawn
    again = exercise.probes(np.random.default_rng(99))
    same = exercise.probes(np.random.default_rng(99))
    assert [probe.label for probe in again] == [probe.label for probe in same]
    for one, other in zip(again, same, strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(arrays(one), arrays(other), strict=True))
    assert [probe.label for probe in again] != [probe.label for probe in probes]


def test_ids_reach_the_last_class_on_some_probes_and_not_on_others(drawn):
    exercise, probes = drawn
    reached = []
    for probe in probes:
        ids = named(exercise, probe).get("ids")
        if ids is not None:
            assert 0 <= ids.min() <= ids.max() < probe.sizes["K"]
            reached.append(ids.max() == probe.sizes["K"] - 1)
    if reached:
        assert any(reached), "a function that never uses the last class must show"
        assert not reached[0]
        assert not all(reached), "a function that counts the classes in the data must show"
