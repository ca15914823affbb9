"""The same parameters in torch.nn modules and back: for parity, and for training at scale.

| rnnlab.nets                     | torch.nn                                                      |
|---------------------------------|---------------------------------------------------------------|
| rnn, lstm, gru                  | RNN, LSTM, GRU with one layer                                 |
| bidirectional (concat)          | the same with bidirectional=True                              |
| stacked without norms, residual | the same with num_layers=L, of cells or bidirectional layers  |
| multihead                       | MultiheadAttention                                            |
| causal_convolution              | Conv1d, for an input (B, D, T) padded with (k − 1) d zeros on the left |
| transformer_block               | TransformerEncoderLayer                                       |

Both sides stack gates and heads in the same order, so arrays move without a change. The one difference is a bias:
torch's recurrent layers have two that are only ever added up. `to_torch` leaves the second one zero, and `from_torch`
adds the two: params → module → params is exact, and module → params → module computes the same function to rounding.
All modules are time-first (batch_first=False) and without dropout.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from inspect import signature
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from rnnlab.nets import (
    bidirectional,
    causal_convolution,
    dense,
    feed_forward,
    gru,
    layer_norm,
    lstm,
    multihead,
    rnn,
    stacked,
    transformer_block,
)
from rnnlab.nets.parameters import leaves

Array = NDArray[Any]
Recurrent = nn.RNN | nn.LSTM | nn.GRU

LAYERS: dict[type, type[Recurrent]] = {rnn.Params: nn.RNN, lstm.Params: nn.LSTM, gru.Params: nn.GRU}
SUPPORTED = "RNN, LSTM, GRU, MultiheadAttention, Conv1d and TransformerEncoderLayer"


def to_torch(params: Any, **options: Any) -> nn.Module:
    """A torch module with these parameters, of their dtype.

    `options`: `activation` ("tanh" or "relu") for networks of rnn cells, `heads` for multihead, `dilation` for
    causal_convolution, and the fields of `transformer_block.Options` for transformer_block.

    Raises: TypeError for parameters that no torch module has or for an option that does not belong to them, ValueError
    for an option's value without a counterpart in torch. Source: documentation of torch.nn.

    >>> from rnnlab.nets import lstm
    >>> to_torch(lstm.init(np.random.default_rng(0), D=3, H=2))
    LSTM(3, 2)
    """
    for kind, maker in _MAKERS.items():
        if isinstance(params, kind):
            _expect_options(kind, maker, options)
            return maker(params, **options)
    raise TypeError(
        f"params must be those of a network that torch.nn has, but are {_name(type(params))}. "
        f"There are counterparts of {', '.join(_name(kind) for kind in _MAKERS)}."
    )


def from_torch(module: nn.Module) -> Any:
    """The parameters of a torch module, copied: of the cell, bidirectional or stacked network, or layer that it is.

    Raises: TypeError for another module, ValueError for an option of the module that rnnlab's networks do not have.
    Source: documentation of torch.nn.

    >>> torch.manual_seed(0).initial_seed()
    0
    >>> params = from_torch(nn.GRU(3, 2, num_layers=2, bidirectional=True))
    >>> type(params.layers[0]).__name__, params.layers[1].left_to_right.W_xh.shape
    ('Params', (6, 4))
    """
    for kind, reader in _READERS.items():
        if type(module) is kind:
            return reader(module)
    raise TypeError(f"module must be one of torch.nn's {SUPPORTED}, but is {_name(type(module))}.")


def _expect_options(kind: type, maker: Callable[..., nn.Module], options: dict[str, Any]) -> None:
    _, *known = signature(maker).parameters.values()
    names = (
        [*transformer_block.Options._fields]
        if maker is _block_to_torch
        else [option.name for option in known]
    )
    unknown = [name for name in options if name not in names]
    missing = [
        o.name
        for o in known
        if o.default is o.empty and o.kind is not o.VAR_KEYWORD and o.name not in options
    ]
    if unknown or missing:
        problem = f"{', '.join(unknown)} came" if unknown else f"{', '.join(missing)} is missing"
        raise TypeError(f"the options of {_name(kind)} are {', '.join(names)}, but {problem}.")


def _recurrent_to_torch(params: Any, activation: str = "tanh") -> Recurrent:
    layers = params.layers if isinstance(params, stacked.Params) else (params,)
    if isinstance(params, stacked.Params) and params.norms is not None:
        raise ValueError(
            "params have layer norms between the layers, which torch's recurrent layers do not have."
        )
    both = isinstance(layers[0], bidirectional.Params)
    cells = [cell for layer in layers for cell in (layer if both else (layer,))]
    kind = LAYERS.get(type(cells[0]))
    if kind is None:
        raise TypeError(f"params must be those of rnn, lstm or gru cells, but are {_name(type(cells[0]))}.")
    H, D = cells[0].W_hh.shape[1], cells[0].W_xh.shape[1]
    if kind is nn.RNN and activation not in ("tanh", "relu"):
        raise ValueError(f"activation must be 'tanh' or 'relu' for torch.nn.RNN, but is {activation!r}.")
    if kind is not nn.RNN and activation != "tanh":
        raise ValueError(
            f"activation belongs to rnn cells; {kind.__name__} has fixed ones, but {activation!r} came."
        )
    nonlinearity = {"nonlinearity": activation} if kind is nn.RNN else {}
    module = kind(D, H, num_layers=len(layers), bidirectional=both, **nonlinearity).to(_dtype(params))
    for cell, weights in zip(cells, _weights_by_cell(module), strict=True):
        _fill(weights, _with_two_biases(cell))
    return module


def _with_two_biases(cell: Any) -> list[Array]:
    """W_ih, W_hh, b_ih, b_hh as torch holds them."""
    second = np.zeros_like(cell.b_h)
    if isinstance(cell, gru.Params):
        second[-len(cell.b_hn) :] = cell.b_hn
    return [cell.W_xh, cell.W_hh, cell.b_h, second]


def _recurrent_from_torch(module: Recurrent) -> Any:
    if getattr(module, "proj_size", 0):
        raise ValueError(
            f"module must have proj_size=0, but has {module.proj_size}: rnnlab's LSTM has no projection."
        )
    kind = {nn.RNN: rnn.Params, nn.LSTM: lstm.Params, nn.GRU: gru.Params}[type(module)]
    cells = [_with_one_bias(kind, weights) for weights in _weights_by_cell(module)]
    if module.bidirectional:
        cells = [bidirectional.Params(*pair) for pair in zip(cells[::2], cells[1::2], strict=True)]
    return cells[0] if module.num_layers == 1 else stacked.Params(tuple(cells), norms=None)


def _with_one_bias(kind: type, weights: list[torch.Tensor]) -> Any:
    W_xh, W_hh, *biases = map(_array, weights)
    first, second = biases or (np.zeros(len(W_hh), W_hh.dtype), np.zeros(len(W_hh), W_hh.dtype))
    if kind is not gru.Params:
        return kind(W_xh, W_hh, first + second)
    H = W_hh.shape[1]
    b_h = np.concatenate([first[: 2 * H] + second[: 2 * H], first[2 * H :]])
    return gru.Params(W_xh, W_hh, b_h, second[2 * H :])


def _weights_by_cell(module: Recurrent) -> Iterator[list[torch.Tensor]]:
    """The weights of each layer and direction, in the order of the layers."""
    names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh") if module.bias else ("weight_ih", "weight_hh")
    for layer in range(module.num_layers):
        for direction in ("", "_reverse") if module.bidirectional else ("",):
            yield [getattr(module, f"{name}_l{layer}{direction}") for name in names]


def _multihead_to_torch(params: multihead.Params, heads: int) -> nn.MultiheadAttention:
    multihead.expect_weights(params, heads)
    module = nn.MultiheadAttention(params.W_out.shape[0], heads).to(_dtype(params))
    assert module.in_proj_weight is not None
    assert module.in_proj_bias is not None
    _fill(
        [module.in_proj_weight, module.in_proj_bias, module.out_proj.weight, module.out_proj.bias],
        list(params),
    )
    return module


def _multihead_from_torch(module: nn.MultiheadAttention) -> multihead.Params:
    if module.in_proj_weight is None:
        raise ValueError(
            "module must have kdim and vdim equal to embed_dim, as rnnlab's attention has one width H."
        )
    if module.bias_k is not None or module.add_zero_attn:
        raise ValueError(
            "module must have add_bias_kv=False and add_zero_attn=False, which rnnlab does not have."
        )
    W_in, W_out = _array(module.in_proj_weight), _array(module.out_proj.weight)
    return multihead.Params(
        W_in,
        _bias(module.in_proj_bias, W_in),
        W_out,
        _bias(module.out_proj.bias, W_out),
    )


def _convolution_to_torch(params: causal_convolution.Params, dilation: int = 1) -> nn.Conv1d:
    M, D, kernel = params.W.shape
    module = nn.Conv1d(D, M, kernel, dilation=dilation).to(_dtype(params))
    assert module.bias is not None
    _fill([module.weight, module.bias], list(params))
    return module


def _convolution_from_torch(module: nn.Conv1d) -> causal_convolution.Params:
    for option, needed in (("stride", (1,)), ("groups", 1), ("padding", (0,))):
        if getattr(module, option) != needed:
            value = needed[0] if isinstance(needed, tuple) else needed
            raise ValueError(
                f"module must have {option}={value}, but has {getattr(module, option)}. "
                "rnnlab's causal convolution looks at each step, and pads with its state on the left."
            )
    W = _array(module.weight)
    return causal_convolution.Params(W, _bias(module.bias, W))


def _block_to_torch(params: transformer_block.Params, **options: Any) -> nn.TransformerEncoderLayer:
    heads, activation, norm_first, _, positions = transformer_block.Options(**options)
    if positions == "rotary":
        raise ValueError(
            "positions must not be 'rotary': torch.nn.TransformerEncoderLayer does not turn its queries."
        )
    F, H = params.feed_forward.expand.W.shape
    module = nn.TransformerEncoderLayer(
        H, heads, F, dropout=0.0, activation=activation, norm_first=norm_first
    )
    module = module.to(_dtype(params))
    for part, ours in zip(_parts_of_block(module), params, strict=True):
        _fill(part, leaves(ours))
    return module


def _block_from_torch(module: nn.TransformerEncoderLayer) -> transformer_block.Params:
    if module.activation not in (nn.functional.relu, nn.functional.gelu):
        raise ValueError(
            "module must have activation='relu' or 'gelu', as rnnlab's transformer has these two."
        )
    if module.norm1.eps != layer_norm.EPSILON:
        raise ValueError(f"module must have layer_norm_eps={layer_norm.EPSILON}, but has {module.norm1.eps}.")
    return transformer_block.Params(
        attention=_multihead_from_torch(module.self_attn),
        feed_forward=feed_forward.Params(_dense(module.linear1), _dense(module.linear2)),
        norm_1=_norm(module.norm1),
        norm_2=_norm(module.norm2),
    )


def _parts_of_block(module: nn.TransformerEncoderLayer) -> list[list[torch.Tensor]]:
    return [
        list(part.parameters())
        for part in (
            module.self_attn,
            nn.ModuleList([module.linear1, module.linear2]),
            module.norm1,
            module.norm2,
        )
    ]


def _dense(module: nn.Linear) -> dense.Params:
    W = _array(module.weight)
    return dense.Params(W, _bias(module.bias, W))


def _norm(module: nn.LayerNorm) -> layer_norm.Params:
    gain = _array(module.weight)
    return layer_norm.Params(gain, _bias(module.bias, gain))


def _fill(tensors: list[torch.Tensor], arrays: list[Array]) -> None:
    with torch.no_grad():
        for tensor, array in zip(tensors, arrays, strict=True):
            tensor.copy_(torch.from_numpy(np.array(array)))


def _array(tensor: torch.Tensor) -> Array:
    if tensor.dtype not in (torch.float32, torch.float64):
        raise TypeError(
            f"module must hold float32 or float64, but holds {tensor.dtype}. Convert it with .double()."
        )
    return tensor.detach().cpu().numpy().copy()


def _bias(bias: torch.Tensor | None, weight: Array) -> Array:
    """torch's bias, or zeros where the module was made with bias=False."""
    return np.zeros(len(weight), weight.dtype) if bias is None else _array(bias)


def _dtype(params: Any) -> torch.dtype:
    dtypes = {leaf.dtype for leaf in leaves(params)}
    if len(dtypes) != 1 or not dtypes <= {np.dtype(np.float32), np.dtype(np.float64)}:
        found = ", ".join(sorted(map(str, dtypes)))
        raise TypeError(
            f"params must all be float32 or all float64, but are {found}. Convert them with .astype."
        )
    return torch.float32 if dtypes == {np.dtype(np.float32)} else torch.float64


def _name(kind: type) -> str:
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


_MAKERS: dict[type, Callable[..., nn.Module]] = {
    **dict.fromkeys((*LAYERS, bidirectional.Params, stacked.Params), _recurrent_to_torch),
    multihead.Params: _multihead_to_torch,
    causal_convolution.Params: _convolution_to_torch,
    transformer_block.Params: _block_to_torch,
}
_READERS: dict[type, Callable[..., Any]] = {
    **dict.fromkeys((nn.RNN, nn.LSTM, nn.GRU), _recurrent_from_torch),
    nn.MultiheadAttention: _multihead_from_torch,
    nn.Conv1d: _convolution_from_torch,
    nn.TransformerEncoderLayer: _block_from_torch,
}
