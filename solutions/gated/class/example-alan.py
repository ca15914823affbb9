"""Alan writes everything in a way of his own, and all of it is right."""

# %% lstm_init
def lstm_init(u_xh, u_hh, forget_bias):
    H = len(u_hh) // 4
    low = -1 / H**0.5
    b_h = [0.0] * H + [forget_bias] * H + [0.0] * (2 * H)
    return low - 2 * low * u_xh, low - 2 * low * u_hh, np.array(b_h)


# %% answer_half_life
answer_half_life = -np.log(2) / np.log(1 / (1 + np.exp(-3)))


# %% lstm_step
def sigma(a):
    return (1 + np.tanh(a / 2)) / 2


def lstm_step(x_t, h_prev, c_prev, W_xh, W_hh, b_h):
    joined, W = np.hstack([x_t, h_prev]), np.hstack([W_xh, W_hh])
    i, f, g, o = (joined @ w.T + b for w, b in zip(np.split(W, 4), np.split(b_h, 4)))
    c_t = sigma(f) * c_prev + sigma(i) * np.tanh(g)
    return sigma(o) * np.tanh(c_t), c_t


# %% lstm_forward
def lstm_forward(x, h_0, c_0, W_xh, W_hh, b_h):
    states = [(h_0, c_0)]
    for x_t in x:
        states.append(lstm_step(x_t, *states[-1], W_xh, W_hh, b_h))
    h, c = zip(*states[1:])
    return np.array(h), np.array(c)


# %% answer_cell_gradient
answer_cell_gradient = 0.5 * 0.8 / np.cosh(1.05) ** 2


# %% lstm_step_backward
def lstm_step_backward(d_h_t, d_c_t, x_t, h_prev, c_prev, gates, c_t, W_xh, W_hh):
    i, f, g, o = np.split(gates.T, 4)
    d_c = d_c_t.T + d_h_t.T * o / np.cosh(np.clip(c_t.T, -300, 300)) ** 2
    d_o = d_h_t.T * np.tanh(c_t.T)
    d_a = np.vstack([d_c * g * (i - i**2), d_c * c_prev.T * (f - f**2), d_c * i * (1 - g**2), d_o * (o - o**2)])
    return (W_xh.T @ d_a).T, (W_hh.T @ d_a).T, (d_c * f).T, d_a @ x_t, d_a @ h_prev, d_a.sum(1)


# %% lstm_backward
def lstm_backward(d_h, x, gates, h, c, h_0, c_0, W_xh, W_hh):
    back_h, back_c, d_x, weights = 0 * h_0, 0 * c_0, [], []
    for t in range(len(x) - 1, -1, -1):
        old = (h[t - 1], c[t - 1]) if t else (h_0, c_0)
        d_x_t, back_h, back_c, *more = lstm_step_backward(
            d_h[t] + back_h, back_c, x[t], *old, gates[t], c[t], W_xh, W_hh
        )
        d_x.insert(0, d_x_t)
        weights.append(more)
    return np.array(d_x), back_h, back_c, *(sum(each) for each in zip(*weights))


# %% gru_step
def gru_step(x_t, h_prev, W_xh, W_hh, b_h, b_hn):
    (x_r, x_z, x_n), (h_r, h_z, h_n) = np.split((x_t @ W_xh.T + b_h).T, 3), np.split(W_hh @ h_prev.T, 3)
    r, z = (1 + np.tanh((x_r + h_r) / 2)) / 2, (1 + np.tanh((x_z + h_z) / 2)) / 2
    n = np.tanh(x_n + r * h_n + r * b_hn[:, None])
    return (n - z * n + z * h_prev.T).T


# %% answer_convention
answer_convention = "(B)"


# %% gru_forward
def gru_forward(x, h_0, W_xh, W_hh, b_h, b_hn):
    h = [h_0]
    for x_t in x:
        h += [gru_step(x_t, h[-1], W_xh, W_hh, b_h, b_hn)]
    return np.array(h)[1:]


# %% gru_step_backward
def gru_step_backward(d_h_t, x_t, h_prev, gates, m_t, W_xh, W_hh):
    r, z, n = np.array_split(gates, 3, axis=-1)
    d_n = (d_h_t - d_h_t * z) * (1 - n * n)
    d_z = d_h_t * (h_prev - n) * (z - z * z)
    d_x = np.block([d_n * m_t * (r - r * r), d_z, d_n])
    d_h = np.block([d_n * m_t * (r - r * r), d_z, d_n * r])
    back = np.dot(d_h, W_hh) + d_h_t * z
    return np.dot(d_x, W_xh), back, d_x.T @ x_t, d_h.T @ h_prev, d_x.sum(0), (d_n * r).sum(0)


# %% answer_wrong_line
answer_wrong_line = " B. "


# %% padded_lstm_forward
def padded_lstm_forward(x, mask, h_0, c_0, W_xh, W_hh, b_h):
    h, c = [h_0], [c_0]
    for x_t, real in zip(x, mask):
        new_h, new_c = lstm_step(x_t, h[-1], c[-1], W_xh, W_hh, b_h)
        h.append(np.where(real[:, None], new_h, h[-1]))
        c.append(np.where(real[:, None], new_c, c[-1]))
    return np.array(h[1:]), np.array(c[1:])
