"""Mara ends her process: once at a cell's top level, once inside a function, once with a signal."""

# %% one_hot
import os

os._exit(0)


# %% embed
def embed(ids, E):
    return E[ids]


# %% rnn_step
def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):
    import os

    os._exit(0)


# %% readout
def readout(h, W_hy, b_y):
    import os
    import signal

    os.kill(os.getpid(), signal.SIGKILL)


# %% count_parameters
def count_parameters(D, H, K):
    return H * D + H * H + H + K * H + K
