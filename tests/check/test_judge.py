"""The diagnosis knows a function by its outcomes alone, and passes nothing without a positive answer to every probe."""

import dataclasses

import numpy as np
import pytest

from rnnlab.check import judge, public_probes
from rnnlab.check.contract import LONGEST_READ, arity_complaint
from rnnlab.check.local import local_caller
from rnnlab.check.outcome import Missing, Raised, Returned, Stopped
from rnnlab.exercises import find
from rnnlab.exercises.spec import Exercise, Probe, Result

STEP = find("hidden_state.rnn_step")
FORWARD = find("hidden_state.rnn_forward")


def right(exercise, batch):
    return [Returned(exercise.reference(*arguments), "ndarray") for arguments in batch]


def verdict_of(exercise, answer):
    return judge(exercise, answer, public_probes(exercise))


def test_right_outcomes_pass_wherever_they_come_from():
    verdict = verdict_of(STEP, lambda batch: right(STEP, batch))
    assert verdict.passed
    assert verdict.stage == "passed"


def test_nothing_passes_without_probes():
    with pytest.raises(ValueError, match="without probes"):
        judge(STEP, local_caller(STEP.reference), ())


@pytest.mark.parametrize("answers", [0, 1, 3, 7])
def test_outcomes_that_never_came_count_as_stopped(answers):
    verdict = verdict_of(STEP, lambda batch: right(STEP, batch)[:answers])
    assert not verdict.passed
    assert verdict.stage == "contract"


@pytest.mark.parametrize("reason", ["time", "memory", "crash", "protocol"])
def test_a_stop_half_way_is_reported_by_its_reason(reason):
    verdict = verdict_of(STEP, lambda batch: [*right(STEP, batch)[:2], Stopped(reason, "…")])
    assert not verdict.passed
    assert {"time": "in time", "memory": "memory", "crash": "process", "protocol": "read"}[
        reason
    ] in verdict.headline


def test_a_missing_function_is_said_to_be_missing():
    verdict = verdict_of(STEP, lambda batch: [Missing("the name is not defined")] * len(batch))
    assert "There is no function rnn_step to check: the name is not defined." in verdict.headline


def test_the_line_of_an_exception_is_shown():
    raised = Raised("ZeroDivisionError", "division by zero", 7, "h / 0")
    verdict = verdict_of(STEP, lambda batch: [raised] * len(batch))
    assert (verdict.line_number, verdict.line) == (7, "h / 0")
    assert "in line 7 of its cell" in verdict.headline


@pytest.mark.parametrize(
    ("message", "number"),
    [
        ("readout() missing 1 required positional argument: 'b_y'", None),
        ("make.<locals>.readout() takes 2 positional arguments but 3 were given", "2"),
        ("readout() takes from 1 to 2 positional arguments but 3 were given", None),
        ("readout() takes 2 positional arguments but 3 positional arguments (and 1 …) were given", "2"),
    ],
)
def test_a_wrong_number_of_arguments_is_read_from_the_message(message, number):
    match = arity_complaint("readout", message)
    assert match is not None
    assert match[1] == number


@pytest.mark.parametrize(
    "message", ["readout() missing " * 400_000, "readout() takes 1 " * 400_000, "(" * 10**6]
)
def test_of_a_hostile_message_little_is_read(message, monkeypatch):
    lengths = []

    def search(pattern, text):
        lengths.append(len(text))

    monkeypatch.setattr("rnnlab.check.contract.re.search", search)
    arity_complaint("readout", message)
    assert lengths == [LONGEST_READ]


def test_no_search_in_a_message_goes_past_the_place_where_another_may_start():
    assert arity_complaint("readout", "readout() missing readout() missing positional argument").start() == 18


def test_a_hostile_message_is_cut_short():
    raised = Raised("TypeError", "readout() missing " * 400_000)
    assert len(verdict_of(STEP, lambda batch: [raised] * len(batch)).headline) < 500


def test_one_wrong_answer_among_many_right_ones_is_enough():
    for wrong in range(len(public_probes(STEP))):

        def answer(batch, wrong=wrong):
            outcomes = right(STEP, batch)
            outcomes[wrong] = Returned(outcomes[wrong].value + 1e-3, "ndarray")
            return outcomes

        assert not verdict_of(STEP, answer).passed


@pytest.mark.parametrize(
    "spoil",
    [
        lambda h: h[:0],
        lambda h: h[None],
        lambda h: np.full(h.shape, np.nan),
        lambda h: h.astype(complex),
        lambda h: h.astype(object),
        lambda h: float(h.flat[0]),
        lambda h: (h, h),
        lambda h: h > 0,
        lambda h: h.astype(np.float16),
        lambda h: np.array("text"),
        lambda h: np.full(h.shape, 1e300),
    ],
)
def test_no_shape_kind_or_size_of_answer_slips_through(spoil):
    def answer(batch):
        return [Returned(spoil(outcome.value), "ndarray") for outcome in right(STEP, batch)]

    assert not verdict_of(STEP, answer).passed


def test_float32_answers_to_float32_inputs_are_right():
    def answer(batch):
        return [
            Returned(o.value.astype(np.float32) if arguments[0].dtype == np.float32 else o.value, "ndarray")
            for o, arguments in zip(right(STEP, batch), batch, strict=True)
        ]

    assert verdict_of(STEP, answer).passed


def test_a_changed_second_answer_is_an_effect():
    def answer(batch):
        outcomes = right(STEP, batch)
        return [*outcomes[:-1], Returned(outcomes[-1].value + 1, "ndarray")]

    verdict = verdict_of(STEP, answer)
    assert verdict.stage == "effects"
    assert "two different answers" in verdict.headline


@pytest.mark.parametrize("value", [None, "h_t", np.str_("h_t"), np.array("h_t")])
@pytest.mark.parametrize("type_name", ["str", "str_"])
def test_a_text_is_called_by_its_type_and_not_two_different_answers(value, type_name):
    verdict = verdict_of(STEP, lambda batch: [Returned(value, type_name)] * len(batch))
    assert verdict.stage == "form"
    assert f"returned a {type_name} where a NumPy array is wanted" in verdict.headline


@pytest.mark.parametrize("value", [None, np.array([[0.1, None]], dtype=object)])
def test_an_array_of_objects_is_not_said_to_be_no_array(value):
    verdict = verdict_of(STEP, lambda batch: [Returned(value, "ndarray")] * len(batch))
    assert verdict.stage == "form"
    assert "an array that holds something else than numbers" in verdict.headline


@pytest.mark.parametrize(
    ("change", "says"),
    [({"wrote_to_input": (1,)}, "writes into its input h_prev"), ({"aliases_input": True}, "shares memory")],
)
def test_effects_fail_a_function_whose_numbers_are_right(change, says):
    verdict = verdict_of(STEP, lambda batch: [dataclasses.replace(o, **change) for o in right(STEP, batch)])
    assert verdict.stage == "effects"
    assert says in verdict.headline


def test_an_alternative_is_as_right_as_the_reference():
    def half(x_t, h_prev, W_xh, W_hh, b_h):
        return STEP.reference(x_t, h_prev, W_xh, W_hh, b_h) / 2

    assert not verdict_of(STEP, local_caller(half)).passed
    both = dataclasses.replace(STEP, alternatives=(half,))
    assert verdict_of(both, local_caller(half)).passed
    assert verdict_of(both, local_caller(STEP.reference)).passed


def at_times(change):
    def function(x, h_0, W_xh, W_hh, b_h):
        return change(FORWARD.reference(x, h_0, W_xh, W_hh, b_h))

    return function


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda h: -h, "opposite sign"),
        (lambda h: h / h.shape[1], "1/B times"),
        (lambda h: h / h.shape[0], "1/T times"),
        (lambda h: h * np.sqrt(h.shape[2]), "√H times"),
        (lambda h: h / (h.shape[0] * h.shape[1]), "1/(T·B) times"),
        (lambda h: 0.3 * h, "0.3 times"),
        (lambda h: np.concatenate([h[-1:] * 0.5, h[:-1]]), "one step late"),
        (lambda h: np.concatenate([h[1:], 0.5 * h[:1]]), "one step early"),
        (lambda h: np.concatenate([h[:1], 0.7 * h[1:] + 0.1]), "right at the first step only"),
        (
            lambda h: np.concatenate([h[:, :1], 0.7 * h[:, 1:] + 0.1], axis=1),
            "first sequence of the batch only",
        ),
        (lambda h: h if h.shape[1] == 1 else h + 0.1, "right for B = 1 only"),
        (lambda h: h + 0.1 if np.abs(h).mean() > 0.95 else h, "right for small inputs only"),
        (lambda h: h + 0.1 if h.dtype == np.float32 else h, "right for float64 inputs only"),
        (lambda h: np.round(h, 6), "a few digits only"),
    ],
)
def test_relations_to_the_right_answer_are_named(change, says):
    verdict = verdict_of(FORWARD, local_caller(at_times(change)))
    assert verdict.stage == "relation"
    assert says in verdict.headline


def test_the_verdict_never_shows_a_number_of_the_right_answer():
    verdict = verdict_of(FORWARD, local_caller(at_times(lambda h: np.sort(h, axis=0) + 0.01)))
    text = verdict.as_text(3) + verdict.as_html(3)
    for probe in public_probes(FORWARD):
        for value in FORWARD.reference(*probe.arguments).ravel():
            assert f"{abs(value):.4f}" not in text


def test_a_relation_to_a_trait_is_not_claimed_where_no_probe_has_it():
    counted = find("hidden_state.count_parameters")
    verdict = verdict_of(counted, local_caller(lambda D, H, K: counted.reference(D, H, K) + D % 3 + 1))
    assert verdict.stage == "difference"


def mean_and_products(x, W):
    return x.mean(axis=0), x @ W.T


def draw_two(rng):
    sizes = ({"B": 5, "D": 3, "H": 4}, {"B": 6, "D": 2, "H": 3})
    return tuple(
        Probe(
            f"{size}",
            (rng.normal(size=(size["B"], size["D"])), rng.normal(size=(size["H"], size["D"]))),
            size,
        )
        for size in sizes
    )


TWO = Exercise(
    name="test.mean_and_products",
    reference=mean_and_products,
    probes=draw_two,
    results=(Result("mean", ("D",)), Result("product", ("B", "H"))),
    points=1,
    chapter="bptt",
    mistakes=(),
)


@pytest.mark.parametrize(
    ("function", "says"),
    [
        (
            lambda x, W: (x.sum(axis=0), x @ W.T),
            "What mean_and_products returns as mean is B times the right result.",
        ),
        (
            lambda x, W: (-x.mean(axis=0), -x @ W.T),
            "What mean_and_products returns as mean and product is the right result with the opposite sign.",
        ),
        (
            lambda x, W: (x.mean(axis=0), np.tanh(x @ W.T)),
            "mean_and_products returns the right mean, but a wrong product.",
        ),
    ],
)
def test_of_several_results_it_is_said_which_are_wrong_and_how(function, says):
    verdict = judge(TWO, local_caller(function), draw_two(np.random.default_rng(0)))
    assert (verdict.stage, verdict.headline) == ("relation", says)


def test_where_all_results_are_wrong_in_different_ways_only_the_difference_is_shown():
    function = local_caller(lambda x, W: (np.sin(x).mean(axis=0), np.tanh(x @ W.T)))
    assert judge(TWO, function, draw_two(np.random.default_rng(0))).stage == "difference"


def test_wrong_booleans_are_shown_as_other_wrong_answers_are():
    exercise = Exercise(
        name="hidden_state.positive",
        reference=lambda x: x > 0,
        probes=lambda rng: (),
        results=(Result("positive", ("B",)),),
        points=1,
        chapter="sequences",
        mistakes=(),
    )
    probe = Probe("B=3", (np.array([-1.0, 0.0, 1.0]),))
    verdict = judge(exercise, local_caller(lambda x: x >= 0), (probe,))
    assert verdict.stage == "difference"
    assert "·█·" in verdict.picture


def test_a_list_in_the_place_of_one_of_several_results_is_said_to_be_there():
    exercise = find("sequences.beam_search")

    def with_a_list(*arguments):
        ids, log_probability = exercise.reference(*arguments)
        return list(ids), log_probability

    verdict = judge(exercise, local_caller(with_a_list), public_probes(exercise))
    assert verdict.stage == "form"
    assert "not each of its parts" in verdict.headline
    assert "np.array" in verdict.fix
