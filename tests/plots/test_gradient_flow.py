"""Figures of gradient flow: every run is drawn once, axes say what they hold, and wrong sizes are refused."""

import numpy as np
import pytest

from rnnlab.plots.gradient_flow import RateCurve, norms_by_lag, rate_map, solved_grid


def curves(axes, points):
    return [line for line in axes.lines if len(line.get_xdata()) == points]


def test_every_run_is_a_curve_and_every_kind_is_named_once():
    figure = norms_by_lag({"first": np.zeros((3, 5)), "second": -np.arange(5.0)})
    (axes,) = figure.axes
    assert len(curves(axes, 5)) == 4
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["first", "second"]


def test_kinds_differ_in_color_and_in_style():
    (axes,) = norms_by_lag({name: np.zeros(4) for name in "abcd"}).axes
    drawn = curves(axes, 4)
    assert len({line.get_color() for line in drawn}) == len({line.get_linestyle() for line in drawn}) == 4


def test_lags_count_from_zero_or_as_given():
    (axes,) = norms_by_lag({"norm": np.zeros(3)}).axes
    assert curves(axes, 3)[0].get_xdata().tolist() == [0, 1, 2]
    (axes,) = norms_by_lag({"norm": np.zeros(3)}, lags=[1, 10, 100]).axes
    assert curves(axes, 3)[0].get_xdata().tolist() == [1, 10, 100]


def test_ticks_are_powers_of_ten():
    figure = norms_by_lag({"norm": -10 * np.arange(5.0)})
    figure.draw_without_rendering()
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert all(label.startswith("$10^{") for label in labels)
    assert "$10^{-40}$" in labels


def test_rates_are_points_and_the_theory_is_a_line():
    figure = rate_map(
        {"tanh": RateCurve([1.0, 2.0], [[0.5, 0.6], [0.7, 0.8]], [0.5, 1.0, 2.5], [0.3, 0.5, 0.9])}
    )
    (axes,) = figure.axes
    (line,), (points,) = curves(axes, 3), curves(axes, 4)
    assert line.get_ydata().tolist() == [0.3, 0.5, 0.9]
    assert points.get_xdata().tolist() == [1.0, 1.0, 2.0, 2.0]
    assert points.get_ydata().tolist() == [0.5, 0.6, 0.7, 0.8]


def test_a_full_dot_has_learned_and_an_empty_one_has_not():
    figure = solved_grid({"start": {"lag 1": [[True, False]], "lag 2": [[True, True]]}}, rates=[0.1])
    dots = [line for line in figure.axes[0].lines if line.get_marker() == "o"]
    assert [dot.get_markerfacecolor() != "white" for dot in dots] == [True, False, True, True]


@pytest.mark.parametrize("draw", [norms_by_lag, rate_map])
def test_nothing_to_draw_is_refused(draw):
    with pytest.raises(ValueError, match="empty"):
        draw({})


def test_wrong_numbers_of_lags_or_rates_are_refused():
    with pytest.raises(ValueError, match="3 lags"):
        norms_by_lag({"norm": np.zeros(3)}, lags=[1, 2])
    with pytest.raises(ValueError, match="2 lists"):
        solved_grid({"start": {"lag 1": [[True]]}}, rates=[0.1, 0.2])
