"""Wrong answers as students type them, each with the function that it should have been."""

FORWARD = "def rnn_forward(x, h_0, W_xh, W_hh, b_h):\n"
STEP = "def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):\n"

WRONG = {
    "the stub": ("rnn_step", STEP + "    raise NotImplementedError()"),
    "too few arguments": ("rnn_step", "def rnn_step(x_t, h_prev, W_xh, W_hh):\n    return h_prev"),
    "a misspelled name": ("rnn_step", STEP + "    z = x_t @ W_xh.T + h_prv @ W_hh.T\n    return np.tanh(z)"),
    "no transposes": ("rnn_step", STEP + "    return np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h)"),
    "vectors as columns": ("rnn_step", STEP + "    return np.tanh(W_xh @ x_t + W_hh @ h_prev + b_h)"),
    "no return": ("rnn_step", STEP + "    h_t = np.tanh(x_t @ W_xh.T + h_prev @ W_hh.T + b_h)"),
    "printed": (
        "count_parameters",
        "def count_parameters(D, H, K):\n    print(H * (D + H + 1) + K * (H + 1), end='')",
    ),
    "no bias": ("rnn_step", STEP + "    return np.tanh(x_t.dot(W_xh.T) + h_prev.dot(W_hh.T))"),
    "sigmoid without bias": (
        "rnn_step",
        STEP + "    z = x_t @ W_xh.T + h_prev @ W_hh.T\n    return 1 / (1 + np.exp(-z))",
    ),
    "input changed in place": (
        "rnn_step",
        STEP + "    h_prev += x_t @ W_xh.T\n    return np.tanh(h_prev + b_h)",
    ),
    "states as a list": (
        "rnn_forward",
        FORWARD + "    h, out = h_0, []\n    for a in x:\n"
        "        h = np.tanh(a @ W_xh.T + h @ W_hh.T + b_h)\n        out.append(h)\n    return out",
    ),
    "a text": ("rnn_step", STEP + "    return 'h_t'"),
    "an array of a text": ("rnn_step", STEP + "    return np.array('h_t')"),
    "an array of objects": (
        "rnn_step",
        STEP + "    return np.tanh(x_t @ W_xh.T + h_prev @ W_hh.T + b_h).astype(object)",
    ),
    "states and last state": (
        "rnn_forward",
        FORWARD + "    h, out = h_0, []\n    for a in x:\n"
        "        h = np.tanh(a @ W_xh.T + h @ W_hh.T + b_h)\n        out.append(h)\n    return np.stack(out), h",
    ),
    "a comma too many": ("readout", "def readout(h, W_hy, b_y):\n    return (h @ W_hy.T + b_y,)"),
    "last state": (
        "rnn_forward",
        FORWARD
        + "    h = h_0\n    for a in x:\n        h = np.tanh(a @ W_xh.T + h @ W_hh.T + b_h)\n    return h",
    ),
    "time axis last": (
        "rnn_forward",
        FORWARD + "    h, out = h_0, []\n    for a in x:\n"
        "        h = np.tanh(a @ W_xh.T + h @ W_hh.T + b_h)\n        out.append(h)\n    return np.stack(out, -1)",
    ),
    "one buffer": (
        "rnn_forward",
        FORWARD + "    h, out = h_0.copy(), []\n    for a in x:\n"
        "        np.tanh(a @ W_xh.T + h @ W_hh.T + b_h, out=h)\n        out.append(h)\n    return np.stack(out)",
    ),
    "tanh by exponentials": (
        "rnn_step",
        STEP + "    z = x_t @ W_xh.T + h_prev @ W_hh.T + b_h\n"
        "    return (1 - np.exp(-2 * z)) / (1 + np.exp(-2 * z))",
    ),
    "noise": (
        "rnn_step",
        STEP + "    return np.tanh(x_t @ W_xh.T + h_prev @ W_hh.T + np.random.randn(len(b_h)))",
    ),
    "a list that lives on": (
        "rnn_forward",
        "def rnn_forward(x, h_0, W_xh, W_hh, b_h, states=[]):\n    h = h_0\n    for a in x:\n"
        "        h = np.tanh(a @ W_xh.T + h @ W_hh.T + b_h)\n        states.append(h)\n    return np.array(states)",
    ),
    "a view of the input": (
        "masked_forward",
        "def masked_forward(x, mask, h_0, W_xh, W_hh, b_h):\n    return np.broadcast_to(h_0, (len(x), *h_0.shape))",
    ),
    "mean over the batch": (
        "readout",
        "def readout(h, W_hy, b_y):\n    return (h @ W_hy.T + b_y) / h.shape[1]",
    ),
    "minus": ("rnn_step", STEP + "    return np.tanh(-(x_t @ W_xh.T + h_prev @ W_hh.T + b_h))"),
    "only the first sequence": (
        "readout",
        "def readout(h, W_hy, b_y):\n    y = h @ W_hy.T + b_y\n    y[:, 1:] = 0\n    return y",
    ),
    "first step from h_0, others from zero": (
        "rnn_forward",
        FORWARD
        + "    h, out = h_0, []\n    for a in x:\n        out.append(np.tanh(a @ W_xh.T + h @ W_hh.T + b_h))\n"
        "        h = 0 * h\n    return np.stack(out)",
    ),
    "rounded": ("rnn_step", STEP + "    return np.round(np.tanh(x_t @ W_xh.T + h_prev @ W_hh.T + b_h), 6)"),
    "states divided by their largest": (
        "rnn_forward",
        FORWARD
        + "    h, out = h_0, []\n    for a in x:\n        h = np.tanh(a @ W_xh.T + h @ W_hh.T + b_h)\n"
        "        out.append(h)\n        h = h / np.abs(h).max()\n    return np.stack(out)",
    ),
    "integers": ("one_hot", "def one_hot(ids, K):\n    return np.eye(K, dtype=int)[ids]"),
    "two classes too many": ("one_hot", "def one_hot(ids, K):\n    return np.eye(K + 2)[ids]"),
    "float count": (
        "count_parameters",
        "def count_parameters(D, H, K):\n    return H * (D + H + 1.0) + K * (H + 1)",
    ),
    "counted twice": (
        "count_parameters",
        "def count_parameters(D, H, K):\n    return 2 * (H * (D + H + 1) + K * (H + 1))",
    ),
    "recurrent weight halved": (
        "count_parameters",
        "def count_parameters(D, H, K):\n    return H * D + H * H // 2 + H + K * H + K",
    ),
    "zeros at padding": (
        "masked_forward",
        "def masked_forward(x, mask, h_0, W_xh, W_hh, b_h):\n    h, out = h_0, []\n    for a, m in zip(x, mask):\n"
        "        h = np.tanh(a @ W_xh.T + h @ W_hh.T + b_h) * m[:, None]\n        out.append(h)\n"
        "    return np.array(out)",
    ),
    "mask without its axis": (
        "masked_forward",
        "def masked_forward(x, mask, h_0, W_xh, W_hh, b_h):\n    h, out = h_0, []\n    for a, m in zip(x, mask):\n"
        "        h = np.where(m, np.tanh(a @ W_xh.T + h @ W_hh.T + b_h), h)\n        out.append(h)\n"
        "    return np.array(out)",
    ),
}
