"""Experiment: English spelling to sound with any encoder and decoder, searched greedily or with a beam.

Predictions: the network beats a table of letters by far; a beam finds sequences that are more probable than the greedy
ones, and hardly fewer errors; with attention fewer words fail, and long words gain most.
Budget: two to three seconds of CPU for each network. Result: weights, and for each word a `Spoken`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.data.pronunciations import ALPHABET, PHONEMES
from rnnlab.lab.pronouncing import END, START, Pairs, Word, error_rate, pairs
from rnnlab.nets import decoding, seq2seq
from rnnlab.nets.activations import log_softmax
from rnnlab.nets.losses import masked_sequence_loss
from rnnlab.training.fit import fit
from rnnlab.training.minibatches import buckets
from rnnlab.training.optimizers import optimizer

Array = NDArray[Any]
Network = dict[str, Any]
LONGEST = 12  # phonemes at which writing is cut off


@dataclass(frozen=True)
class Spoken:
    """What a network says: its phonemes, and the log-probability that it gives them, the end included."""

    phonemes: tuple[str, ...]
    log_probability: float


def gradient(params: seq2seq.Params, batch: Pairs, network: Network) -> tuple[float, seq2seq.Params]:
    """The mean loss of the real target steps under teacher forcing, and its gradient at all weights."""
    fed = seq2seq.shifted_right(batch.target, START)
    logits, cache = seq2seq.forward(
        params, batch.source, batch.source_mask, fed, batch.target_mask, **network
    )
    loss, d_logits = masked_sequence_loss(logits, batch.target, batch.target_mask)
    return loss, seq2seq.backward(d_logits, cache)


def train(
    rng: Generator,
    learn: Sequence[Word],
    network: Network,
    H: int = 64,
    epochs: int = 4,
    rate: float = 5e-3,
    D: int = 24,
    B: int = 64,
) -> seq2seq.Params:
    """An encoder–decoder that has learned these words with teacher forcing."""
    lengths = [len(word.letters) for word in learn]

    def batches(rng: Generator) -> Iterator[Pairs]:
        for places in buckets(rng, lengths, B):
            yield pairs([learn[place] for place in places])

    params = seq2seq.init(rng, len(ALPHABET), START + 1, D, H, np.float32, **network)
    adam = optimizer("adam", rate)
    of_network = partial(gradient, network=network)
    return fit(params, of_network, batches, adam, rng=rng, epochs=epochs, clip=1.0, progress=False).params


def greedy(params: seq2seq.Params, words: Sequence[Word], network: Network) -> list[Spoken]:
    """The most probable phoneme at each step, fed back as the next input, until the end token."""
    source, source_mask, _, _ = pairs(words)
    step, state = seq2seq.writer(params, source, source_mask, **network)
    written = decoding.greedy(step, state, np.full(len(words), START), END, LONGEST)
    return [
        Spoken(_phonemes(ids[real]), float(log_p))
        for ids, real, log_p in zip(written.ids.T, written.mask.T, written.log_probabilities, strict=True)
    ]


def beam(
    params: seq2seq.Params, words: Sequence[Word], network: Network, width: int, length_penalty: float = 0.0
) -> list[list[Spoken]]:
    """For each word the hypotheses that a beam of this width finds, best first."""
    source, source_mask, _, _ = pairs(words)
    step, state = seq2seq.writer(params, source, source_mask, **network)
    start = np.full(len(words), START)
    found = decoding.beam_search(step, state, start, END, LONGEST, width, length_penalty)
    return [[Spoken(_phonemes(each.ids), each.log_probability) for each in one] for one in found]


def log_probability(
    params: seq2seq.Params, words: Sequence[Word], said: Sequence[Sequence[str]], network: Network
) -> Array:
    """What the network gives to whole sequences of phonemes, the end included: log p of each (B,)."""
    batch = pairs([Word(word.letters, tuple(one)) for word, one in zip(words, said, strict=True)])
    fed = seq2seq.shifted_right(batch.target, START)
    logits, _ = seq2seq.forward(params, batch.source, batch.source_mask, fed, batch.target_mask, **network)
    log_p = np.take_along_axis(log_softmax(logits), batch.target[..., np.newaxis], axis=-1)[..., 0]
    return np.where(batch.target_mask, log_p, 0).sum(axis=0)


def scored(said: Sequence[Spoken], words: Sequence[Word]) -> tuple[float, float]:
    """The phoneme error rate, and the share of words that are right from the first phoneme to the last."""
    rate = error_rate([one.phonemes for one in said], words)
    return rate, float(
        np.mean([one.phonemes == word.phonemes for one, word in zip(said, words, strict=True)])
    )


def right_after_slip(
    params: seq2seq.Params, words: Sequence[Word], network: Network, slip: int, steps: int
) -> Array:
    """The share of right phonemes, or ends, at each step, where one wrong phoneme is fed and all others are true.

    What is fed instead of phoneme number `slip` is the wrong phoneme that the network finds most probable there. Words
    that end before it are left out. Returns the shares at steps 1 to `steps`.
    """
    batch = pairs([word for word in words if len(word.phonemes) >= slip])
    fed = seq2seq.shifted_right(batch.target, START)
    given = (params, batch.source, batch.source_mask)
    logits, _ = seq2seq.forward(*given, fed, batch.target_mask, **network)
    at_slip = logits[slip - 1].copy()
    at_slip[np.arange(len(at_slip)), batch.target[slip - 1]] = -np.inf
    at_slip[:, END:] = -np.inf
    fed[slip] = at_slip.argmax(axis=1)
    logits, _ = seq2seq.forward(*given, fed, batch.target_mask, **network)
    right = (logits.argmax(axis=-1) == batch.target) & batch.target_mask
    return right[:steps].sum(axis=1) / batch.target_mask[:steps].sum(axis=1)


def by_length(said: Sequence[Spoken], words: Sequence[Word], lengths: Sequence[int]) -> Array:
    """The phoneme error rate of the words with so many letters, for each of the lengths."""
    rates = []
    for length in lengths:
        chosen = [place for place, word in enumerate(words) if len(word.letters) == length]
        rates.append(error_rate([said[c].phonemes for c in chosen], [words[c] for c in chosen]))
    return np.array(rates)


def alignment(
    params: seq2seq.Params, letters: str, phonemes: Sequence[str], network: Network
) -> tuple[Array, tuple[str, ...]]:
    """Where the network looks while it is fed these phonemes: weights (T_y, T_x), and the name of each row."""
    batch = pairs([Word(letters, tuple(phonemes))])
    fed = seq2seq.shifted_right(batch.target, START)
    _, cache = seq2seq.forward(params, batch.source, None, fed, **network)
    return cache.decoder.weights[0], (*phonemes, "end")


def deletion_effect(params: seq2seq.Params, letters: str, phonemes: Sequence[str], network: Network) -> Array:
    """How much each letter matters for each phoneme: the fall of log p(phoneme) when the letter is left out.

    The network is fed the given phonemes. Returns (T_y, T_x), with a last row for the end token, as `alignment` does.
    """
    whole, *without = _step_log_p(
        params, [letters, *(letters[:j] + letters[j + 1 :] for j in range(len(letters)))], phonemes, network
    )
    return np.stack([whole - one for one in without], axis=1)


def _step_log_p(
    params: seq2seq.Params, spellings: Sequence[str], phonemes: Sequence[str], network: Network
) -> list[Array]:
    """log p of each phoneme and the end (T_y,), for several spellings and the same phonemes."""
    batch = pairs([Word(letters, tuple(phonemes)) for letters in spellings])
    fed = seq2seq.shifted_right(batch.target, START)
    logits, _ = seq2seq.forward(params, batch.source, batch.source_mask, fed, **network)
    log_p = np.take_along_axis(log_softmax(logits), batch.target[..., np.newaxis], axis=-1)[..., 0]
    return list(log_p.T)


def _phonemes(ids: Array) -> tuple[str, ...]:
    """The names of the phonemes; the end has none, nor has the start, should a network write it."""
    return tuple(PHONEMES[k] for k in ids if k < END)
