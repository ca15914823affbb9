"""Models of names and of text that are quick to make, good and bad, for what measures them."""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import cache

import numpy as np

from rnnlab.data import project
from rnnlab.data.project import CHARACTERS, LANGUAGES, LETTERS

K, V = len(LANGUAGES), len(CHARACTERS)


def counts_of_groups(sizes):
    """Naive Bayes on how often each group of letters occurs in the names of each language."""
    names, languages = project.names("learn")
    places = {}
    for name in names:
        for group in _groups(name, sizes):
            places.setdefault(group, len(places))
    counts = np.full((K, len(places)), 0.1)
    for name, language in zip(names, languages, strict=True):
        for group in _groups(name, sizes):
            counts[language, places[group]] += 1
    log_p = np.log(counts / counts.sum(axis=1, keepdims=True))

    def classify(names):
        scores = [
            log_p[:, [places[group] for group in _groups(name, sizes) if group in places]].sum(axis=1)
            for name in names
        ]
        return np.argmax(scores, axis=1)

    return classify


def _groups(name, sizes):
    ends = f"^{name}$" if max(sizes) > 1 else name
    return [ends[start : start + size] for size in sizes for start in range(len(ends) - size + 1)]


def table_of_names():
    """Everything that the notebook hands out, by heart; for other names a guess."""
    known = {}
    for part in project.PARTS:
        names, languages = project.names(part)
        known |= dict(zip(names, languages, strict=True))

    def classify(names):
        return np.array([known.get(name, sum(map(LETTERS.index, name)) % K) for name in names])

    return classify


def counts_of_contexts(order, weight=4.0):
    """How often each character follows each context of at most `order` characters, the longer ones blended in."""
    text = project.text("learn")
    tables = [defaultdict(Counter) for _ in range(order + 1)]
    for size, table in enumerate(tables):
        for place in range(size, len(text)):
            table[text[place - size : place]][text[place]] += 1

    @cache
    def distribution(context):
        p = np.full(V, 1 / V)
        for size, table in enumerate(tables[: len(context) + 1]):
            seen = table.get(context[len(context) - size :])
            if seen is None:
                break
            count = np.zeros(V)
            count[[CHARACTERS.index(character) for character in seen]] = list(seen.values())
            p = (count + weight * p) / (count.sum() + weight)
        return p

    def log_probabilities(texts):
        return np.log(
            [[distribution(text[max(0, t + 1 - order) : t + 1]) for t in range(len(text))] for text in texts]
        )

    return log_probabilities


def passages_by_heart(size=12):
    """The public text by heart: what followed the last `size` characters there is certain, all else is guessed."""
    following = {}
    for part in project.PARTS:
        text = project.text(part)
        following |= {text[place - size : place]: text[place] for place in range(size, len(text))}
    known = 0.99

    def log_probabilities(texts):
        p = np.full((len(texts), len(texts[0]), V), 1 / V)
        for n, text in enumerate(texts):
            for t in range(size - 1, len(text)):
                character = following.get(text[t + 1 - size : t + 1])
                if character is not None:
                    p[n, t] = (1 - known) / (V - 1)
                    p[n, t, CHARACTERS.index(character)] = known
        return np.log(p)

    return log_probabilities
