"""Functions that are measured: thresholds give points, typical failings are named, memorizing earns nothing."""

import inspect
import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch

from rnnlab.check import NotYet, check, judge_measured
from rnnlab.check.local import local_caller
from rnnlab.data import project
from rnnlab.data.project import CHARACTERS, LANGUAGES
from rnnlab.exercises import assignment
from rnnlab.exercises.catalogue import ASSIGNMENTS
from rnnlab.exercises.project.classify import CLASSIFY
from rnnlab.exercises.project.log_probabilities import CHANGED_AT, LOG_PROBABILITIES
from rnnlab.exercises.spec import Measured
from tests.exercises import project_models as models

BOOK = Path(__file__).parents[2] / "book"
MEASURED = [part for name in ASSIGNMENTS for part in assignment(name).parts if isinstance(part, Measured)]
K, V = len(LANGUAGES), len(CHARACTERS)
SEEDS = range(2)


def graded(measured, function, seed=0):
    return judge_measured(measured, local_caller(function), held_out(measured, seed))


@cache
def held_out(measured, seed):
    return measured.samples(np.random.default_rng(seed))


@cache
def model(name, *arguments):
    return getattr(models, name)(*arguments)


def good_names(names):
    return model("counts_of_groups", (1, 2, 3))(names)


def good_text(texts):
    return model("counts_of_contexts", 3)(texts)


@pytest.mark.parametrize("seed", SEEDS)
def test_scores_earn_points_by_threshold(seed):
    letters = graded(CLASSIFY, model("counts_of_groups", (1,)), seed)
    assert (letters.passed, letters.stage, letters.earned) == (False, "measured", 2)
    assert re.search(
        r"Macro F1 is 0\.\d\d on 1,450 names .* earns 2 of 8 points; from 0\.58 on", letters.headline
    )
    triples = graded(LOG_PROBABILITIES, model("counts_of_contexts", 2), seed)
    assert (triples.passed, triples.stage, triples.earned) == (False, "measured", 2)
    assert "at 2.40 bits per character or below, it earns 5" in triples.headline


@pytest.mark.parametrize("seed", SEEDS)
def test_a_good_score_earns_everything_and_says_so(seed):
    for measured, function in ((CLASSIFY, good_names), (LOG_PROBABILITIES, good_text)):
        verdict = graded(measured, function, seed)
        assert verdict.passed
        assert verdict.earned is None
        assert "all 8 points" in verdict.headline


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("measured", "memorizer"), [(CLASSIFY, "table_of_names"), (LOG_PROBABILITIES, "passages_by_heart")]
)
def test_who_knows_the_public_data_by_heart_earns_nothing_on_others(measured, memorizer, seed):
    function = model(memorizer)
    assert judge_measured(measured, local_caller(function), measured.public_samples()).passed
    verdict = graded(measured, function, seed)
    assert verdict.mistakes == ("memorized",)
    assert not verdict.passed
    assert verdict.earned is None


def test_a_context_that_is_looked_up_and_found_in_the_public_text_alone_earns_nothing():
    for size in (6, 20):
        verdict = graded(LOG_PROBABILITIES, model("passages_by_heart", size))
        assert verdict.earned is None
        assert not verdict.passed


def sorted_by_length(names):
    """As after packing: longest first, and those of equal length in any order."""
    return good_names(sorted(names, key=lambda name: (len(name), name), reverse=True))


def reads_padding(names):
    return good_names([name.ljust(max(map(len, names)), "a") for name in names])


def noisy(names):
    guesses, rng = good_names(names), np.random.default_rng()
    return np.where(rng.random(len(names)) < 0.2, rng.integers(0, K, len(names)), guesses)


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("one_class", lambda names: np.full(len(names), 3)),
        ("chance", lambda names: np.arange(len(names)) % K),
        ("no_such_class", lambda names: good_names(names) + K),
        ("counted_from_one", lambda names: good_names(names) + 1),
        ("order_lost", sorted_by_length),
        ("unsteady", noisy),
        ("padding_read", reads_padding),
    ],
)
def test_a_failing_of_a_classifier_is_named(name, function):
    for seed in SEEDS:
        verdict = graded(CLASSIFY, function, seed)
        assert verdict.mistakes == (name,), verdict.as_text(3)
        assert not verdict.passed


def with_the_answer(texts):
    """Sees the next character, and is almost certain of it."""
    ids = [[CHARACTERS.index(character) for character in text[1:] + " "] for text in texts]
    return np.log(np.eye(V)[ids] * 0.9 + 0.1 / V)


def of_the_input(texts):
    ids = [[CHARACTERS.index(character) for character in text] for text in texts]
    return np.log(np.eye(V)[ids] * 0.9 + 0.1 / V)


def with_dropout(texts):
    logits = good_text(texts) * np.random.default_rng().uniform(0.8, 1.2, (1, 1, V))
    return logits - np.log(np.exp(logits).sum(axis=2, keepdims=True))


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("probabilities_returned", lambda texts: np.exp(good_text(texts))),
        ("base_two", lambda texts: good_text(texts) / np.log(2)),
        ("not_normalized", lambda texts: 3 * good_text(texts) + 5),
        ("unsteady", with_dropout),
        ("looks_ahead", with_the_answer),
        ("repeats_the_input", of_the_input),
        ("context_ignored", lambda texts: model("counts_of_contexts", 0)(texts)),
        ("last_character_alone", lambda texts: model("counts_of_contexts", 1)(texts)),
    ],
)
def test_a_failing_of_a_language_model_is_named(name, function):
    verdict = graded(LOG_PROBABILITIES, function)
    assert verdict.mistakes == (name,), verdict.as_text(3)
    assert not verdict.passed


def test_seeing_one_character_ahead_earns_nothing_however_good_the_score():
    verdict = graded(LOG_PROBABILITIES, with_the_answer)
    assert verdict.earned is None
    assert "no score counts" in verdict.headline


@pytest.mark.parametrize(
    ("measured", "function", "stage", "says"),
    [
        (CLASSIFY, None, "contract", "There is no function classify"),
        (CLASSIFY, lambda names: None, "contract", "returned nothing"),
        (CLASSIFY, lambda names: good_names(names)[:-1], "form", "one too few"),
        (CLASSIFY, lambda names: good_names(names) * 1.0, "form", "integer numbers are wanted"),
        (CLASSIFY, lambda names: [LANGUAGES[k] for k in good_names(names)], "form", "returned a list"),
        (LOG_PROBABILITIES, lambda texts: good_text(texts).swapaxes(0, 1), "form", "transposed|time"),
        (LOG_PROBABILITIES, lambda texts: good_text(texts)[:, -1], "form", "time axis is missing"),
        (LOG_PROBABILITIES, lambda texts: np.log(np.zeros((len(texts), 160, V))), "form", "infinite"),
    ],
)
@pytest.mark.filterwarnings("ignore:divide by zero:RuntimeWarning")
def test_the_form_of_the_answers_comes_first(measured, function, stage, says):
    verdict = graded(measured, function)
    assert verdict.stage == stage
    assert verdict.earned is None
    assert re.search(says, verdict.headline), verdict.headline


class Told(Exception):
    """An exception that tells what it was given."""


def test_what_is_held_out_is_not_told_by_an_exception_or_a_type():
    def raises(names):
        raise Told(" ".join(names))

    def names_a_type(names):
        return type(names[0].title(), (), {})()

    for function in (raises, names_a_type):
        (asked,) = held_out(CLASSIFY, 0)[0].arguments
        told = graded(CLASSIFY, function).as_text(3)
        assert not [name for name in asked if len(name) > 7 and name in told.lower()]
        assert asked[0].title() not in told
    assert "an exception of its own in line" in graded(CLASSIFY, raises).headline
    with pytest.raises(NotYet, match="Told"):
        check("project.classify", raises)


def test_the_kind_and_the_line_of_an_exception_are_told():
    def counts(names):
        return [len(name) for name in names][len(names)]

    headline = graded(CLASSIFY, counts).headline
    assert re.search(r"raised IndexError in line \d+ of its cell: its message is not shown", headline)


def test_a_stub_is_unwritten():
    for measured in MEASURED:
        assert graded(measured, measured.stub).stage == "unwritten"


def test_without_a_sample_that_counts_there_is_no_verdict():
    with pytest.raises(ValueError, match="cannot be measured without samples"):
        judge_measured(CLASSIFY, local_caller(good_names), CLASSIFY.public_samples()[1:])


@pytest.mark.parametrize("measured", MEASURED, ids=lambda part: part.name)
def test_thresholds_go_from_easy_to_hard_and_up_to_all_points(measured):
    scores, points = zip(*measured.thresholds, strict=True)
    assert list(points) == sorted(set(points))
    assert list(scores) == sorted(scores, reverse=not measured.metric.higher_is_better)
    assert measured.points == points[-1]
    assert len(points) >= 3


@pytest.mark.parametrize("measured", MEASURED, ids=lambda part: part.name)
def test_the_notebook_tells_the_thresholds(measured, course_root):
    home = measured.name.partition(".")[0]
    text = (course_root / "solutions" / home / f"{home}.md").read_text(encoding="utf-8")
    for score, points in measured.thresholds:
        assert re.search(rf"\b{score:g}(\.0)?\b.*\b{points:g}\b", text), (score, points)


@pytest.mark.parametrize("measured", MEASURED, ids=lambda part: part.name)
def test_failings_ask_explain_and_nearly_tell(measured):
    assert len(measured.mistakes) >= 6
    assert len({failing.name for failing in measured.mistakes}) == len(measured.mistakes)
    for failing in measured.mistakes:
        assert not failing.summary.endswith(".")
    for hints in (*(failing.hints for failing in measured.mistakes), measured.advice):
        assert "?" in hints.where
        assert "(chapter " in hints.idea
        assert hints.fix.endswith(".")
        for chapter, section in re.findall(r"\(chapter ([\w-]+), “([^”]+)”\)", hints.idea):
            (page,) = BOOK.glob(f"part-*/{chapter}.md")
            assert f"## {section}\n" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("measured", MEASURED, ids=lambda part: part.name)
def test_what_counts_was_never_handed_out(measured):
    handed_out = {name for part in project.PARTS for name in project.names(part)[0]}
    texts = [project.text(part) for part in project.PARTS]
    for sample in held_out(measured, 0):
        if sample.role != "measured":
            continue
        (asked,) = sample.arguments
        if measured is CLASSIFY:
            assert not handed_out & set(asked)
        else:
            assert not [piece for piece in asked if any(piece in text for text in texts)]


def test_the_same_seed_measures_on_the_same_and_another_seed_on_other_text():
    for measured in MEASURED:
        one, again, other = (measured.samples(np.random.default_rng(seed)) for seed in (1, 1, 2))
        assert [sample.arguments for sample in one] == [sample.arguments for sample in again]
        assert one[0].arguments != other[0].arguments


def test_a_changed_text_is_the_same_up_to_its_change():
    samples = held_out(LOG_PROBABILITIES, 0)
    (texts,), (changed,) = samples[0].arguments, samples[2].arguments
    for text, other in zip(texts, changed, strict=False):
        assert text[:CHANGED_AT] == other[:CHANGED_AT]
        assert all(a != b for a, b in zip(text[CHANGED_AT:], other[CHANGED_AT:], strict=True))


def test_check_says_what_a_score_would_earn_and_what_the_grade_is_measured_on():
    verdict = check("project.classify", good_names)
    assert verdict.passed
    assert verdict.headline.endswith("The grade is measured on names that your notebook was not given.")


def test_check_lets_the_notebook_go_on_where_a_score_earns_some_of_the_points():
    verdict = check("project.classify", model("counts_of_groups", (1,)))
    assert (verdict.passed, verdict.earned) == (False, 2)
    assert verdict.as_text().startswith("◐ project.classify: 2 points so far")
    with pytest.raises(NotYet, match="every name gets the same answer"):
        check("project.classify", lambda names: np.zeros(len(names), dtype=int))


def test_tensors_count_as_arrays_in_an_assignment_with_torch():
    tensors = check("project.classify", lambda names: torch.tensor(good_names(names)))
    assert tensors.passed
    with pytest.raises(NotYet, match="returned a Tensor"):
        check("project.sample_next", lambda p, u: torch.zeros(len(p)))


def test_a_stub_has_one_argument():
    assert [list(inspect.signature(measured.stub).parameters) for measured in MEASURED] == [
        ["names"],
        ["texts"],
    ]
