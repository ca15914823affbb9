"""Ada is right everywhere, in the plain style of the chapter."""

# %% one_hot
def one_hot(ids, K):
    codes = np.zeros((*ids.shape, K))
    for position in np.ndindex(ids.shape):
        codes[position][ids[position]] = 1.0
    return codes


# %% embed
def embed(ids, E):
    return E[ids]


# %% rnn_step
def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh.T + h_prev @ W_hh.T + b_h)


# %% answer_second_state
answer_second_state = 0.408


# %% rnn_forward
def rnn_forward(x, h_0, W_xh, W_hh, b_h):
    h = np.zeros((x.shape[0], *h_0.shape))
    state = h_0
    for t in range(x.shape[0]):
        state = rnn_step(x[t], state, W_xh, W_hh, b_h)
        h[t] = state
    return h


# %% readout
def readout(h, W_hy, b_y):
    return h @ W_hy.T + b_y


# %% count_parameters
def count_parameters(D, H, K):
    return H * D + H * H + H + K * H + K


# %% answer_sharing
answer_sharing = "b"


# %% masked_forward
def masked_forward(x, mask, h_0, W_xh, W_hh, b_h):
    h = np.zeros((x.shape[0], *h_0.shape))
    state = h_0
    for t in range(x.shape[0]):
        new = rnn_step(x[t], state, W_xh, W_hh, b_h)
        state = np.where(mask[t][:, None], new, state)
        h[t] = state
    return h


# %% [markdown] explain_hidden_state
# A window of two inputs is enough to say whether a letter repeats the one before it. It cannot close a bracket that was
# opened ten steps earlier: two texts that are alike in the last two inputs look the same to it, so it must answer the
# same. The hidden state is computed from the state before it, so a trace of every earlier input can reach the present.
