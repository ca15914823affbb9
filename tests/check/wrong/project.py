"""Wrong answers to the assignment on trained networks, as students type them."""

WRONG = {
    "the first letter is padding": """
def encode_names(names, letters):
    lengths = np.array([len(name) for name in names])
    ids = np.zeros((max(lengths), len(names)), dtype=int)
    for b, name in enumerate(names):
        ids[: len(name), b] = [letters.find(letter) for letter in name]
    return ids, lengths
""",
    "a list of lists": """
def encode_names(names, letters):
    T = max(map(len, names))
    ids = [[letters.index(c) + 1 for c in name] + [0] * (T - len(name)) for name in names]
    return ids, [len(name) for name in names]
""",
    "rows are names": """
def encode_names(names, letters):
    T = max(map(len, names))
    ids = [[letters.index(c) + 1 for c in name] + [0] * (T - len(name)) for name in names]
    return np.array(ids), np.array([len(name) for name in names])
""",
    "0 / 0": """
def precision_recall_f1(truth, guess, K):
    table = np.zeros((K, K))
    for t, g in zip(truth, guess):
        table[t, g] += 1
    precision = np.diag(table) / table.sum(axis=0)
    recall = np.diag(table) / table.sum(axis=1)
    return precision, recall, 2 * precision * recall / (precision + recall)
""",
    "the other sum": """
def precision_recall_f1(truth, guess, K):
    table = np.zeros((K, K))
    np.add.at(table, (truth, guess), 1)
    hits = np.diag(table)
    called, real = table.sum(axis=1), table.sum(axis=0)
    precision, recall = hits / np.maximum(called, 1), hits / np.maximum(real, 1)
    return precision, recall, 2 * hits / np.maximum(called + real, 1)
""",
    "place by place": """
def edit_distance(a, b):
    different = 0
    for x, y in zip(a, b):
        if x != y:
            different += 1
    return different + abs(len(a) - len(b))
""",
    "replacing costs two, and a border is missing": """
def edit_distance(a, b):
    D = np.zeros((len(a) + 1, len(b) + 1), dtype=int)
    D[:, 0] = np.arange(len(a) + 1)
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            cost = 0 if a[i - 1] == b[j - 1] else 2
            D[i, j] = min(D[i - 1, j - 1] + cost, D[i - 1, j] + 1, D[i, j - 1] + 1)
    return D[-1, -1]
""",
    "the wrong index": """
def edit_distance(a, b):
    D = np.zeros((len(a) + 1, len(b) + 1), dtype=int)
    D[:, 0], D[0] = np.arange(len(a) + 1), np.arange(len(b) + 1)
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            D[i, j] = min(D[i - 1, j - 1] + (a[i] != b[j]), D[i - 1, j] + 1, D[i, j - 1] + 1)
    return D[-1, -1]
""",
    "reshaped and not cut": """
def next_character_pairs(text_ids, B, T):
    L = len(text_ids) // B
    streams = np.reshape(text_ids[: L * B], (L, B))
    n = (L - 1) // T
    return streams[: n * T].reshape(n, T, B), streams[1 : n * T + 1].reshape(n, T, B)
""",
    "windows without order": """
def next_character_pairs(text_ids, B, T):
    n = (len(text_ids) // B - 1) // T
    x = text_ids[: n * B * T].reshape(n, B, T)
    y = text_ids[1 : n * B * T + 1].reshape(n, B, T)
    return x.swapaxes(1, 2), y.swapaxes(1, 2)
""",
    "nats, and padding": """
def bits_per_character(log_p, targets, mask):
    T, B = targets.shape
    total = 0
    for t in range(T):
        for b in range(B):
            total -= log_p[t, b, targets[t, b]]
    return total / (T * B)
""",
    "hot and cold exchanged": """
def temperature_probabilities(logits, temperature):
    e = np.exp(logits * temperature - np.max(logits * temperature, axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
""",
    "no maximum": """
def temperature_probabilities(logits, temperature):
    e = np.exp(logits / temperature)
    return e / np.sum(e, axis=1)[:, None]
""",
    "beyond the last": """
def sample_next(p, u):
    return np.array([np.searchsorted(np.cumsum(row), x, side="right") for row, x in zip(p, u)])
""",
    "drawn by NumPy": """
def sample_next(p, u):
    return np.array([np.random.choice(len(row), p=row / row.sum()) for row in p])
""",
    "one class for all": """
def classify(names):
    return np.zeros(len(names), dtype=int)
""",
    "three rules by hand": """
def classify(names):
    rules = {"ski": 6, "o ": 4, "ez": 8}
    return np.array([next((k for ending, k in rules.items() if ending in name), 3) for name in names])
""",
    "names of languages": """
def classify(names):
    return ["Polish" for name in names]
""",
    "scores that are no probabilities": """
def log_probabilities(texts):
    return np.random.default_rng(0).normal(size=(len(texts), len(texts[0]), 35))
""",
    "all equally probable": """
def log_probabilities(texts):
    return np.full((len(texts), len(texts[0]), 35), -np.log(35))
""",
    "the last step alone": """
def log_probabilities(texts):
    return np.full((len(texts), 35), -np.log(35))
""",
    "the perplexity": """
answer_uniform = 35
""",
}
