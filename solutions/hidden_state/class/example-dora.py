"""Dora starts every step from h_0, so that her network forgets; her count forgets the recurrent matrix too."""

# %% rnn_step
def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh.T + h_prev @ W_hh.T + b_h)


# %% answer_second_state
answer_second_state = 0.604


# %% rnn_forward
def rnn_forward(x, h_0, W_xh, W_hh, b_h):
    return np.stack([rnn_step(x_t, h_0, W_xh, W_hh, b_h) for x_t in x])


# %% count_parameters
def count_parameters(D, H, K):
    return H * D + H + K * H + K
