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
    H = h_prev.shape[1]
    joined = np.concatenate([W_xh, W_hh], axis=1).reshape(4, H, -1)
    a = np.einsum("khd,bd->kbh", joined, np.concatenate([x_t, h_prev], axis=1)) + b_h.reshape(4, 1, H)
    gates = sigmoid(a)
    c_t = gates[1] * c_prev + gates[0] * np.tanh(a[2])
    return np.tanh(c_t) * gates[3], c_t


def lstm_init_by_blocks(u_xh, u_hh, forget_bias):
    H = len(u_hh) // 4
    W_xh, W_hh = ((u - 0.5) * 2 / H**0.5 for u in (u_xh, u_hh))
    zeros = np.zeros(H)
    return W_xh, W_hh, np.concatenate([zeros, zeros + forget_bias, zeros, zeros])


def lstm_init_by_interpolation(u_xh, u_hh, forget_bias):
    H = u_hh.shape[1]
    low, high = -(H**-0.5), H**-0.5
    b_h = np.outer([0, 1, 0, 0], np.full(H, forget_bias)).ravel()
    return low + u_xh * (high - low), low + u_hh * (high - low), b_h


def lstm_forward_by_steps(x, h_0, c_0, W_xh, W_hh, b_h):
    h, c = np.empty((len(x), *h_0.shape)), np.empty((len(x), *c_0.shape))
    for t in range(len(x)):
        before = (h[t - 1], c[t - 1]) if t else (h_0, c_0)
        h[t], c[t] = lstm_step_by_blocks(x[t], *before, W_xh, W_hh, b_h)
    return h, c


def lstm_forward_by_columns(x, h_0, c_0, W_xh, W_hh, b_h):
    h_t, c_t, kept = h_0.T, c_0.T, []
    for from_x in np.einsum("kd,tbd->tkb", W_xh, x) + b_h[:, None]:
        i, f, g, o = (from_x + W_hh @ h_t).reshape(4, *h_t.shape)
        c_t = sigmoid(f) * c_t + sigmoid(i) * np.tanh(g)
        h_t = sigmoid(o) * np.tanh(c_t)
        kept.append((h_t.T, c_t.T))
    h, c = zip(*kept, strict=True)
    return np.array(h), np.array(c)


def lstm_step_backward_by_einsum(d_h_t, d_c_t, x_t, h_prev, c_prev, gates, c_t, W_xh, W_hh):
    B, H = h_prev.shape
    i, f, g, o = np.moveaxis(gates.reshape(B, 4, H), 1, 0)
    shown = np.tanh(c_t)
    d_c = d_c_t + o * (d_h_t - d_h_t * shown * shown)
    at_gates = np.stack([d_c * g, d_c * c_prev, d_c * i, d_h_t * shown])
    slopes = np.stack([i - i * i, f - f * f, 1 - g * g, o - o * o])
    d_a = at_gates * slopes
    W_x, W_h = W_xh.reshape(4, H, -1), W_hh.reshape(4, H, H)
    return (
        np.einsum("kbh,khd->bd", d_a, W_x),
        np.einsum("kbh,khg->bg", d_a, W_h),
        f * d_c,
        np.einsum("kbh,bd->khd", d_a, x_t).reshape(W_xh.shape),
        np.einsum("kbh,bg->khg", d_a, h_prev).reshape(W_hh.shape),
        np.einsum("kbh->kh", d_a).ravel(),
    )


def lstm_step_backward_by_sequence(d_h_t, d_c_t, x_t, h_prev, c_prev, gates, c_t, W_xh, W_hh):
    H = h_prev.shape[1]
    d_x, d_h, d_c = np.zeros(x_t.shape), np.zeros(h_prev.shape), np.zeros(c_prev.shape)
    d_W_xh, d_W_hh, d_b_h = np.zeros(W_xh.shape), np.zeros(W_hh.shape), np.zeros(len(W_hh))
    for b in range(len(x_t)):
        i, f, g, o = (gates[b, k * H : (k + 1) * H] for k in range(4))
        d_cell = d_c_t[b] + d_h_t[b] * o / np.cosh(c_t[b]) ** 2
        d_a = np.empty(4 * H)
        d_a[:H] = d_cell * g * i * (1 - i)
        d_a[H : 2 * H] = d_cell * c_prev[b] * f * (1 - f)
        d_a[2 * H : 3 * H] = d_cell * i * (1 - g) * (1 + g)
        d_a[3 * H :] = d_h_t[b] * np.tanh(c_t[b]) * o * (1 - o)
        d_x[b], d_h[b], d_c[b] = W_xh.T @ d_a, W_hh.T @ d_a, d_cell * f
        d_W_xh += np.outer(d_a, x_t[b])
        d_W_hh += np.outer(d_a, h_prev[b])
        d_b_h += d_a
    return d_x, d_h, d_c, d_W_xh, d_W_hh, d_b_h


def lstm_backward_by_steps(d_h, x, gates, h, c, h_0, c_0, W_xh, W_hh):
    d_x, d_weights = np.empty(x.shape), [0, 0, 0]
    d_h_t, d_c_t = np.zeros(h_0.shape), np.zeros(c_0.shape)
    hidden, cells = [h_0, *h], [c_0, *c]
    for t in range(len(x) - 1, -1, -1):
        given = (x[t], hidden[t], cells[t], gates[t], cells[t + 1], W_xh, W_hh)
        d_x[t], d_h_t, d_c_t, *more = lstm_step_backward_by_einsum(d_h[t] + d_h_t, d_c_t, *given)
        d_weights = [total + each for total, each in zip(d_weights, more, strict=True)]
    return d_x, d_h_t, d_c_t, *d_weights


def lstm_backward_after_the_loop(d_h, x, gates, h, c, h_0, c_0, W_xh, W_hh):
    T, B, H = h.shape
    i, f, g, o = gates.reshape(T, B, 4, H).transpose(2, 0, 1, 3)
    cells, shown = np.append(c_0[None], c, axis=0), np.tanh(c)
    of_cell = np.stack(
        [g * i * (1 - i), cells[:-1] * f * (1 - f), i * (1 - g * g), np.zeros(c.shape)], axis=2
    )
    of_state = shown * o * (1 - o)
    d_a = np.empty((T, B, 4, H))
    d_state, d_cell = 0, 0
    for t in reversed(range(T)):
        d_state = d_state + d_h[t]
        d_cell = d_cell + d_state * o[t] * (1 - shown[t] ** 2)
        d_a[t] = of_cell[t] * d_cell[:, None]
        d_a[t, :, 3] = d_state * of_state[t]
        d_state = d_a[t].reshape(B, 4 * H) @ W_hh
        d_cell = f[t] * d_cell
    rows = d_a.reshape(T * B, 4 * H)
    before = np.append(h_0[None], h[:-1], axis=0)
    return (
        (rows @ W_xh).reshape(x.shape),
        d_state,
        d_cell,
        rows.T @ x.reshape(T * B, -1),
        rows.T @ before.reshape(T * B, H),
        rows.sum(0),
    )


def gru_step_by_blocks(x_t, h_prev, W_xh, W_hh, b_h, b_hn):
    H = len(b_hn)
    a_r, a_z, a_n = (x_t @ W_xh[k : k + H].T + b_h[k : k + H] for k in (0, H, 2 * H))
    r, z = sigmoid(a_r + h_prev @ W_hh[:H].T), sigmoid(a_z + h_prev @ W_hh[H : 2 * H].T)
    n = np.tanh(a_n + r * (h_prev @ W_hh[2 * H :].T + b_hn))
    return n + z * (h_prev - n)


def gru_step_by_unit(x_t, h_prev, W_xh, W_hh, b_h, b_hn):
    H = h_prev.shape[1]
    h_t = np.zeros(h_prev.shape)
    for k in range(H):
        r = sigmoid(x_t @ W_xh[k] + h_prev @ W_hh[k] + b_h[k])
        z = sigmoid(x_t @ W_xh[H + k] + h_prev @ W_hh[H + k] + b_h[H + k])
        n = np.tanh(x_t @ W_xh[2 * H + k] + b_h[2 * H + k] + r * (h_prev @ W_hh[2 * H + k] + b_hn[k]))
        h_t[:, k] = z * h_prev[:, k] + (1 - z) * n
    return h_t


def gru_forward_by_steps(x, h_0, W_xh, W_hh, b_h, b_hn):
    h = np.empty((len(x), *h_0.shape))
    for t in range(len(x)):
        h[t] = gru_step_by_blocks(x[t], h[t - 1] if t else h_0, W_xh, W_hh, b_h, b_hn)
    return h


def gru_forward_by_columns(x, h_0, W_xh, W_hh, b_h, b_hn):
    H, h_t, kept = len(b_hn), h_0.T, []
    for from_x in np.einsum("kd,tbd->tkb", W_xh, x) + b_h[:, None]:
        from_h = W_hh @ h_t + np.concatenate([np.zeros(2 * H), b_hn])[:, None]
        r, z = sigmoid(from_x[: 2 * H] + from_h[: 2 * H]).reshape(2, *h_t.shape)
        h_t = z * h_t + (1 - z) * np.tanh(from_x[2 * H :] + r * from_h[2 * H :])
        kept.append(h_t.T)
    return np.array(kept)


def gru_step_backward_by_einsum(d_h_t, x_t, h_prev, gates, m_t, W_xh, W_hh):
    B, H = h_prev.shape
    r, z, n = np.moveaxis(gates.reshape(B, 3, H), 1, 0)
    d_n = d_h_t * (1 - z) * (1 + n) * (1 - n)
    d_r, d_z = d_n * m_t * (r - r * r), d_h_t * (h_prev - n) * (z - z * z)
    at_x, at_h = np.stack([d_r, d_z, d_n]), np.stack([d_r, d_z, d_n * r])
    return (
        np.einsum("kbh,khd->bd", at_x, W_xh.reshape(3, H, -1)),
        np.einsum("kbh,khg->bg", at_h, W_hh.reshape(3, H, H)) + z * d_h_t,
        np.einsum("kbh,bd->khd", at_x, x_t).reshape(W_xh.shape),
        np.einsum("kbh,bg->khg", at_h, h_prev).reshape(W_hh.shape),
        at_x.sum(1).ravel(),
        at_h[2].sum(0),
    )


def gru_step_backward_by_sequence(d_h_t, x_t, h_prev, gates, m_t, W_xh, W_hh):
    H = h_prev.shape[1]
    d_x, d_h = np.zeros(x_t.shape), np.zeros(h_prev.shape)
    d_W_xh, d_W_hh = np.zeros(W_xh.shape), np.zeros(W_hh.shape)
    d_b_h, d_b_hn = np.zeros(3 * H), np.zeros(H)
    for b in range(len(x_t)):
        r, z, n = gates[b, :H], gates[b, H : 2 * H], gates[b, 2 * H :]
        d_a = np.empty(3 * H)
        d_a[2 * H :] = d_h_t[b] * (1 - z) * (1 - n**2)
        d_a[H : 2 * H] = d_h_t[b] * (h_prev[b] - n) * z * (1 - z)
        d_a[:H] = d_a[2 * H :] * m_t[b] * r * (1 - r)
        d_b_h += d_a
        d_W_xh += np.outer(d_a, x_t[b])
        d_x[b] = W_xh.T @ d_a
        d_a[2 * H :] *= r
        d_b_hn += d_a[2 * H :]
        d_W_hh += np.outer(d_a, h_prev[b])
        d_h[b] = z * d_h_t[b] + W_hh.T @ d_a
    return d_x, d_h, d_W_xh, d_W_hh, d_b_h, d_b_hn


def padded_lstm_forward_by_sequence(x, mask, h_0, c_0, W_xh, W_hh, b_h):
    h, c = np.empty((len(x), *h_0.shape)), np.empty((len(x), *c_0.shape))
    for b in range(x.shape[1]):
        h_t, c_t = h_0[b : b + 1], c_0[b : b + 1]
        for t in range(len(x)):
            if mask[t, b]:
                h_t, c_t = lstm_step_by_blocks(x[t, b : b + 1], h_t, c_t, W_xh, W_hh, b_h)
            h[t, b], c[t, b] = h_t[0], c_t[0]
    return h, c


def padded_lstm_forward_by_rows(x, mask, h_0, c_0, W_xh, W_hh, b_h):
    h_t, c_t, kept = h_0.copy(), c_0.copy(), []
    for x_t, real in zip(x, mask, strict=True):
        if real.any():
            h_t[real], c_t[real] = lstm_step_by_einsum(x_t[real], h_t[real], c_t[real], W_xh, W_hh, b_h)
        kept.append((h_t.copy(), c_t.copy()))
    return tuple(np.swapaxes(kept, 0, 1))


SOLUTIONS = {
    "padded_lstm_forward": (padded_lstm_forward_by_sequence, padded_lstm_forward_by_rows),
    "lstm_backward": (lstm_backward_by_steps, lstm_backward_after_the_loop),
    "gru_step": (gru_step_by_blocks, gru_step_by_unit),
    "gru_forward": (gru_forward_by_steps, gru_forward_by_columns),
    "gru_step_backward": (gru_step_backward_by_einsum, gru_step_backward_by_sequence),
    "lstm_step_backward": (lstm_step_backward_by_einsum, lstm_step_backward_by_sequence),
    "lstm_init": (lstm_init_by_blocks, lstm_init_by_interpolation),
    "lstm_forward": (lstm_forward_by_steps, lstm_forward_by_columns),
    "lstm_step": (lstm_step_by_blocks, lstm_step_by_einsum),
}
