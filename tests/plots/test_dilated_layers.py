"""The diagram of causal layers: as many circles and lines as it says, and blue where the last output sees."""

import pytest

from rnnlab.nets.causal_convolution import receptive_field
from rnnlab.plots.dilated_layers import dilated_layers, seen_from_last
from rnnlab.plots.style import BLUE, new_axes


@pytest.mark.parametrize(("kernel", "dilations"), [(2, (1, 2, 4)), (3, (1,)), (3, (1, 3))])
def test_the_last_output_sees_its_receptive_field(kernel, dilations):
    field = receptive_field(kernel, dilations)
    seen = seen_from_last(40, kernel, dilations)
    assert seen[-1] == {40}
    assert seen[0] == set(range(41 - field, 41))


def test_every_tap_is_a_line_and_blue_ones_lead_to_the_last_output():
    (axes,) = dilated_layers(8, kernel=2, dilations=(1, 2)).axes
    lines = [line for line in axes.lines if len(line.get_xdata()) == 2]
    assert len(lines) == 2 * 8 * 2
    assert sum(line.get_color() == BLUE for line in lines) == 2 + 4
    assert all(line.get_xdata()[0] <= line.get_xdata()[1] for line in lines)


def test_rows_have_names():
    (axes,) = dilated_layers(4, 2, (1,), labels=("below", "above")).axes
    assert {"below", "above", "0"} == {text.get_text() for text in axes.texts}


def test_it_draws_on_axes_that_are_given():
    figure, axes = new_axes()
    assert dilated_layers(4, 2, (1,), ax=axes) is figure


@pytest.mark.parametrize(
    ("steps", "kernel", "dilations"), [(0, 2, (1,)), (4, 0, (1,)), (4, 2, ()), (4, 2, (0,))]
)
def test_sizes_below_one_are_refused(steps, kernel, dilations):
    with pytest.raises(ValueError, match="at least 1"):
        dilated_layers(steps, kernel, dilations)


def test_a_wrong_number_of_labels_is_refused():
    with pytest.raises(ValueError, match="labels must name 2 rows"):
        dilated_layers(4, 2, (1,), labels=("one",))
