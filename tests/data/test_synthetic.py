"""The synthetic tasks' chance levels and best scores, checked by simulation; their pictures and doors."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.data.synthetic import copying, counting, dyck, future, induction, metrics, recall, sine
from rnnlab.data.synthetic.batch import Batch, picture, vectors
from rnnlab.data.synthetic.tasks import TASKS, task
from tests.data import synthetic_rules as rules

SIZES = [
    ("xor", 2, {}),
    ("xor", 9, {"lag": 3}),
    ("delayed_xor", 2, {}),
    ("delayed_xor", 9, {}),
    ("recall", 5, {}),
    ("recall", 2, {"K": 7, "noise": "same"}),
    ("adding", 2, {}),
    ("adding", 9, {}),
    ("copy", 20, {}),
    ("copy", 5, {"S": 2, "K": 3}),
    ("reverse", 11, {}),
    ("parity", 1, {}),
    ("parity", 9, {}),
    ("anbn", 4, {}),
    ("anbn", 9, {}),
    ("dyck1", 4, {}),
    ("dyck1", 8, {}),
    ("dyck1", 20, {}),
    ("dyck2", 4, {}),
    ("dyck2", 20, {}),
    ("dyck2", 12, {"types": 4}),
    ("induction", 3, {"K": 3}),
    ("induction", 9, {}),
    ("sine", 1, {}),
    ("sine", 12, {}),
    ("sine", 9, {"periods": (4.0,), "amplitude": 0.5, "noise": 0.3}),
    ("random_walk", 1, {}),
    ("random_walk", 12, {"step": 0.5}),
    ("majority", 9, {}),
    ("majority", 7, {"reach": 2}),
    ("future_xor", 9, {}),
    ("future_xor", 9, {"reach": 1}),
]
LABELLED = [size for size in SIZES if task(size[0]).metric.higher_is_better]
NUMBERS = [size for size in SIZES if not task(size[0]).metric.higher_is_better]
MEAN = {"adding": 1.0, "sine": 0.0, "random_walk": 0.0}


def scores(name, T, options, predict, groups=50, B=200):
    """The mean score over fresh batches, and its standard error."""
    rng = np.random.default_rng(T)
    batches = [task(name).draw(rng, B, T, **options) for _ in range(groups)]
    each = [task(name).metric(predict(batch), batch) for batch in batches]
    return np.mean(each), np.std(each, ddof=1) / np.sqrt(groups)


def assert_within_sampling_error(score, expected):
    mean, error = score
    assert abs(mean - expected) <= 4.5 * error + 1e-12, (mean, error, expected)


def test_every_task_is_scored_here_at_some_size():
    assert {name for name, _, _ in SIZES} == set(TASKS)
    assert all(name == each.name for name, each in TASKS.items())


@pytest.mark.parametrize(("name", "T", "options"), LABELLED)
def test_chance_is_the_score_of_the_best_constant_label(name, T, options):
    labels = range(task(name).draw(np.random.default_rng(0), 1, T, **options).K)
    constant = [
        scores(name, T, options, lambda batch, label=label: np.full(batch.targets.shape, label))
        for label in labels
    ]
    assert_within_sampling_error(max(constant), task(name).chance(T, **options))


@pytest.mark.parametrize(("name", "T", "options"), NUMBERS)
def test_chance_is_the_score_of_the_best_constant_number(name, T, options):
    chance = task(name).chance(T, **options)
    for shift in (0, -0.25, 0.5):
        score = scores(
            name, T, options, lambda batch, shift=shift: np.full(batch.targets.shape, MEAN[name] + shift)
        )
        assert_within_sampling_error(score, chance + shift**2)


@pytest.mark.parametrize(("name", "T", "options"), [size for size in SIZES if size[0] in rules.RULES])
def test_who_knows_the_rule_scores_best_and_one_wrong_answer_costs(name, T, options):
    batch = task(name).draw(np.random.default_rng(0), 30, T, **options)
    predicted = rules.oracle(name, batch, **options)
    score = task(name).metric(predicted, batch)
    assert score == pytest.approx(task(name).best(T, **options), abs=1e-15)
    t, b = np.argwhere(batch.counts)[0]
    predicted[t, b] += 1 if predicted[t, b] == 0 else -1
    worse = task(name).metric(predicted, batch)
    assert worse < score if task(name).metric.higher_is_better else worse > score


def covariance(name, T, options):
    """That of x_1 … x_{T+1}, from the definition of the process."""
    t = np.arange(1, T + 2)
    if name == "random_walk":
        return np.minimum.outer(t, t) * options.get("step", 1.0) ** 2
    lags = 2 * np.pi * (t[:, np.newaxis] - t)
    waves = sum(np.cos(lags / period) for period in options.get("periods", sine.PERIODS))
    return options.get("amplitude", 1.0) ** 2 * waves + options.get("noise", 0.1) ** 2 * np.eye(T + 1)


@pytest.mark.parametrize(("name", "T", "options"), [size for size in SIZES if size[0] not in rules.RULES])
def test_the_best_forecast_is_the_conditional_mean_and_scores_best(name, T, options):
    process = covariance(name, T, options)
    best = task(name).best(T, **options)
    left = [  # the variance of x_{t+1} that x_1 … x_t leave
        process[t, t] - process[t, :t] @ np.linalg.solve(process[:t, :t], process[:t, t])
        for t in range(1, T + 1)
    ]
    assert np.mean(left) == pytest.approx(best, rel=1e-9)
    assert_within_sampling_error(
        scores(name, T, options, lambda batch: rules.forecasts(process, batch)), best
    )


def test_the_best_forecast_of_a_random_walk_is_its_last_value():
    batch = task("random_walk").draw(np.random.default_rng(0), 3, 8)
    predicted = rules.forecasts(covariance("random_walk", 8, {}), batch)
    np.testing.assert_allclose(predicted, batch.inputs, atol=1e-12)


def test_the_best_error_of_a_sine_mixture_falls_to_the_noise():
    errors = [sine.best(T, noise=0.3) for T in (1, 10, 100, 5000)]
    assert errors == sorted(errors, reverse=True)
    assert 0.3**2 < errors[-1] < 1.02 * 0.3**2


@pytest.mark.parametrize("reach", [1, 2, 3, 4])
def test_no_rule_on_past_bits_beats_the_causal_bound_of_the_majority(reach):
    """For each past, the likelier answer, counted over all windows: the best of all functions of the past."""
    windows = np.array(list(product([0, 1], repeat=2 * reach + 1)))
    majority = windows.sum(axis=1) > reach
    right = 0
    for past in product([0, 1], repeat=reach + 1):
        ones = majority[(windows[:, : reach + 1] == past).all(axis=1)].sum()
        right += max(ones, 2**reach - ones)
    assert future.best_causal_majority(T=30, reach=reach) == pytest.approx(right / len(windows), rel=1e-15)


def test_the_causal_bounds_of_the_book_are_three_quarters_and_one_half():
    assert task("majority").best_causal(30) == 0.75
    assert task("future_xor").best_causal(30) == 0.5


def test_the_best_causal_answers_reach_their_bounds_in_a_simulation():
    def likelier(batch):
        bits = batch.inputs[..., 0]
        past = sum(np.roll(bits, shift, axis=0) for shift in range(4))
        return (past >= 2).astype(int)

    assert_within_sampling_error(scores("majority", 20, {}, likelier), 0.75)
    previous = scores(
        "future_xor", 20, {}, lambda batch: np.roll(batch.inputs[..., 0], 2, axis=0).astype(int)
    )
    assert_within_sampling_error(previous, 0.5)


@pytest.mark.parametrize(("name", "T", "options"), LABELLED)
def test_equal_pasts_have_equal_answers_except_where_the_future_is_asked_for(name, T, options):
    batch = task(name).draw(np.random.default_rng(0), 3000, T, **options)
    answers_after = {}
    for inputs, answers in rules.sequences(batch):
        for t, answer in answers.items():
            answers_after.setdefault(str(inputs[: t + 1]), set()).add(answer)
    known = all(len(answers) == 1 for answers in answers_after.values())
    assert known == (task(name).best_causal(T, **options) == task(name).best(T, **options))


@pytest.mark.parametrize("name", TASKS)
@given(seed=st.integers(0, 10**6), B=st.integers(1, 4))
@settings(max_examples=10, deadline=None)
def test_batches_have_their_shapes_and_the_same_generator_draws_the_same(name, seed, B):
    T = task(name).T
    batch, again = (task(name).draw(np.random.default_rng(seed), B, T) for _ in range(2))
    for field in ("inputs", "targets", "counts"):
        array = getattr(batch, field)
        np.testing.assert_array_equal(array, getattr(again, field))
        assert not array.flags.writeable
        assert array.shape[:2] == (T, B)
    assert vectors(batch, np.float32).shape == (T, B, batch.D)
    assert vectors(batch, np.float32).dtype == np.float32
    assert batch.inputs.dtype == (np.int64 if batch.symbols else np.float64)
    assert batch.targets.dtype == (np.int64 if batch.labels else np.float64)
    assert batch.targets.shape == ((T, B) if batch.labels else (T, B, 1))
    assert batch.counts.any(axis=0).all()
    assert not batch.targets[~batch.counts].any()


@pytest.mark.parametrize("name", TASKS)
def test_another_generator_draws_other_sequences(name):
    batch, other = (task(name).draw(np.random.default_rng(seed), 32, task(name).T) for seed in (0, 1))
    assert not np.array_equal(batch.inputs, other.inputs)


def test_pictures_and_scores_of_all_tasks(golden):
    lines = []
    for each in TASKS.values():
        batch = each.draw(np.random.default_rng(0), 3, each.T)
        lines += [
            repr(each),
            f"  {each.sentence} ({each.source})",
            *(f"  {each.picture(batch, b)}" for b in (0, 1, 2)),
        ]
    golden("synthetic.golden.txt", "\n".join(lines) + "\n")


def test_a_picture_shows_the_ends_of_a_long_sequence():
    bits = np.arange(6)[:, np.newaxis, np.newaxis] % 2.0
    batch = Batch(bits, np.zeros((6, 1), int), np.arange(6)[:, np.newaxis] > 4, labels=("no", "yes"))
    assert picture(batch) == "x: 0 1 0 1 0 1  y: · · · · · no"
    assert picture(batch, most=4) == "x: 0 1 … 0 1  y: · · … · no"


@pytest.mark.parametrize(
    ("draw", "T", "options", "message"),
    [
        (task("parity").draw, 0, {}, "T must be a positive whole number"),
        (task("random_walk").draw, 0, {}, "T must be a positive whole number"),
        (sine.draw, 0, {}, "T must be a positive whole number"),
        (task("xor").draw, 3, {"lag": 3}, r"T must be at least 4 \(lag \+ 1, .* but is 3"),
        (task("xor").draw, 3, {"lag": 0}, "lag must be a positive whole number"),
        (task("delayed_xor").draw, 1, {}, "T must be at least 2"),
        (recall.draw, 1, {}, "T must be at least 2"),
        (recall.draw, 5, {"K": 1}, "K must be at least 2"),
        (recall.draw, 5, {"K": 27}, "K must be at most 26, the number of letters, but is 27"),
        (recall.draw, 5, {"noise": "white"}, "noise must be 'other' or 'same', but is 'white'"),
        (task("adding").draw, 1, {}, r"T must be at least 2 \(two numbers to add\), but is 1"),
        (copying.draw_copy, 10, {}, r"T must be at least 11 \(S = 5 symbols in, a go sign, .*10"),
        (copying.draw_reverse, 11, {"S": 0}, "S must be a positive whole number"),
        (counting.draw, 3, {}, "T must be at least 4"),
        (dyck.draw, 7, {}, "T must be even, because every bracket is closed, but is 7"),
        (dyck.draw, 2, {}, "T must be at least 4"),
        (dyck.draw, 8, {"types": 5}, "types must be at most 4"),
        (induction.draw, 2, {}, "T must be at least 3"),
        (induction.draw, 5, {"K": 2}, "K must be at least 3"),
        (sine.draw, 5, {"noise": 0.0}, "noise must be positive and finite, but is 0.0"),
        (sine.draw, 5, {"periods": ()}, "the number of periods must be a positive whole number"),
        (sine.draw, 5, {"periods": (8.0, -1.0)}, "every period must be positive and finite, but is -1.0"),
        (task("random_walk").draw, 5, {"step": -1.0}, "step must be positive"),
        (future.draw_majority, 6, {}, r"T must be at least 7 \(2 reach \+ 1"),
        (future.draw_xor, 5, {"reach": 0}, "reach must be a positive whole number"),
    ],
)  # fmt: skip
def test_impossible_sizes_are_refused(draw, T, options, message):
    with pytest.raises(ValueError, match=message):
        draw(np.random.default_rng(0), 3, T, **options)


@pytest.mark.parametrize("name", TASKS)
def test_a_batch_without_sequences_is_refused(name):
    with pytest.raises(ValueError, match="B must be a positive whole number, but is 0"):
        task(name).draw(np.random.default_rng(0), 0, task(name).T)


def test_an_unknown_task_is_refused_with_the_list_of_tasks():
    with pytest.raises(
        ValueError, match="there is no synthetic task 'memory', but there are xor, delayed_xor, recall"
    ):
        task("memory")


LABELS = Batch(
    np.zeros((2, 2), int),
    np.array([[0, 1], [1, 1]]),
    np.array([[True, False], [True, True]]),
    ("a",),
    ("n", "y"),
)


@pytest.mark.parametrize(
    ("metric", "predicted", "expected"),
    [
        (metrics.accuracy, [[0, 0], [1, 1]], 1),
        (metrics.accuracy, [[0, 9], [0, 1]], 2 / 3),
        (metrics.whole_sequences, [[0, 9], [1, 1]], 1),
        (metrics.whole_sequences, [[1, 1], [1, 1]], 1 / 2),
    ],
)  # fmt: skip
def test_scores_count_the_asked_steps_alone(metric, predicted, expected):
    assert metric(np.array(predicted), LABELS) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("predicted", "error", "message"),
    [
        (np.zeros((2, 2)), TypeError, "predicted must hold whole numbers"),
        (np.zeros((2, 2, 2), int), ValueError, "There is an axis too many"),
        (np.full((2, 2), 2), ValueError, "predicted must lie between 0 and K - 1 = 1, but 2 occurs"),
    ],
)
def test_predictions_that_do_not_fit_are_refused(predicted, error, message):
    with pytest.raises(error, match=message):
        metrics.accuracy(predicted, LABELS)


def test_numbers_without_their_last_axis_are_refused_because_they_would_spread_over_the_batch():
    batch = task("adding").draw(np.random.default_rng(0), 3, 4)
    with pytest.raises(ValueError, match=r"predicted must have the shape .* An axis is missing"):
        metrics.mean_squared_error(np.zeros((4, 3)), batch)
