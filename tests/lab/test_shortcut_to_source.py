"""The gradient's two roads to the source."""

from __future__ import annotations

import numpy as np
import pytest

from rnnlab.lab.shortcut_to_source import gradient_at_inputs


def test_without_attention_the_first_token_gets_least():
    norms = gradient_at_inputs(np.random.default_rng(0), "plain", length=12, H=8, D=4)
    assert norms.shape == (12,)
    assert (norms > 0).all()
    assert norms[0] < 0.05 * norms[-1]


@pytest.mark.parametrize("kind", ["luong", "bahdanau"])
def test_with_attention_all_tokens_get_about_as_much(kind):
    norms = gradient_at_inputs(np.random.default_rng(0), kind, length=12, H=8, D=4)
    assert norms.min() > 0.05 * norms.max()
