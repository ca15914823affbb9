"""Emil counts single letters in names, and characters after the last two in the text: some of the points."""

# %% classify
counts = np.full((len(LANGUAGES), len(LETTERS)), 0.5)
for name, language in zip(names, languages):
    for letter in name:
        counts[language, LETTERS.index(letter)] += 1
evidence = np.log(counts / counts.sum(axis=1, keepdims=True))


def classify(names):
    return torch.tensor([int(evidence[:, [LETTERS.index(c) for c in name]].sum(axis=1).argmax()) for name in names])


# %% log_probabilities
ids = np.array([CHARACTERS.index(character) for character in text])
V = len(CHARACTERS)
singles = np.bincount(ids, minlength=V) / len(ids)
triples = np.zeros((V, V, V))
np.add.at(triples, (ids[:-2], ids[1:-1], ids[2:]), 1)
pairs = triples.sum(axis=0) + 5 * singles
pairs /= pairs.sum(axis=1, keepdims=True)
triples += 5 * pairs
triples /= triples.sum(axis=2, keepdims=True)


def log_probabilities(texts):
    read = np.array([[CHARACTERS.index(character) for character in one] for one in texts])
    first = np.log(pairs[read[:, :1]])
    return np.concatenate([first, np.log(triples[read[:, :-1], read[:, 1:]])], axis=1)
