"""Emil returns the last state alone, and believes that weights are made anew at every step."""

# %% embed
def embed(ids, E):
    return E[ids]


# %% rnn_step
def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh.T + h_prev @ W_hh.T + b_h)


# %% rnn_forward
def rnn_forward(x, h_0, W_xh, W_hh, b_h):
    h = h_0
    for x_t in x:
        h = rnn_step(x_t, h, W_xh, W_hh, b_h)
    return h


# %% answer_sharing
answer_sharing = "a"
