"""The comparison of architectures: equal sizes, true gradients, an honest choice of rates, and results that survive."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from rnnlab.analysis.memory import held_bytes
from rnnlab.lab import next_hour
from rnnlab.lab.comparison import (
    architectures,
    baselines,
    costs,
    engine,
    fingerprint,
    jobs,
    live,
    networks,
    store,
    summary,
    walk,
)
from rnnlab.lab.comparison.architectures import ARCHITECTURES, WITHIN, draw
from rnnlab.lab.comparison.model import Model
from rnnlab.lab.comparison.runs import Run, network_for, train
from rnnlab.lab.comparison.tasks import DAY, TASKS, data_of
from rnnlab.lab.comparison.timing import interleaved
from rnnlab.nets import rnn
from rnnlab.nets.losses import cross_entropy
from rnnlab.nets.parameters import count, leaves
from rnnlab.training.minibatches import Batch

ROWS = [(key, name) for key, task in TASKS.items() for name in jobs.rows(task)]
TINY = jobs.Size(
    "tiny", ("recall-10",), (1e-2, 1e-3), scan_seeds=1, seeds=2, lengths=(16,), contexts=(8,), rounds=1,
    updates=2, rows=("rnn", "tcn"),
)  # fmt: skip


@pytest.mark.parametrize(("key", "name"), ROWS)
def test_every_network_has_as_many_parameters_as_the_others_and_as_the_formula_says(key, name):
    task = TASKS[key]
    own = network_for(name, task)
    assert count(draw(np.random.default_rng(0), own, task.K)) == own.parameters
    if ARCHITECTURES[name].sized:
        assert abs(own.parameters - task.parameters) <= WITHIN * task.parameters


# The others are made of parts whose formulas have tests of their own, and their glue keeps a little more.
@pytest.mark.parametrize("name", ["tcn", "rnn", "lstm", "gru", "mingru", "bidirectional"])
def test_the_formula_counts_what_is_kept_between_the_passes(name):
    rng, own = np.random.default_rng(0), architectures.sized(name, 3, 2, 12, 600, 4)
    params, _ = draw(rng, own, 2)
    _, cache = own.network.forward(params, rng.normal(size=(12, 5, 3)).astype(np.float32))
    assert held_bytes(cache, params) == own.network.cost(12, 5).held_bytes


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        (name, labels)
        for name, each in ARCHITECTURES.items()
        for labels in (True, False)
        if labels or each.causal
    ],
)
def test_the_gradient_is_the_numerical_one(name, labels, monkeypatch):
    monkeypatch.setattr(networks, "DTYPE", np.float64)
    architecture, rng = ARCHITECTURES[name], np.random.default_rng(1)
    make = partial(architecture.make, window=3) if architecture.windowed else architecture.make
    network = make(4, 2, 6)
    params = network.init(rng), rnn.init_readout(rng, network.outputs, 3)
    model = Model(network, "cross_entropy", labels, 0 if labels else 2)
    mask = np.arange(6)[:, np.newaxis] < np.array([6, 3, 5]) if labels else None
    targets = np.array([0, 2, 1]) if labels else rng.integers(3, size=(4, 3))
    batch = Batch(rng.normal(size=(6, 3, 2)), targets, mask)
    _, grads = model.gradient(params, batch)

    def loss(params):
        return cross_entropy(model.predict(params, batch.x, batch.mask), batch.targets)[0]

    for leaf, gradient in zip(leaves(params), leaves(grads), strict=True):
        place = np.unravel_index(np.argmax(np.abs(gradient)), gradient.shape)
        kept = leaf[place]
        around = []
        for shift in (1e-5, -1e-5):
            leaf[place] = kept + shift
            around.append(loss(params))
        leaf[place] = kept
        assert (around[0] - around[1]) / 2e-5 == pytest.approx(gradient[place], rel=1e-4, abs=1e-9)


@pytest.mark.parametrize("name", [name for name, each in ARCHITECTURES.items() if each.causal])
def test_a_causal_network_does_not_see_the_future(name):
    task, rng = TASKS["demand-72"], np.random.default_rng(0)
    network = network_for(name, task).network
    params = network.init(rng)
    x = rng.normal(size=(72, 1, 1)).astype(np.float32)
    changed = x.copy()
    changed[40:] += 1
    before, after = (network.forward(params, each)[0] for each in (x, changed))
    np.testing.assert_array_equal(before[:40], after[:40])
    assert not np.array_equal(before[40:], after[40:])


def test_bidirectional_networks_never_forecast():
    assert not [key for key, name in ROWS if name == "bidirectional" and not TASKS[key].labels]


def test_demand_is_tested_on_every_held_out_hour_once_and_never_learned_from_it():
    data, series = data_of("demand-72"), next_hour.series(held_out_days=30)
    z = series.scaled().astype(np.float32)
    for batch, first, end in (
        (data.test, series.learned, len(z)),
        (data.validation, series.learned - 30 * DAY, series.learned),
    ):
        np.testing.assert_array_equal(np.concatenate(list(batch.targets[:, :, 0].T)), z[first:end])
    learned = {tuple(row) for row in data.draw(np.random.default_rng(0)).targets[:, :, 0].T.tolist()}
    assert not learned & {tuple(row) for row in data.validation.targets[:, :, 0].T.tolist()}


def test_the_rule_as_now_scores_as_its_forecast():
    data = data_of("demand-72")
    as_now = data.test.x[DAY:]
    stored = {each.name: each.test for each in baselines.baselines("demand-72")}
    assert data.score(as_now, data.test) == pytest.approx(stored["as now"], rel=1e-4)


def test_the_same_seed_gives_the_same_run():
    first, again = (train("recall-10", "gru", 1e-2, 0, updates=3) for _ in range(2))
    assert replace(first, seconds=0) == replace(again, seconds=0)


def run_with(rate, seed, validation, solved=False, updates=100, diverged=False, test=0.0):
    return Run("recall-10", "rnn", rate, seed, 1, 1, updates, validation, test, solved, diverged, 0.0)


def test_validation_chooses_the_rate_and_the_test_score_has_no_part_in_it():
    runs = [run_with(1e-3, 0, 0.5, test=0.0), run_with(1e-2, 0, 0.4, test=1.0)]
    assert jobs.chosen_rates(runs, scan_seeds=1) == {("recall-10", "rnn"): 1e-2}


def test_solved_runs_come_first_then_fewer_updates_and_diverged_ones_last():
    solved = [run_with(1e-3, 0, 0.02, True, 200), run_with(3e-3, 0, 0.01, True, 300), run_with(1e-2, 0, 0.0)]
    assert jobs.chosen_rates(solved, 1)["recall-10", "rnn"] == 1e-3
    diverged = [run_with(1e-3, 0, 0.5), run_with(1e-2, 0, 0.1, diverged=True)]
    assert jobs.chosen_rates(diverged, 1)["recall-10", "rnn"] == 1e-3


def test_later_seeds_do_not_choose():
    runs = [run_with(1e-3, 0, 0.4), run_with(1e-2, 0, 0.5), run_with(1e-2, 1, 0.0, True)]
    assert jobs.chosen_rates(runs, scan_seeds=1)["recall-10", "rnn"] == 1e-3


def test_a_comparison_goes_on_where_it_was_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(engine, "every_baseline", lambda: [baselines.Baseline("recall-10", "chance", 0.75)])
    monkeypatch.setattr(
        engine, "measurements", lambda size: {"memory": lambda: costs.step_memory(8, 1, ("rnn",))}
    )
    out, notes = tmp_path / "out", tmp_path / "notes"
    engine.compare(TINY, out, notes, jobs=1, progress=False)
    (path,) = notes.iterdir()
    lines = path.read_text().splitlines()
    whole = store.read(out)
    assert len(whole.runs) == 2 * 2 + 2
    assert whole.fresh
    path.write_text("\n".join(lines[:3]) + "\n" + lines[3][:20])  # killed while it wrote a line
    made = []
    monkeypatch.setattr(
        engine, "train", lambda *job, updates: made.append(job) or train(*job, updates=updates)
    )
    engine.compare(TINY, out, notes, jobs=1, progress=False)
    assert len(made) == 3
    again = store.read(out)
    assert [replace(run, seconds=0) for run in again.runs] == [replace(run, seconds=0) for run in whole.runs]
    assert again.about["size"] == json.loads(json.dumps(whole.about["size"]))


def test_the_same_run_now_gives_the_stored_score_and_changed_code_is_told(tmp_path, monkeypatch):
    runs = [train("recall-10", "rnn", 1e-2, seed, updates=2) for seed in range(2)]
    store.write(tmp_path, TINY, runs, [], [], fingerprint.code_hash(), 0.0)
    results = store.read(tmp_path)
    for stored, now in live.again(results, "recall-10", ("rnn",), seeds=3):
        assert now.test == pytest.approx(stored.test, rel=1e-4)
    assert results.fresh
    monkeypatch.setattr(store, "code_hash", lambda: "other")
    assert not results.fresh


def test_rows_whose_ranges_overlap_are_not_told_apart():
    def score(name, *tests):
        return summary.Score("text-32", name, 1, 1e-3, tests, 0, (1,), 1.0)

    rows = {
        ("text-32", each.architecture): each
        for each in (score("gru", 2.0, 2.2), score("rnn", 2.1, 2.3), score("lstm", 2.5, 2.6))
    }
    assert summary.best(rows, "text-32").architecture == "gru"
    assert [each.architecture for each in summary.indistinct(rows, "text-32")] == ["gru", "rnn"]
    assert summary.solved_by(rows, "text-32") == []
    assert "2.10 (2.00–2.20)" in summary.table(rows, ["text-32"], "{:.2f}".format)


def test_missing_results_name_the_command(tmp_path):
    with pytest.raises(store.MissingResults, match="make comparison"):
        store.read(tmp_path)


def test_the_hash_follows_the_code_and_not_its_words():
    assert fingerprint.bare('"""One."""\nx = 1\n') == fingerprint.bare('"""Two."""\n# three\nx = 1\n')
    assert fingerprint.bare("x = 1\n") != fingerprint.bare("x = 2\n")
    found = fingerprint.modules()
    assert {"rnnlab/nets/gru.py", "rnnlab/training/optimizers.py", "rnnlab/data/text.py"} <= set(found)
    assert "rnnlab/lab/comparison/summary.py" not in found  # how results are told does not change them


def test_the_machine_is_described_without_names():
    described = fingerprint.machine()
    assert set(described) == {"cores", "processor", "system", "python", "numpy", "torch"}
    assert not any("/" in str(value) and "home" in str(value) for value in described.values())


def test_stored_results_are_complete_and_say_how_they_were_made():
    results = store.read()
    size = results.about["size"]
    every = summary.scores(results)
    assert set(every) == {(key, name) for key in size["tasks"] for name in jobs.rows(TASKS[key])}
    assert all(len(score.tests) == size["seeds"] for score in every.values())
    for key in size["tasks"]:
        sizes = {
            score.parameters
            for score in every.values()
            if score.task == key and score.architecture != "linear"
        }
        assert max(sizes) <= 1.2 * min(sizes)


def test_costs_grow_as_they_must():
    rows = [row for T in (32, 64) for row in costs.step_memory(T, 1, ("rnn", "transformer"))]
    for name, low, high in (("rnn", 0.8, 1.2), ("transformer", 1.0, 2.0)):
        lengths, kept = summary.measured(rows, "kept", name)
        assert low <= summary.exponent(lengths, kept) <= high
        assert all(
            peak > held for peak, held in zip(summary.measured(rows, "peak", name)[1], kept, strict=True)
        )


def test_a_stream_keeps_a_state_of_one_size_but_for_attention():
    rows = [
        row for context in (8, 64) for row in costs.token_times(context, 1, ("rnn", "tcn", "transformer"))
    ]
    state = {name: summary.measured(rows, "state", name)[1] for name in ("rnn", "tcn", "transformer")}
    assert state["rnn"][0] == state["rnn"][1]
    assert state["tcn"][0] == state["tcn"][1]
    assert state["transformer"][1] == 8 * state["transformer"][0]


def test_candidates_take_turns():
    order = []
    times = interleaved({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, rounds=2)
    assert [len(each) for each in times.values()] == [2, 2]
    assert "".join(order).count("ab") >= 1


def test_a_walk_cannot_be_forecast():
    found = walk.train(0, updates=20)
    assert found.last_value > 0.95
    assert found.step < 0.05
    assert abs(found.direction - 0.5) < 0.05
