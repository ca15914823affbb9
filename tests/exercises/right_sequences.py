"""The functions of `sequences`, written in other styles."""

import numpy as np


def reverse_padded_by_index(x, lengths):
    t = np.arange(len(x))[:, None]
    source = np.where(t < lengths, lengths - 1 - t, t)
    return np.take_along_axis(x, source[:, :, None], axis=0)


def reverse_padded_by_sequence(x, lengths):
    turned = [[*x[:n, b][::-1], *x[n:, b]] for b, n in enumerate(lengths)]
    return np.swapaxes(turned, 0, 1)


def encode_by_sequence(x, mask, h_0, W_xh, W_hh, b_h):
    vectors = []
    for b in range(x.shape[1]):
        h = h_0[b]
        for x_t in x[mask[:, b], b]:
            h = np.tanh(W_xh @ x_t + W_hh @ h + b_h)
        vectors.append(h)
    return np.array(vectors)


def encode_by_blending(x, mask, h_0, W_xh, W_hh, b_h):
    from_input = np.einsum("tbd,hd->tbh", x, W_xh) + b_h
    h = np.array(h_0)
    for t in range(len(x)):
        rows = np.flatnonzero(mask[t])
        h[rows] = np.tanh(from_input[t, rows] + np.dot(h[rows], W_hh.T))
    return h


def birnn_forward_by_sequence(x, lengths, h_0, W_xh, W_hh, b_h):
    T, B, _ = x.shape
    H = W_hh.shape[1]
    result = np.zeros((T, B, 2 * H))
    for b in range(B):
        h = h_0[0, b]
        for t in range(lengths[b]):
            h = np.tanh(W_xh[0] @ x[t, b] + W_hh[0] @ h + b_h[0])
            result[t, b, :H] = h
        h = h_0[1, b]
        for t in range(lengths[b] - 1, -1, -1):
            h = np.tanh(W_xh[1] @ x[t, b] + W_hh[1] @ h + b_h[1])
            result[t, b, H:] = h
    return result


def birnn_forward_by_mask(x, lengths, h_0, W_xh, W_hh, b_h):
    T = len(x)
    real = (np.arange(T)[:, None] < lengths)[..., None]
    right, left = [], []
    h = h_0[0]
    for t in range(T):
        h = np.tanh(x[t] @ W_xh[0].T + h @ W_hh[0].T + b_h[0])
        right.append(h * real[t])
    h = h_0[1]
    for t in reversed(range(T)):
        h = np.where(real[t], np.tanh(x[t] @ W_xh[1].T + h @ W_hh[1].T + b_h[1]), h)
        left.insert(0, h * real[t])
    return np.dstack([np.array(right).reshape(T, -1, h.shape[1]), np.array(left)])


def stacked_forward_step_by_step(x, h_0, W_xh_1, W_xh_2, W_hh, b_h):
    lower, upper = h_0
    out = []
    for x_t in x:
        lower = np.tanh(x_t @ W_xh_1.T + lower @ W_hh[0].T + b_h[0])
        upper = np.tanh(lower @ W_xh_2.T + upper @ W_hh[1].T + b_h[1])
        out.append(lower + upper)
    return np.array(out)


def stacked_forward_with_a_layer(x, h_0, W_xh_1, W_xh_2, W_hh, b_h):
    def layer(v, start, W, U, b):
        h = np.empty((len(v), *start.shape))
        for t in range(len(v)):
            h[t] = np.tanh(np.einsum("bd,hd->bh", v[t], W) + (h[t - 1] if t else start) @ U.T + b)
        return h

    first = layer(x, h_0[0], W_xh_1, W_hh[0], b_h[0])
    return first + layer(first, h_0[1], W_xh_2, W_hh[1], b_h[1])


def greedy_decode_by_sequence(h_0, E, W_xh, W_hh, b_h, W_hy, b_y, start_id, end_id, longest):
    rows = []
    for h in h_0:
        row, last = [], start_id
        while len(row) < longest and last != end_id:
            h = np.tanh(W_xh @ E[last] + W_hh @ h + b_h)
            last = int(np.argmax(W_hy @ h + b_y))
            row.append(last)
        rows.append(row + [end_id] * (longest - len(row)))
    return np.array(rows)


def greedy_decode_then_cut(h_0, E, W_xh, W_hh, b_h, W_hy, b_y, start_id, end_id, longest):
    h, ids = h_0, np.full((len(h_0), longest + 1), start_id)
    for t in range(longest):
        h = np.tanh(np.einsum("bd,hd->bh", E[ids[:, t]], W_xh) + h @ W_hh.T + b_h)
        logits = h @ W_hy.T + b_y
        p = np.exp(logits - logits.max(1, keepdims=True))
        ids[:, t + 1] = (p / p.sum(1, keepdims=True)).argmax(1)
    ids = ids[:, 1:]
    over = np.cumsum(ids == end_id, axis=1) > 0
    return np.where(over, end_id, ids)


def beam_search_with_lists(log_p, start_id, width):
    beam = [(0.0, [start_id])]
    for table in log_p:
        extended = [(s + table[ids[-1], k], [*ids, k]) for s, ids in beam for k in range(len(table))]
        beam = sorted(extended, key=lambda each: each[0], reverse=True)[:width]
    score, ids = max(beam)
    return np.array(ids[1:]), score


def beam_search_with_parents(log_p, start_id, width):
    K = log_p.shape[-1]
    total = log_p[0, start_id]
    kept = np.argsort(total)[::-1][:width]
    total, paths = total[kept], [[int(k)] for k in kept]
    for table in log_p[1:]:
        scores = (total[:, None] + table[[path[-1] for path in paths]]).reshape(-1)
        kept = np.flip(np.argsort(scores))[:width]
        total, paths = scores[kept], [[*paths[k // K], int(k % K)] for k in kept]
    return np.array(paths[int(np.argmax(total))]), total.max()


def attention_mask_by_loops(mask, causal):
    T, B = mask.shape
    allowed = np.zeros((B, T, T), dtype=bool)
    for b in range(B):
        for i in range(T):
            for j in range(i + 1 if causal else T):
                allowed[b, i, j] = mask[j, b]
    return allowed


def attention_mask_by_triangle(mask, causal):
    T, B = mask.shape
    real = np.broadcast_to(mask.T[:, None], (B, T, T))
    return np.tril(real) if causal else real.copy()


def attention_by_query(queries, keys, values, allowed):
    T_q, B, D = queries.shape
    weights = np.zeros(allowed.shape)
    context = np.zeros((T_q, B, values.shape[2]))
    for b in range(B):
        for i in range(T_q):
            open_keys = np.flatnonzero(allowed[b, i])
            if len(open_keys) == 0:
                continue
            s = keys[open_keys, b] @ queries[i, b] * D**-0.5
            e = np.exp(s - s.max())
            weights[b, i, open_keys] = e / e.sum()
            context[i, b] = weights[b, i] @ values[:, b]
    return context, weights


def attention_by_einsum(queries, keys, values, allowed):
    s = np.einsum("qbd,kbd->bqk", queries / np.sqrt(queries.shape[-1]), keys)
    s = np.where(allowed, s, -1e300)
    e = np.exp(s - s.max(-1, keepdims=True)) * allowed
    weights = e / np.maximum(e.sum(-1, keepdims=True), 1e-300)
    return np.einsum("bqk,kbh->qbh", weights, values), weights


SOLUTIONS = {
    "reverse_padded": (reverse_padded_by_index, reverse_padded_by_sequence),
    "encode": (encode_by_sequence, encode_by_blending),
    "birnn_forward": (birnn_forward_by_sequence, birnn_forward_by_mask),
    "stacked_forward": (stacked_forward_step_by_step, stacked_forward_with_a_layer),
    "greedy_decode": (greedy_decode_by_sequence, greedy_decode_then_cut),
    "beam_search": (beam_search_with_lists, beam_search_with_parents),
    "attention_mask": (attention_mask_by_loops, attention_mask_by_triangle),
    "attention": (attention_by_query, attention_by_einsum),
}
