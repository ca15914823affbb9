"""Uma's networks were never trained: every name gets the same answer, and every character the same chance."""

# %% classify
def classify(names):
    return np.zeros(len(names), dtype=int)


# %% log_probabilities
def log_probabilities(texts):
    return np.full((len(texts), len(texts[0]), len(CHARACTERS)), -np.log(len(CHARACTERS)))
