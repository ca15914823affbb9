"""The transformer step by step: its state is a value, and a stream gives what the whole sequence gives."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.nets import kv_cache, transformer
from rnnlab.nets.kv_cache import State
from rnnlab.nets.parameters import leaves, mapped
from tests.nets.numerics import assert_agrees
from tests.nets.transformer_cases import DECODERS, WITH_STATE, cases, label, make_case, run


def streamed(case, state):
    outputs = []
    for x_t in case.x:
        y_t, state = transformer.step(case.params, x_t, state, case.options)
        outputs.append(y_t)
    return np.stack(outputs), state


def start(case):
    return transformer.zero_state(case.params, case.x.shape[1])


@given(case=cases(choices=WITH_STATE, padded=False))
@settings(max_examples=30, deadline=None)
def test_stepping_through_a_stream_equals_forward(case):
    y, cache = transformer.forward(case.params, case.x, options=case.options)
    outputs, state = streamed(case, start(case))
    last = transformer.last_state(cache)
    assert_agrees(outputs, y, 1e-12)
    assert_agrees(state.keys, last.keys, 1e-12)
    assert_agrees(state.values, last.values, 1e-12)


@given(case=cases(choices=WITH_STATE, with_state=True, padded=False))
@settings(max_examples=30, deadline=None)
def test_stepping_on_from_a_given_state_equals_forward(case):
    y, _ = transformer.forward(case.params, case.x, case.state, options=case.options)
    outputs, _ = streamed(case, case.state)
    assert_agrees(outputs, y, 1e-12)


@pytest.mark.parametrize("options", WITH_STATE, ids=label)
def test_a_long_stream_equals_forward_though_its_state_has_moved_to_larger_rooms(options):
    case = make_case(options, T=70, B=2, d=4, F=8)
    y, _ = transformer.forward(case.params, case.x, options=options)
    outputs, state = streamed(case, start(case))
    assert_agrees(outputs, y, 1e-12)
    assert state.room.keys.shape[1] == 128


@given(case=cases(choices=WITH_STATE), cut=st.integers(1, 2))
@settings(max_examples=30, deadline=None)
def test_a_sequence_cut_in_two_equals_the_whole(case, cut):
    params, options = case.params, case.options
    before, after = (None, None) if case.mask is None else (case.mask[:cut], case.mask[cut:])
    whole = run(case)
    first, first_cache = transformer.forward(params, case.x[:cut], mask=before, options=options)
    state = transformer.last_state(first_cache)
    second, second_cache = transformer.forward(params, case.x[cut:], state, after, options)
    d_second, d_state, grads_second = transformer.backward(case.d_y[cut:], second_cache, case.d_last)
    d_first, _, grads_first = transformer.backward(case.d_y[:cut], first_cache, d_state)
    assert_agrees(np.concatenate([first, second]), whole["y"], 1e-12)
    assert_agrees(np.concatenate([d_first, d_second]), whole["x"], 1e-11)
    grads = mapped(np.add, grads_first, grads_second)
    expected = [value for name, value in whole.items() if name.startswith("params")]
    for ours, value in zip(leaves(grads), expected, strict=True):
        assert_agrees(ours, value, 1e-11)


@pytest.mark.parametrize("options", WITH_STATE, ids=label)
def test_a_padded_prompt_is_continued_as_if_its_padding_were_not_there(options):
    """Positions count padding, so that those that are added differ: the prompt is compared at the same places."""
    case = make_case(options, T=6, B=3, padded=True, seed=1)
    assert not case.mask.all()
    _, cache = transformer.forward(case.params, case.x, mask=case.mask, options=options)
    garbage = np.where(case.mask[..., np.newaxis], case.x, 1e3)
    _, dirty_cache = transformer.forward(case.params, garbage, mask=case.mask, options=options)
    new = case._replace(x=case.d_y[:2], mask=None)
    clean, _ = streamed(new, transformer.last_state(cache))
    dirty, state = streamed(new, transformer.last_state(dirty_cache))
    np.testing.assert_array_equal(dirty, clean)
    np.testing.assert_array_equal(state.mask, np.concatenate([case.mask, np.ones((2, 3), bool)]))
    y, _ = transformer.forward(case.params, new.x, transformer.last_state(cache), options=options)
    assert_agrees(clean, y, 1e-12)


@pytest.mark.parametrize("options", DECODERS, ids=label)
def test_without_positions_a_padded_prompt_is_continued_as_each_sequence_alone(options):
    case = make_case(options, T=6, B=3, padded=True, seed=1)
    _, cache = transformer.forward(case.params, case.x, mask=case.mask, options=options)
    together, _ = streamed(case._replace(x=case.d_y[:2]), transformer.last_state(cache))
    for b, length in enumerate(case.mask.sum(axis=0)):
        _, cache = transformer.forward(case.params, case.x[:length, [b]], options=options)
        alone, _ = streamed(case._replace(x=case.d_y[:2, [b]]), transformer.last_state(cache))
        assert_agrees(together[:, [b]], alone, 1e-12)


@pytest.mark.parametrize("steps", [3, 15, 16, 40])
def test_one_state_may_be_continued_in_several_ways(steps):
    """The continuations share room only as long as they do not meet in it."""
    case = make_case(DECODERS[0], T=steps)
    _, state = streamed(case, start(case))
    kept = mapped(np.copy, state._replace(room=None))
    x_1, x_2 = case.d_y[0], case.d_y[1]
    y_1, state_1 = transformer.step(case.params, x_1, state, case.options)
    y_2, state_2 = transformer.step(case.params, x_2, state, case.options)
    again, _ = transformer.step(case.params, x_1, state, case.options)
    np.testing.assert_array_equal(again, y_1)
    assert np.any(y_1 != y_2)
    for name in ("keys", "values"):
        np.testing.assert_array_equal(getattr(state, name), getattr(kept, name))
        np.testing.assert_array_equal(getattr(state_1, name)[:, :-1], getattr(kept, name))
        np.testing.assert_array_equal(getattr(state_2, name)[:, :-1], getattr(kept, name))
        assert np.any(getattr(state_1, name)[:, -1] != getattr(state_2, name)[:, -1])
    later_1, _ = transformer.step(case.params, x_2, state_1, case.options)
    whole = np.concatenate([case.x, [x_1], [x_2]])
    assert_agrees(later_1, transformer.forward(case.params, whole, options=case.options)[0][-1], 1e-12)


def test_a_given_state_is_never_written_to():
    case = make_case(DECODERS[0], P=3)
    assert not case.state.keys.flags.writeable
    _, state = streamed(case, case.state)
    assert not np.shares_memory(state.keys, case.state.keys)
    np.testing.assert_array_equal(state.keys[:, :3], case.state.keys)


def test_a_stream_copies_its_past_seldom():
    case = make_case(DECODERS[0], T=100, B=1)
    state, rooms = start(case), set()
    for x_t in case.x:
        _, state = transformer.step(case.params, x_t, state, case.options)
        rooms.add(state.room.keys.shape[1])
    assert rooms == {16, 32, 64, 128}


def test_an_extended_state_has_one_more_step_whose_place_is_free():
    state = kv_cache.extended(
        State(np.ones((1, 2, 1, 1)), np.full((1, 2, 1, 1), 2.0), np.zeros((2, 1), bool))
    )
    assert state.keys.shape == state.values.shape == (1, 3, 1, 1)
    np.testing.assert_array_equal(state.keys[0, :2, 0, 0], [1, 1])
    np.testing.assert_array_equal(state.values[0, :2, 0, 0], [2, 2])
    np.testing.assert_array_equal(state.mask[:, 0], [False, False, True])
    assert int(state.room.used) == 3


def test_float32_stays_float32_in_a_stream():
    case = make_case(DECODERS[1], dtype=np.float32)
    outputs, state = streamed(case, start(case))
    assert outputs.dtype == state.keys.dtype == state.values.dtype == np.float32
