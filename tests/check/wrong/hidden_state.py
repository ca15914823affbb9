"""Wrong answers to the first assignment, as students type them."""

WRONG = {
    "the stub": """
def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):
    raise NotImplementedError()
""",
    "too few arguments": """
def rnn_step(x_t, h_prev, W_xh, W_hh):
    return h_prev
""",
    "a misspelled name": """
def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):
    z = x_t @ W_xh.T + h_prv @ W_hh.T
    return np.tanh(z)
""",
    "no transposes": """
def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h)
""",
    "vectors as columns": """
def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(W_xh @ x_t + W_hh @ h_prev + b_h)
""",
    "no return": """
def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):
    h_t = np.tanh(x_t @ W_xh.T + h_prev @ W_hh.T + b_h)
""",
    "printed": """
def count_parameters(D, H, K):
    print(H * (D + H + 1) + K * (H + 1), end='')
""",
    "no bias": """
def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t.dot(W_xh.T) + h_prev.dot(W_hh.T))
""",
    "sigmoid without bias": """
def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):
    z = x_t @ W_xh.T + h_prev @ W_hh.T
    return 1 / (1 + np.exp(-z))
""",
    "input changed in place": """
def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):
    h_prev += x_t @ W_xh.T
    return np.tanh(h_prev + b_h)
""",
    "states as a list": """
def rnn_forward(x, h_0, W_xh, W_hh, b_h):
    h, out = h_0, []
    for a in x:
        h = np.tanh(a @ W_xh.T + h @ W_hh.T + b_h)
        out.append(h)
    return out
""",
    "a text": """
def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):
    return 'h_t'
""",
    "an array of a text": """
def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):
    return np.array('h_t')
""",
    "an array of objects": """
def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh.T + h_prev @ W_hh.T + b_h).astype(object)
""",
    "states and last state": """
def rnn_forward(x, h_0, W_xh, W_hh, b_h):
    h, out = h_0, []
    for a in x:
        h = np.tanh(a @ W_xh.T + h @ W_hh.T + b_h)
        out.append(h)
    return np.stack(out), h
""",
    "a comma too many": """
def readout(h, W_hy, b_y):
    return (h @ W_hy.T + b_y,)
""",
    "last state": """
def rnn_forward(x, h_0, W_xh, W_hh, b_h):
    h = h_0
    for a in x:
        h = np.tanh(a @ W_xh.T + h @ W_hh.T + b_h)
    return h
""",
    "time axis last": """
def rnn_forward(x, h_0, W_xh, W_hh, b_h):
    h, out = h_0, []
    for a in x:
        h = np.tanh(a @ W_xh.T + h @ W_hh.T + b_h)
        out.append(h)
    return np.stack(out, -1)
""",
    "one buffer": """
def rnn_forward(x, h_0, W_xh, W_hh, b_h):
    h, out = h_0.copy(), []
    for a in x:
        np.tanh(a @ W_xh.T + h @ W_hh.T + b_h, out=h)
        out.append(h)
    return np.stack(out)
""",
    "tanh by exponentials": """
def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):
    z = x_t @ W_xh.T + h_prev @ W_hh.T + b_h
    return (1 - np.exp(-2 * z)) / (1 + np.exp(-2 * z))
""",
    "noise": """
def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh.T + h_prev @ W_hh.T + np.random.randn(len(b_h)))
""",
    "a list that lives on": """
def rnn_forward(x, h_0, W_xh, W_hh, b_h, states=[]):
    h = h_0
    for a in x:
        h = np.tanh(a @ W_xh.T + h @ W_hh.T + b_h)
        states.append(h)
    return np.array(states)
""",
    "a view of the input": """
def masked_forward(x, mask, h_0, W_xh, W_hh, b_h):
    return np.broadcast_to(h_0, (len(x), *h_0.shape))
""",
    "mean over the batch": """
def readout(h, W_hy, b_y):
    return (h @ W_hy.T + b_y) / h.shape[1]
""",
    "minus": """
def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(-(x_t @ W_xh.T + h_prev @ W_hh.T + b_h))
""",
    "only the first sequence": """
def readout(h, W_hy, b_y):
    y = h @ W_hy.T + b_y
    y[:, 1:] = 0
    return y
""",
    "first step from h_0, others from zero": """
def rnn_forward(x, h_0, W_xh, W_hh, b_h):
    h, out = h_0, []
    for a in x:
        out.append(np.tanh(a @ W_xh.T + h @ W_hh.T + b_h))
        h = 0 * h
    return np.stack(out)
""",
    "rounded": """
def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):
    return np.round(np.tanh(x_t @ W_xh.T + h_prev @ W_hh.T + b_h), 6)
""",
    "states divided by their largest": """
def rnn_forward(x, h_0, W_xh, W_hh, b_h):
    h, out = h_0, []
    for a in x:
        h = np.tanh(a @ W_xh.T + h @ W_hh.T + b_h)
        out.append(h)
        h = h / np.abs(h).max()
    return np.stack(out)
""",
    "integers": """
def one_hot(ids, K):
    return np.eye(K, dtype=int)[ids]
""",
    "two classes too many": """
def one_hot(ids, K):
    return np.eye(K + 2)[ids]
""",
    "float count": """
def count_parameters(D, H, K):
    return H * (D + H + 1.0) + K * (H + 1)
""",
    "counted twice": """
def count_parameters(D, H, K):
    return 2 * (H * (D + H + 1) + K * (H + 1))
""",
    "recurrent weight halved": """
def count_parameters(D, H, K):
    return H * D + H * H // 2 + H + K * H + K
""",
    "zeros at padding": """
def masked_forward(x, mask, h_0, W_xh, W_hh, b_h):
    h, out = h_0, []
    for a, m in zip(x, mask):
        h = np.tanh(a @ W_xh.T + h @ W_hh.T + b_h) * m[:, None]
        out.append(h)
    return np.array(out)
""",
    "mask without its axis": """
def masked_forward(x, mask, h_0, W_xh, W_hh, b_h):
    h, out = h_0, []
    for a, m in zip(x, mask):
        h = np.where(m, np.tanh(a @ W_xh.T + h @ W_hh.T + b_h), h)
        out.append(h)
    return np.array(out)
""",
    "an answer that only weighs one step": """
answer_second_state = 0.604
""",
}
