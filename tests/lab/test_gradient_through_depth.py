"""A gradient through a stack: it begins as it arrives, and its end agrees with back-propagation at once."""

import numpy as np
import pytest

from rnnlab.lab import gradient_through_depth as lab
from rnnlab.nets import stacked
from rnnlab.nets.cells import cell


@pytest.mark.parametrize("kind", ["rnn", "lstm"])
def test_the_top_of_the_last_step_has_the_whole_gradient(kind):
    norms = lab.norms_by_layer_and_lag(np.random.default_rng(0), L=3, T=4, H=5, kind=kind)
    assert norms.shape == (3, 4)
    assert norms[-1, 0] == 0


@pytest.mark.parametrize("options", [{}, {"residual": True}, {"norm": True}])
def test_the_gradient_at_the_first_state_is_that_of_the_stack(options):
    """A change of h_1 in layer 1 acts like a change of its bias at the first step: compare with central differences."""
    seed, L, T, H = 1, 2, 3, 4
    norms = lab.norms_by_layer_and_lag(np.random.default_rng(seed), L=L, T=T, H=H, **options)
    rng, network = np.random.default_rng(seed), cell("rnn")
    params = stacked.init(rng, lab.TOKENS, H, L=L, cell=network, norm=options.get("norm", False))
    x = np.eye(lab.TOKENS)[rng.integers(lab.TOKENS, size=(T, lab.SEQUENCES))]
    arriving = rng.normal(size=(lab.SEQUENCES, H))
    residual = options.get("residual", False)
    first = stacked.step(
        params, x[0], stacked.zero_state(params, lab.SEQUENCES, cell=network), cell=network, residual=residual
    )

    def loss(h_1):
        """From the state of layer 1 after step 1 on: its layers above at step 1, then the steps 2 and 3."""
        u = h_1
        norm = None if params.norms is None else params.norms[0]
        v = u if norm is None else lab.layer_entry.forward(u, norm)[0]
        second = network.step(params.layers[1], v, np.zeros_like(h_1))
        state = (h_1, second)
        for x_t in x[1:]:
            state = stacked.step(params, x_t, state, cell=network, residual=residual)
        return np.sum(arriving * stacked.output(state, cell=network, residual=residual), axis=-1)

    gradient = np.empty((lab.SEQUENCES, H))
    for j in range(H):
        shift = 1e-5 * np.eye(H)[j]
        gradient[:, j] = (loss(first[0] + shift) - loss(first[0] - shift)) / 2e-5
    expected = np.linalg.norm(gradient, axis=-1).mean() / np.linalg.norm(arriving, axis=-1).mean()
    np.testing.assert_allclose(10 ** norms[0, -1], expected, rtol=1e-6)


def test_residual_connections_keep_the_gradient_at_lag_zero():
    plain, residual = (
        lab.norms_by_layer_and_lag(np.random.default_rng(0), L=8, T=1, residual=each)[0, 0]
        for each in (False, True)
    )
    assert plain < -1 < 0 < residual
