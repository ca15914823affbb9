"""The functions of `project` that are compared with a reference, written in other styles."""

from functools import cache
from itertools import accumulate, zip_longest

import numpy as np


def encode_names_by_columns(names, letters):
    columns = [[letters.index(letter) + 1 for letter in name] for name in names]
    ids = np.array(list(zip_longest(*columns, fillvalue=0)))
    return ids, np.array(list(map(len, names)))


def encode_names_by_mask(names, letters):
    lengths = np.fromiter(map(len, names), dtype=np.int32)
    real = np.arange(lengths.max()) < lengths[:, None]
    ids = np.zeros(real.shape, dtype=np.int32)
    number = dict(zip(letters, range(1, len(letters) + 1), strict=True))
    ids[real] = [number[letter] for name in names for letter in name]
    return ids.T, lengths


def precision_recall_f1_by_table(truth, guess, K):
    table = np.bincount(truth * K + guess, minlength=K * K).reshape(K, K)
    hits = np.diagonal(table).astype(float)
    with np.errstate(invalid="ignore"):
        precision, recall = hits / table.sum(0), hits / table.sum(1)
        f1 = 2 * precision * recall / (precision + recall)
    usable = np.nan_to_num(precision), np.nan_to_num(recall)
    return (*usable, np.where(hits > 0, np.nan_to_num(f1), 0.0))


def precision_recall_f1_by_class(truth, guess, K):
    rows = []
    for k in range(K):
        hits = sum(1 for t, g in zip(truth, guess, strict=True) if t == g == k)
        called, real = list(guess).count(k), list(truth).count(k)
        p = hits / called if called else 0.0
        r = hits / real if real else 0.0
        rows.append((p, r, 2 * p * r / (p + r) if p + r else 0.0))
    return tuple(np.array(column) for column in zip(*rows, strict=True))


def edit_distance_by_recursion(a, b):
    @cache
    def between(i, j):
        if i == 0 or j == 0:
            return i + j
        if a[i - 1] == b[j - 1]:
            return between(i - 1, j - 1)
        return 1 + min(between(i - 1, j - 1), between(i - 1, j), between(i, j - 1))

    return between(len(a), len(b))


def edit_distance_by_search(a, b):
    """How many rounds of one step each it takes from the beginning of both words to their ends."""
    here, rounds = {(0, 0)}, 0
    while True:
        here = {_slide(a, b, *place) for place in here}
        if (len(a), len(b)) in here:
            return np.int64(rounds)
        here = {
            (i + x, j + y)
            for i, j in here
            for x, y in ((0, 1), (1, 0), (1, 1))
            if i + x <= len(a) and j + y <= len(b)
        }
        rounds += 1


def _slide(a, b, i, j):
    while i < len(a) and j < len(b) and a[i] == b[j]:
        i, j = i + 1, j + 1
    return i, j


def next_character_pairs_by_place(text_ids, B, T):
    L = len(text_ids) // B
    n = (L - 1) // T
    place = np.arange(B) * L + np.arange(n * T).reshape(n, T, 1)
    return text_ids[place], text_ids[place + 1]


def next_character_pairs_by_loop(text_ids, B, T):
    L = len(text_ids) // B
    inputs, targets = [], []
    for start in range(0, L - T, T):
        rows = [text_ids[b * L + start : b * L + start + T + 1] for b in range(B)]
        inputs.append(np.transpose([row[:-1] for row in rows]))
        targets.append(np.transpose([row[1:] for row in rows]))
    return np.stack(inputs), np.stack(targets)


def bits_per_character_by_choice(log_p, targets, mask):
    surprises = [
        -np.log2(np.e) * log_p[t, b, targets[t, b]]
        for t in range(log_p.shape[0])
        for b in range(log_p.shape[1])
        if mask[t, b]
    ]
    return sum(surprises) / len(surprises)


def bits_per_character_by_einsum(log_p, targets, mask):
    chosen = np.eye(log_p.shape[-1])[targets]
    return -np.einsum("tbk,tbk,tb->", log_p, chosen, mask * 1.0) / mask.sum() / np.log(2.0)


def temperature_probabilities_by_row(logits, temperature):
    rows = []
    for row in logits:
        e = np.exp((row - row.max()) / temperature)
        rows.append(e / e.sum())
    return np.array(rows)


def temperature_probabilities_by_logarithms(logits, temperature):
    y = logits / temperature
    return np.exp(y - np.logaddexp.reduce(y, axis=1)[:, None])


def sample_next_by_counting(p, u):
    return np.sum(np.cumsum(p, axis=1)[:, :-1] <= u[:, None], axis=1)


def sample_next_by_row(p, u):
    ids = []
    for row, number in zip(p, u, strict=True):
        below = [total <= number for total in accumulate(row)]
        ids.append(min(sum(below), len(row) - 1))
    return np.array(ids)


SOLUTIONS = {
    "encode_names": (encode_names_by_columns, encode_names_by_mask),
    "precision_recall_f1": (precision_recall_f1_by_table, precision_recall_f1_by_class),
    "edit_distance": (edit_distance_by_recursion, edit_distance_by_search),
    "next_character_pairs": (next_character_pairs_by_place, next_character_pairs_by_loop),
    "bits_per_character": (bits_per_character_by_choice, bits_per_character_by_einsum),
    "temperature_probabilities": (temperature_probabilities_by_row, temperature_probabilities_by_logarithms),
    "sample_next": (sample_next_by_counting, sample_next_by_row),
}
