"""All methods under one interface: a name and its options give a function (params, batch) → Estimate.

| name | gradient | needs | works for |
|---|---|---|---|
| bptt | exact | all states kept, a loop backwards | every cell |
| rtrl | exact | O(H³) numbers per sequence, nothing kept | rnn |
| truncated | of each step alone: biased | all steps at once | rnn, gru |
| state_feedback | with a fixed diagonal for the Jacobian: biased | a scan | rnn, gru |
| weight_perturbation | unbiased, noisy | losses alone | every cell |
| node_perturbation | unbiased, noisy | losses alone | rnn |
| activity_perturbation | biased, noisy | losses and activities | rnn |
| skip_connections | exact, of another network | as bptt | rnn |

"Unbiased" holds to first order in the size of the perturbations. An Estimate is a pair (loss, grads), so a method can
be the gradient function of `training.fit`, with batches of the kind `network.Batch`. A perturbation draws from its own
generator, which a checkpoint does not hold: such a run starts over rather than resumes. Source: chapter beyond-bptt.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from rnnlab.nets.door import expect_one_of
from rnnlab.training.alternatives import (
    activity_perturbation,
    network,
    node_perturbation,
    rtrl,
    skip_connections,
    state_feedback,
    truncated,
    weight_perturbation,
)

METHODS = {
    "bptt": network.gradient,
    "rtrl": rtrl.gradient,
    "truncated": truncated.gradient,
    "state_feedback": state_feedback.gradient,
    "weight_perturbation": weight_perturbation.gradient,
    "node_perturbation": node_perturbation.gradient,
    "activity_perturbation": activity_perturbation.gradient,
    "skip_connections": skip_connections.gradient,
}


def method(name: str, **options: Any) -> network.Method:
    """The method of this name as a function (params, batch) → Estimate, with its options filled in.

    The options are the further arguments of the method's `gradient`: a diagonal `D` for "state_feedback", a generator
    `rng` for the three perturbations, a `skip` for "skip_connections".

    Raises: ValueError for another name.

    >>> import numpy as np
    >>> from rnnlab.training.alternatives import step_losses
    >>> x = np.ones((3, 2, 1))
    >>> batch = network.Batch(x, step_losses.squared_error(x, np.ones((3, 2))))
    >>> params = network.init(np.random.default_rng(0), D=1, H=4, K=1)
    >>> estimates = [method(name)(params, batch) for name in ("bptt", "rtrl", "truncated", "state_feedback")]
    >>> len({round(estimate.loss, 12) for estimate in estimates})
    1
    """
    expect_one_of("method", name, tuple(METHODS))
    return partial(METHODS[name], **options)
