"""Alan is right everywhere in a different style: einsum, one product before the loop, lists that are stacked."""

# %% one_hot
one_hot = lambda ids, K: np.eye(K)[ids]


# %% embed
def embed(ids, E):
    return np.einsum("...k,kd->...d", np.eye(len(E), dtype=E.dtype)[ids], E)


# %% rnn_step
def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):
    joint = np.concatenate([W_xh, W_hh], axis=1)
    inputs = np.concatenate([x_t, h_prev], axis=1)
    return np.tanh(np.einsum("hj,bj->bh", joint, inputs) + b_h)


# %% answer_second_state
answer_second_state = float(np.tanh(0.5 * -0.5 + 0.8 * np.tanh(0.7) + 0.2))


# %% rnn_forward
def rnn_forward(x, h_0, W_xh, W_hh, b_h):
    from_inputs = np.einsum("tbd,hd->tbh", x, W_xh) + b_h
    states = [h_0]
    for from_input in from_inputs:
        states.append(np.tanh(from_input + np.einsum("bh,gh->bg", states[-1], W_hh)))
    return np.stack(states[1:])


# %% readout
def readout(h, W_hy, b_y):
    return np.add(np.tensordot(h, W_hy, axes=(-1, 1)), b_y)


# %% count_parameters
def count_parameters(D, H, K):
    shapes = [(H, D), (H, H), (H,), (K, H), (K,)]
    return sum(int(np.prod(shape)) for shape in shapes)


# %% answer_sharing
answer_sharing = " B "


# %% masked_forward
def masked_forward(x, mask, h_0, W_xh, W_hh, b_h):
    states = [np.array(h_0)]
    for x_t, real in zip(x, mask):
        state = states[-1].copy()
        state[real] = rnn_step(x_t, state, W_xh, W_hh, b_h)[real]
        states.append(state)
    return np.array(states[1:])


# %% [markdown] explain_hidden_state
# Enough: is today warmer than yesterday? Not enough: is the number of ones so far even? Inputs that agree in their last
# two steps get the same answer, whatever the weights. A state carries a summary of everything, of fixed size.
