"""One drawn step of attention."""

from __future__ import annotations

import pytest

from rnnlab.plots.attention_step import attention_step


def test_a_line_is_the_thicker_the_larger_its_weight():
    figure = attention_step("box", [0.1, 0.2, 0.7])
    widths = [line.get_linewidth() for line in figure.axes[0].lines]
    assert len(widths) == 3
    assert widths == sorted(widths)
    assert {"0.10", "0.20", "0.70", "$c_t$", "query"} <= {text.get_text() for text in figure.axes[0].texts}


@pytest.mark.parametrize("weights", [[0.5, 0.5], [0.5, 0.5, 0.5], [-0.5, 0.5, 1.0]])
def test_weights_that_are_no_shares_of_one_are_refused(weights):
    with pytest.raises(ValueError, match="one weight for each"):
        attention_step("box", weights)
