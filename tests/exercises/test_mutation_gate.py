"""The checks accept right solutions, reject wrong ones, and call the known wrong ones by name."""

import csv
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from rnnlab.check import judge
from rnnlab.check.evidence import gather
from rnnlab.check.local import local_caller
from rnnlab.exercises import find
from rnnlab.exercises.gate import HEADER, exercises, measure, table, verdict_on
from rnnlab.exercises.mistakes import mistaken, mistaken_together
from rnnlab.exercises.mutants import mutants
from tests.exercises.right import SOLUTIONS

BOOK = Path(__file__).parents[2] / "book"
EXERCISES = exercises()
MISTAKES = [(exercise, mistake) for exercise in EXERCISES for mistake in exercise.mistakes]
SEEDS = range(12)
MUTANTS_IN_A_QUICK_RUN = 60


def stub(*arguments):
    raise NotImplementedError


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_the_reference_passes(exercise):
    for seed in SEEDS:
        assert verdict_on(exercise, exercise.reference, seed).passed


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_two_or_more_independent_solutions_pass(exercise):
    assert len(SOLUTIONS[exercise.name]) >= 2
    for solution in SOLUTIONS[exercise.name]:
        for seed in SEEDS:
            verdict = verdict_on(exercise, solution, seed)
            assert verdict.passed, f"{solution.__name__}: {verdict.as_text(3)}"


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_the_stub_fails_as_unwritten(exercise):
    verdict = verdict_on(exercise, stub, seed=0)
    assert not verdict.passed
    assert verdict.stage == "unwritten"


@pytest.mark.parametrize(("exercise", "mistake"), MISTAKES, ids=lambda part: part.name)
def test_every_mistake_is_rejected_and_named_on_fresh_probes(exercise, mistake):
    for seed in SEEDS:
        verdict = verdict_on(exercise, mistaken(exercise, mistake), seed)
        assert not verdict.passed
        assert verdict.mistakes == (mistake.name,)


def one_hot_but_for_the_last(ids, K):
    codes = np.zeros((*ids.shape, K))
    for k in range(K - 1):
        codes[ids == k, k] = 1
    return codes


def embed_but_for_the_last(ids, E):
    vectors = np.zeros((*ids.shape, E.shape[1]))
    for k in range(len(E) - 1):
        vectors[ids == k] = E[k]
    return vectors


@pytest.mark.parametrize(
    ("name", "function", "mistakes"),
    [
        ("one_hot", one_hot_but_for_the_last, ("last_class_never_used",)),
        ("embed", lambda ids, E: E[:-1][ids], ("last_class_never_used",)),
        ("embed", embed_but_for_the_last, ()),
    ],
)
def test_code_that_never_uses_the_last_class_fails(name, function, mistakes):
    for seed in SEEDS:
        verdict = verdict_on(find(f"hidden_state.{name}"), function, seed)
        assert not verdict.passed
        assert verdict.mistakes == mistakes


def counts_on_many_steps_and_units(x, *others):
    assert len(x) >= 4
    assert others[0].shape[1] > 1
    return find("hidden_state.rnn_forward").reference(x, *others)


def counts_on_a_real_step(x, mask, *others):
    assert mask.any(axis=0).all()
    return find("hidden_state.masked_forward").reference(x, mask, *others)


@pytest.mark.parametrize(
    ("name", "function"),
    [("rnn_forward", counts_on_many_steps_and_units), ("masked_forward", counts_on_a_real_step)],
)
def test_code_that_counts_on_comfortable_sizes_fails(name, function):
    for seed in SEEDS:
        assert not verdict_on(find(f"hidden_state.{name}"), function, seed).passed


def first_step_skipped(x, h_0, W_xh, W_hh, b_h):
    states, h_t = np.zeros((len(x) - 1, *h_0.shape)), h_0
    for t in range(1, len(x)):
        states[t - 1] = h_t = np.tanh(x[t] @ W_xh.T + h_t @ W_hh.T + b_h)
    return states


def test_a_mistake_is_named_though_it_raises_at_the_smallest_size_and_the_student_does_not():
    for seed in SEEDS:
        verdict = verdict_on(find("hidden_state.rnn_forward"), first_step_skipped, seed)
        assert verdict.mistakes == ("first_step_skipped",)


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_pairs_of_mistakes_are_rejected_and_seldom_nameless(exercise):
    probes = exercise.probes(np.random.default_rng(7))
    nameless, count = [], 0
    for pair in combinations(exercise.mistakes, 2):
        function = mistaken_together(exercise, pair)
        if function is None or not _is_plausible(exercise, function, probes):
            continue
        count += 1
        verdict = judge(exercise, local_caller(function), probes)
        assert not verdict.passed
        if not verdict.mistakes:
            nameless.append("+".join(mistake.name for mistake in pair))
    assert count >= 10
    assert len(nameless) <= 0.1 * count, nameless


def _is_plausible(exercise, function, probes):
    """Wrong, but not crashing everywhere: two mistakes may undo each other, or leave nothing that runs."""
    evidence = gather(exercise, local_caller(function), probes)
    return not evidence.all_right and any(trial.got is not None for trial in evidence.trials)


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_tool_made_mutants_are_rejected(exercise):
    row = measure(exercise, most=MUTANTS_IN_A_QUICK_RUN)
    assert row.rejected == row.named == row.mistakes >= 6
    assert row.mutants >= 5
    assert not row.survivors
    told = dict(zip(HEADER, published()[exercise.name], strict=True))
    assert int(told["mistakes"]) == row.mistakes, "run 'make mutation', and read what changed"
    assert int(told["mutants"]) == len(mutants(exercise.reference)), (
        "run 'make mutation', and read what changed"
    )


@pytest.mark.slow
@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_all_mutants_are_rejected_as_the_instructors_page_says(exercise):
    row = measure(exercise)
    assert not row.survivors
    assert published()[exercise.name] == table([row])[0], "run 'make mutation', and read what changed"


def test_the_instructors_page_has_every_exercise_and_their_sums():
    assert list(published()) == [HEADER[0], *(exercise.name for exercise in EXERCISES), "all"]
    for column in range(1, len(HEADER) - 1):
        *counts, total = (int(line[column]) for line in list(published().values())[1:])
        assert sum(counts) == total


def published():
    with (BOOK / "mutation.csv").open(encoding="utf-8", newline="") as file:
        return {line[0]: tuple(line) for line in csv.reader(file)}


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_every_equivalent_is_still_a_mutant(exercise):
    assert set(exercise.equivalents) <= {mutant.change for mutant in mutants(exercise.reference)}
