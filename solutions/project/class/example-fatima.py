"""Fatima counts classes from 1, and returns probabilities where their logarithms are asked for."""

# %% classify
ends = {}
for name, language in zip(names, languages):
    ends.setdefault(name[-2:], []).append(language)


def classify(names):
    return np.array([max(set(found), key=found.count) + 1 if (found := ends.get(n[-2:])) else 1 for n in names])


# %% log_probabilities
number = {character: k for k, character in enumerate(CHARACTERS)}
pairs = np.ones((len(CHARACTERS), len(CHARACTERS)))
for one, other in zip(text, text[1:]):
    pairs[number[one], number[other]] += 1


def log_probabilities(texts):
    p = pairs / pairs.sum(axis=1, keepdims=True)
    return np.stack([[p[number[character]] for character in read] for read in texts])
