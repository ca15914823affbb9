"""Hana is careless: she deleted the body of a cell, and misspelled the name of a function."""

# %% one_hot


# %% embed
def embed(ids, E):
    return E[ids]


# %% rnn_step
def rnn_setp(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh.T + h_prev @ W_hh.T + b_h)


# %% readout
def readout(h, W_hy, b_y):
    return h @ W_hy.T + b_y
