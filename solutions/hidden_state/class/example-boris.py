"""Boris multiplies by the recurrent matrix from the wrong side, which runs without an error."""

# %% one_hot
def one_hot(ids, K):
    return (ids[..., None] == np.arange(K)).astype(int)


# %% embed
def embed(ids, E):
    return E[ids]


# %% rnn_step
def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh.T + h_prev @ W_hh + b_h)


# %% count_parameters
def count_parameters(D, H, K):
    return H * (D + H + 1) + K * (H + 1)
