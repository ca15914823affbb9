"""Lukas never ends: a loop that swallows every interruption inside a function, and another at a cell's top level."""

# %% one_hot
def one_hot(ids, K):
    while True:
        try:
            pass
        except BaseException:
            continue


# %% embed
def embed(ids, E):
    return E[ids]


# %% readout
while True:
    pass


# %% count_parameters
def count_parameters(D, H, K):
    return H * D + H * H + H + K * H + K
