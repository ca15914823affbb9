"""Chen drops the bias of the hidden state, and applies softmax where the scores themselves are wanted."""

# %% rnn_step
def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh.T + h_prev @ W_hh.T)


# %% rnn_forward
def rnn_forward(x, h_0, W_xh, W_hh, b_h):
    states = []
    h = h_0
    for x_t in x:
        h = np.tanh(x_t @ W_xh.T + h @ W_hh.T + b_h)
        states.append(h)
    return np.stack(states)


# %% readout
def readout(h, W_hy, b_y):
    scores = h @ W_hy.T + b_y
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)
