"""Alan writes everything in a way of his own, and all of it is right."""

# %% reverse_padded
def reverse_padded(x, lengths):
    turned = [np.concatenate([x[:n, b][::-1], x[n:, b]]) for b, n in enumerate(lengths)]
    return np.stack(turned, axis=1)


# %% answer_wrong_line
answer_wrong_line = "(A)"


# %% birnn_forward
def birnn_forward(x, lengths, h_0, W_xh, W_hh, b_h):
    H = len(b_h[0])
    h = np.zeros((*x.shape[:2], 2 * H))
    for b, n in enumerate(lengths):
        right, left = h_0[:, b]
        for t in range(n):
            back = n - 1 - t
            right = np.tanh(W_xh[0] @ x[t, b] + W_hh[0] @ right + b_h[0])
            left = np.tanh(W_xh[1] @ x[back, b] + W_hh[1] @ left + b_h[1])
            h[t, b, :H], h[back, b, H:] = right, left
    return h


# %% answer_forecast
answer_forecast = " C. "


# %% stacked_forward
def stacked_forward(x, h_0, W_xh_1, W_xh_2, W_hh, b_h):
    def layer(v, h, W, U, b):
        out = []
        for v_t in v:
            h = np.tanh(np.dot(v_t, W.T) + np.dot(h, U.T) + b)
            out.append(h)
        return np.array(out)

    below = layer(x, h_0[0], W_xh_1, W_hh[0], b_h[0])
    return below + layer(below, h_0[1], W_xh_2, W_hh[1], b_h[1])


# %% encode
def encode(x, mask, h_0, W_xh, W_hh, b_h):
    c = h_0.copy()
    for b in range(len(c)):
        for x_t in x[mask[:, b], b]:
            c[b] = np.tanh(W_xh @ x_t + W_hh @ c[b] + b_h)
    return c


# %% greedy_decode
def greedy_decode(h_0, E, W_xh, W_hh, b_h, W_hy, b_y, start_id, end_id, longest):
    ids = np.full((len(h_0), longest), end_id)
    for row, h in zip(ids, h_0):
        last = start_id
        for t in range(longest):
            h = np.tanh(W_xh @ E[last] + W_hh @ h + b_h)
            row[t] = last = np.argmax(W_hy @ h + b_y)
            if last == end_id:
                break
    return ids


# %% answer_beam
answer_beam = np.float64(0.36)


# %% beam_search
def beam_search(log_p, start_id, width):
    T, K, _ = log_p.shape
    paths, totals = np.full((1, T + 1), start_id), np.zeros(1)
    for t in range(T):
        sums = (totals[:, None] + log_p[t][paths[:, t]]).ravel()
        best = sums.argsort()[::-1][:width]
        paths, totals = paths[best // K].copy(), sums[best]
        paths[:, t + 1] = best % K
    return paths[0, 1:], totals[0]


# %% attention_mask
def attention_mask(mask, causal):
    T, B = mask.shape
    allowed = np.zeros((B, T, T), bool)
    for i in range(T):
        end = i + 1 if causal else T
        allowed[:, i, :end] = mask.T[:, :end]
    return allowed


# %% attention
def attention(queries, keys, values, allowed):
    q, k, v = (np.swapaxes(each, 0, 1) for each in (queries, keys, values))
    s = q @ k.swapaxes(1, 2) / q.shape[2] ** 0.5
    s = s - np.max(s, axis=2, keepdims=True, where=allowed, initial=-1e300)
    weights = np.where(allowed, np.exp(np.where(allowed, s, 0)), 0)
    sums = weights.sum(2, keepdims=True)
    weights = np.divide(weights, sums, out=np.zeros_like(weights), where=sums > 0)
    return np.swapaxes(weights @ v, 0, 1), weights
