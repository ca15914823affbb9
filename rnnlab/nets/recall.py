"""An encoder's states as a memory that a decoder asks once at each step.

The memory is part of the decoder's state while it writes. Its arrays are batch-first, so that a search can choose among
the rows of a batch; `rnnlab.nets.attention`, which answers, is time-first like everything else.
Source: chapter attention.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rnnlab.nets import attention
from rnnlab.nets.reader import Encoded

Array = NDArray[Any]


class Recall(NamedTuple):
    """The memory of each sequence: features (B, T_x, A), values (B, T_x, V), and where it is real, mask (B, T_x)."""

    features: Array
    values: Array
    mask: Array | None


def recall(params: attention.Params, encoded: Encoded, score: str) -> Recall:
    """The memory of what was encoded, prepared for all queries.

    Raises: as `attention.remember`.

    >>> encoded = Encoded(h=np.ones((3, 1, 2)), state=None)
    >>> recall(attention.Params(), encoded, "dot").values.shape
    (1, 3, 2)
    """
    features, values = attention.remember(params, encoded.h, encoded.h, score)
    mask = None if encoded.mask is None else encoded.mask.T
    return Recall(features.swapaxes(0, 1), values.swapaxes(0, 1), mask)


def asked(params: attention.Params, query: Array, memory: Recall, score: str) -> Array:
    """The context for one query of each sequence: query (B, D_q) → context (B, V).

    Raises: as `attention.attend`.

    >>> memory = recall(attention.Params(), Encoded(h=np.array([[[1.0]], [[3.0]]]), state=None), "dot")
    >>> asked(attention.Params(), np.array([[0.0]]), memory, "dot")
    array([[2.]])
    """
    time_first = attention.Memory(memory.features.swapaxes(0, 1), memory.values.swapaxes(0, 1))
    mask = None if memory.mask is None else memory.mask.T
    return attention.attend(params, query[np.newaxis], time_first, mask, score=score)[0][0]
