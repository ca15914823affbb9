"""Alan writes everything in a way of his own, and all of it is right."""

# %% relu
def relu(a):
    return a * (a > 0)


# %% sigmoid
def sigmoid(a):
    return 1 / (1 + np.exp(-a))


# %% d_tanh
def d_tanh(h):
    return (1 + h) * (1 - h)


# %% d_sigmoid
def d_sigmoid(h):
    return h - h * h


# %% d_relu
def d_relu(h):
    return np.sign(h)


# %% answer_slopes
answer_slopes = 0.001


# %% softmax
def softmax(logits):
    return np.array([[np.exp(row - max(row)) / sum(np.exp(row - max(row))) for row in step] for step in logits])


# %% log_softmax
def log_softmax(logits):
    return logits - np.logaddexp.reduce(logits, axis=2)[:, :, None]


# %% cross_entropy
def cross_entropy(logits, targets):
    losses = [np.logaddexp.reduce(row) - row[k] for row, k in zip(logits, targets)]
    return sum(losses) / len(losses)


# %% answer_uniform
answer_uniform = -np.log(1 / 27)


# %% d_logits
def d_logits(logits, targets):
    p = np.exp(logits - np.logaddexp.reduce(logits, axis=1, keepdims=True))
    return (p - (targets[:, None] == np.arange(logits.shape[1]))) / logits.shape[0]


# %% bits
def bits(surprise):
    return surprise.sum() / surprise.size * np.log2(np.e)


# %% perplexity
def perplexity(surprise):
    return np.e ** (surprise.sum() / surprise.size)


# %% masked_sequence_loss
def masked_sequence_loss(logits, targets, mask):
    return cross_entropy(logits[mask], targets[mask])


# %% answer_wrong_line
answer_wrong_line = "(B)"


# %% readout_loss
def readout_loss(h, targets, W_hy, b_y):
    return cross_entropy(np.dot(W_hy, h.T).T + b_y, targets)
