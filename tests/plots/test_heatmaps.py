"""The heat map of states: what stands where, what white means, and what is refused."""

import numpy as np
import pytest

from rnnlab.plots import style
from rnnlab.plots.heatmaps import hidden_states


def states(T=6, H=4):
    return np.tanh(np.random.default_rng(0).normal(size=(T, H)))


def image(figure):
    (picture,) = figure.axes[0].images
    return picture


def tick_labels(axis):
    return [label.get_text() for label in axis.get_ticklabels()]


def test_time_runs_to_the_right_and_units_run_down():
    h = states()
    np.testing.assert_array_equal(image(hidden_states(h)).get_array(), h.T)


def test_columns_carry_the_letters_of_the_input_and_a_visible_space():
    figure = hidden_states(states(), labels=list("o mara"))
    assert tick_labels(figure.axes[0].xaxis) == ["o", "␣", "m", "a", "r", "a"]


@pytest.mark.parametrize(("T", "count"), [(3, 3), (10, 10), (11, 6), (95, 10)])
def test_without_labels_time_is_numbered_from_one_with_room_to_read(T, count):
    ticks = tick_labels(hidden_states(states(T)).axes[0].xaxis)
    assert ticks[0] == "1"
    assert len(ticks) == count


@pytest.mark.parametrize(("H", "count"), [(1, 1), (8, 8), (9, 5), (100, 8)])
def test_units_are_numbered_from_one_with_room_to_read(H, count):
    ticks = tick_labels(hidden_states(states(H=H)).axes[0].yaxis)
    assert ticks[0] == "1"
    assert len(ticks) == count


def test_white_is_zero_and_the_limits_are_the_largest_state():
    h = states()
    low, high = image(hidden_states(h)).get_clim()
    assert -low == high == np.abs(h).max()


def test_the_limit_can_be_set_so_that_two_maps_compare():
    assert image(hidden_states(states(), limit=1.0)).get_clim() == (-1.0, 1.0)


def test_states_that_are_all_zero_are_drawn_white():
    assert image(hidden_states(np.zeros((3, 2)))).get_clim() == (-1.0, 1.0)


def test_axes_and_color_bar_say_what_they_show():
    figure = hidden_states(states(), title="A name")
    heat_map, color_bar = figure.axes
    assert heat_map.get_xlabel() == "time step $t$"
    assert heat_map.get_ylabel() == "hidden unit"
    assert heat_map.get_title() == "A name"
    assert color_bar.get_ylabel() == "hidden state $h$"
    assert hidden_states(states(), labels="abcdef").axes[0].get_xlabel() == "input at each time step"


@pytest.mark.parametrize(("T", "H"), [(3, 2), (12, 16), (60, 200)])
def test_the_figure_fits_the_page(T, H):
    width, height = hidden_states(states(T, H)).get_size_inches()
    assert width <= style.PAGE_WIDTH
    assert height <= 6


def test_it_draws_on_axes_that_are_given():
    figure, axes = style.new_axes()
    assert hidden_states(states(), ax=axes) is figure
    assert len(axes.images) == 1


def test_the_states_are_not_written_to():
    h = states()
    h.setflags(write=False)
    assert hidden_states(h).axes


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"h": states()[None]}, r"h must have the shape \(T, H\), one sequence, .* \(1, 6, 4\).*h\[:, b\]"),
        ({"h": states()[:0]}, r"h must have the shape \(T, H\)"),
        ({"h": states(), "labels": "abc"}, "labels must name each of the T = 6 steps, but there are 3"),
        ({"h": states(), "limit": 0.0}, "limit must be positive, but is 0.0"),
    ],
)
def test_wrong_arguments_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        hidden_states(**arguments)
