"""Rosa is right and noisy: she prints, warns and writes to standard error, which costs nothing."""

# %% one_hot
import sys
import warnings


def one_hot(ids, K):
    print("one_hot was called with", ids)
    warnings.warn("this is not an error")
    return np.eye(K)[ids]


# %% embed
def embed(ids, E):
    print("noise " * 1000, file=sys.stderr)
    return E[ids]


# %% rnn_step
def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):
    np.log(np.zeros(1))
    return np.tanh(x_t @ W_xh.T + h_prev @ W_hh.T + b_h)
