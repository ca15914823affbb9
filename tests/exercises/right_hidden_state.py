"""The functions of `hidden_state`, written in other styles."""

import math

import numpy as np


def one_hot_by_loops(ids, K):
    codes = np.zeros((*ids.shape, K))
    for t in range(ids.shape[0]):
        for b in range(ids.shape[1]):
            codes[t, b, ids[t, b]] = 1
    return codes


def one_hot_from_identity(ids, K):
    return np.eye(K)[ids]


def one_hot_in_single_precision(ids, K):
    codes = np.zeros((ids.size, K), dtype=np.float32)
    codes[np.arange(ids.size), ids.ravel()] = 1.0
    return codes.reshape(*ids.shape, K)


def embed_by_loops(ids, E):
    return np.array([[E[i] for i in row] for row in ids])


def embed_by_product(ids, E):
    return np.einsum("tbk,kd->tbd", np.eye(len(E))[ids], E)


def embed_by_take(ids, E):
    return np.take(E, ids, axis=0)


def rnn_step_by_einsum(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(np.einsum("hd,bd->bh", W_xh, x_t) + np.einsum("hg,bg->bh", W_hh, h_prev) + b_h)


def rnn_step_by_loops(x_t, h_prev, W_xh, W_hh, b_h):
    h_t = np.empty(h_prev.shape)
    for b in range(h_prev.shape[0]):
        for i in range(h_prev.shape[1]):
            total = float(b_h[i])
            for d in range(x_t.shape[1]):
                total += W_xh[i, d] * x_t[b, d]
            for j in range(h_prev.shape[1]):
                total += W_hh[i, j] * h_prev[b, j]
            h_t[b, i] = math.tanh(total)
    return h_t


def rnn_step_joined(x_t, h_prev, W_xh, W_hh, b_h):
    both = np.concatenate([x_t, h_prev], axis=1)
    W = np.concatenate([W_xh, W_hh], axis=1)
    return np.tanh(np.asfortranarray(np.dot(both, W.T)) + b_h)


def rnn_forward_into_array(x, h_0, W_xh, W_hh, b_h):
    T = len(x)
    h = np.zeros((T, *h_0.shape))
    for t in range(T):
        past = h[t - 1] if t > 0 else h_0
        h[t] = np.tanh(np.dot(x[t], W_xh.T) + np.dot(past, W_hh.T) + b_h)
    return h


def rnn_forward_input_first(x, h_0, W_xh, W_hh, b_h):
    from_input = np.einsum("tbd,hd->tbh", x, W_xh) + b_h
    states = [h_0]
    for a in from_input:
        states.append(np.tanh(a + (W_hh @ states[-1].T).T))
    return np.asfortranarray(states[1:])


def rnn_forward_by_columns(x, h_0, W_xh, W_hh, b_h):
    columns, states = h_0.T, []
    for t in range(x.shape[0]):
        columns = np.tanh(W_xh @ x[t].T + W_hh @ columns + b_h[:, None])
        states.append(columns.T)
    return np.array(states)


def readout_by_einsum(h, W_hy, b_y):
    return np.einsum("tbh,kh->tbk", h, W_hy) + b_y


def readout_by_steps(h, W_hy, b_y):
    return np.stack([(W_hy @ h_t.T).T + b_y[None, :] for h_t in h])


def count_parameters_by_shapes(D, H, K):
    return sum(math.prod(shape) for shape in [(H, D), (H, H), (H,), (K, H), (K,)])


def count_parameters_by_arrays(D, H, K):
    return np.zeros((H, D + H + 1)).size + np.zeros((K, H + 1)).size


def count_parameters_as_numpy_integer(D, H, K):
    return np.int64(H * (D + H + 1) + K * (H + 1))


def masked_forward_by_blending(x, mask, h_0, W_xh, W_hh, b_h):
    h, out = h_0, []
    for t in range(len(x)):
        keep = mask[t][:, None].astype(float)
        h = keep * np.tanh(x[t] @ W_xh.T + h @ W_hh.T + b_h) + (1 - keep) * h
        out.append(h)
    return np.stack(out, axis=0)


def masked_forward_by_sequence(x, mask, h_0, W_xh, W_hh, b_h):
    T, B, _ = x.shape
    out = np.empty((T, B, len(b_h)))
    for b in range(B):
        h = h_0[b]
        for t in range(T):
            if mask[t, b]:
                h = np.tanh(W_xh @ x[t, b] + W_hh @ h + b_h)
            out[t, b] = h
    return out


def masked_forward_in_place_of_a_copy(x, mask, h_0, W_xh, W_hh, b_h):
    h, out = h_0.copy(), []
    for x_t, real in zip(x, mask, strict=True):
        h[real] = np.tanh(x_t[real] @ W_xh.T + h[real] @ W_hh.T + b_h)
        out.append(h.copy())
    return np.array(out)


SOLUTIONS = {
    "one_hot": (one_hot_by_loops, one_hot_from_identity, one_hot_in_single_precision),
    "embed": (embed_by_loops, embed_by_product, embed_by_take),
    "rnn_step": (rnn_step_by_einsum, rnn_step_by_loops, rnn_step_joined),
    "rnn_forward": (rnn_forward_into_array, rnn_forward_input_first, rnn_forward_by_columns),
    "readout": (readout_by_einsum, readout_by_steps),
    "count_parameters": (
        count_parameters_by_shapes,
        count_parameters_by_arrays,
        count_parameters_as_numpy_integer,
    ),
    "masked_forward": (
        masked_forward_by_blending,
        masked_forward_by_sequence,
        masked_forward_in_place_of_a_copy,
    ),
}
