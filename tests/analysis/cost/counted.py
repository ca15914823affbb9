"""Numbers that count what is done with them, and the networks' equations written out in such numbers.

Each function computes one network on one sequence, forward and backward, as the equations say and in their order. It
returns its results as plain arrays, so that a test can hold them to the network before it believes the count.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnlab.analysis.cost.record import Flops

Array = NDArray[Any]


class Tally:
    """How many operations were done since it was last read."""

    def __init__(self):
        self.products, self.pointwise = 0, 0

    def read(self) -> Flops:
        counted = Flops(self.products, self.pointwise)
        self.products, self.pointwise = 0, 0
        return counted


class Number:
    """A float that counts each operation in its tally as one pointwise FLOP."""

    def __init__(self, value: float, tally: Tally):
        self.value, self.tally = value, tally

    def made(self, value: float) -> Number:
        self.tally.pointwise += 1
        return Number(value, self.tally)

    def __add__(self, other):
        return self.made(self.value + plain(other))

    def __sub__(self, other):
        return self.made(self.value - plain(other))

    def __rsub__(self, other):
        return self.made(plain(other) - self.value)

    def __mul__(self, other):
        return self.made(self.value * plain(other))

    def __truediv__(self, other):
        return self.made(self.value / plain(other))

    __radd__, __rmul__ = __add__, __mul__

    def tanh(self):
        return self.made(math.tanh(self.value))

    def exp(self):
        return self.made(math.exp(self.value))

    def sqrt(self):
        return self.made(math.sqrt(self.value))

    def sigmoid(self):
        return self.made(1 / (1 + math.exp(-self.value)))

    def relu(self):
        return self.made(max(self.value, 0.0))

    def is_positive(self):
        return self.made(float(self.value > 0))


def plain(number: Any) -> float:
    return number.value if isinstance(number, Number) else float(number)


def counting(array: Array, tally: Tally) -> Array:
    return np.vectorize(lambda value: Number(value, tally), otypes=[object])(array)


def values(array: Any) -> Array:
    return np.vectorize(plain, otypes=[float])(np.array(array, dtype=object))


def applied(method: str, array: Array) -> Array:
    return np.vectorize(lambda number: getattr(number, method)(), otypes=[object])(array)


def product(A: Array, B: Array, tally: Tally) -> Array:
    """A B for matrices, or for a matrix and a vector: a multiplication and an addition for each pair that meets."""
    result = values(A) @ values(B)
    tally.products += 2 * result.size * np.shape(A)[-1]
    return counting(result, tally)


def outer(a: Array, b: Array, total: Array, tally: Tally) -> None:
    """total += a bᵀ: a multiplication and an addition for each entry."""
    tally.products += 2 * len(a) * len(b)
    total += np.outer(values(a), values(b))


def sigmoid(a: Array) -> Array:
    return applied("sigmoid", a)


def total_of(terms: Array, tally: Tally) -> Number:
    """Σ terms, from zero on."""
    return sum(terms, Number(0.0, tally))


class Gradients:
    """Weight gradients that are summed up over steps: `bias` counts an addition for each entry."""

    def __init__(self, tally: Tally, **shapes: tuple[int, ...]):
        self.tally = tally
        self.arrays = {name: np.zeros(shape) for name, shape in shapes.items()}

    def weight(self, name: str, d_a: Array, x: Array) -> None:
        outer(d_a, x, self.arrays[name], self.tally)

    def bias(self, name: str, d_a: Array) -> None:
        self.arrays[name] = values(counting(self.arrays[name], self.tally) + d_a)


def rnn(params, x, h_0, d_h, d_last):
    tally = Tally()
    W_xh, W_hh, b_h = params
    h = [counting(h_0, tally)]
    for x_t in x:
        h.append(np.tanh(product(W_xh, x_t, tally) + product(W_hh, h[-1], tally) + b_h))
    forward = tally.read()
    grads = Gradients(tally, W_xh=W_xh.shape, W_hh=W_hh.shape, b_h=b_h.shape)
    delta, d_x = d_last, [None] * len(x)
    for t in reversed(range(len(x))):
        d_a = (counting(d_h[t], tally) + delta) * (1 - h[t + 1] * h[t + 1])
        d_x[t], delta = product(W_xh.T, d_a, tally), product(W_hh.T, d_a, tally)
        grads.weight("W_xh", d_a, x[t])
        grads.weight("W_hh", d_a, h[t])
        grads.bias("b_h", d_a)
    return forward, tally.read(), values(h[1:]), values(d_x), grads.arrays


def lstm(params, x, state, d_h, d_last):
    tally = Tally()
    W_xh, W_hh, b_h = params
    h, c, gates = [counting(state.h, tally)], [counting(state.c, tally)], []
    for x_t in x:
        a = product(W_xh, x_t, tally) + product(W_hh, h[-1], tally) + b_h
        a_i, a_f, a_g, a_o = np.split(a, 4)
        i, f, g, o = sigmoid(a_i), sigmoid(a_f), np.tanh(a_g), sigmoid(a_o)
        c.append(f * c[-1] + i * g)
        h.append(o * np.tanh(c[-1]))
        gates.append((i, f, g, o))
    forward = tally.read()
    grads = Gradients(tally, W_xh=W_xh.shape, W_hh=W_hh.shape, b_h=b_h.shape)
    (delta, d_c), d_x = d_last, [None] * len(x)
    for t in reversed(range(len(x))):
        i, f, g, o = gates[t]
        delta = counting(d_h[t], tally) + delta
        tanh_c = np.tanh(c[t + 1])
        epsilon = d_c + delta * o * (1 - tanh_c * tanh_c)
        d_a = np.concatenate([
            epsilon * g * (i * (1 - i)),
            epsilon * c[t] * (f * (1 - f)),
            epsilon * i * (1 - g * g),
            delta * tanh_c * (o * (1 - o)),
        ])  # fmt: skip
        d_c = epsilon * f
        d_x[t], delta = product(W_xh.T, d_a, tally), product(W_hh.T, d_a, tally)
        grads.weight("W_xh", d_a, x[t])
        grads.weight("W_hh", d_a, h[t])
        grads.bias("b_h", d_a)
    return forward, tally.read(), values(h[1:]), values(d_x), grads.arrays


def gru(params, x, h_0, d_h, d_last):
    tally = Tally()
    W_xh, W_hh, b_h, b_hn = params
    H = len(b_hn)
    h, kept = [counting(h_0, tally)], []
    for x_t in x:
        from_x = product(W_xh, x_t, tally) + b_h
        from_h = product(W_hh, h[-1], tally)
        r, z = np.split(sigmoid(from_x[: 2 * H] + from_h[: 2 * H]), 2)
        m = from_h[2 * H :] + b_hn
        n = np.tanh(from_x[2 * H :] + r * m)
        h.append((1 - z) * n + z * h[-1])
        kept.append((r, z, n, m))
    forward = tally.read()
    grads = Gradients(tally, W_xh=W_xh.shape, W_hh=W_hh.shape, b_h=b_h.shape, b_hn=b_hn.shape)
    delta, d_x = d_last, [None] * len(x)
    for t in reversed(range(len(x))):
        r, z, n, m = kept[t]
        delta = counting(d_h[t], tally) + delta
        u = 1 - z
        d_n = delta * u * (1 - n * n)
        d_z = delta * (h[t] - n) * (z * u)
        d_r = d_n * m * (r * (1 - r))
        d_m = d_n * r
        d_a, d_from_h = np.concatenate([d_r, d_z, d_n]), np.concatenate([d_r, d_z, d_m])
        d_x[t] = product(W_xh.T, d_a, tally)
        delta = delta * z + product(W_hh.T, d_from_h, tally)
        grads.weight("W_xh", d_a, x[t])
        grads.weight("W_hh", d_from_h, h[t])
        grads.bias("b_h", d_a)
        grads.bias("b_hn", d_m)
    return forward, tally.read(), values(h[1:]), values(d_x), grads.arrays


def mingru(params, x, h_0, d_h, d_last):
    tally = Tally()
    W_xh, b_h = params
    h, kept = [counting(h_0, tally)], []
    for x_t in x:
        a_z, n = np.split(product(W_xh, x_t, tally) + b_h, 2)
        z = sigmoid(a_z)
        a = 1 - z
        h.append(a * h[-1] + z * n)
        kept.append((z, n, a))
    forward = tally.read()
    grads = Gradients(tally, W_xh=W_xh.shape, b_h=b_h.shape)
    carried, d_x = d_last, [None] * len(x)
    for t in reversed(range(len(x))):
        z, n, a = kept[t]
        delta = counting(d_h[t], tally) + carried
        d_z = delta * (n - h[t]) * z * a
        d_a = np.concatenate([d_z, delta * z])
        carried = a * delta
        d_x[t] = product(W_xh.T, d_a, tally)
        grads.weight("W_xh", d_a, x[t])
        grads.bias("b_h", d_a)
    return forward, tally.read(), values(h[1:]), values(d_x), grads.arrays


def dense(params, x, d_y):
    tally = Tally()
    W, b = params
    y = [product(W, x_t, tally) + b for x_t in x]
    forward = tally.read()
    grads = Gradients(tally, W=W.shape, b=b.shape)
    d_x = []
    for x_t, d_y_t in zip(x, d_y, strict=True):
        d_x.append(product(W.T, d_y_t, tally))
        grads.weight("W", d_y_t, x_t)
        grads.bias("b", d_y_t)
    return forward, tally.read(), values(y), values(d_x), grads.arrays


def layer_norm(params, x, d_y):
    tally = Tally()
    gain, bias = params
    H = len(gain)
    y, kept = [], []
    for x_t in x:
        centered = counting(x_t, tally) - total_of(x_t, tally) / H
        variance = total_of(centered * centered, tally) / H
        deviation = (variance + 1e-5).sqrt()
        n = centered / deviation
        y.append(gain * n + bias)
        kept.append((n, deviation))
    forward = tally.read()
    grads = Gradients(tally, gain=gain.shape, bias=bias.shape)
    d_x = []
    for (n, deviation), d_y_t in zip(kept, d_y, strict=True):
        d_n = gain * counting(d_y_t, tally)
        mean, along_n = total_of(d_n, tally) / H, total_of(d_n * n, tally) / H
        d_x.append((d_n - mean - n * along_n) / deviation)
        grads.bias("gain", d_y_t * n)
        grads.bias("bias", d_y_t)
    return forward, tally.read(), values(y), values(d_x), grads.arrays


def feed_forward(params, x, d_y):
    tally = Tally()
    (W_1, b_1), (W_2, b_2) = params
    y, kept = [], []
    for x_t in x:
        h = applied("relu", product(W_1, x_t, tally) + b_1)
        slope = applied("is_positive", h)
        y.append(product(W_2, h, tally) + b_2)
        kept.append((h, slope))
    forward = tally.read()
    grads = Gradients(tally, W_1=W_1.shape, b_1=b_1.shape, W_2=W_2.shape, b_2=b_2.shape)
    d_x = []
    for x_t, (h, slope), d_y_t in zip(x, kept, d_y, strict=True):
        d_a = product(W_2.T, d_y_t, tally) * slope
        d_x.append(product(W_1.T, d_a, tally))
        grads.weight("W_2", d_y_t, h)
        grads.bias("b_2", d_y_t)
        grads.weight("W_1", d_a, x_t)
        grads.bias("b_1", d_a)
    return forward, tally.read(), values(y), values(d_x), grads.arrays


def softmax(scores, tally):
    """Each row's softmax; finding the largest score counts as one comparison an entry."""
    tally.pointwise += scores.size
    e = np.exp(scores - values(scores).max(axis=-1, keepdims=True))
    return np.array([row / total_of(row, tally) for row in e])


def self_attention(params, x, d_y, heads):
    tally = Tally()
    W_in, b_in, W_out, b_out = params
    H = len(b_out)
    d = H // heads
    q, k, v = np.split(np.array([product(W_in, x_t, tally) + b_in for x_t in x]), 3, axis=1)
    parts = [slice(n * d, (n + 1) * d) for n in range(heads)]
    scaled = q * (1 / math.sqrt(d))
    weights = [softmax(product(scaled[:, part], k[:, part].T, tally), tally) for part in parts]
    context = np.concatenate(
        [product(alpha, v[:, part], tally) for alpha, part in zip(weights, parts, strict=True)], axis=1
    )
    y = [product(W_out, context_t, tally) + b_out for context_t in context]
    forward = tally.read()

    grads = Gradients(tally, W_in=W_in.shape, b_in=b_in.shape, W_out=W_out.shape, b_out=b_out.shape)
    d_context = np.array([product(W_out.T, d_y_t, tally) for d_y_t in d_y])
    scaled = q * (1 / math.sqrt(d))
    d_q, d_k, d_v = [], [], []
    for alpha, part in zip(weights, parts, strict=True):
        d_alpha = product(d_context[:, part], v[:, part].T, tally)
        d_v.append(product(alpha.T, d_context[:, part], tally))
        along = np.array([[total_of(row, tally)] for row in d_alpha * alpha])
        d_scores = alpha * (d_alpha - along)
        d_q.append(product(d_scores, k[:, part], tally) * (1 / math.sqrt(d)))
        d_k.append(product(d_scores.T, scaled[:, part], tally))
    d_in = np.concatenate([*d_q, *d_k, *d_v], axis=1)
    d_x = [product(W_in.T, d_in_t, tally) for d_in_t in d_in]
    for x_t, d_in_t, context_t, d_y_t in zip(x, d_in, context, d_y, strict=True):
        grads.weight("W_in", d_in_t, x_t)
        grads.bias("b_in", d_in_t)
        grads.weight("W_out", d_y_t, context_t)
        grads.bias("b_out", d_y_t)
    return forward, tally.read(), values(y), values(d_x), grads.arrays


def causal_convolution(params, x, d_y, dilation):
    tally = Tally()
    W, b = params
    _, D, kernel = W.shape
    reach = (kernel - 1) * dilation
    inputs = np.concatenate([np.zeros((reach, D)), x])
    taps = np.concatenate([W[:, :, j] for j in range(kernel)], axis=1)
    seen = [np.concatenate([inputs[t + j * dilation] for j in range(kernel)]) for t in range(len(x))]
    y = [product(taps, seen_t, tally) + b for seen_t in seen]
    forward = tally.read()
    grads = Gradients(tally, W=taps.shape, b=b.shape)
    d_inputs = np.zeros_like(inputs)
    for t, d_y_t in enumerate(d_y):
        # the sum over the taps that saw an input belongs to the product, as the sum over outputs does
        d_seen = values(product(taps.T, d_y_t, tally)).reshape(kernel, D)
        for j in range(kernel):
            d_inputs[t + j * dilation] += d_seen[j]
        grads.weight("W", d_y_t, seen[t])
        grads.bias("b", d_y_t)
    grads.arrays["W"] = grads.arrays["W"].reshape(-1, kernel, D).transpose(0, 2, 1)
    return forward, tally.read(), values(y), d_inputs[reach:], grads.arrays
