"""The functions of `architectures`, written in other styles."""

import numpy as np


def linear_scan_in_place(a, b, h_0):
    states = b.copy()
    states[0] += a[0] * h_0
    for t in range(1, len(states)):
        states[t] += a[t] * states[t - 1]
    return states


def linear_scan_by_doubling(a, b, h_0):
    h, span = np.concatenate([h_0[np.newaxis], b]), 1
    factors = a
    while span < len(h):
        h[span:] = h[span:] + factors * h[:-span]
        factors = factors[span:] * factors[:-span]
        span *= 2
    return h[1:]


def combine_by_the_map(a_s, b_s, a_t, b_t):
    at_zero = a_t * (a_s * 0 + b_s) + b_t
    at_one = a_t * (a_s * 1 + b_s) + b_t
    return at_one - at_zero, at_zero


def combine_by_homogeneous_matrices(a_s, b_s, a_t, b_t):
    def matrix(a, b):
        rows = np.zeros((*a.shape, 2, 2))
        rows[..., 0, 0], rows[..., 0, 1], rows[..., 1, 1] = a, b, 1
        return rows

    both = matrix(a_t, b_t) @ matrix(a_s, b_s)
    return both[..., 0, 0], both[..., 0, 1]


def perceptron_update_by_branches(w, b, x, y, rate):
    w = np.array(w, dtype=float)
    for n in range(len(y)):
        positive = float(np.dot(w, x[n])) + b >= 0
        if positive and y[n] == -1:
            w, b = w - rate * x[n], b - rate
        elif not positive and y[n] == 1:
            w, b = w + rate * x[n], b + rate
    return w, b


def perceptron_update_with_the_bias_as_a_weight(w, b, x, y, rate):
    weights = np.append(w, b).astype(float)
    for row, label in zip(np.column_stack([x, np.ones(len(x))]), y, strict=True):
        if (1 if weights @ row >= 0 else -1) != label:
            weights += rate * label * row
    return weights[:-1], weights[-1]


def causal_conv1d_by_steps(x, W, b, dilation):
    y = np.empty((x.shape[0], x.shape[1], W.shape[0]))
    for t in range(len(x)):
        y[t] = b
        for lag in range(W.shape[2]):
            if t - lag * dilation >= 0:
                y[t] += np.einsum("bd,md->bm", x[t - lag * dilation], W[:, :, -1 - lag])
    return y


def causal_conv1d_by_gathering(x, W, b, dilation):
    k = W.shape[2]
    padded = np.pad(x, (((k - 1) * dilation, 0), (0, 0), (0, 0)))
    places = np.arange(len(x))[:, None] + dilation * np.arange(k)
    return np.tensordot(padded[places], W, axes=((1, 3), (2, 1))) + b


def receptive_field_by_paths(kernels, dilations):
    lags = {0}
    for k, d in zip(kernels.tolist(), dilations.tolist(), strict=True):
        lags = {lag + tap * d for lag in lags for tap in (0, k - 1)}
    return max(lags) + 1


def receptive_field_by_product(kernels, dilations):
    return np.dot(kernels - 1, dilations) + 1


def causal_self_attention_by_steps(x, W_q, W_k, W_v):
    y = np.zeros((*x.shape[:2], len(W_v)))
    for b in range(x.shape[1]):
        for i in range(len(x)):
            seen = x[: i + 1, b]
            scores = (seen @ W_k.T) @ (W_q @ x[i, b]) / len(W_q) ** 0.5
            weights = np.exp(scores - max(scores))
            y[i, b] = weights @ (seen @ W_v.T) / sum(weights)
    return y


def causal_self_attention_batch_first(x, W_q, W_k, W_v):
    q, k, v = (np.matmul(x, W.T).swapaxes(0, 1) for W in (W_q, W_k, W_v))
    scores = q @ k.transpose(0, 2, 1) * len(W_k) ** -0.5
    scores[:, np.triu(np.ones(scores.shape[1:], bool), 1)] = -np.inf
    scores -= scores.max(-1)[..., None]
    return (np.exp(scores) @ v / np.exp(scores).sum(-1)[..., None]).swapaxes(0, 1)


def kv_cache_step_by_sequence(x_t, keys, values, W_q, W_k, W_v):
    keys = np.vstack([keys, (x_t @ W_k.T)[None]])
    values = np.append(values, (x_t @ W_v.T)[None], axis=0)
    y = []
    for b in range(len(x_t)):
        scores = keys[:, b] @ (W_q @ x_t[b]) / np.sqrt(keys.shape[2])
        weights = np.exp(scores - scores.max())
        y.append(weights / weights.sum() @ values[:, b])
    return np.array(y), keys, values


def kv_cache_step_over_all_entries(x_t, keys, values, W_q, W_k, W_v):
    grown = [np.stack([*cache, x_t @ W.T]) for cache, W in ((keys, W_k), (values, W_v))]
    scores = ((x_t @ W_q.T) * grown[0]).sum(axis=2, keepdims=True) / np.sqrt(W_q.shape[0])
    weights = np.exp(scores - scores.max(axis=0))
    return (weights * grown[1]).sum(axis=0) / weights.sum(axis=0), grown[0], grown[1]


def layer_parameters_by_arrays(D, H):
    lstm = [(4 * H, D), (4 * H, H), (4 * H,)]
    gru = [(3 * H, D), (3 * H, H), (3 * H,), (H,)]
    attention = [(3 * H, H), (3 * H,), (H, H), (H,)]
    return tuple(sum(int(np.prod(shape)) for shape in each) for each in (lstm, gru, attention))


def layer_parameters_factored(D, H):
    return 4 * H * (D + H + 1), H * (3 * D + 3 * H + 4), 4 * H * (H + 1)


def step_flops_by_matrices(T, D, H):
    def products(*matrices):
        return sum(2 * rows * columns for rows, columns in matrices)

    return products((4 * H, D), (4 * H, H)), products((3 * H, H), (T, H), (H, T), (H, H))


def step_flops_factored(T, D, H):
    return np.int64(8 * H * (D + H)), np.int64(4 * H * (2 * H + T))


def state_bytes_of_arrays(T, B, L, H, itemsize):
    keys = values = np.zeros((L, T, B, H), f"f{itemsize}")
    return keys.nbytes + values.nbytes, np.zeros((L, B, H), f"f{itemsize}").nbytes


def state_bytes_by_the_ratio(T, B, L, H, itemsize):
    state = B * H * itemsize * L
    return state * 2 * T, state


def chunk_attention_token_by_token(x, keys, values, W_q, W_k, W_v):
    outputs = []
    for x_t in x:
        y_t, keys, values = kv_cache_step_by_sequence(x_t, keys, values, W_q, W_k, W_v)
        outputs.append(y_t)
    return np.array(outputs)


def chunk_attention_with_positions(x, keys, values, W_q, W_k, W_v):
    T, P = len(x), len(keys)
    q, k, v = x @ W_q.T, np.vstack([keys, x @ W_k.T]), np.vstack([values, x @ W_v.T])
    scores = (q[:, None] * k).sum(-1) / np.sqrt(keys.shape[2])
    future = np.arange(P + T)[None, :, None] > P + np.arange(T)[:, None, None]
    scores = np.where(future, -np.inf, scores)
    weights = np.exp(scores - scores.max(1, keepdims=True))
    return np.einsum("ijb,jbh->ibh", weights / weights.sum(1, keepdims=True), v)


SOLUTIONS = {
    "chunk_attention": (chunk_attention_token_by_token, chunk_attention_with_positions),
    "layer_parameters": (layer_parameters_by_arrays, layer_parameters_factored),
    "step_flops": (step_flops_by_matrices, step_flops_factored),
    "state_bytes": (state_bytes_of_arrays, state_bytes_by_the_ratio),
    "causal_self_attention": (causal_self_attention_by_steps, causal_self_attention_batch_first),
    "kv_cache_step": (kv_cache_step_by_sequence, kv_cache_step_over_all_entries),
    "perceptron_update": (perceptron_update_by_branches, perceptron_update_with_the_bias_as_a_weight),
    "causal_conv1d": (causal_conv1d_by_steps, causal_conv1d_by_gathering),
    "receptive_field": (receptive_field_by_paths, receptive_field_by_product),
    "linear_scan": (linear_scan_in_place, linear_scan_by_doubling),
    "combine": (combine_by_the_map, combine_by_homogeneous_matrices),
}
