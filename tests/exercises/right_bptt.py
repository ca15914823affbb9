"""The functions of `bptt`, written in other styles."""

import numpy as np


def readout_backward_by_steps(d_y, h, W_hy):
    d_h, d_W, d_b = np.empty(h.shape), np.zeros(W_hy.shape), np.zeros(len(W_hy))
    for t in range(len(d_y)):
        d_h[t] = np.dot(d_y[t], W_hy)
        d_W = d_W + d_y[t].T @ h[t]
        d_b = d_b + sum(d_y[t])
    return d_h, d_W, d_b


def readout_backward_flat(d_y, h, W_hy):
    rows = d_y.reshape(-1, len(W_hy))
    return np.matmul(d_y, W_hy), rows.T @ h.reshape(len(rows), -1), rows.sum(0)


def rnn_step_backward_by_einsum(d_h_t, x_t, h_prev, h_t, W_xh, W_hh):
    d_a = (1.0 - np.square(h_t)) * d_h_t
    return (
        np.einsum("bh,hd->bd", d_a, W_xh),
        np.einsum("bh,hg->bg", d_a, W_hh),
        np.einsum("bh,bd->hd", d_a, x_t),
        np.einsum("bh,bg->hg", d_a, h_prev),
        np.einsum("bh->h", d_a),
    )


def rnn_step_backward_joined(d_h_t, x_t, h_prev, h_t, W_xh, W_hh):
    D = x_t.shape[1]
    d_a = d_h_t - d_h_t * h_t * h_t
    back = d_a @ np.hstack([W_xh, W_hh])
    weights = d_a.T @ np.hstack([x_t, h_prev, np.ones((len(x_t), 1))])
    return back[:, :D], back[:, D:], weights[:, :D], weights[:, D:-1], weights[:, -1]


def rnn_backward_after_the_loop(d_h, x, h, h_0, W_xh, W_hh):
    T, B, H = h.shape
    d_a = np.empty((T, B, H))
    carried = 0.0
    for t in range(T - 1, -1, -1):
        d_a[t] = (1 - h[t] * h[t]) * (d_h[t] + carried)
        carried = d_a[t] @ W_hh
    states = np.append(h_0[None], h[:-1], axis=0)
    rows = d_a.reshape(T * B, H)
    return (
        d_a @ W_xh,
        carried,
        rows.T @ x.reshape(T * B, -1),
        rows.T @ states.reshape(T * B, H),
        rows.sum(axis=0),
    )


def rnn_backward_by_sequence(d_h, x, h, h_0, W_xh, W_hh):
    d_x, d_h_0 = np.zeros(x.shape), np.zeros(h_0.shape)
    d_W_xh, d_W_hh, d_b_h = np.zeros(W_xh.shape), np.zeros(W_hh.shape), np.zeros(len(W_hh))
    for b in range(x.shape[1]):
        delta = np.zeros(len(W_hh))
        for t in range(len(x) - 1, -1, -1):
            before = h[t - 1, b] if t else h_0[b]
            d_a = (delta + d_h[t, b]) * (1 - h[t, b] ** 2)
            d_W_xh += np.outer(d_a, x[t, b])
            d_W_hh += np.outer(d_a, before)
            d_b_h += d_a
            d_x[t, b] = W_xh.T @ d_a
            delta = W_hh.T @ d_a
        d_h_0[b] = delta
    return d_x, d_h_0, d_W_xh, d_W_hh, d_b_h


def numerical_gradient_with_flat_index(f, x, epsilon):
    values = []
    for i in range(x.size):
        step = np.zeros(x.size)
        step[i] = epsilon
        step = step.reshape(x.shape)
        values.append((f(x + step) - f(x - step)) / epsilon / 2)
    return np.array(values).reshape(x.shape)


def numerical_gradient_with_unit_vectors(f, x, epsilon):
    units = np.eye(x.size).reshape(-1, *x.shape)
    halves = [0.5 * f(x + epsilon * unit) - 0.5 * f(x - epsilon * unit) for unit in units]
    return np.reshape(halves, x.shape) / epsilon


def gradient_check_by_branches(analytic, numerical):
    if np.array_equal(analytic, numerical):
        return 0.0
    return np.max(abs(analytic - numerical)) / np.max(np.abs([analytic, numerical]))


def gradient_check_by_loops(analytic, numerical):
    worst, largest = 0.0, 0.0
    for a, n in zip(analytic.ravel(), numerical.ravel(), strict=True):
        worst, largest = max(worst, abs(a - n)), max(largest, abs(a), abs(n))
    return worst / largest if worst else worst


def truncated_backward_by_windows(d_h, x, h, h_0, W_xh, W_hh, window):
    total, start = None, h_0
    for first in range(0, len(x), window):
        part = slice(first, first + window)
        grads = rnn_backward_after_the_loop(d_h[part], x[part], h[part], start, W_xh, W_hh)[2:]
        total = grads if total is None else tuple(a + b for a, b in zip(total, grads, strict=True))
        start = h[part][-1]
    return total


def truncated_backward_with_a_factor(d_h, x, h, h_0, W_xh, W_hh, window):
    before = [h_0, *h[:-1]]
    weights = [np.zeros(W_xh.shape), np.zeros(W_hh.shape), np.zeros(len(W_hh))]
    later = np.zeros(h_0.shape)
    for t in range(len(x))[::-1]:
        d_a = (d_h[t] + later) * (1 - h[t] ** 2)
        for total, term in zip(weights, (d_a.T @ x[t], d_a.T @ before[t], d_a.sum(axis=0)), strict=True):
            total += term
        later = d_a @ W_hh * (t % window != 0)
    return tuple(weights)


def masked_backward_by_blending(d_h, x, mask, h, h_0, W_xh, W_hh):
    states = np.concatenate([h_0[None], h])
    real = mask[..., None].astype(float)
    d_a, delta = np.zeros(h.shape), np.zeros(h_0.shape)
    for t in range(len(x) - 1, -1, -1):
        delta = delta + d_h[t]
        d_a[t] = real[t] * delta * (1 - h[t] ** 2)
        delta = d_a[t] @ W_hh + (1 - real[t]) * delta
    return (
        d_a @ W_xh,
        delta,
        np.einsum("tbh,tbd->hd", d_a, x),
        np.einsum("tbh,tbg->hg", d_a, states[:-1]),
        d_a.sum((0, 1)),
    )


def masked_backward_by_sequence(d_h, x, mask, h, h_0, W_xh, W_hh):
    d_x, d_h_0 = np.zeros(x.shape), np.zeros(h_0.shape)
    d_W_xh, d_W_hh, d_b_h = np.zeros(W_xh.shape), np.zeros(W_hh.shape), np.zeros(len(W_hh))
    for b in range(x.shape[1]):
        delta = np.zeros(len(W_hh))
        for t in range(len(x) - 1, -1, -1):
            delta = delta + d_h[t, b]
            if mask[t, b]:
                d_a = delta * (1 - h[t, b] ** 2)
                d_W_xh += np.outer(d_a, x[t, b])
                d_W_hh += np.outer(d_a, h[t - 1, b] if t else h_0[b])
                d_b_h += d_a
                d_x[t, b] = d_a @ W_xh
                delta = d_a @ W_hh
        d_h_0[b] = delta
    return d_x, d_h_0, d_W_xh, d_W_hh, d_b_h


SOLUTIONS = {
    "numerical_gradient": (numerical_gradient_with_flat_index, numerical_gradient_with_unit_vectors),
    "gradient_check": (gradient_check_by_branches, gradient_check_by_loops),
    "readout_backward": (readout_backward_by_steps, readout_backward_flat),
    "rnn_step_backward": (rnn_step_backward_by_einsum, rnn_step_backward_joined),
    "rnn_backward": (rnn_backward_after_the_loop, rnn_backward_by_sequence),
    "truncated_backward": (truncated_backward_by_windows, truncated_backward_with_a_factor),
    "masked_backward": (masked_backward_by_blending, masked_backward_by_sequence),
}
