"""Fatima sets the state to zero where there is padding, in place of carrying it over."""

# %% rnn_step
def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh.T + h_prev @ W_hh.T + b_h)


# %% readout
def readout(h, W_hy, b_y):
    return h @ W_hy.T


# %% masked_forward
def masked_forward(x, mask, h_0, W_xh, W_hh, b_h):
    h = np.zeros((len(x), *h_0.shape))
    state = h_0
    for t, x_t in enumerate(x):
        state = rnn_step(x_t, state, W_xh, W_hh, b_h) * mask[t][:, None]
        h[t] = state
    return h


# %% [markdown] explain_hidden_state
# The friend's network has no memory, and an RNN has one.
