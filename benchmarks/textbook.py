"""The recurrent cells as textbooks show them: step by step, gate by gate, gradients added up step by step.

The same mathematics as rnnlab.nets, to measure what its arrangement gains. `run` functions return (d_x, grads).
"""

from __future__ import annotations

import numpy as np

Array = np.ndarray


def sigmoid(a: Array) -> Array:
    return 1 / (1 + np.exp(-a))


def rnn(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array, d_h: Array) -> tuple[Array, list[Array]]:
    states = [h_0]
    for x_t in x:
        states.append(np.tanh(x_t @ W_xh.T + states[-1] @ W_hh.T + b_h))
    d_x, d_next = np.zeros_like(x), np.zeros_like(h_0)
    d_W_xh, d_W_hh, d_b_h = np.zeros_like(W_xh), np.zeros_like(W_hh), np.zeros_like(b_h)
    for t in reversed(range(len(x))):
        d_a = (d_h[t] + d_next) * (1 - states[t + 1] ** 2)
        d_x[t] = d_a @ W_xh
        d_next = d_a @ W_hh
        d_W_xh += d_a.T @ x[t]
        d_W_hh += d_a.T @ states[t]
        d_b_h += d_a.sum(axis=0)
    return d_x, [d_W_xh, d_W_hh, d_b_h]


def lstm(
    x: Array, h_0: Array, c_0: Array, W_xh: Array, W_hh: Array, b_h: Array, d_h: Array
) -> tuple[Array, list[Array]]:
    H = h_0.shape[1]
    h, c, cache = h_0, c_0, []
    for x_t in x:
        a = x_t @ W_xh.T + h @ W_hh.T + b_h
        i, f = sigmoid(a[:, :H]), sigmoid(a[:, H : 2 * H])
        g, o = np.tanh(a[:, 2 * H : 3 * H]), sigmoid(a[:, 3 * H :])
        c_next = f * c + i * g
        cache.append((h, c, i, f, g, o, np.tanh(c_next)))
        h, c = o * np.tanh(c_next), c_next
    d_x, d_h_next, d_c_next = np.zeros_like(x), np.zeros_like(h_0), np.zeros_like(c_0)
    d_W_xh, d_W_hh, d_b_h = np.zeros_like(W_xh), np.zeros_like(W_hh), np.zeros_like(b_h)
    for t in reversed(range(len(x))):
        h, c, i, f, g, o, tanh_c = cache[t]
        d_h_t = d_h[t] + d_h_next
        d_c = d_c_next + d_h_t * o * (1 - tanh_c**2)
        d_i, d_f, d_g, d_o = d_c * g, d_c * c, d_c * i, d_h_t * tanh_c
        d_a = np.hstack([d_i * i * (1 - i), d_f * f * (1 - f), d_g * (1 - g**2), d_o * o * (1 - o)])
        d_x[t] = d_a @ W_xh
        d_h_next, d_c_next = d_a @ W_hh, d_c * f
        d_W_xh += d_a.T @ x[t]
        d_W_hh += d_a.T @ h
        d_b_h += d_a.sum(axis=0)
    return d_x, [d_W_xh, d_W_hh, d_b_h]


def gru(
    x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array, b_hn: Array, d_h: Array
) -> tuple[Array, list[Array]]:
    H = h_0.shape[1]
    h, cache = h_0, []
    for x_t in x:
        from_x, from_h = x_t @ W_xh.T + b_h, h @ W_hh.T
        r, z = sigmoid(from_x[:, :H] + from_h[:, :H]), sigmoid(from_x[:, H : 2 * H] + from_h[:, H : 2 * H])
        m = from_h[:, 2 * H :] + b_hn
        n = np.tanh(from_x[:, 2 * H :] + r * m)
        cache.append((h, r, z, m, n))
        h = (1 - z) * n + z * h
    d_x, d_next = np.zeros_like(x), np.zeros_like(h_0)
    d_W_xh, d_W_hh, d_b_h, d_b_hn = (np.zeros_like(W) for W in (W_xh, W_hh, b_h, b_hn))
    for t in reversed(range(len(x))):
        h, r, z, m, n = cache[t]
        d_h_t = d_h[t] + d_next
        d_n = d_h_t * (1 - z) * (1 - n**2)
        d_z = d_h_t * (h - n) * z * (1 - z)
        d_r = d_n * m * r * (1 - r)
        d_from_x, d_from_h = np.hstack([d_r, d_z, d_n]), np.hstack([d_r, d_z, d_n * r])
        d_x[t] = d_from_x @ W_xh
        d_next = d_h_t * z + d_from_h @ W_hh
        d_W_xh += d_from_x.T @ x[t]
        d_W_hh += d_from_h.T @ h
        d_b_h += d_from_x.sum(axis=0)
        d_b_hn += (d_n * r).sum(axis=0)
    return d_x, [d_W_xh, d_W_hh, d_b_h, d_b_hn]
