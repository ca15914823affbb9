"""Alignments as heat maps."""

from __future__ import annotations

import numpy as np
import pytest

from rnnlab.plots.alignments import Table, alignments

TABLE = Table(np.array([[0.9, 0.1], [0.02, 0.98]]), ["K", "S"], "ax", "ax")


def test_a_table_shows_its_tokens_and_the_readable_shares():
    figure = alignments([TABLE] * 4)
    first, *others = figure.axes
    assert [label.get_text() for label in first.get_xticklabels()] == ["a", "x"]
    assert [label.get_text() for label in first.get_yticklabels()] == ["K", "S"]
    assert [text.get_text() for text in first.texts] == ["90", "10", "98"]
    assert sum(axes.axison for axes in others) == 3


def test_a_signed_table_is_white_at_zero_and_has_no_numbers():
    (axes, *_) = alignments([Table(np.array([[-1.0, 3.0]]), ["K"], "ax", signed=True)]).axes
    assert axes.images[0].get_clim() == (-3, 3)
    assert not axes.texts


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="shape"):
        alignments([Table(np.ones((2, 3)), ["K"], "abc")])
    with pytest.raises(ValueError, match="a table at least"):
        alignments([])
