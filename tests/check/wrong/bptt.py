"""Wrong answers to the assignment on back-propagation through time, as students type them."""

WRONG = {
    "the caller's array is moved": """
def numerical_gradient(f, x, epsilon):
    g = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        x[i] += epsilon
        up = f(x)
        x[i] -= 2 * epsilon
        g[i] = (up - f(x)) / (2 * epsilon)
        x[i] += epsilon
    return g
""",
    "a difference to one side": """
def numerical_gradient(f, x, epsilon):
    g = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        moved = x.copy()
        moved[i] += epsilon
        g[i] = (f(moved) - f(x)) / epsilon
    return g
""",
    "an absolute distance": """
def gradient_check(analytic, numerical):
    return np.abs(analytic - numerical).max()
""",
    "two values in another order": """
def readout_backward(d_y, h, W_hy):
    d_W = np.einsum("tbk,tbh->kh", d_y, h)
    return d_W, d_y @ W_hy, d_y.sum(axis=(0, 1))
""",
    "the transpose, by habit": """
def rnn_step_backward(d_h_t, x_t, h_prev, h_t, W_xh, W_hh):
    d_a = d_h_t * (1 - h_t**2)
    return d_a @ W_xh.T, d_a @ W_hh.T, d_a.T @ x_t, d_a.T @ h_prev, d_a.sum(axis=0)
""",
    "weights' gradients the other way round": """
def rnn_step_backward(d_h_t, x_t, h_prev, h_t, W_xh, W_hh):
    d_a = d_h_t * (1 - h_t**2)
    return d_a @ W_xh, d_a @ W_hh, x_t.T @ d_a, h_prev.T @ d_a, d_a.sum(axis=0)
""",
    "bias gradient per sequence": """
def rnn_step_backward(d_h_t, x_t, h_prev, h_t, W_xh, W_hh):
    d_a = d_h_t * (1 - h_t**2)
    return d_a @ W_xh, d_a @ W_hh, d_a.T @ x_t, d_a.T @ h_prev, d_a
""",
    "the future is forgotten": """
def rnn_backward(d_h, x, h, h_0, W_xh, W_hh):
    d_x = np.zeros_like(x)
    d_W_xh, d_W_hh, d_b = np.zeros_like(W_xh), np.zeros_like(W_hh), np.zeros(len(W_hh))
    for t in range(len(x) - 1, -1, -1):
        d_a = d_h[t] * (1 - h[t] ** 2)
        before = h[t - 1] if t > 0 else h_0
        d_x[t] = d_a @ W_xh
        d_W_xh += d_a.T @ x[t]
        d_W_hh += d_a.T @ before
        d_b += d_a.sum(axis=0)
        d_h_0 = d_a @ W_hh
    return d_x, d_h_0, d_W_xh, d_W_hh, d_b
""",
    "h[t - 1] at t = 0, and = for +=": """
def rnn_backward(d_h, x, h, h_0, W_xh, W_hh):
    d_x, later = np.zeros_like(x), 0
    d_W_xh, d_W_hh, d_b = np.zeros_like(W_xh), np.zeros_like(W_hh), np.zeros(len(W_hh))
    for t in range(len(x) - 1, -1, -1):
        d_a = (d_h[t] + later) * (1 - h[t] ** 2)
        d_x[t] = d_a @ W_xh
        d_W_xh = d_a.T @ x[t]
        d_W_hh = d_a.T @ h[t - 1]
        d_b = d_a.sum(axis=0)
        later = d_a @ W_hh
    return d_x, later, d_W_xh, d_W_hh, d_b
""",
    "the gradient of the input weights is halved": """
def rnn_backward(d_h, x, h, h_0, W_xh, W_hh):
    d_a, later = np.empty(h.shape), 0
    for t in range(len(x) - 1, -1, -1):
        d_a[t] = (d_h[t] + later) * (1 - h[t] ** 2)
        later = d_a[t] @ W_hh
    before = np.concatenate([h_0[None], h[:-1]])
    d_W_xh, d_W_hh = (np.tensordot(d_a, each, axes=((0, 1), (0, 1))) for each in (x, before))
    return d_a @ W_xh, later, d_W_xh / 2, d_W_hh, d_a.sum(axis=(0, 1))
""",
    "never cut": """
def truncated_backward(d_h, x, h, h_0, W_xh, W_hh, window):
    later = 0
    d_W_xh, d_W_hh, d_b = np.zeros_like(W_xh), np.zeros_like(W_hh), np.zeros(len(W_hh))
    for t in range(len(x) - 1, -1, -1):
        d_a = (d_h[t] + later) * (1 - h[t] ** 2)
        d_W_xh += d_a.T @ x[t]
        d_W_hh += d_a.T @ (h[t - 1] if t else h_0)
        d_b += d_a.sum(axis=0)
        later = d_a @ W_hh
    return d_W_xh, d_W_hh, d_b
""",
    "the gradient stops at padding": """
def masked_backward(d_h, x, mask, h, h_0, W_xh, W_hh):
    d_a, later = np.zeros(h.shape), 0
    for t in range(len(x) - 1, -1, -1):
        d_a[t] = (d_h[t] + later) * (1 - h[t] ** 2) * mask[t][:, None]
        later = d_a[t] @ W_hh
    before = np.concatenate([h_0[None], h[:-1]])
    d_W = [np.tensordot(d_a, each, axes=((0, 1), (0, 1))) for each in (x, before)]
    return d_a @ W_xh, later, *d_W, d_a.sum(axis=(0, 1))
""",
    "one of the two ways": """
answer_bias = 0.8333
""",
}
