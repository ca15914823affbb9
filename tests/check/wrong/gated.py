"""Wrong answers to the assignment on gated cells, as students type them."""

WRONG = {
    "a bias for all gates": """
def lstm_init(u_xh, u_hh, forget_bias):
    H = u_hh.shape[1]
    b_h = np.full(4 * H, forget_bias)
    return (2 * u_xh - 1) / np.sqrt(H), (2 * u_hh - 1) / np.sqrt(H), b_h
""",
    "uniform between 0 and the bound": """
def lstm_init(u_xh, u_hh, forget_bias):
    H = u_hh.shape[1]
    b_h = np.zeros(4 * H)
    b_h[H : 2 * H] = forget_bias
    return u_xh / np.sqrt(H), u_hh / np.sqrt(H), b_h
""",
    "the order i, f, o, g": """
def lstm_step(x_t, h_prev, c_prev, W_xh, W_hh, b_h):
    a = x_t @ W_xh.T + h_prev @ W_hh.T + b_h
    i, f, o, g = np.split(a, 4, axis=1)
    sigmoid = lambda a: (1 + np.tanh(a / 2)) / 2
    c_t = sigmoid(f) * c_prev + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c_t), c_t
""",
    "a helper that is not there": """
def lstm_step(x_t, h_prev, c_prev, W_xh, W_hh, b_h):
    a = x_t @ W_xh.T + h_prev @ W_hh.T + b_h
    i, f, g, o = np.split(a, 4, axis=1)
    c_t = sigmoid(f) * c_prev + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c_t), c_t
""",
    "split along the batch": """
def lstm_step(x_t, h_prev, c_prev, W_xh, W_hh, b_h):
    a = x_t @ W_xh.T + h_prev @ W_hh.T + b_h
    i, f, g, o = np.split(a, 4)
    c_t = 1 / (1 + np.exp(-f)) * c_prev + 1 / (1 + np.exp(-i)) * np.tanh(g)
    return 1 / (1 + np.exp(-o)) * np.tanh(c_t), c_t
""",
    "only the hidden state": """
def lstm_step(x_t, h_prev, c_prev, W_xh, W_hh, b_h):
    i, f, g, o = np.split(x_t @ W_xh.T + h_prev @ W_hh.T + b_h, 4, axis=1)
    sigmoid = lambda a: (1 + np.tanh(a / 2)) / 2
    return sigmoid(o) * np.tanh(sigmoid(f) * c_prev + sigmoid(i) * np.tanh(g))
""",
    "the cell begins anew": """
def lstm_forward(x, h_0, c_0, W_xh, W_hh, b_h):
    sigmoid = lambda a: (1 + np.tanh(a / 2)) / 2
    h_t, h, c = h_0, [], []
    for x_t in x:
        i, f, g, o = np.split(x_t @ W_xh.T + h_t @ W_hh.T + b_h, 4, axis=1)
        c_t = sigmoid(f) * c_0 + sigmoid(i) * np.tanh(g)
        h_t = sigmoid(o) * np.tanh(c_t)
        h.append(h_t)
        c.append(c_t)
    return np.stack(h), np.stack(c)
""",
    "a cell gradient that is lost": """
def lstm_step_backward(d_h_t, d_c_t, x_t, h_prev, c_prev, gates, c_t, W_xh, W_hh):
    i, f, g, o = np.split(gates, 4, axis=1)
    d_c = d_h_t * o * (1 - np.tanh(c_t) ** 2)
    d_a = np.hstack([
        d_c * g * i * (1 - i), d_c * c_prev * f * (1 - f), d_c * i * (1 - g**2), d_h_t * np.tanh(c_t) * o * (1 - o)
    ])
    return d_a @ W_xh, d_a @ W_hh, d_c * f, d_a.T @ x_t, d_a.T @ h_prev, d_a.sum(axis=0)
""",
    "the gates exchanged": """
def gru_step(x_t, h_prev, W_xh, W_hh, b_h, b_hn):
    H = len(b_hn)
    x_part, h_part = x_t @ W_xh.T + b_h, h_prev @ W_hh.T
    z, r = (1 / (1 + np.exp(-(x_part + h_part)[:, k * H : (k + 1) * H])) for k in (0, 1))
    n = np.tanh(x_part[:, 2 * H :] + r * (h_part[:, 2 * H :] + b_hn))
    return (1 - z) * n + z * h_prev
""",
    "the other convention, and a bias outside": """
def gru_step(x_t, h_prev, W_xh, W_hh, b_h, b_hn):
    H = len(b_hn)
    x_part, h_part = x_t @ W_xh.T + b_h, h_prev @ W_hh.T
    r, z = ((1 + np.tanh((x_part + h_part)[:, k * H : (k + 1) * H] / 2)) / 2 for k in (0, 1))
    n = np.tanh(x_part[:, 2 * H :] + r * h_part[:, 2 * H :] + b_hn)
    return z * n + (1 - z) * h_prev
""",
    "states kept at padding, cells not": """
def padded_lstm_forward(x, mask, h_0, c_0, W_xh, W_hh, b_h):
    sigmoid = lambda a: (1 + np.tanh(a / 2)) / 2
    h_t, c_t, h, c = h_0, c_0, [], []
    for x_t, m in zip(x, mask[:, :, None]):
        i, f, g, o = np.split(x_t @ W_xh.T + h_t @ W_hh.T + b_h, 4, axis=1)
        c_t = sigmoid(f) * c_t + sigmoid(i) * np.tanh(g)
        h_t = np.where(m, sigmoid(o) * np.tanh(c_t), h_t)
        h.append(h_t)
        c.append(c_t)
    return np.stack(h), np.stack(c)
""",
    "a word for a letter": """
answer_convention = "the first"
""",
}
