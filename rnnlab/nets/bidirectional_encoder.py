"""The bidirectional encoder: a decoder sees the states of both directions, and starts from where the second ended.

Each h_j = [h→_j; h←_j] tells of the whole source, with a focus on token j. Of the two last states the decoder gets the
one that has read x_{T_x} … x_1, for it has met the beginning of the source, where writing begins, last. (Bahdanau puts
tanh(W_s ·) in between; here it is handed on as it is, so the decoder has as many units as one direction.)
Source: Bahdanau, Cho and Bengio 2015, section 3.2; chapter attention.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from rnnlab.nets import bidirectional
from rnnlab.nets.cells import Cell
from rnnlab.nets.parameters import mapped


def bidirectional_encoder(cell: Cell) -> Cell:
    """An encoder of two such cells, under the interface of a cell; its `last_state` suits a decoder of such a cell.

    Shapes: its states h are (T_x, B, 2H).

    Raises: TypeError unless `cell` is a Cell. Source: Bahdanau, Cho and Bengio 2015.

    >>> from rnnlab.nets.cells import cell
    >>> encoder = bidirectional_encoder(cell("gru"))
    >>> h, cache = encoder.forward(encoder.init(np.random.default_rng(0), D=3, H=2), np.ones((4, 1, 3)))
    >>> h.shape, bool((encoder.last_state(cache) == h[0, :, 2:]).all())
    ((4, 1, 4), True)
    """
    both = bidirectional.network(cell)
    return both._replace(last_state=_last_state, backward=_backward)


def _last_state(cache: bidirectional.Cache) -> Any:
    return bidirectional.last_state(cache).right_to_left


def _backward(d_h: Any, cache: bidirectional.Cache, d_last: Any = None) -> Any:
    """The other direction's last state was not handed on, so its gradient is zero."""
    if d_last is not None:
        d_last = bidirectional.State(mapped(np.zeros_like, d_last), d_last)
    return bidirectional.backward(d_h, cache, d_last)
