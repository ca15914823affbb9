"""The loop: it does what a loop written out would do, keeps the best, stops in time, and says what went wrong."""

import io
import sys

import numpy as np
import pytest

from rnnlab.nets.parameters import leaves, mapped
from rnnlab.training.checkpoints import load
from rnnlab.training.clipping import clip_by_norm, clip_by_value, global_norm
from rnnlab.training.fit import Diverged, fit
from rnnlab.training.minibatches import Batch, drawn, streamed
from rnnlab.training.models import sequence_model
from rnnlab.training.optimizers import optimizer
from rnnlab.training.schedules import Plateau, cosine, step_decay
from rnnlab.training.validation import Validation

MODEL = sequence_model("rnn", read="last", loss="squared_error")
PARAMS = MODEL.init(np.random.default_rng(0), D=2, H=4, K=1)
ADAM = optimizer("adam", 0.02)


def draw(rng):
    x = rng.normal(size=(5, 3, 2))
    return Batch(x, x[-1, :, :1])


def run(params=PARAMS, gradient=MODEL.gradient, batches=None, rule=ADAM, **options):
    options = {"rng": np.random.default_rng(1), "progress": False} | options
    if "epochs" not in options:
        options.setdefault("steps", 20)
    return fit(params, gradient, batches or drawn(draw), rule, **options)


def bowl(params, batch):
    """The loss ‖θ‖² and its gradient."""
    return float(sum(np.sum(leaf**2) for leaf in leaves(params))), mapped(lambda leaf: 2 * leaf, params)


def test_the_loop_equals_the_one_written_out():
    schedule = cosine(20, warmup=3)
    result = run(clip=0.3, schedule=schedule)
    rng, params, state = np.random.default_rng(1), PARAMS, ADAM.init(PARAMS)
    for step in range(20):
        loss, grads = MODEL.gradient(params, draw(rng))
        clipped, norm = clip_by_norm(grads, 0.3)
        params, state = ADAM.update(params, clipped, state, rate=0.02 * schedule(step))
        assert result.history.loss[step] == loss
        assert result.history.norm[step] == norm
        assert result.history.rate[step] == 0.02 * schedule(step)
    for one, two in zip(leaves(result.params), leaves(params), strict=True):
        np.testing.assert_array_equal(one, two)
    assert result.history.stopped == "steps"


def test_training_learns_and_leaves_the_starting_weights_alone():
    before = [leaf.copy() for leaf in leaves(PARAMS)]
    losses = run(steps=600).history.loss
    assert losses[-50:].mean() < 0.2 * losses[:50].mean()
    for leaf, was in zip(leaves(PARAMS), before, strict=True):
        np.testing.assert_array_equal(leaf, was)


def test_clipping_may_be_any_function():
    by_value = run(clip=lambda grads: clip_by_value(grads, 0.01), rule=optimizer("sgd", 1.0), steps=1)
    moved = mapped(lambda a, b: a - b, by_value.params, PARAMS)
    assert max(np.abs(leaf).max() for leaf in leaves(moved)) == pytest.approx(0.01)
    assert global_norm(moved) > 0.01


def test_without_clipping_the_norm_is_noted_all_the_same():
    (expected,) = run(steps=1).history.norm
    assert expected == global_norm(MODEL.gradient(PARAMS, draw(np.random.default_rng(1)))[1])


def test_epochs_pass_through_the_data_as_often_as_asked():
    seen = []

    def gradient(params, batch):
        seen.append(batch)
        return bowl(params, batch)

    result = run(gradient=gradient, batches=lambda rng: rng.permutation(3).tolist(), epochs=4)
    assert [sorted(seen[i : i + 3]) for i in range(0, 12, 3)] == [[0, 1, 2]] * 4
    assert len(seen) == 12
    assert result.history.stopped == "epochs"


def test_a_carry_goes_from_batch_to_batch_and_starts_anew_with_each_epoch():
    came = []

    def gradient(params, batch, carry):
        came.append(float(carry))
        return *bowl(params, batch), carry + 1

    result = run(gradient=gradient, batches=lambda rng: [None] * 3, epochs=2, carry=np.array(5.0))
    assert came == [5.0, 6.0, 7.0] * 2
    assert result.carry == 8.0


@pytest.mark.parametrize("kind", ["rnn", "lstm", "gru"])
def test_a_stream_is_trained_on_with_its_state(kind):
    """A text with period 3, read in windows of 2: only a carried state can tell what comes after a window's start."""
    model = sequence_model(kind, read="every")
    params = model.init(np.random.default_rng(0), D=4, H=12, K=2, vocabulary=2)
    text = np.tile([0, 0, 1], 120)
    start = model.cell.zero_state(params.cell, 4)
    result = fit(
        params, model.gradient_from, streamed(text, B=4, T=2), optimizer("adam", 0.02),
        rng=np.random.default_rng(0), steps=400, clip=1.0, carry=start, progress=False,
    )  # fmt: skip
    assert result.history.loss[-20:].mean() < 0.1


class TestValidation:
    def test_the_best_parameters_are_kept_and_patience_ends_the_run(self):
        """SGD on a bowl from θ = 1 with rate 0.1 gives θ = 0.8ⁿ after n steps; the score is best with θ near 0.4."""
        validation = Validation(lambda params: abs(params[0][0] - 0.4), every=1, patience=3)
        result = run((np.ones(1),), bowl, rule=optimizer("sgd", 0.1), steps=50, validation=validation)
        assert result.history.best_step == 4
        assert result.params[0][0] == pytest.approx(0.8**4)
        assert result.last[0][0] == pytest.approx(0.8**7)
        assert result.history.stopped == "patience"
        np.testing.assert_array_equal(result.history.score_step, np.arange(1, 8))
        np.testing.assert_allclose(result.history.score, np.abs(0.8 ** np.arange(1, 8) - 0.4))

    def test_better_may_be_higher(self):
        validation = Validation(lambda params: -abs(params[0][0] - 0.4), every=1, better="higher", patience=3)
        result = run((np.ones(1),), bowl, rule=optimizer("sgd", 0.1), steps=50, validation=validation)
        assert result.history.best_step == 4

    def test_patience_counts_scores_in_a_row(self):
        scores = iter([5.0, 6.0, 4.0, 6.0, 6.0, 3.0, 6.0, 6.0, 6.0, 6.0])
        result = run(validation=Validation(lambda params: next(scores), every=1, patience=3))
        assert result.history.score.tolist() == [5.0, 6.0, 4.0, 6.0, 6.0, 3.0, 6.0, 6.0, 6.0]
        assert result.history.best_step == 6

    def test_scores_come_after_each_so_many_steps_and_not_at_the_end(self):
        result = run(steps=20, validation=Validation(lambda params: 1.0, every=6))
        assert result.history.score_step.tolist() == [6, 12, 18]
        assert result.history.best_step == 6

    def test_a_plateau_lowers_the_rate_on_top_of_the_schedule(self):
        validation = Validation(lambda params: 1.0, every=2, plateau=Plateau(factor=0.5, patience=0))
        result = run(steps=8, validation=validation, schedule=step_decay(7, 0.1), rule=optimizer("sgd", 1e-3))
        assert result.history.rate / 1e-3 == pytest.approx([1, 1, 1, 1, 0.5, 0.5, 0.25, 0.025])


class TestDivergence:
    def failing(self, at, loss=1.0, gradient=1.0):
        """SGD on a bowl, whose loss and gradient are multiplied at one step."""
        steps = iter(range(1, 100))

        def function(params, batch):
            here = next(steps) == at
            value, grads = bowl(params, batch)
            return value * (loss if here else 1.0), mapped(lambda g: g * (gradient if here else 1.0), grads)

        return function

    @pytest.mark.parametrize("broken", [np.nan, np.inf])
    def test_a_loss_that_is_not_finite_is_reported_with_what_came_before(self, broken):
        with pytest.raises(
            Diverged, match=r"at step 3 the loss is (nan|inf)\. The loss before it was 0.64"
        ) as caught:
            run((np.ones(1),), self.failing(3, loss=broken), rule=optimizer("sgd", 0.1))
        assert "the largest gradient norm so far 2, at step 1" in str(caught.value)
        assert "Try a smaller rate than 0.1 or a smaller clip" in str(caught.value)

    def test_a_loss_that_is_not_finite_at_once_has_nothing_before_it(self):
        with pytest.raises(Diverged, match=r"at step 1 the loss is nan. There was no step before it"):
            run((np.ones(1),), self.failing(1, loss=np.nan))

    @pytest.mark.parametrize("clip", [None, 1.0])
    def test_a_gradient_that_is_not_finite_is_reported_with_its_arrays(self, clip):
        with pytest.raises(Diverged, match=r"at step 2 the gradient is not finite: 0 \(1 of 1 entries\)"):
            run((np.ones(1),), self.failing(2, gradient=np.nan), rule=optimizer("sgd", 0.1), clip=clip)

    def test_a_score_that_is_nan_is_reported(self):
        with pytest.raises(Diverged, match="the validation score is nan"):
            run(validation=Validation(lambda params: np.nan, every=1))

    def test_a_rate_that_is_too_large_ends_in_a_clear_error(self):
        def gradient(params, batch):
            with np.errstate(over="ignore"):
                return bowl(params, batch)

        with pytest.raises(
            Diverged, match=r"at step \d+ the (loss|gradient) is .* Try a smaller rate than 1e\+30"
        ):
            run((np.ones(1),), gradient, rule=optimizer("sgd", 1e30))

    def test_the_checkpoint_before_a_divergence_stays(self, tmp_path):
        with pytest.raises(Diverged):
            run(
                (np.ones(1),), self.failing(8, loss=np.nan), rule=optimizer("sgd", 0.1),
                checkpoint=tmp_path / "run.npz", checkpoint_every=3,
            )  # fmt: skip
        assert load(tmp_path / "run.npz").facts["step"] == 6


class TestProgress:
    def shown(self, monkeypatch, terminal, seconds=0.0, **options):
        """What stands on stderr after a short run."""
        stream = io.StringIO()
        stream.isatty = lambda: terminal
        monkeypatch.setattr(sys, "stderr", stream)

        clock = [0.0]
        monkeypatch.setattr("tqdm.std.time", lambda: clock[0])

        def gradient(params, batch):
            clock[0] = seconds
            return bowl(params, batch)

        run((np.ones(1),), gradient, steps=3, **{"progress": None} | options)
        return stream.getvalue()

    def test_a_terminal_shows_the_bar_at_once(self, monkeypatch):
        assert "training" in self.shown(monkeypatch, terminal=True)

    def test_elsewhere_a_short_run_is_silent(self, monkeypatch):
        assert self.shown(monkeypatch, terminal=False) == ""

    def test_elsewhere_a_run_over_two_seconds_shows_the_bar(self, monkeypatch):
        shown = self.shown(monkeypatch, terminal=False, seconds=2.5)
        assert "training" in shown
        assert "loss" in shown

    @pytest.mark.parametrize("terminal", [True, False])
    def test_it_can_be_turned_off_and_on(self, monkeypatch, terminal):
        assert self.shown(monkeypatch, terminal, seconds=2.5, progress=False) == ""
        assert "training" in self.shown(monkeypatch, terminal, progress=True)


class TestHistory:
    def history(self):
        return run(steps=20, validation=Validation(lambda params: 0.25, every=5)).history

    def test_the_summary_tells_steps_loss_norm_rate_and_validation(self):
        history = self.history()
        text = repr(history)
        for part in (
            "20 in",
            "stopped by steps",
            f"{history.loss[0]:.4g} at first",
            "(median)",
            "0.02 at first",
        ):
            assert part in text
        assert "0.25 at its best, after step 5 (kept)" in text

    def test_a_notebook_shows_a_table_with_the_same_facts(self):
        result = run(steps=20)
        html = result._repr_html_()
        assert html.startswith("<table><caption>Training</caption>")
        assert html.count('<th scope="row"') == 4
        assert "stopped by steps" in html

    def test_arrays_are_closed_to_writing(self):
        history = self.history()
        for array in (history.loss, history.norm, history.rate, history.score):
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 0.0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"steps": None}, "fit needs steps or epochs, one of them"),
        ({"steps": 5, "epochs": 5}, "fit needs steps or epochs, one of them"),
        ({"steps": 0}, "steps must be a positive whole number"),
        ({"epochs": 1.5}, "epochs must be a positive whole number"),
        ({"checkpoint_every": 0}, "checkpoint_every must be a positive whole number"),
        ({"clip": -1.0}, "largest must be positive"),
        ({"validation": Validation(len, every=21)}, "validation comes after each 21 steps, but there are 20"),
        ({"validation": Validation(len, every=0)}, "every must be a positive whole number"),
        ({"validation": Validation(len, patience=0, every=1)}, "patience must be a positive whole number"),
        ({"validation": Validation(len, better="more", every=1)}, "better must be 'lower' or 'higher'"),
        ({"params": ()}, "params must hold arrays"),
        ({"batches": lambda rng: []}, "must give at least one batch"),
    ],
)
def test_settings_that_make_no_run_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        run(**options)
