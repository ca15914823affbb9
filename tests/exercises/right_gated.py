"""The functions of `gated`, written in other styles."""

import numpy as np


def sigmoid(a):
    return 0.5 * (1 + np.tanh(a / 2))


def lstm_step_by_blocks(x_t, h_prev, c_prev, W_xh, W_hh, b_h):
    H = len(b_h) // 4
    rows = [slice(k * H, (k + 1) * H) for k in range(4)]
    i, f, g, o = (np.dot(x_t, W_xh[r].T) + np.dot(h_prev, W_hh[r].T) + b_h[r] for r in rows)
    c_t = sigmoid(f) * c_prev + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c_t), c_t


def lstm_step_by_einsum(x_t, h_prev, c_prev, W_xh, W_hh, b_h):
    B, H = h_prev.shape
    joined = np.concatenate([W_xh, W_hh], axis=1).reshape(4, H, -1)
    a = np.einsum("khd,bd->kbh", joined, np.concatenate([x_t, h_prev], axis=1)) + b_h.reshape(4, 1, H)
    gates = sigmoid(a)
    c_t = gates[1] * c_prev + gates[0] * np.tanh(a[2])
    return np.tanh(c_t) * gates[3], c_t


SOLUTIONS = {
    "lstm_step": (lstm_step_by_blocks, lstm_step_by_einsum),
}
