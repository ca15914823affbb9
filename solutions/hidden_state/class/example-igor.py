"""Igor is careless: a parenthesis is missing, and one function returns nothing."""

# %% embed
def embed(ids, E):
    vectors = E[ids]


# %% rnn_step
def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh.T + h_prev @ W_hh.T + b_h


# %% count_parameters
def count_parameters(D, H, K):
    return H * D + H * H + H + K * H + K
