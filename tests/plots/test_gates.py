"""Figures of gates: what stands where, and what is refused."""

import numpy as np
import pytest

from rnnlab.plots.gates import one_unit_over_text, units_over_text

GATE = np.random.default_rng(0).uniform(size=(4, 2))


def test_units_run_down_and_letters_to_the_right():
    axes = units_over_text(GATE, "ab c", units=[6, 0]).axes[0]
    np.testing.assert_array_equal(axes.images[0].get_array(), GATE.T)
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["a", "b", "␣", "c"]
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["7", "1"]


def test_white_is_closed_and_the_darkest_color_open():
    assert units_over_text(GATE, "ab c", units=[0, 1]).axes[0].images[0].get_clim() == (0, 1)


def test_one_unit_has_its_gates_above_and_its_values_below():
    row = np.linspace(0, 1, 3)
    figure = one_unit_over_text({"f": row, "i": row, "o": row}, {"g": -row}, "abc")
    above, below = figure.axes[:2]
    assert above.images[0].get_array().shape == (3, 3)
    assert above.images[0].get_clim() == (0, 1)
    assert below.images[0].get_array().shape == (1, 3)
    assert below.images[0].get_clim() == (-1, 1)


def test_a_wrong_number_of_letters_is_refused():
    with pytest.raises(ValueError, match=r"shape \(3, 2\)"):
        units_over_text(GATE, "abc", units=[0, 1])
    with pytest.raises(ValueError, match="each of 2 letters"):
        one_unit_over_text({"f": np.ones(3)}, {"g": np.ones(2)}, "ab")


def test_values_that_no_gate_has_are_refused():
    with pytest.raises(ValueError, match="between 0 and 1"):
        units_over_text(2 * np.ones((4, 2)), "abcd", units=[0, 1])
