"""The figures of chapter losses: what is drawn where, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from rnnlab.plots import losses, style


def test_the_pulls_are_the_slopes_of_the_losses():
    left, right = losses.pulls().axes
    for loss, pull in zip(left.lines, right.lines, strict=True):
        z, values = loss.get_xdata(), loss.get_ydata()
        np.testing.assert_allclose(np.abs(np.gradient(values, z))[1:-1], pull.get_ydata()[1:-1], atol=1e-3)


def test_every_run_is_a_line_and_every_loss_has_one_entry_in_the_legend():
    runs = {"one": [np.ones((4, 2)), np.zeros((4, 2))], "two": [np.ones((4, 2))]}
    figure = losses.learning_curves(runs, labels=("right (%)", "surprise (bits)"), chance=(50, 1))
    assert [len(axes.lines) for axes in figure.axes] == [4, 4]  # three runs and the line of guessing
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["one", "two"]


def test_every_character_is_written_and_padding_is_a_dot():
    share = np.array([[0.25, 0.5], [0.25, 0.0]])
    figure = losses.step_shares(["ab", "c"], {"a name": share})
    (axes,) = figure.axes
    assert [text.get_text() for text in axes.texts] == ["a", "b", "c", "·"]
    np.testing.assert_array_equal(axes.images[0].get_array(), share.T)
    assert [label.get_text() for label in axes.get_yticklabels()] == ["25.0 %", "50.0 %"]


@pytest.mark.parametrize("floor", [1.5, None])
def test_the_entropy_is_drawn_where_it_is_known(floor):
    figure = losses.bits_against_context({"a": ([2.0, 1.8], [1.6, 1.7], floor)}, ceiling={"a": 2.0})
    names = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert ("entropy" in names) == (floor is not None)
    assert [label.get_text() for label in figure.axes[0].get_xticklabels()] == ["0", "1", "all"]


def test_figures_fit_the_page():
    figures = [
        losses.pulls(),
        losses.step_shares(["ab"] * 5, {name: np.ones((3, 5)) / 15 for name in "abc"}),
        losses.bits_against_context({"a": ([2.0], [1.0], None)}, {"a": 2.0}),
    ]
    for figure in figures:
        assert figure.get_size_inches()[0] <= style.PAGE_WIDTH


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: losses.pulls(0), "limit must be positive, but is 0"),
        (
            lambda: losses.learning_curves({"a": [np.ones(3)]}, ["right"], [1]),
            r"every run must have the shape \(epochs, 1\)",
        ),
        (
            lambda: losses.step_shares(["ab"], {"a": np.ones((2, 3))}),
            r"shares of 'a' must be \(T, 1\).*\(2, 3\)",
        ),
    ],
)
def test_wrong_arguments_are_refused(draw, message):
    with pytest.raises(ValueError, match=message):
        draw()
