"""Writing a sequence with a network that gives log p(y_t | y_1 … y_{t−1}): greedily, by sampling, and by beam search.

All three take a function `step(state, ids) -> (state, log_probabilities)`, which reads the ids (B,) of the last tokens
and gives the log-probabilities (B, K) of the next ones, so that they serve decoders and language models of every kind.
The state is a tree of arrays whose first axis is the batch, such as the state of a cell.
A hypothesis ends with the end token, which belongs to it, or is cut off after `max_length` tokens.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.nets.door import expect_floats, expect_ids, expect_no_nan, expect_sizes
from rnnlab.nets.parameters import mapped, named_leaves

Array = NDArray[Any]
Step = Callable[[Any, Array], tuple[Any, Array]]


class Decoded(NamedTuple):
    """One sequence for each row: ids (T, B), mask (T, B) with True up to the end token, log_probabilities (B,).

    What stands at padding is the end token. The log-probability is that of the whole sequence under the model.
    """

    ids: Array
    mask: Array
    log_probabilities: Array


class Hypothesis(NamedTuple):
    """A sequence found by beam search: ids (T,), its log-probability, and the score by which it is ranked."""

    ids: Array
    log_probability: float
    score: float


def greedy(step: Step, state: Any, start_ids: Array, end_id: int | None, max_length: int) -> Decoded:
    """The sequence that takes the most probable token at each step: y_t = argmax_k log p(k | y_1 … y_{t−1}).

    Shapes: start_ids (B,), which `step` reads first; T is at most `max_length`. Of equally probable tokens the one with
    the smallest id is taken. Without an end token (None) all sequences are cut off.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape or range, also of what `step` returns.
    Source: chapter encoder-decoder.

    >>> def countdown(state, ids):
    ...     return state, np.log(np.eye(4)[ids - 1] * 0.9 + 0.025)
    >>> greedy(countdown, None, np.array([3, 2]), end_id=0, max_length=5).ids
    array([[2, 1],
           [1, 0],
           [0, 0]])
    """
    return _decoded(step, state, start_ids, end_id, max_length, lambda log_p: log_p.argmax(axis=1))


def sample(
    step: Step,
    state: Any,
    start_ids: Array,
    end_id: int | None,
    max_length: int,
    rng: Generator,
    temperature: float = 1.0,
) -> Decoded:
    """A random sequence, each token drawn with probability proportional to p(k | y_1 … y_{t−1})^(1 / temperature).

    Temperature 1 draws from the model, below 1 the probable tokens become more probable (0 would be greedy), above 1
    less. The draw is argmax_k (log p_k / temperature + g_k), with independent Gumbel noise g_k.

    Shapes: start_ids (B,); T is at most `max_length`. The log-probabilities are those of the model at temperature 1.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape or range, or a temperature that is not positive.
    Source: Ackley et al. 1985 for the temperature, Maddison et al. 2014 for the Gumbel noise; chapter encoder-decoder.

    >>> def coin(state, ids):
    ...     return state, np.full((len(ids), 2), np.log(0.5))
    >>> sample(coin, None, np.array([0]), None, 6, np.random.default_rng(0)).ids[:, 0]
    array([1, 1, 0, 0, 0, 1])
    """
    if not (_is_number(temperature) and temperature > 0):
        raise ValueError(
            f"temperature must be a positive number, but is {temperature!r}. Its limit 0 is greedy decoding."
        )

    def drawn(log_p: Array) -> Array:
        below_the_best = log_p.astype(np.float64) - log_p.max(axis=1, keepdims=True)
        with np.errstate(
            over="ignore"
        ):  # close to temperature 0 all but the best are infinitely far below it
            return (below_the_best / temperature + rng.gumbel(size=log_p.shape)).argmax(axis=1)

    return _decoded(step, state, start_ids, end_id, max_length, drawn)


def beam_search(
    step: Step,
    state: Any,
    start_ids: Array,
    end_id: int | None,
    max_length: int,
    width: int,
    length_penalty: float = 0.0,
) -> list[list[Hypothesis]]:
    """The best sequences found by keeping the `width` most probable hypotheses at each step; best first.

    All live hypotheses are extended by all tokens, and the most probable ones are kept. One that ends leaves the beam
    and takes its place with it, so the search is over when `width` of them have ended or `max_length` is reached.
    Width 1 is greedy decoding; as the beam compares hypotheses of one length only, the length enters the ranking alone:
    score = log p / L^length_penalty with the number L of tokens, so 0 ranks by probability, which favors short
    sequences, and 1 by the mean log-probability of a token.

    Shapes: start_ids (B,); returns for each of the B sequences at most `width` hypotheses, fewer where fewer are
    possible. Ties are broken by the place in the beam, then by the smaller id.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape or range, also of what `step` returns.
    Source: Graves 2012; Sutskever et al. 2014; Wu et al. 2016 for the length; chapter encoder-decoder.

    >>> table = np.log(np.array([[0.0, 0.6, 0.4], [0.4, 0.3, 0.3], [0.9, 0.05, 0.05]]) + 1e-9)
    >>> for width in (1, 2):
    ...     [best, *others] = beam_search(lambda state, ids: (state, table[ids]), None, np.array([0]), 0, 2, width)[0]
    ...     print(best.ids, round(np.exp(best.log_probability), 2))
    [1 0] 0.24
    [2 0] 0.36
    """
    _expect_start(start_ids, end_id, max_length)
    expect_sizes(width=width)
    if not _is_number(length_penalty):
        raise ValueError(
            f"length_penalty must be a number, but is {length_penalty!r}. 0 ranks by probability, 1 by its mean."
        )
    B = len(start_ids)
    _expect_rows(state, B)
    rows = np.repeat(np.arange(B), width)
    ids, state = start_ids[np.newaxis, rows], _rows_of(state, rows)
    log_p = np.where(np.arange(width) == 0, 0.0, -np.inf) * np.ones((B, 1))  # equal beginnings count once
    finished: list[list[Hypothesis]] = [[] for _ in range(B)]
    for t in range(max_length):
        state, next_log_p = step(state, ids[-1])
        _expect_log_probabilities(next_log_p, B * width, end_id)
        places = width - np.array([[len(each)] for each in finished])
        log_p, parents, tokens = _extended(log_p, next_log_p, places)
        ids, state = np.concatenate([ids[:, parents], tokens[np.newaxis]]), _rows_of(state, parents)
        ended = np.isfinite(log_p)
        if t + 1 < max_length:
            ended &= tokens.reshape(B, width) == end_id
        for b, place in np.argwhere(ended):
            found = ids[1:, b * width + place]
            finished[b].append(_hypothesis(found, float(log_p[b, place]), length_penalty))
        log_p[ended] = -np.inf
        if not np.isfinite(log_p).any():
            break
    return [sorted(each, key=lambda hypothesis: -hypothesis.score) for each in finished]


def _decoded(
    step: Step,
    state: Any,
    start_ids: Array,
    end_id: int | None,
    max_length: int,
    choose: Callable[[Array], Array],
) -> Decoded:
    """One token at a time for all rows, until each has ended."""
    _expect_start(start_ids, end_id, max_length)
    last, alive, total = start_ids, np.ones(len(start_ids), bool), np.zeros(len(start_ids))
    ids, mask = [], []
    for _ in range(max_length):
        state, log_p = step(state, last)
        _expect_log_probabilities(log_p, len(last), end_id)
        last = choose(log_p)
        if end_id is not None:
            last = np.where(alive, last, end_id)
        total += np.where(alive, np.take_along_axis(log_p, last[:, np.newaxis], axis=1)[:, 0], 0)
        ids.append(last)
        mask.append(alive)
        alive = alive & (last != end_id)
        if not alive.any():
            break
    return Decoded(np.array(ids), np.array(mask), total)


def _extended(log_p: Array, next_log_p: Array, places: Array) -> tuple[Array, Array, Array]:
    """The best continuations of each beam, log_p (B, W): their log-probabilities, the rows they extend, their tokens.

    A beam has so many `places` (B, 1); the others stay empty, with log-probability −∞.
    """
    B, W = log_p.shape
    K = next_log_p.shape[1]
    candidates = (log_p[:, :, np.newaxis] + next_log_p.reshape(B, W, K)).reshape(B, W * K)
    best = np.argsort(-candidates, axis=1, kind="stable")[:, :W]
    kept = np.where(np.arange(W) < places, np.take_along_axis(candidates, best, axis=1), -np.inf)
    parents = best // K + W * np.arange(B)[:, np.newaxis]
    return kept, parents.ravel(), (best % K).ravel()


def _hypothesis(ids: Array, log_p: float, length_penalty: float) -> Hypothesis:
    return Hypothesis(ids.copy(), log_p, log_p / len(ids) ** length_penalty)


def _rows_of(state: Any, rows: Array) -> Any:
    return mapped(lambda leaf: leaf[rows], state)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | np.floating | np.integer) and bool(np.isfinite(value))


def _expect_start(start_ids: Array, end_id: int | None, max_length: int) -> None:
    expect_ids("start_ids", start_ids, np.iinfo(np.int64).max, B=None)
    expect_sizes(max_length=max_length)
    if end_id is not None and not (isinstance(end_id, int | np.integer) and end_id >= 0):
        raise ValueError(f"end_id must be the id of the end token or None, but is {end_id!r}.")


def _expect_rows(state: Any, B: int) -> None:
    for name, leaf in named_leaves(state, "state"):
        if leaf.shape[:1] != (B,):
            raise ValueError(
                f"{name} must have the batch as its first axis, with B = {B} like start_ids, but has the shape "
                f"{leaf.shape}. The beam chooses among rows, so the state holds all that belongs to a sequence."
            )


def _expect_log_probabilities(log_p: Array, B: int, end_id: int | None) -> None:
    expect_floats("log_probabilities", log_p, None, B=B, K=None)
    expect_no_nan("log_probabilities", log_p)
    highest = log_p.max(axis=1)
    if highest.max() > 1e-4:
        raise ValueError(
            f"log_probabilities must not be positive, but {highest.max():.3g} occurs. "
            "Does step return logits or probabilities? log_softmax turns logits into log-probabilities."
        )
    if highest.min() == -np.inf:
        raise ValueError("log_probabilities must leave a token possible, but in some row all are -inf.")
    if end_id is not None and end_id >= log_p.shape[1]:
        raise ValueError(
            f"end_id must lie between 0 and K - 1 = {log_p.shape[1] - 1}, but is {end_id}. "
            "Has the decoder a class for the end token?"
        )
