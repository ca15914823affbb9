"""Batches: padding loses nothing, every sequence occurs once in an epoch, and streams keep their order."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.training.minibatches import bucketed, buckets, drawn, pad, shuffled, streamed, streams, windows

seeds = st.integers(0, 10**6)
all_lengths = st.lists(st.integers(1, 9), min_size=1, max_size=12)


def ids_of(lengths, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.integers(1, 100, length) for length in lengths]


@given(all_lengths)
def test_the_mask_gives_every_sequence_back(lengths):
    sequences = ids_of(lengths)
    ids, mask = pad(sequences)
    assert ids.dtype == np.int64
    assert ids.shape == mask.shape == (max(lengths), len(lengths))
    for b, sequence in enumerate(sequences):
        np.testing.assert_array_equal(ids[mask[:, b], b], sequence)
        assert not mask[len(sequence) :, b].any()
    assert not ids[~mask].any()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_vectors_are_padded_like_ids_and_keep_their_dtype(dtype):
    rng = np.random.default_rng(0)
    sequences = [rng.normal(size=(length, 3)).astype(dtype) for length in (2, 4, 1)]
    x, mask = pad(sequences)
    assert x.shape == (4, 3, 3)
    assert x.dtype == dtype
    for b, sequence in enumerate(sequences):
        np.testing.assert_array_equal(x[mask[:, b], b], sequence)


@pytest.mark.parametrize("sequences", [[], [np.array([1]), np.array([], np.int64)]])
def test_no_sequence_or_an_empty_one_is_refused(sequences):
    with pytest.raises(ValueError, match="sequences must hold at least one sequence, and none may be empty"):
        pad(sequences)


@pytest.mark.parametrize("other", [np.ones((2, 4)), np.ones((2, 3), np.float32), np.ones(2)])
def test_sequences_unlike_the_first_are_refused(other):
    with pytest.raises(ValueError, match=r"alike but for their lengths, .* and number 1 is"):
        pad([np.ones((5, 3)), other])


@given(seed=seeds, N=st.integers(1, 30), B=st.integers(1, 8))
def test_shuffled_batches_hold_every_place_once(seed, N, B):
    batches = shuffled(np.random.default_rng(seed), N, B)
    assert sorted(np.concatenate(batches)) == list(range(N))
    assert [len(batch) for batch in batches[:-1]] == [B] * (len(batches) - 1)


@given(seed=seeds, lengths=all_lengths, B=st.integers(1, 5))
def test_buckets_hold_every_sequence_once_and_lengths_do_not_overlap(seed, lengths, B):
    batches = buckets(np.random.default_rng(seed), lengths, B)
    assert sorted(np.concatenate(batches)) == list(range(len(lengths)))
    assert sorted(map(len, batches))[1:] == [B] * (len(batches) - 1)
    spans = sorted(
        (min(held), max(held)) for held in ([lengths[place] for place in batch] for batch in batches)
    )
    assert all(one[1] <= two[0] for one, two in itertools.pairwise(spans))


def test_buckets_pad_less_than_random_batches():
    rng = np.random.default_rng(0)
    lengths = rng.integers(1, 100, 200)

    def padding(batches):
        return sum(len(batch) * max(lengths[batch]) - sum(lengths[batch]) for batch in batches)

    assert padding(buckets(rng, lengths, 10)) < 0.15 * padding(shuffled(rng, 200, 10))


def test_an_epoch_mixes_the_sequences_and_the_batches_anew():
    rng, lengths = np.random.default_rng(0), [5] * 20 + [9] * 20
    one, two = (buckets(rng, lengths, 4) for _ in range(2))
    assert {frozenset(batch) for batch in one} != {frozenset(batch) for batch in two}
    assert [lengths[batch[0]] for batch in one] != [lengths[batch[0]] for batch in two]
    again = buckets(np.random.default_rng(0), lengths, 4)
    assert [batch.tolist() for batch in again] == [batch.tolist() for batch in one]


@given(N=st.integers(4, 60), B=st.integers(1, 2), T=st.integers(1, 9))
def test_windows_read_each_stream_in_order_without_gap_and_ask_for_the_next_step(N, B, T):
    text = np.arange(N)
    parts = windows(streams(text, B), T)
    inputs = np.concatenate([part.x for part in parts])
    targets = np.concatenate([part.targets for part in parts])
    np.testing.assert_array_equal(targets, inputs + 1)
    each = N // B
    for b in range(B):
        np.testing.assert_array_equal(inputs[:, b], np.arange(each - 1) + b * each)
    assert {len(part.x) for part in parts[:-1]} <= {T}
    assert all(part.x.shape == part.targets.shape for part in parts)


def test_streams_of_vectors_keep_their_axes():
    assert streams(np.zeros((11, 3)), B=2).shape == (5, 2, 3)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: streams(np.arange(5), B=3), "at least 2 steps for each of B = 3 streams, but has 5"),
        (lambda: streams(np.arange(5), B=0), "B must be a positive whole number"),
        (lambda: windows(np.arange(5), T=2), r"streams must have the shape \(N, B, …\)"),
        (lambda: windows(np.zeros((1, 2)), T=2), "with N of at least 2"),
        (lambda: windows(np.zeros((5, 2)), T=0), "T must be a positive whole number"),
        (lambda: buckets(np.random.default_rng(0), [], 2), "N must be a positive whole number"),
        (lambda: shuffled(np.random.default_rng(0), 3, 0), "B must be a positive whole number"),
        (lambda: bucketed([np.ones(2)], np.ones(2), 2), "targets must be as many as sequences, 1, but are 2"),
        (lambda: bucketed([np.ones(2)], [np.ones(3)], 2), "one entry for each step of their sequence"),
    ],
)
def test_what_makes_no_batch_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@given(seed=seeds, lengths=all_lengths, at_every_step=st.booleans())
@settings(deadline=None)
def test_bucketed_batches_keep_each_sequence_with_its_target(seed, lengths, at_every_step):
    sequences = ids_of(lengths, seed)
    targets = [sequence + 1000 for sequence in sequences] if at_every_step else np.array(lengths) * 7
    seen = []
    for batch in bucketed(sequences, targets, B=3)(np.random.default_rng(seed)):
        for b in range(batch.x.shape[1]):
            real = batch.mask[:, b]
            seen.append(batch.x[real, b].tolist())
            if at_every_step:
                np.testing.assert_array_equal(batch.targets[real, b], batch.x[real, b] + 1000)
            else:
                assert batch.targets[b] == 7 * real.sum()
    assert sorted(seen) == sorted(sequence.tolist() for sequence in sequences)


def test_streamed_batches_are_the_same_windows_in_every_epoch():
    batches, rng = streamed(np.arange(50), B=2, T=6), np.random.default_rng(0)
    before = rng.bit_generator.state
    one, two = ([part.x.tolist() for part in batches(rng)] for _ in range(2))
    assert one == two
    assert rng.bit_generator.state == before


def test_drawn_batches_are_fresh_in_every_epoch():
    batches, rng = drawn(lambda rng: rng.normal(size=3)), np.random.default_rng(0)
    one, two = (list(batches(rng)) for _ in range(2))
    assert len(one) == len(two) == 1
    assert not np.any(one[0] == two[0])
