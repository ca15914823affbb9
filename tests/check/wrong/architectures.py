"""Wrong answers to the assignment on architectures, as students type them."""

WRONG = {
    "learns from every example": """
def perceptron_update(w, b, x, y, rate):
    for x_n, y_n in zip(x, y):
        w = w + rate * y_n * x_n
        b = b + rate * y_n
    return w, b
""",
    "changes the caller's weights": """
def perceptron_update(w, b, x, y, rate):
    for x_n, y_n in zip(x, y):
        if y_n * (w @ x_n + b) <= 0:
            w += rate * y_n * x_n
            b += rate * y_n
    return w, b
""",
    "taps in place of gaps": """
def receptive_field(kernels, dilations):
    return int((kernels * dilations).sum())
""",
    "padding on both sides": """
def causal_conv1d(x, W, b, dilation):
    k = W.shape[2]
    pad = (k - 1) * dilation // 2
    padded = np.pad(x, ((pad, (k - 1) * dilation - pad), (0, 0), (0, 0)))
    y = b + np.zeros((*x.shape[:2], len(W)))
    for j in range(k):
        y += padded[j * dilation : j * dilation + len(x)] @ W[:, :, j].T
    return y
""",
    "only where the kernel fits": """
def causal_conv1d(x, W, b, dilation):
    k = W.shape[2]
    T = len(x) - (k - 1) * dilation
    return sum(x[j * dilation : j * dilation + T] @ W[:, :, j].T for j in range(k)) + b
""",
    "the parts of the step in the wrong order": """
def combine(a_s, b_s, a_t, b_t):
    return a_s * a_t, a_s * b_t + b_s
""",
    "begins at zero": """
def linear_scan(a, b, h_0):
    h, states = np.zeros_like(h_0), []
    for a_t, b_t in zip(a, b):
        h = a_t * h + b_t
        states.append(h)
    return np.stack(states)
""",
    "the upper triangle": """
def causal_self_attention(x, W_q, W_k, W_v):
    q, k, v = x @ W_q.T, x @ W_k.T, x @ W_v.T
    scores = np.einsum("ibh,jbh->bij", q, k) / np.sqrt(q.shape[-1])
    scores = np.where(np.tri(len(x), dtype=bool).T, scores, -np.inf)
    p = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.einsum("bij,jbk->ibk", p / p.sum(axis=-1, keepdims=True), v)
""",
    "softmax over all queries, without the scale": """
def causal_self_attention(x, W_q, W_k, W_v):
    q, k, v = x @ W_q.T, x @ W_k.T, x @ W_v.T
    scores = np.einsum("ibh,jbh->bij", q, k)
    scores = np.where(np.tri(len(x), dtype=bool), scores, -np.inf)
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.einsum("bij,jbk->ibk", p / p.sum(axis=1, keepdims=True), v)
""",
    "keys joined along the batch": """
def kv_cache_step(x_t, keys, values, W_q, W_k, W_v):
    q = x_t @ W_q.T
    keys = np.concatenate([keys, x_t @ W_k.T])
    values = np.concatenate([values, x_t @ W_v.T])
    scores = (keys * q).sum(axis=2) / np.sqrt(q.shape[1])
    p = np.exp(scores - scores.max(axis=0))
    p = p / p.sum(axis=0)
    return (p[:, :, None] * values).sum(axis=0), keys, values
""",
    "one list of counts": """
def layer_parameters(D, H):
    block = H * (D + H + 1)
    return [4 * block, 3 * block + H, 4 * H * (H + 1)]
""",
    "operations of the multiplications": """
def step_flops(T, D, H):
    return 4 * H * (D + H), 4 * H**2 + 2 * T * H
""",
    "numbers for bytes": """
def state_bytes(T, B, L, H, itemsize):
    return 2 * T * B * L * H, B * L * H
""",
    "the future of the new tokens": """
def chunk_attention(x, keys, values, W_q, W_k, W_v):
    q = x @ W_q.T
    k, v = np.concatenate([keys, x @ W_k.T]), np.concatenate([values, x @ W_v.T])
    scores = np.einsum("ibh,jbh->bij", q, k) / np.sqrt(len(W_q))
    p = np.exp(scores - scores.max(axis=2, keepdims=True))
    return np.einsum("bij,jbh->ibh", p / p.sum(axis=2, keepdims=True), v)
""",
}
