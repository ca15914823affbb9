"""Wrong answers to the assignment on activations and losses, as students type them."""

WRONG = {
    "the textbook sigmoid": """
def sigmoid(a):
    return np.exp(a) / (1 + np.exp(a))
""",
    "the two branches exchanged": """
def sigmoid(a):
    positive = 1 / (1 + np.exp(-a))
    negative = np.exp(a) / (1 + np.exp(a))
    return np.where(a > 0, negative, positive)
""",
    "an if for a whole array": """
def relu(a):
    if a > 0:
        return a
    return 0
""",
    "the slope from the wrong variable": """
def d_tanh(h):
    return 1 - np.tanh(h) ** 2
""",
    "booleans for numbers": """
def d_relu(h):
    return h > 0
""",
    "softmax without an axis": """
def softmax(logits):
    e = np.exp(logits - logits.max())
    return e / e.sum()
""",
    "sum without keepdims": """
def softmax(logits):
    e = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1)
""",
    "log of softmax": """
def log_softmax(logits):
    e = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.log(e / e.sum(axis=-1, keepdims=True))
""",
    "all rows for all targets": """
def cross_entropy(logits, targets):
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -log_p[:, targets].mean()
""",
    "the loss of each sequence": """
def cross_entropy(logits, targets):
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -log_p[np.arange(len(targets)), targets]
""",
    "gradient of the sum, not of the mean": """
def d_logits(logits, targets):
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    p[np.arange(len(targets)), targets] -= 1
    return p
""",
    "one-hot of the wrong size": """
def d_logits(logits, targets):
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    return (p - np.eye(targets.max() + 1)[targets]) / len(targets)
""",
    "padding in the mean": """
def masked_sequence_loss(logits, targets, mask):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    picked = np.take_along_axis(log_p, targets[..., None], axis=-1)[..., 0]
    return -(picked * mask).mean()
""",
    "nats divided by two": """
def bits(surprise):
    return surprise.mean() / 2
""",
    "a guess at the slope": """
answer_slopes = 1.0
""",
}
