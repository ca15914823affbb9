"""The rules of the synthetic tasks in plain Python: from one sequence of inputs to the answers, time from 0 → text.

A network that knows the rule answers like this. The two forecasts have no rule; `forecasts` gives their best answer.
"""

import numpy as np


def sequences(batch):
    """Each sequence as its inputs, and as a dictionary of the answers that count."""
    for b in range(batch.counts.shape[1]):
        symbols, column = batch.symbols, batch.inputs[:, b].tolist()
        inputs = [symbols[i] for i in column] if symbols else column
        targets = batch.targets[:, b]
        texts = [batch.labels[i] for i in targets] if batch.labels else targets[:, 0].tolist()
        yield inputs, {t: text for t, text in enumerate(texts) if batch.counts[t, b]}


def odd(*bits):
    return str(int(sum(bit for [bit] in bits) % 2))


def xor(x, lag=1):
    return {t: odd(x[t], x[t - lag]) for t in range(lag, len(x))}


def delayed_xor(x):
    return {len(x) - 1: odd(x[0], x[1])}


def recall(x, **options):
    return {len(x) - 1: x[0]}


def adding(x):
    return {len(x) - 1: sum(number for number, marker in x if marker)}


def copy(x, order=1, S=5, **options):
    return dict(zip(range(len(x) - S, len(x)), x[:S][::order], strict=True))


def reverse(x, **options):
    return copy(x, -1, **options)


def parity(x):
    return {t: odd(*x[: t + 1]) for t in range(len(x))}


def anbn(x):
    n = x.count("a")
    return {t: "end" if t == 2 * n - 1 else "b" for t in range(n, 2 * n)}


def dyck(x, types=2):
    partner = dict(zip("([{<", ")]}>", strict=True))
    owed, answers = [], {}
    for t, bracket in enumerate(x):
        if bracket in partner:
            owed.append(partner[bracket])
        else:
            assert bracket == owed.pop()
            answers[t] = owed[-1] if owed else "-"
    assert not owed
    return answers


def induction(x, K=8):
    return {len(x) - 1: x[x.index(x[-1]) + 1]}


def majority(x, reach=3):
    def most(window):
        return "1" if sum(bit for [bit] in window) > len(window) / 2 else "0"

    return {t: most(x[t - reach : t + reach + 1]) for t in range(reach, len(x) - reach)}


def future_xor(x, reach=2):
    return {t: odd(x[t - reach], x[t + reach]) for t in range(reach, len(x) - reach)}


RULES = {
    "xor": xor,
    "delayed_xor": delayed_xor,
    "recall": recall,
    "adding": adding,
    "copy": copy,
    "reverse": reverse,
    "parity": parity,
    "anbn": anbn,
    "dyck1": dyck,
    "dyck2": dyck,
    "induction": induction,
    "majority": majority,
    "future_xor": future_xor,
}


def oracle(name, batch, **options):
    """The predictions of who knows the rule, as the task's metric takes them."""
    predicted = np.zeros_like(batch.targets)
    for b, (inputs, _) in enumerate(sequences(batch)):
        for t, answer in RULES[name](inputs, **options).items():
            predicted[t, b] = batch.labels.index(answer) if batch.labels else answer
    return predicted


def forecasts(covariance, batch):
    """E[x_{t+1} | x_1 … x_t] of a normal process with mean 0 and the covariance (T + 1, T + 1) of x_1 … x_{T+1}."""
    x = batch.inputs[..., 0]
    predicted = np.empty_like(batch.targets)
    for t in range(1, len(x) + 1):
        weights = np.linalg.solve(covariance[:t, :t], covariance[:t, t])
        predicted[t - 1, :, 0] = weights @ x[:t]
    return predicted
