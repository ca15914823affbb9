"""Experiment: one network in four shapes on surnames; only what is fed, and which steps the loss counts, differs.

Predictions: a network that reads one letter (T = 1) names the language worse than one that reads the whole name;
counting every step, not the last alone, makes it right early; names written from a language are recognized.
Budget: under one second of CPU for each run. Six languages with equally many names, as in `reading_surnames`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.data.encoding import encode
from rnnlab.data.surnames import ALPHABET
from rnnlab.lab.reading_surnames import LANGUAGES, Names
from rnnlab.nets import decoding, rnn
from rnnlab.nets.activations import log_softmax
from rnnlab.nets.embedding import one_hot
from rnnlab.nets.losses import bits
from rnnlab.training.fit import fit
from rnnlab.training.minibatches import Batch, buckets, pad
from rnnlab.training.models import Params, sequence_model
from rnnlab.training.optimizers import optimizer

Array = NDArray[Any]
Shape = Callable[[Names], Batch]

NETWORK = sequence_model("rnn", read="every")

# What is fed is one of these: a letter, the end of a name, a language. What is written is a letter, or the end.
END = len(ALPHABET)
START = END + 1
TOKENS = START + len(LANGUAGES)
H = 64


def one_to_one(names: Names) -> Batch:
    """The last letter alone, and the language: T = 1."""
    x = np.array([[ALPHABET.index(letters[-1]) for letters in names.letters]])
    return Batch(_fed(x), names.language[np.newaxis])


def many_to_one(names: Names) -> Batch:
    """All letters; the loss counts the language at the last one of each name."""
    batch = language_at_every_letter(names)
    lengths = np.array([len(letters) for letters in names.letters])
    return batch._replace(scored=np.arange(len(batch.x))[:, np.newaxis] == lengths - 1)


def language_at_every_letter(names: Names) -> Batch:
    """All letters; the loss counts the language at each of them."""
    x, mask = pad([encode(letters, ALPHABET) for letters in names.letters])
    return Batch(_fed(x), np.broadcast_to(names.language, x.shape), mask)


def one_to_many(names: Names) -> Batch:
    """The language, then the true letters (teacher forcing); the loss counts the letter after each, at last the end."""
    written = [encode(letters, ALPHABET) for letters in names.letters]
    starts = START + names.language
    x, mask = pad([np.append(start, letters) for start, letters in zip(starts, written, strict=True)])
    targets, _ = pad([np.append(letters, END) for letters in written])
    return Batch(_fed(x), targets, mask)


def language_at_every_step(names: Names) -> Batch:
    """The same, with the language fed again beside each letter."""
    batch = one_to_many(names)
    return batch._replace(x=np.maximum(batch.x, _fed(START + names.language)))


def next_letter(names: Names) -> Batch:
    """The same with one start token for all languages: many-to-many."""
    return one_to_many(Names(names.letters, np.zeros_like(names.language)))


def next_letter_alone(names: Names) -> Batch:
    """The same letters and next letters, each pair a sequence of its own: one-to-one, T = 1."""
    x, targets, mask, _ = next_letter(names)
    return Batch(x[mask][np.newaxis], targets[mask][np.newaxis])


def train(
    rng: Generator, shape: Shape, names: Names, K: int, epochs: int = 15, rate: float = 3e-3, batch: int = 32
) -> Params:
    """The network in a shape, with K classes, trained with Adam and the gradient's norm clipped at 1."""
    lengths = [len(letters) for letters in names.letters]

    def batches(rng: Generator) -> Iterator[Batch]:
        for places in buckets(rng, lengths, batch):
            yield shape(names.take(places))

    params = NETWORK.init(rng, TOKENS, H, K, np.float32)
    adam = optimizer("adam", rate)
    return fit(
        params, NETWORK.gradient, batches, adam, rng=rng, epochs=epochs, clip=1.0, progress=False
    ).params


def accuracy(params: Params, batch: Batch) -> float:
    """The share of scored steps at which the most likely class is the right one."""
    right, scored = _right(params, batch)
    return float(right[scored].mean())


def last_letter_table(learn: Names, held_out: Names) -> float:
    """The share of names in the most frequent language of their last letter: the best that one letter gives."""
    seen, asked = one_to_one(learn), one_to_one(held_out)
    counts = np.zeros((TOKENS, len(LANGUAGES)))
    np.add.at(counts, (seen.x.argmax(axis=-1), seen.targets), 1)
    return float(np.mean(counts.argmax(axis=1)[asked.x.argmax(axis=-1)] == asked.targets))


def accuracy_after(params: Params, names: Names, letters: int) -> Array:
    """The share of names whose language is right after 1, 2, … letters, of names that have so many: (letters,)."""
    long = names.take(np.array([place for place, name in enumerate(names.letters) if len(name) >= letters]))
    right, _ = _right(params, language_at_every_letter(long))
    return right[:letters].mean(axis=1)


def bits_per_letter(params: Params, batch: Batch) -> float:
    """The mean surprise of a letter or end, in bits."""
    return bits(NETWORK.loss_of(params, batch))


def pair_counts_bits(learn: Names, held_out: Names) -> float:
    """The same for a table of letter pairs, with one of each added: about what knowing one letter alone can give."""
    counts = np.ones((TOKENS, END + 1))
    seen, asked = next_letter_alone(learn), next_letter_alone(held_out)
    np.add.at(counts, (seen.x.argmax(axis=-1), seen.targets), 1)
    p = counts / counts.sum(axis=1, keepdims=True)
    return float(-np.log2(p[asked.x.argmax(axis=-1), asked.targets]).mean())


def write(
    params: Params, language: Array, rng: Generator, temperature: float = 1.0, always: bool = False
) -> list[str]:
    """A name for each language id: the language is fed, then the network's own letters, until it writes the end.

    `always` feeds the language again beside each letter.
    """
    label = _fed(START + language)

    def step(h: Array, ids: Array) -> tuple[Array, Array]:
        x = np.maximum(_fed(ids), label) if always else _fed(ids)
        h = rnn.step(params.cell, x, h)
        return h, log_softmax(rnn.readout(params.readout, h))

    h_0 = rnn.zero_state(params.cell, len(language))
    written = decoding.sample(step, h_0, START + language, END, 20, rng, temperature)
    return [
        "".join(ALPHABET[k] for k in ids[mask] if k != END)
        for ids, mask in zip(written.ids.T, written.mask.T, strict=True)
    ]


def recognized(reader: Params, written: Sequence[str], language: Array) -> float:
    """The share of written names, empty ones being wrong, whose language a many-to-one network names rightly."""
    places = [place for place, letters in enumerate(written) if letters]
    names = Names(tuple(written[place] for place in places), language[places])
    return accuracy(reader, many_to_one(names)) * len(places) / len(written)


def _fed(ids: Array) -> Array:
    return one_hot(ids, TOKENS, np.float32)


def _right(params: Params, batch: Batch) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    guesses = NETWORK.predict(params, batch.x, batch.mask).argmax(axis=-1)
    scored = batch.scored if batch.scored is not None else batch.mask
    return guesses == batch.targets, np.ones(guesses.shape, bool) if scored is None else scored
