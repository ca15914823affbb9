"""Experiment: English spelling to sound, as synchronized many-to-many and as encoder–decoder.

Predictions: a plain network that must name each letter's phoneme at once beats a table of letters a little, and gains
more when it may answer a letter later, because English spelling needs the letter that follows; an encoder–decoder also
reads words whose letters and phonemes are not equally many, and is worse on its own outputs than under teacher forcing.
Budget: under one second of CPU for each tagger, three for each encoder–decoder.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.data.encoding import encode
from rnnlab.data.pronunciations import ALPHABET, PHONEMES, Pronunciation
from rnnlab.nets import bidirectional, decoding, seq2seq
from rnnlab.nets.cells import cell
from rnnlab.nets.decoders import decoder
from rnnlab.nets.embedding import one_hot
from rnnlab.nets.losses import masked_sequence_loss
from rnnlab.training import models
from rnnlab.training.fit import fit
from rnnlab.training.minibatches import Batch, buckets, pad
from rnnlab.training.optimizers import optimizer

Array = NDArray[Any]

WAIT = len(ALPHABET)  # fed after the last letter, while the network still owes answers
END = len(PHONEMES)
START = END + 1
PLAIN = models.sequence_model("rnn", read="every")
BOTH_WAYS = models.sequence_model(bidirectional.network(cell("rnn")), read="every")
GRUS: dict[str, Any] = {"encoder": cell("gru"), "decoder": decoder("plain", cell("gru"))}


class Word(NamedTuple):
    """A spelling and its phonemes."""

    letters: str
    phonemes: tuple[str, ...]


class Pairs(NamedTuple):
    """Sources (T_x, B) and targets (T_y, B) as ids, each with its mask."""

    source: Array
    source_mask: Array
    target: Array
    target_mask: Array


def words(
    rng: Generator,
    dictionary: Iterable[Pronunciation],
    learn: int,
    held_out: int,
    longest: int,
    aligned: bool = False,
) -> tuple[list[Word], list[Word]]:
    """Words of three letters or more to learn from, and words held out; `aligned` with as many phonemes as letters."""
    fitting = [
        Word(entry.word, entry.phonemes)
        for entry in dictionary
        if 3 <= len(entry.word) <= longest
        and (len(entry.word) == len(entry.phonemes) or (not aligned and len(entry.phonemes) <= longest))
    ]
    chosen = [fitting[place] for place in rng.permutation(len(fitting))[: learn + held_out]]
    return chosen[:learn], chosen[learn:]


def each_letter(words: Sequence[Word], delay: int = 0) -> Batch:
    """Letters, and the phoneme of the letter `delay` steps ago; the loss does not count the steps before the first."""
    letters, mask = pad([np.append(encode(word.letters, ALPHABET), np.full(delay, WAIT)) for word in words])
    phonemes, _ = pad([np.append(np.zeros(delay, int), _phonemes(word)) for word in words])
    scored = mask & (np.arange(len(mask)) >= delay)[:, np.newaxis]
    return Batch(one_hot(letters, WAIT + 1, np.float32), phonemes, mask, scored)


def train_tagger(
    rng: Generator,
    learn: Sequence[Word],
    delay: int = 0,
    network: models.SequenceModel = PLAIN,
    H: int = 64,
    epochs: int = 5,
) -> models.Params:
    """A network that names the phoneme of each letter, `delay` letters later."""
    lengths = [len(word.letters) for word in learn]

    def batches(rng: Generator) -> Iterator[Batch]:
        for places in buckets(rng, lengths, 32):
            yield each_letter([learn[place] for place in places], delay)

    params = network.init(rng, WAIT + 1, H, END, np.float32)
    adam = optimizer("adam", 3e-3)
    return fit(
        params, network.gradient, batches, adam, rng=rng, epochs=epochs, clip=1.0, progress=False
    ).params


def tagger_accuracy(
    params: models.Params, held_out: Sequence[Word], delay: int = 0, network: models.SequenceModel = PLAIN
) -> float:
    """The share of letters whose phoneme is right."""
    batch = each_letter(held_out, delay)
    guesses = network.predict(params, batch.x, batch.mask).argmax(axis=-1)
    return float((guesses == batch.targets)[batch.scored].mean())


def letter_table(learn: Sequence[Word]) -> dict[str, str]:
    """The most frequent phoneme of each letter, in words with as many phonemes as letters: the best one-to-one map."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for word in learn:
        if len(word.letters) == len(word.phonemes):
            for letter, phoneme in zip(word.letters, word.phonemes, strict=True):
                counts[letter][phoneme] += 1
    return {letter: count.most_common(1)[0][0] for letter, count in counts.items()}


def table_accuracy(table: dict[str, str], held_out: Sequence[Word]) -> float:
    """The share of letters whose phoneme the table names rightly."""
    right = [
        table.get(letter) == phoneme
        for word in held_out
        for letter, phoneme in zip(word.letters, word.phonemes, strict=True)
    ]
    return float(np.mean(right))


def pairs(words: Sequence[Word]) -> Pairs:
    """The letters, and the phonemes with the end token, as an encoder–decoder wants them."""
    source, source_mask = pad([encode(word.letters, ALPHABET) for word in words])
    target, target_mask = pad([np.append(_phonemes(word), END) for word in words])
    return Pairs(source, source_mask, target, target_mask)


def gradient(params: seq2seq.Params, batch: Pairs) -> tuple[float, seq2seq.Params]:
    """The loss of the true phonemes under teacher forcing, and its gradient through the decoder and the encoder."""
    fed = seq2seq.shifted_right(batch.target, START)
    logits, cache = seq2seq.forward(params, batch.source, batch.source_mask, fed, batch.target_mask, **GRUS)
    loss, d_logits = masked_sequence_loss(logits, batch.target, batch.target_mask)
    return loss, seq2seq.backward(d_logits, cache)


def train_speaker(rng: Generator, learn: Sequence[Word], H: int = 96, epochs: int = 4) -> seq2seq.Params:
    """An encoder–decoder of two GRUs, trained with teacher forcing."""
    lengths = [len(word.letters) for word in learn]

    def batches(rng: Generator) -> Iterator[Pairs]:
        for places in buckets(rng, lengths, 64):
            yield pairs([learn[place] for place in places])

    params = seq2seq.init(rng, len(ALPHABET), START + 1, 24, H, np.float32, **GRUS)
    adam = optimizer("adam", 3e-3)
    return fit(params, gradient, batches, adam, rng=rng, epochs=epochs, clip=1.0, progress=False).params


def spoken(params: seq2seq.Params, words: Sequence[Word]) -> list[tuple[str, ...]]:
    """What the network says, greedily, fed its own phonemes."""
    ids, mask = _written(params, words)
    return [
        tuple(PHONEMES[k] for k in column[real] if k < END)
        for column, real in zip(ids.T, mask.T, strict=True)
    ]


def right_at_each_step(params: seq2seq.Params, words: Sequence[Word], steps: int) -> tuple[Array, Array]:
    """The share of words whose phoneme, or end, is right at step 1, 2, …: fed the true ones, and fed its own."""
    batch = pairs(words)
    fed = seq2seq.shifted_right(batch.target, START)
    logits, _ = seq2seq.forward(params, batch.source, batch.source_mask, fed, batch.target_mask, **GRUS)
    own, _ = _written(params, words, len(batch.target))
    real = batch.target_mask[:steps].sum(axis=1)
    shares = [
        ((guesses == batch.target) & batch.target_mask)[:steps].sum(axis=1) / real
        for guesses in (logits.argmax(axis=-1), own)
    ]
    return shares[0], shares[1]


def error_rate(said: Sequence[Sequence[str]], words: Sequence[Word]) -> float:
    """The phoneme error rate: insertions, deletions and substitutions, by the number of true phonemes."""
    edits = sum(edit_distance(guess, word.phonemes) for guess, word in zip(said, words, strict=True))
    return edits / sum(len(word.phonemes) for word in words)


def edit_distance(a: Sequence[str], b: Sequence[str]) -> int:
    """The least number of insertions, deletions and substitutions that turn a into b.

    >>> edit_distance("kitten", "sitting")
    3
    """
    row = list(range(len(b) + 1))
    for i, one in enumerate(a, start=1):
        diagonal, row[0] = row[0], i
        for j, other in enumerate(b, start=1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (one != other))
    return row[-1]


def _written(params: seq2seq.Params, words: Sequence[Word], steps: int = 12) -> tuple[Array, Array]:
    """Greedily written ids and mask, with the end token up to `steps`: (steps, B)."""
    batch = pairs(words)
    step, state = seq2seq.writer(params, batch.source, batch.source_mask, **GRUS)
    written = decoding.greedy(step, state, np.full(len(words), START), END, steps)
    missing = ((0, steps - len(written.ids)), (0, 0))
    return np.pad(written.ids, missing, constant_values=END), np.pad(written.mask, missing)


def _phonemes(word: Word) -> Array:
    return np.array([PHONEMES.index(phoneme) for phoneme in word.phonemes])
