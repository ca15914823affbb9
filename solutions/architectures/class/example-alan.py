"""Alan writes everything in a way of his own, and all of it is right."""

# %% perceptron_update
def perceptron_update(w, b, x, y, rate):
    weights = np.append(w, b).astype(float)
    for row, label in zip(np.column_stack([x, np.ones(len(x))]), y):
        if (1 if weights @ row >= 0 else -1) != label:
            weights += rate * label * row
    return weights[:-1], weights[-1]


# %% answer_field
answer_field = np.float64(31)


# %% receptive_field
def receptive_field(kernels, dilations):
    lags = {0}
    for k, d in zip(kernels, dilations):
        lags = {lag + tap * d for lag in lags for tap in (0, k - 1)}
    return max(lags) + 1


# %% causal_conv1d
def causal_conv1d(x, W, b, dilation):
    k = W.shape[2]
    padded = np.pad(x, (((k - 1) * dilation, 0), (0, 0), (0, 0)))
    places = np.arange(len(x))[:, None] + dilation * np.arange(k)
    return np.einsum("tjbd,mdj->tbm", padded[places], W) + b


# %% linear_scan
def linear_scan(a, b, h_0):
    h, span = np.concatenate([h_0[np.newaxis], b]), 1
    while span < len(h):
        h[span:] = h[span:] + a * h[:-span]
        a = a[span:] * a[:-span]
        span *= 2
    return h[1:]


# %% combine
def combine(a_s, b_s, a_t, b_t):
    def both(h):
        return a_t * (a_s * h + b_s) + b_t

    return both(1) - both(0), both(0)


# %% causal_self_attention
def causal_self_attention(x, W_q, W_k, W_v):
    q, k, v = (np.matmul(x, W.T).swapaxes(0, 1) for W in (W_q, W_k, W_v))
    scores = q @ k.transpose(0, 2, 1) * len(W_k) ** -0.5
    scores[:, np.triu(np.ones(scores.shape[1:], bool), 1)] = -np.inf
    scores -= scores.max(-1)[..., None]
    return (np.exp(scores) @ v / np.exp(scores).sum(-1)[..., None]).swapaxes(0, 1)


# %% kv_cache_step
def kv_cache_step(x_t, keys, values, W_q, W_k, W_v):
    keys, values = [*keys, x_t @ W_k.T], [*values, x_t @ W_v.T]
    scores = np.array([(x_t @ W_q.T * key).sum(1) for key in keys]) / len(W_q) ** 0.5
    weights = np.exp(scores - scores.max(0))
    weights /= weights.sum(0)
    return sum(weight[:, None] * value for weight, value in zip(weights, values)), np.stack(keys), np.stack(values)


# %% layer_parameters
def layer_parameters(D, H):
    return 4 * H * (D + H + 1), H * (3 * D + 3 * H + 4), 4 * H * (H + 1)


# %% step_flops
def step_flops(T, D, H):
    return np.int64(8 * H * (D + H)), np.int64(4 * H * (2 * H + T))


# %% state_bytes
def state_bytes(T, B, L, H, itemsize):
    state = L * B * H * itemsize
    return state * 2 * T, state


# %% answer_token
answer_token = "(B)"


# %% answer_wrong_line
answer_wrong_line = " C. "


# %% chunk_attention
def chunk_attention(x, keys, values, W_q, W_k, W_v):
    outputs = []
    for x_t in x:
        y_t, keys, values = kv_cache_step(x_t, keys, values, W_q, W_k, W_v)
        outputs.append(y_t)
    return np.array(outputs)
