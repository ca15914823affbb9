"""Experiment: Italian or Spanish? One line through the counts of letters, or of pairs of letters, of a surname.

Predictions: the counts of letters are not separable, so the perceptron never comes to rest and its accuracy jumps from
epoch to epoch; the average of its weights is steady and as good as logistic regression; pairs of letters, which keep
some order, do better than letters; a network that reads all of the order is the equal of pairs at least. The last was
wrong: on so few names the network was no better than a line through pairs. Chance is one half; a quarter of the names
is held out. Budget: half a second for each split and model. Result: held-out accuracy.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.data.encoding import encode
from rnnlab.data.surnames import ALPHABET, surnames
from rnnlab.nets import perceptron
from rnnlab.nets.activations import sigmoid
from rnnlab.nets.embedding import one_hot
from rnnlab.training.fit import fit
from rnnlab.training.minibatches import bucketed, pad
from rnnlab.training.models import sequence_model
from rnnlab.training.optimizers import optimizer

Array = NDArray[Any]

LANGUAGES = ("Italian", "Spanish")
V = len(ALPHABET)


@dataclass(frozen=True)
class Split:
    """Names in plain letters and labels, −1 for the first language and +1 for the second: to learn from, held out."""

    names: tuple[str, ...]
    y: Array
    held_out_names: tuple[str, ...]
    held_out_y: Array


@dataclass(frozen=True)
class Line:
    """What a run of the perceptron leaves: after each epoch the mistakes made in it and two held-out accuracies.

    `last` is that of the weights as they stand, `average` that of the mean of the weights after every example.
    """

    mistakes: Array
    last: Array
    average: Array
    params: perceptron.Params
    averaged: perceptron.Params
    pocket: perceptron.Params


def split(rng: Generator, languages: tuple[str, str] = LANGUAGES, each: int = 380) -> Split:
    """Equally many names of both languages, no spelling in both; a quarter held out."""
    own = {name: {s.letters for s in surnames() if s.language == name} for name in languages}
    one, other = (sorted(own[a] - own[b]) for a, b in (languages, languages[::-1]))
    chosen = [[names[place] for place in rng.permutation(len(names))[:each]] for names in (one, other)]
    names, y = np.array(chosen[0] + chosen[1]), np.repeat([-1, 1], [len(chosen[0]), len(chosen[1])])
    order = rng.permutation(len(names))
    cut = len(names) // 4
    learn, test = order[cut:], order[:cut]
    return Split(tuple(names[learn].tolist()), y[learn], tuple(names[test].tolist()), y[test])


def letters(names: tuple[str, ...]) -> Array:
    """How often each letter occurs: (N, 29)."""
    return np.array([np.bincount(encode(name, ALPHABET), minlength=V) for name in names], float)


def pairs(names: tuple[str, ...]) -> Array:
    """How often each pair of neighbors occurs, with a space before and after the name: (N, 841)."""
    rows = []
    for name in names:
        ids = encode(f" {name} ", ALPHABET)
        rows.append(np.bincount(ids[:-1] * V + ids[1:], minlength=V * V))
    return np.array(rows, float)


def anagrams(split: Split) -> list[tuple[str, str]]:
    """Pairs of names to learn from, one of each language, with the same letters: no rule on counts is right on both.

    >>> same = Split(("adam", "dama"), np.array([-1, 1]), (), np.array([], int))
    >>> anagrams(same)
    [('adam', 'dama')]
    """
    found: dict[str, dict[int, str]] = {}
    for name, label in zip(split.names, split.y.tolist(), strict=True):
        found.setdefault("".join(sorted(name)), {})[label] = name
    return sorted((names[-1], names[1]) for names in found.values() if len(names) == 2)


def draw_a_line(
    rng: Generator, split: Split, features: Callable[[tuple[str, ...]], Array], epochs: int = 30
) -> Line:
    """The perceptron on features, the examples in a new order in each epoch; the average and the pocket beside it.

    The pocket holds the weights that were best on all examples at the end of an epoch (Gallant 1990 looks more often).
    """
    x, test = features(split.names), features(split.held_out_names)
    params = perceptron.init(x.shape[1])
    total, seen = perceptron.init(x.shape[1]), 0
    pocket, fewest = params, len(x) + 1
    mistakes, last, average = [], [], []
    for _ in range(epochs):
        wrong = 0
        for n in rng.permutation(len(x)):
            after = perceptron.update(params, x[n], int(split.y[n]))
            wrong += after is not params and bool(np.any(after.w != params.w))
            params = after
            total = perceptron.Params(total.w + params.w, total.b + params.b)
            seen += 1
        left = int(np.sum(perceptron.predict(params, x) != split.y))
        if left < fewest:
            pocket, fewest = params, left
        averaged = perceptron.Params(total.w / seen, np.asarray(total.b / seen))
        mistakes.append(wrong)
        last.append(float(np.mean(perceptron.predict(params, test) == split.held_out_y)))
        average.append(float(np.mean(perceptron.predict(averaged, test) == split.held_out_y)))
    return Line(np.array(mistakes), np.array(last), np.array(average), params, averaged, pocket)


def right(params: perceptron.Params, x: Array, y: Array) -> float:
    """The share of examples on their side of a line."""
    return float(np.mean(perceptron.predict(params, x) == y))


def least_squares(x: Array, y: Array) -> perceptron.Params:
    """Linear regression on the labels −1 and +1, used as a line."""
    solution, *_ = np.linalg.lstsq(np.column_stack([x, np.ones(len(x))]), y.astype(float))
    return perceptron.Params(solution[:-1], np.array(solution[-1]))


def logistic(x: Array, y: Array, steps: int = 300, penalty: float = 1e-3) -> perceptron.Params:
    """Logistic regression by gradient descent: the mean of log(1 + exp(−y (w · x + b))), with ½ λ ‖w‖² added.

    The penalty keeps the weights finite where a line separates all examples.
    """
    adam = optimizer("adam", 3e-2)
    params = perceptron.init(x.shape[1])
    memory = adam.init(params)
    for _ in range(steps):
        pull = -y * sigmoid(-y * (x @ params.w + params.b)) / len(x)
        grads = perceptron.Params(x.T @ pull + penalty * params.w, np.asarray(pull.sum()))
        params, memory = adam.update(params, grads, memory)
    return params


def network_accuracy(
    rng: Generator, split: Split, H: int = 32, epochs: int = 15, rate: float = 3e-3
) -> float:
    """The held-out accuracy of a plain recurrent network that reads the letters in order and answers after the last."""
    model = sequence_model("rnn", read="last")
    x = [one_hot(encode(name, ALPHABET), V, np.float32) for name in split.names]
    params = model.init(rng, V, H, 2, np.float32)
    batches = bucketed(x, (split.y + 1) // 2, 32)
    adam = optimizer("adam", rate)
    params = fit(
        params, model.gradient, batches, adam, rng=rng, epochs=epochs, clip=1.0, progress=False
    ).params
    test, mask = pad([one_hot(encode(name, ALPHABET), V, np.float32) for name in split.held_out_names])
    answers = model.predict(params, test, mask).argmax(axis=-1)
    return float(np.mean(answers == (split.held_out_y + 1) // 2))
