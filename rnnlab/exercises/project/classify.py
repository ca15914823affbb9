"""classify: the language of a name, by a network that the student has trained; measured by macro F1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.data import project
from rnnlab.data.project import LANGUAGES
from rnnlab.exercises.project import held_out
from rnnlab.exercises.project.precision_recall_f1 import precision_recall_f1
from rnnlab.exercises.spec import Failing, Hints, Measured, Measurement, Metric, Result, Sample

K = len(LANGUAGES)
READING = "chapter task-shapes, “Many-to-one: one answer, at the end”"
PADDING = "chapter sequences, “Names of different lengths”"
MEASURES = "chapter tables, “Measures of language understanding”"
ENOUGH_TO_COMPARE = 300
A_FEW = 0.02

# Macro F1 and points. Counts of letters, without their order, reach 0.50; a small GRU reaches 0.72 to 0.74.
THRESHOLDS = ((0.45, 2.0), (0.58, 5.0), (0.66, 8.0))


def classify(names):
    raise NotImplementedError


def macro_f1(pairs: Sequence[tuple[Sample, NDArray[Any]]]) -> float:
    """The mean F1 over all classes that occur."""
    truth, guess = _joined(pairs)
    return float(precision_recall_f1(truth, guess, K)[2][np.unique(truth)].mean())


def worst_class(found: Measurement) -> str:
    """Macro precision and recall, and the language with the lowest F1 with what it is taken for."""
    truth, guess = _joined(found.of("measured"))
    present = np.unique(truth)
    precision, recall, f1 = (scores[present].mean() for scores in precision_recall_f1(truth, guess, K))
    each = precision_recall_f1(truth, guess, K)[2]
    worst = present[each[present].argmin()]
    wrong = guess[(truth == worst) & (guess != worst)]
    taken_for = (
        f", most often called {LANGUAGES[np.bincount(wrong, minlength=K).argmax()]}" if wrong.size else ""
    )
    return (
        f"macro precision {precision:.2f}, recall {recall:.2f}, F1 {f1:.2f}\n"
        f"hardest: {LANGUAGES[worst]}, F1 {each[worst]:.2f}{taken_for}"
    )


def _joined(pairs: Sequence[tuple[Sample, NDArray[Any]]]) -> tuple[NDArray[Any], NDArray[Any]]:
    truth = np.concatenate([sample.truth for sample, _ in pairs])
    return truth, np.clip(np.concatenate([answer for _, answer in pairs]), -1, K).astype(np.int64)


def _no_such_class(found: Measurement) -> bool:
    return any(answer.min() < 0 or answer.max() >= K for answer in found.answers)


def _counted_from_one(found: Measurement) -> bool:
    truth, guess = _joined(found.of("measured"))
    return bool(guess.min() >= 1 and np.mean(guess - 1 == truth) > 2 * max(np.mean(guess == truth), 1 / K))


def _unsteady(found: Measurement) -> bool:
    """The same names asked again get other answers, beyond what rounding explains."""
    return _changed(found, "again")


def _other_company(found: Measurement) -> bool:
    """The same names among other names get other answers."""
    return _changed(found, "company")


def _changed(found: Measurement, role: str) -> bool:
    ((_, first),) = found.of("measured")
    return any(np.mean(answer[: len(first)] != first[: len(answer)]) > A_FEW for _, answer in found.of(role))


def _one_class(found: Measurement) -> bool:
    return len(np.unique(_joined(found.of("measured"))[1])) == 1


def _order_lost(found: Measurement) -> bool:
    """A batch gets the answers of its names asked one by one, but in the order of their lengths."""
    ((together, answer),) = found.of("together")
    alone = np.concatenate([one for _, one in found.of("alone")])
    by_length = np.argsort([len(name) for name in together.arguments[0]])
    sorted_answers = (alone[by_length], alone[by_length[::-1]])
    return bool(np.mean(answer == alone) < 0.7) and any(
        np.array_equal(answer, each) for each in sorted_answers
    )


def _memorized(found: Measurement) -> bool:
    return found.given is not None and found.given - found.value > 0.3 and found.value < THRESHOLDS[0][0]


def _chance(found: Measurement) -> bool:
    return found.value < 1.6 / K


FAILINGS = (
    Failing(
        name="counted_from_one",
        summary="the classes are counted from 1, where the first one is 0",
        hints=Hints(
            where="Which number does your function give for a name in `LANGUAGES[0]`?",
            idea=f"A class is a place in `LANGUAGES`, counted from 0 ({READING}).",
            fix="Leave out the `+ 1`.",
        ),
        seen=_counted_from_one,
    ),
    Failing(
        name="no_such_class",
        summary=f"there are answers that are no class: classes are the whole numbers 0 to {K - 1}",
        hints=Hints(
            where="What do `answers.min()` and `answers.max()` print?",
            idea=f"A class is a place in `LANGUAGES`, counted from 0 ({READING}).",
            fix="Return the `argmax` over the K logits of each name.",
        ),
        seen=_no_such_class,
        fatal=True,
    ),
    Failing(
        name="unsteady",
        summary="the same names get other answers when they are asked for again",
        hints=Hints(
            where="What in your model draws random numbers, and is it still on when you answer?",
            idea="Dropout belongs to training (chapter deep, “Dropout in a recurrent network”).",
            fix="Call `model.eval()` before you answer, and keep no state from one call to the next.",
        ),
        seen=_unsteady,
        fatal=True,
    ),
    Failing(
        name="order_lost",
        summary="the answers are in the order of the names' lengths, and not in the order of the names",
        hints=Hints(
            where="Where do you sort the names, and where do you undo it?",
            idea=f"Answers are matched with names by their place ({PADDING}).",
            fix="Leave the names as they come: `pack_padded_sequence(..., enforce_sorted=False)` sorts and restores.",
        ),
        seen=_order_lost,
    ),
    Failing(
        name="one_class",
        summary="every name gets the same answer",
        hints=Hints(
            where="How does the loss change during your training, and what do the logits of two names have in common?",
            idea=f"Cross-entropy falls below log {K} as soon as anything is learned ({READING}).",
            fix="Look for a loop that never calls `optimizer.step()`, a learning rate far too large, or a model that "
            "reads nothing but padding.",
        ),
        seen=_one_class,
    ),
    Failing(
        name="memorized",
        summary="the names that you were given are known by heart, and new ones are not read",
        hints=Hints(
            where="What does your function do with a name that it has never seen?",
            idea=f"What counts is what was learned about names in general, so new names are asked ({MEASURES}).",
            fix="Let the network read the letters of each name; a table of known names cannot help with others.",
        ),
        seen=_memorized,
    ),
    Failing(
        name="chance",
        summary="the answers are no better than chance",
        hints=Hints(
            where="Does your loss fall during training, and are the letters numbered the same way when you answer?",
            idea=f"The network that answers must be the one that was trained, fed in the same way ({READING}).",
            fix="Encode the names by the same function in training and in `classify`, and shuffle names and languages "
            "together.",
        ),
        seen=_chance,
    ),
    Failing(
        name="padding_read",
        summary="the answer for a name depends on which other names are in the batch",
        hints=Hints(
            where="Where does a short name end for your network if a long one stands beside it?",
            idea=f"Read off the state after the last real letter, and not the one after the padding ({PADDING}).",
            fix="Pick each name's state at `lengths - 1`, or use `pack_padded_sequence`.",
        ),
        seen=_other_company,
    ),
)

ADVICE = Hints(
    where="Is the loss on the names that you learn from much lower than on the validation part, or are both high?",
    idea=f"If both are high, train longer or with more units; if only the second is, stop earlier or use dropout "
    f"({READING}).",
    fix="Try a GRU or LSTM of 64 to 128 units that reads in both directions, Adam with a rate near 0.003, and 10 to 20 "
    "passes over the shuffled names in batches of 64.",
)


def samples(rng: Generator) -> tuple[Sample, ...]:
    """All held-out names in a random order, some of them again, and names that were given."""
    names, languages = held_out.names()
    order = rng.permutation(len(names))
    given, their_languages = project.names("learn")
    some = rng.permutation(len(given))[:500]
    return _samples(
        [names[place] for place in order],
        languages[order],
        [given[place] for place in some],
        their_languages[some],
        "names that your notebook was not given",
    )


def public_samples() -> tuple[Sample, ...]:
    """The validation part in a fixed mixed order, and some names of the part to learn from."""
    names, languages = project.names("validation")
    order = np.random.default_rng(0).permutation(len(names))
    given, their_languages = project.names("learn")
    return _samples(
        [names[place] for place in order],
        languages[order],
        given[::10],
        their_languages[::10],
        "names of the validation part",
    )


def _samples(
    names: list[str],
    languages: NDArray[np.int64],
    given: list[str],
    their_languages: NDArray[np.int64],
    what: str,
) -> tuple[Sample, ...]:
    some = names[:ENOUGH_TO_COMPARE]
    # One very long name beside them, so that padding that is read shows.
    company = [*some, "a" * 40]
    truth = languages[: len(some)]
    nobody = np.append(truth, 0)
    different = list({len(name): name for name in names}.values())
    nothing = np.zeros(len(different), dtype=np.int64)
    return (
        Sample(f"{len(names):,} {what}", (names,), languages, languages),
        Sample("the same names, asked again", (names,), languages, languages, "again"),
        Sample("the same names beside a long one", (company,), nobody, nobody, "company"),
        Sample(
            f"{len(given):,} names that you were given", (given,), their_languages, their_languages, "given"
        ),
        Sample("names of different lengths", (different,), nothing, nothing, "together"),
        *(Sample("one name alone", ([name],), nothing[:1], nothing[:1], "alone") for name in different),
    )


CLASSIFY = Measured(
    name="project.classify",
    stub=classify,
    samples=samples,
    public_samples=public_samples,
    result=Result("classes", ("B",)),
    metric=Metric(name="macro F1", score=macro_f1, describe=worst_class),
    thresholds=THRESHOLDS,
    chapter="task-shapes",
    advice=ADVICE,
    public_note="The grade is measured on names that your notebook was not given.",
    mistakes=FAILINGS,
)
