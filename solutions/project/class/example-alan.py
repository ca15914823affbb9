"""Alan trains nothing: he counts pairs of letters in names, and characters after their last four in the text."""

# %% encode_names
from itertools import zip_longest


def encode_names(names, letters):
    columns = [[letters.index(letter) + 1 for letter in name] for name in names]
    return np.array(list(zip_longest(*columns, fillvalue=0))), np.array(list(map(len, names)))


# %% precision_recall_f1
def precision_recall_f1(truth, guess, K):
    table = np.bincount(truth * K + guess, minlength=K * K).reshape(K, K)
    hits, called, are = np.diagonal(table), table.sum(0), table.sum(1)
    return hits / np.maximum(called, 1), hits / np.maximum(are, 1), 2 * hits / np.maximum(called + are, 1)


# %% answer_macro
answer_macro = "B"


# %% train_reader
def pairs_of(name):
    return [one + other for one, other in zip(f"^{name}", f"{name}$")]


places = {}
for name in names:
    for pair in pairs_of(name):
        places.setdefault(pair, len(places))
counts = np.full((len(LANGUAGES), len(places)), 0.3)
for name, language in zip(names, languages):
    for pair in pairs_of(name):
        counts[language, places[pair]] += 1
evidence = np.log(counts / counts.sum(axis=1, keepdims=True))
reader_losses = []


# %% classify
def classify(names):
    seen = [[places[pair] for pair in pairs_of(name) if pair in places] for name in names]
    return np.array([int(evidence[:, pairs].sum(axis=1).argmax()) for pairs in seen])


# %% edit_distance
def edit_distance(a, b):
    distance = np.add.outer(np.arange(len(a) + 1), np.arange(len(b) + 1))
    for i in range(len(a)):
        for j in range(len(b)):
            ways = distance[i, j] + (a[i] != b[j]), distance[i, j + 1] + 1, distance[i + 1, j] + 1
            distance[i + 1, j + 1] = min(ways)
    return int(distance[-1, -1])


# %% answer_wrong_line
answer_wrong_line = " E."


# %% next_character_pairs
def next_character_pairs(text_ids, B, T):
    L = len(text_ids) // B
    n = (L - 1) // T
    place = np.arange(B) * L + np.arange(n * T).reshape(n, T, 1)
    return text_ids[place], text_ids[place + 1]


# %% answer_uniform
answer_uniform = float(np.log2(35))


# %% bits_per_character
def bits_per_character(log_p, targets, mask):
    chosen = np.take_along_axis(log_p, targets[..., None], axis=2)[..., 0]
    return -chosen[mask].mean() / np.log(2)


# %% train_writer
ORDER = 4
number = {character: k for k, character in enumerate(CHARACTERS)}
text_numbers = [number[character] for character in text]
after = [{} for _ in range(ORDER + 1)]
for place, character in enumerate(text_numbers):
    for length in range(min(ORDER, place) + 1):
        table = after[length].setdefault(text[place - length : place], {})
        table[character] = table.get(character, 0) + 1
writer_losses = []


# %% log_probabilities
def log_probabilities(texts):
    V = len(CHARACTERS)
    log_p = np.zeros((len(texts), len(texts[0]), V))
    for n, read in enumerate(texts):
        for t in range(len(read)):
            p = np.full(V, 1 / V)
            for length in range(ORDER + 1):
                table = after[length].get(read[t + 1 - length : t + 1]) if length <= t + 1 else None
                if table:
                    found = np.zeros(V)
                    found[list(table)] = list(table.values())
                    p = (found + len(table) * p) / (found.sum() + len(table))
            log_p[n, t] = np.log(p)
    return log_p


# %% temperature_probabilities
def temperature_probabilities(logits, temperature):
    y = logits / temperature
    return np.exp(y - np.logaddexp.reduce(y, axis=1)[:, None])


# %% sample_next
def sample_next(p, u):
    return np.sum(np.cumsum(p, axis=1)[:, :-1] <= u[:, None], axis=1)
