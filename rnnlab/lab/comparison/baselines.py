"""What needs no network: chance, the last value, the same hour yesterday, counts of characters and letters.

Every baseline learns from what the networks may learn from, and is tested on the same data.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np

from rnnlab.lab import bits_per_character, next_hour, reading_surnames
from rnnlab.lab.comparison.tasks import DAY, TASKS, TEXT, names, text_ids

N_GRAM_CONTEXTS = (0, 1, 2, 3)


class Baseline(NamedTuple):
    """The test score of a rule on a task; better when lower, as everywhere."""

    task: str
    name: str
    test: float


def baselines(task: str) -> list[Baseline]:
    """The baselines of a task. Raises: KeyError for another task."""
    its = TASKS[task]
    if its.name == "recall":
        return [Baseline(task, "chance", 1 - 1 / its.K)]
    if its.name == "adding":
        return [Baseline(task, "the mean", 1 / 6)]
    scores = {"demand": _demand, "text": _text, "surnames": partial(_surnames, its.examples)}[its.name]()
    return [Baseline(task, name, score) for name, score in scores.items()]


def _demand() -> dict[str, float]:
    whole = next_hour.series(held_out_days=30)
    test = len(whole.megawatts) - whole.learned

    def error(forecast: np.ndarray) -> float:
        return float(np.abs(forecast[-test:] - whole.megawatts[-test:]).mean())

    learned = replace(
        whole, learned=whole.learned - 30 * DAY
    )  # as the networks: the days for validation left out
    scores = {name: error(forecast) for name, forecast in next_hour.rules(whole).items()}
    return scores | {"weighted sum of a day": error(next_hour.weighted_sum(learned, DAY))}


def _text() -> dict[str, float]:
    """Counts over as many characters as a network reads in its whole training, with contexts of 0 to 3."""
    learn, held_out = text_ids()
    read = TEXT.updates * TEXT.B * TEXT.T
    parts = np.array_split(learn[: len(learn) // read * read], len(learn) // read)
    learn = np.concatenate([part[: len(part) // len(parts)] for part in parts])  # from all over the text
    test = held_out[len(held_out) // 2 :]
    scores = {"every character equally likely": float(np.log2(TEXT.D))}
    for context in N_GRAM_CONTEXTS:
        bits = bits_per_character.best_count_bits(learn, test, TEXT.D, context)
        scores[f"counts with {context} before"] = bits
    return scores


def _surnames(examples: int | None) -> dict[str, float]:
    learn, _, test = names()
    some = learn.take(np.arange(len(learn.letters))[:examples])
    K = len(reading_surnames.LANGUAGES)
    return {"chance": 1 - 1 / K, "letter counts": 1 - reading_surnames.letter_counts_accuracy(some, test)}


def every_baseline() -> list[Baseline]:
    """The baselines of all tasks."""
    return [baseline for task in TASKS for baseline in baselines(task)]
