"""From data to batches: padding, buckets of similar lengths, and long texts as parallel streams.

Sequences that are independent are shuffled, put together by length, and padded. One long sequence is cut into B streams
that are read side by side, window after window, so that the state after one window is the start of the next.
`bucketed`, `streamed` and `drawn` wrap these for `fit`: each gives a function that takes a random generator and returns
the batches of one epoch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.nets.door import expect_sizes

Array = NDArray[Any]
Drawn = TypeVar("Drawn")


class Batch(NamedTuple):
    """B sequences side by side: inputs x (T, B, D) or ids (T, B), and the targets, (T, B, …) or (B, …).

    `mask` (T, B) is True at real steps, None where there is no padding. `scored` (T, B) is True where the loss counts,
    None where it does at all real steps.
    """

    x: Array
    targets: Array
    mask: NDArray[np.bool_] | None = None
    scored: NDArray[np.bool_] | None = None


def pad(sequences: Sequence[Array]) -> tuple[Array, NDArray[np.bool_]]:
    """One batch of sequences, filled up with zeros at their ends, and a mask that is True at the real steps.

    Shapes: B sequences (T_b, …), all of one dtype and alike but for T_b, for instance ids (T_b) or vectors (T_b, D);
    returns the batch (T, B, …), with T the largest length, and the mask (T, B).

    Raises: ValueError where there is no sequence, an empty one, or one unlike the others.

    >>> ids, mask = pad([np.array([5, 6]), np.array([7])])
    >>> ids.T.tolist(), mask.T.tolist()
    ([[5, 6], [7, 0]], [[True, True], [True, False]])
    """
    lengths = np.array([len(sequence) for sequence in sequences])
    if len(lengths) == 0 or lengths.min() == 0:
        raise ValueError(
            "sequences must hold at least one sequence, and none may be empty. Are there texts without letters?"
        )
    first = np.asarray(sequences[0])
    mask = np.arange(lengths.max())[:, np.newaxis] < lengths
    padded = np.zeros((*mask.shape, *first.shape[1:]), first.dtype)
    for b, sequence in enumerate(map(np.asarray, sequences)):
        if sequence.dtype != first.dtype or sequence.shape[1:] != first.shape[1:]:
            raise ValueError(
                f"sequences must be alike but for their lengths, but the first is {first.dtype} {first.shape} "
                f"and number {b} is {sequence.dtype} {sequence.shape}."
            )
        padded[: len(sequence), b] = sequence
    return padded, mask


def shuffled(rng: Generator, N: int, B: int) -> list[NDArray[np.int64]]:
    """The places 0 … N − 1 in random order, in batches of B, of which the last may be smaller.

    Raises: ValueError for a size below 1.

    >>> [places.tolist() for places in shuffled(np.random.default_rng(0), N=5, B=2)]
    [[2, 4], [3, 0], [1]]
    """
    expect_sizes(N=N, B=B)
    order = rng.permutation(N)
    return [order[start : start + B] for start in range(0, N, B)]


def buckets(rng: Generator, lengths: Sequence[int] | Array, B: int) -> list[NDArray[np.int64]]:
    """The places of sequences in batches of B that have about the same length, in random order: little is padded.

    Every sequence occurs exactly once. Sequences of equal length meet others in each epoch, and one batch, anywhere in
    the epoch, may be smaller than B.

    Raises: ValueError where there are no lengths or B is below 1.

    >>> [places.tolist() for places in buckets(np.random.default_rng(0), lengths=[9, 2, 8, 1], B=2)]
    [[2, 0], [3, 1]]
    """
    lengths = np.asarray(lengths)
    expect_sizes(N=len(lengths), B=B)
    order = rng.permutation(len(lengths))
    by_length = order[np.argsort(lengths[order], kind="stable")]
    batches = [by_length[start : start + B] for start in range(0, len(by_length), B)]
    return [batches[place] for place in rng.permutation(len(batches))]


def streams(sequence: Array, B: int) -> Array:
    """One long sequence as B streams side by side: (N, …) → (⌊N / B⌋, B, …). A rest of fewer than B steps is left out.

    Stream b holds the b-th part of the sequence, in order.

    Raises: ValueError unless there are at least two steps for each stream.

    >>> streams(np.arange(7), B=2).T
    array([[0, 1, 2],
           [3, 4, 5]])
    """
    expect_sizes(B=B)
    each = len(sequence) // B
    if each < 2:
        raise ValueError(
            f"sequence must have at least 2 steps for each of B = {B} streams, but has {len(sequence)} in all. "
            "Choose a smaller B."
        )
    return np.asarray(sequence)[: each * B].reshape(B, each, *np.shape(sequence)[1:]).swapaxes(0, 1)


def windows(streams: Array, T: int) -> list[Batch]:
    """Streams cut into windows of T steps, each step's target being the step after it: x_t and x_{t+1}.

    Windows come in order and leave no gap, so that the state after one is the start of the next. The last one may be
    shorter. Shapes: streams (N, B, …); returns batches with x and targets (T, B, …), which are views.

    Raises: ValueError where there are fewer than two steps or T is below 1.

    >>> [(x.ravel().tolist(), targets.ravel().tolist()) for x, targets, *_ in windows(np.arange(6)[:, None], T=3)]
    [([0, 1, 2], [1, 2, 3]), ([3, 4], [4, 5])]
    """
    expect_sizes(T=T)
    if np.ndim(streams) < 2 or len(streams) < 2:
        raise ValueError(
            f"streams must have the shape (N, B, …) with N of at least 2, but has {np.shape(streams)}. "
            "Make it from one long sequence with `streams`."
        )
    inputs, targets = streams[:-1], streams[1:]
    return [
        Batch(inputs[start : start + T], targets[start : start + T]) for start in range(0, len(inputs), T)
    ]


def drawn(draw: Callable[[Generator], Drawn]) -> Callable[[Generator], Iterable[Drawn]]:
    """Batches for `fit` that are drawn afresh at every step, as tasks with endless data do; an epoch is one of them.

    >>> batches = drawn(lambda rng: rng.integers(10, size=3))
    >>> [batch.tolist() for batch in batches(np.random.default_rng(0))]
    [[8, 6, 5]]
    """
    return lambda rng: [draw(rng)]


def streamed(sequence: Array, B: int, T: int) -> Callable[[Generator], Iterable[Batch]]:
    """Batches for `fit` from one long sequence: its windows, in order. An epoch reads it once; nothing is random.

    Give `fit` a `carry`, the state before the first window, so that the state goes from window to window.

    Raises: ValueError where the sequence is too short or a size below 1.

    >>> len(list(streamed(np.arange(100), B=4, T=8)(np.random.default_rng(0))))
    3
    """
    cut = windows(streams(sequence, B), T)
    return lambda rng: cut


def bucketed(sequences: Sequence[Array], targets: Any, B: int) -> Callable[[Generator], Iterable[Batch]]:
    """Batches for `fit` from sequences of different lengths: in buckets, shuffled in every epoch, and padded.

    `targets` holds one target for each sequence, an array (N, …), or a list of sequences with one for each step.

    Raises: ValueError where the targets are not as many as the sequences, or one has another length than its sequence.

    >>> batches = bucketed([np.array([1, 2]), np.array([3])], np.array([0, 1]), B=2)
    >>> [batch.targets.tolist() for batch in batches(np.random.default_rng(0))]
    [[1, 0]]
    """
    lengths = np.array([len(sequence) for sequence in sequences])
    if len(targets) != len(lengths):
        raise ValueError(f"targets must be as many as sequences, {len(lengths)}, but are {len(targets)}.")
    at_every_step = not isinstance(targets, np.ndarray)
    if at_every_step and [len(target) for target in targets] != lengths.tolist():
        raise ValueError(
            "targets in a list must have one entry for each step of their sequence, but some have another length. "
            "One target for each sequence is wanted as an array."
        )

    def batches(rng: Generator) -> Iterator[Batch]:
        for places in buckets(rng, lengths, B):
            x, mask = pad([sequences[place] for place in places])
            if at_every_step:
                yield Batch(x, pad([targets[place] for place in places])[0], mask)
            else:
                yield Batch(x, targets[places], mask)

    return batches
