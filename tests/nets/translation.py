"""What the tests of encoder–decoder networks share: drawn networks with a batch, and the same computation in torch."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import torch
from hypothesis import strategies as st
from numpy.typing import NDArray

from rnnlab.nets import seq2seq
from rnnlab.nets.bidirectional_encoder import bidirectional_encoder
from rnnlab.nets.cells import Cell, cell
from rnnlab.nets.decoders import Decoder, decoder
from rnnlab.nets.parameters import mapped
from tests.nets.numerics import leaf, read_only

Array = NDArray[Any]


class Kind(NamedTuple):
    """An encoder's cell, the kind of decoder, its score, and whether the encoder reads in both directions."""

    cell: str
    decoder: str = "plain"
    score: str | None = None
    both_ways: bool = False


KINDS = (
    Kind("rnn"),
    Kind("lstm"),
    Kind("gru"),
    Kind("rnn", "bahdanau", "general"),
    Kind("lstm", "bahdanau", "additive"),
    Kind("gru", "bahdanau", "additive", both_ways=True),
    Kind("rnn", "luong", "additive"),
    Kind("lstm", "luong", "general", both_ways=True),
    Kind("gru", "luong", "dot"),
    Kind("gru", "luong", "scaled_dot"),
)


class Case(NamedTuple):
    """A network with one batch: every weight is random and not zero, and everything is read-only."""

    encoder: Cell
    decoder: Decoder
    params: seq2seq.Params
    source_ids: Array
    source_mask: Array | None
    input_ids: Array
    target_mask: Array | None
    d_logits: Array

    @property
    def kinds(self) -> dict[str, Any]:
        return {"encoder": self.encoder, "decoder": self.decoder}


class Sizes(NamedTuple):
    T_x: int
    T_y: int
    B: int
    K_x: int
    K_y: int
    D: int
    H: int
    seed: int


@st.composite
def sizes(draw: st.DrawFn) -> Sizes:
    """T ≥ 3, B ≥ 2 and D ≠ H."""
    T_x, T_y, B = draw(st.integers(3, 6)), draw(st.integers(3, 5)), draw(st.integers(2, 4))
    K_x, K_y, D = draw(st.integers(2, 6)), draw(st.integers(2, 6)), draw(st.integers(1, 5))
    H = draw(st.integers(2, 5).filter(lambda H: H != D))
    return Sizes(T_x, T_y, B, K_x, K_y, D, H, draw(st.integers(0, 10**6)))


SMALL = Sizes(T_x=4, T_y=3, B=3, K_x=4, K_y=5, D=2, H=3, seed=7)


def make_case(
    kind: Kind, sizes: Sizes = SMALL, masked: bool = True, dtype: Any = np.float64, scale: float = 0.6
) -> Case:
    """Padded sequences, of which the first one fills all steps; d_logits is zero at padding."""
    T_x, T_y, B, K_x, K_y, D, H, seed = sizes
    rng = np.random.default_rng(seed)
    one = cell(kind.cell)
    encoder = bidirectional_encoder(one) if kind.both_ways else one
    options = {} if kind.score is None else {"score": kind.score}
    kinds = {"encoder": encoder, "decoder": decoder(kind.decoder, one, **options)}

    def drawn(array: Array) -> Array:
        return read_only((scale * rng.normal(size=array.shape)).astype(dtype))

    params = mapped(drawn, seq2seq.init(rng, K_x, K_y, D, H, **kinds))
    masks = [_mask(rng, T, B) if masked else None for T in (T_x, T_y)]
    d_logits = rng.normal(size=(T_y, B, K_y))
    if masked:
        d_logits[~masks[1]] = 0
    return Case(
        **kinds,
        params=params,
        source_ids=read_only(rng.integers(0, K_x, (T_x, B))),
        source_mask=masks[0],
        input_ids=read_only(rng.integers(0, K_y, (T_y, B))),
        target_mask=masks[1],
        d_logits=read_only(d_logits.astype(dtype)),
    )


def _mask(rng: np.random.Generator, T: int, B: int) -> Array:
    lengths = rng.integers(1, T + 1, size=B)
    lengths[0] = T
    return read_only(np.arange(T)[:, np.newaxis] < lengths)


def forward(case: Case) -> tuple[Array, seq2seq.Cache]:
    return seq2seq.forward(
        case.params, case.source_ids, case.source_mask, case.input_ids, case.target_mask, **case.kinds
    )


def run(case: Case) -> tuple[Array, seq2seq.Params]:
    """The logits, and the gradients at all weights."""
    logits, cache = forward(case)
    return logits, seq2seq.backward(case.d_logits, cache)


class InTorch(NamedTuple):
    """torch's logits and alignment for each sequence, as if it were alone and never padded, and its gradients."""

    logits: list[Array]
    weights: list[Array]
    grads: Any


def run_in_torch(kind: Kind, case: Case) -> InTorch:
    params = mapped(leaf, case.params)
    logits, weights, loss = [], [], torch.zeros((), dtype=torch.float64)
    for b in range(case.source_ids.shape[1]):
        source, inputs = (
            _real(case.source_ids, case.source_mask, b),
            _real(case.input_ids, case.target_mask, b),
        )
        states, state = _encoded(kind, params.encoder, source)
        of_b, weights_of_b = WRITTEN[kind.decoder](kind, params.decoder, inputs, states, state)
        loss = loss + (of_b * torch.tensor(case.d_logits[: len(of_b), b])).sum()
        logits.append(of_b.detach().numpy())
        weights.append(weights_of_b)
    loss.backward()
    return InTorch(logits, weights, mapped(lambda tensor: tensor.grad.numpy(), params))


def _real(ids: Array, mask: Array | None, b: int) -> torch.Tensor:
    return torch.tensor(ids[:, b] if mask is None else ids[mask[:, b], b])


def _encoded(kind: Kind, params: Any, source: torch.Tensor) -> tuple[torch.Tensor, Any]:
    x = torch.nn.functional.embedding(source, params.E)
    if not kind.both_ways:
        return _layer(kind.cell, params.cell, x, None)
    right, _ = _layer(kind.cell, params.cell.left_to_right, x, None)
    left, state = _layer(kind.cell, params.cell.right_to_left, x.flip(0), None)
    return torch.cat([right, left.flip(0)], dim=-1), state


def _plain(kind: Kind, params: Any, inputs: torch.Tensor, states: torch.Tensor, state: Any) -> Any:
    x = torch.nn.functional.embedding(inputs, params.reader.E)
    h, _ = _layer(kind.cell, params.reader.cell, x, state)
    return torch.nn.functional.linear(h, *params.readout), None


def _luong(kind: Kind, params: Any, inputs: torch.Tensor, states: torch.Tensor, state: Any) -> Any:
    x = torch.nn.functional.embedding(inputs, params.reader.E)
    h, _ = _layer(kind.cell, params.reader.cell, x, state)
    alpha = torch.softmax(_scores(kind.score, params.attention, h, states), dim=-1)
    h_tilde = torch.tanh(torch.cat([alpha @ states, h], dim=-1) @ params.W_c.T)
    return torch.nn.functional.linear(h_tilde, *params.readout), alpha.detach().numpy()


def _bahdanau(kind: Kind, params: Any, inputs: torch.Tensor, states: torch.Tensor, state: Any) -> Any:
    logits, alphas = [], []
    for x in torch.nn.functional.embedding(inputs, params.E):
        query = state[0] if kind.cell == "lstm" else state
        alpha = torch.softmax(_scores(kind.score, params.attention, query, states), dim=-1)
        h, state = _layer(kind.cell, params.cell, torch.cat([x[None], alpha @ states], dim=-1), state)
        logits.append(torch.nn.functional.linear(h, *params.readout))
        alphas.append(alpha.detach().numpy())
    return torch.cat(logits), np.concatenate(alphas)


WRITTEN = {"plain": _plain, "luong": _luong, "bahdanau": _bahdanau}


def _scores(score: str | None, params: Any, queries: torch.Tensor, keys: torch.Tensor) -> torch.Tensor:
    """The scores (T_q, T_k) of queries (T_q, D_q) and keys (T_k, D_k)."""
    if score == "additive":
        return torch.tanh((queries @ params.W_q.T)[:, None] + keys @ params.W_k.T) @ params.v
    if score == "general":
        return queries @ params.W_k @ keys.T
    return queries @ keys.T / (1 if score == "dot" else keys.shape[-1] ** 0.5)


def _layer(name: str, weights: Any, x: torch.Tensor, state: Any) -> tuple[torch.Tensor, Any]:
    """torch's recurrent layer on one sequence x (T, D), from a state or zeros: h (T, H) and the last state."""
    H = weights.W_hh.shape[1]
    zeros = torch.zeros(len(weights.W_hh), dtype=x.dtype)
    b_hh = zeros if name != "gru" else torch.cat([zeros[: 2 * H], weights.b_hn])
    flat = [weights.W_xh, weights.W_hh, weights.b_h, b_hh]
    if state is None:
        state = (
            (torch.zeros(1, H, dtype=x.dtype),) * 2 if name == "lstm" else torch.zeros(1, H, dtype=x.dtype)
        )
    options = (flat, True, 1, 0.0, False, False)
    if name == "lstm":
        h, h_last, c_last = torch.lstm(x[:, None], [part[None] for part in state], *options, False)
        return h[:, 0], (h_last[0], c_last[0])
    layer = torch.gru if name == "gru" else torch.rnn_tanh
    h, h_last = layer(x[:, None], state[None], *options, False)
    return h[:, 0], h_last[0]
