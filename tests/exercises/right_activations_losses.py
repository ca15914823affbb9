"""The functions of `activations_losses`, written in other styles."""

import numpy as np


def relu_by_maximum(a):
    return np.maximum(a, 0)


def relu_by_absolute_value(a):
    return (a + np.abs(a)) / 2


def sigmoid_as_written(a):
    with np.errstate(over="ignore"):  # 1/∞ is 0, as it should be
        return 1 / (1 + np.exp(-a))


def sigmoid_by_tanh(a):
    return 0.5 + 0.5 * np.tanh(0.5 * a)


def sigmoid_by_sign(a):
    h = np.empty_like(a)
    positive = a > 0
    h[positive] = 1 / (1 + np.exp(-a[positive]))
    grown = np.exp(a[~positive])
    h[~positive] = grown / (1 + grown)
    return h


def d_tanh_by_factors(h):
    return (1 - h) * (1 + h)


def d_tanh_by_power(h):
    return 1.0 - np.power(h, 2)


def d_sigmoid_by_square(h):
    return h - h**2


def d_sigmoid_around_one_half(h):
    return 0.25 - (h - 0.5) ** 2


def d_relu_by_where(h):
    return np.where(h > 0, 1.0, 0.0)


def d_relu_by_sign(h):
    return np.sign(h)


def softmax_by_loops(logits):
    p = np.empty_like(logits)
    for t in range(logits.shape[0]):
        for b in range(logits.shape[1]):
            powers = np.exp(logits[t, b] - max(logits[t, b]))
            p[t, b] = powers / sum(powers)
    return p


def softmax_by_logaddexp(logits):
    return np.exp(logits - np.logaddexp.reduce(logits, axis=2)[..., None])


def log_softmax_by_logaddexp(logits):
    return logits - np.logaddexp.reduce(logits, axis=-1)[:, :, np.newaxis]


def log_softmax_by_flat_rows(logits):
    rows = logits.reshape(-1, logits.shape[-1]).T
    largest = rows.max(0)
    return (rows - (largest + np.log(np.exp(rows - largest).sum(0)))).T.reshape(logits.shape)


def cross_entropy_by_loop(logits, targets):
    total = 0.0
    for row, k in zip(logits, targets, strict=True):
        total += row.max() - row[k] + np.log(np.sum(np.exp(row - row.max())))
    return total / len(logits)


def cross_entropy_by_one_hot(logits, targets):
    K = logits.shape[1]
    log_p = logits - np.logaddexp.reduce(logits, axis=1)[:, None]
    return -np.sum(np.eye(K)[targets] * log_p, axis=1).mean()


def cross_entropy_of_differences(logits, targets):
    right = np.take_along_axis(logits, targets[:, None], axis=1)
    return float(np.mean(np.logaddexp.reduce(logits - right, axis=1)))


def d_logits_by_one_hot(logits, targets):
    B, K = logits.shape
    p = np.exp(logits - np.logaddexp.reduce(logits, axis=1)[:, None])
    return (p - np.eye(K)[targets]) / B


def d_logits_by_loop(logits, targets):
    rows = []
    for row, k in zip(logits, targets, strict=True):
        powers = np.exp(row - row.max())
        row = powers / powers.sum()
        row[k] = row[k] - 1
        rows.append(row / len(logits))
    return np.stack(rows)


def masked_sequence_loss_by_loops(logits, targets, mask):
    total, count = 0.0, 0
    for t in range(logits.shape[0]):
        for b in range(logits.shape[1]):
            if mask[t, b]:
                total += np.logaddexp.reduce(logits[t, b]) - logits[t, b, targets[t, b]]
                count += 1
    return total / count


def masked_sequence_loss_of_the_real_steps(logits, targets, mask):
    return cross_entropy_by_loop(logits[mask], targets[mask])


def masked_sequence_loss_by_weights(logits, targets, mask):
    one_hot = np.arange(logits.shape[2]) == targets[..., None]
    log_p = logits - np.logaddexp.reduce(logits, axis=2, keepdims=True)
    return -np.einsum("tbk,tbk,tb->", log_p, one_hot, mask) / mask.sum()


def bits_by_base_two(surprise):
    return -np.log2(np.exp(-surprise)).mean()


def bits_by_sum(surprise):
    return float(surprise.sum() / surprise.size * np.log2(np.e))


def perplexity_by_geometric_mean(surprise):
    return np.prod(np.exp(surprise / surprise.size))


def perplexity_by_bits(surprise):
    return 2 ** np.mean(surprise / np.log(2))


def readout_loss_by_einsum(h, targets, W_hy, b_y):
    return cross_entropy_of_differences(np.einsum("bh,kh->bk", h, W_hy) + b_y, targets)


def readout_loss_by_loop(h, targets, W_hy, b_y):
    logits = np.array([W_hy @ row + b_y for row in h])
    return cross_entropy_by_loop(logits, targets)


SOLUTIONS = {
    "relu": (relu_by_maximum, relu_by_absolute_value),
    "sigmoid": (sigmoid_as_written, sigmoid_by_tanh, sigmoid_by_sign),
    "d_tanh": (d_tanh_by_factors, d_tanh_by_power),
    "d_sigmoid": (d_sigmoid_by_square, d_sigmoid_around_one_half),
    "d_relu": (d_relu_by_where, d_relu_by_sign),
    "softmax": (softmax_by_loops, softmax_by_logaddexp),
    "log_softmax": (log_softmax_by_logaddexp, log_softmax_by_flat_rows),
    "cross_entropy": (cross_entropy_by_loop, cross_entropy_by_one_hot, cross_entropy_of_differences),
    "d_logits": (d_logits_by_one_hot, d_logits_by_loop),
    "masked_sequence_loss": (
        masked_sequence_loss_by_loops,
        masked_sequence_loss_of_the_real_steps,
        masked_sequence_loss_by_weights,
    ),
    "bits": (bits_by_base_two, bits_by_sum),
    "perplexity": (perplexity_by_geometric_mean, perplexity_by_bits),
    "readout_loss": (readout_loss_by_einsum, readout_loss_by_loop),
}
