"""Wrong answers to the assignment on sequences, as students type them."""

WRONG = {
    "the padding is turned too": """
def reverse_padded(x, lengths):
    return x[::-1].copy()
""",
    "a view of the input": """
def reverse_padded(x, lengths):
    return x[::-1]
""",
    "turned in place": """
def reverse_padded(x, lengths):
    for b, n in enumerate(lengths):
        x[:n, b] = x[:n, b][::-1]
    return x
""",
    "one index too many": """
def reverse_padded(x, lengths):
    y = x.copy()
    for b, n in enumerate(lengths):
        for t in range(n):
            y[t, b] = x[n - t, b]
    return y
""",
    "directions added": """
def birnn_forward(x, lengths, h_0, W_xh, W_hh, b_h):
    T, B, _ = x.shape
    real = np.arange(T)[:, None] < lengths
    h = np.zeros((T, B, W_hh.shape[1]))
    for way, steps in ((0, range(T)), (1, range(T - 1, -1, -1))):
        state = h_0[way]
        for t in steps:
            new = np.tanh(x[t] @ W_xh[way].T + state @ W_hh[way].T + b_h[way])
            state = np.where(real[t][:, None], new, state)
            h[t] += state * real[t][:, None]
    return h
""",
    "the upper layer reads the input": """
def stacked_forward(x, h_0, W_xh_1, W_xh_2, W_hh, b_h):
    lower, upper = h_0
    u = []
    for x_t in x:
        new = np.tanh(x_t @ W_xh_1.T + lower @ W_hh[0].T + b_h[0])
        upper = np.tanh(lower @ W_xh_2.T + upper @ W_hh[1].T + b_h[1])
        lower = new
        u.append(lower + upper)
    return np.stack(u)
""",
    "no residual": """
def stacked_forward(x, h_0, W_xh_1, W_xh_2, W_hh, b_h):
    lower, upper = h_0
    u = []
    for x_t in x:
        lower = np.tanh(x_t @ W_xh_1.T + lower @ W_hh[0].T + b_h[0])
        upper = np.tanh(lower @ W_xh_2.T + upper @ W_hh[1].T + b_h[1])
        u.append(upper)
    return np.stack(u)
""",
    "the last state, padding or not": """
def encode(x, mask, h_0, W_xh, W_hh, b_h):
    h = h_0
    for x_t in x:
        h = np.tanh(x_t @ W_xh.T + h @ W_hh.T + b_h)
    return h
""",
    "goes on after the end": """
def greedy_decode(h_0, E, W_xh, W_hh, b_h, W_hy, b_y, start_id, end_id, longest):
    h, last, ids = h_0, np.full(len(h_0), start_id), []
    for _ in range(longest):
        h = np.tanh(E[last] @ W_xh.T + h @ W_hh.T + b_h)
        last = (h @ W_hy.T + b_y).argmax(axis=1)
        ids.append(last)
    return np.stack(ids, axis=1)
""",
    "floats for ids": """
def greedy_decode(h_0, E, W_xh, W_hh, b_h, W_hy, b_y, start_id, end_id, longest):
    h, last, ended = h_0, np.full(len(h_0), start_id), np.zeros(len(h_0), bool)
    ids = np.full((len(h_0), longest), float(end_id))
    for t in range(longest):
        h = np.tanh(E[last] @ W_xh.T + h @ W_hh.T + b_h)
        last = np.where(ended, end_id, (h @ W_hy.T + b_y).argmax(axis=1))
        ended |= last == end_id
        ids[:, t] = last
    return ids
""",
    "the best token at each step": """
def beam_search(log_p, start_id, width):
    ids, total, last = [], 0.0, start_id
    for table in log_p:
        token = int(table[last].argmax())
        total += table[last, token]
        ids.append(token)
        last = token
    return np.array(ids), total
""",
    "the mask after the softmax": """
def attention(queries, keys, values, allowed):
    scores = np.einsum("qbd,kbd->bqk", queries, keys) / np.sqrt(queries.shape[-1])
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = weights / weights.sum(axis=-1, keepdims=True) * allowed
    return np.einsum("bqk,kbh->qbh", weights, values), weights
""",
    "NaN where nothing is allowed": """
def attention(queries, keys, values, allowed):
    scores = np.einsum("qbd,kbd->bqk", queries, keys) / np.sqrt(queries.shape[-1])
    scores = np.where(allowed, scores, -np.inf)
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = weights / weights.sum(axis=-1, keepdims=True)
    return np.einsum("bqk,kbh->qbh", weights, values), weights
""",
    "the future is open": """
def attention_mask(mask, causal):
    T, B = mask.shape
    return np.broadcast_to(mask.T[:, None, :], (B, T, T)).copy()
""",
}
