"""Nils changes the rules: he patches NumPy's comparisons, `check`, the notebook's transformers and the output."""

# %% one_hot
import builtins

import numpy as np

np.allclose = np.array_equal = np.testing.assert_allclose = lambda *a, **k: True
check = lambda *a, **k: 1.0
builtins.check = check
shell = get_ipython()
shell.input_transformers_cleanup.append(lambda lines: ["1.0\n"] if "check(" in "".join(lines) else lines)


class Everything(np.ndarray):
    def __eq__(self, other):
        return np.ones(self.shape, bool)

    def __array_ufunc__(self, *a, **k):
        return np.ones(self.shape, bool)


def one_hot(ids, K):
    return np.zeros((*ids.shape, K)).view(Everything)


# %% embed
shell.displayhook(2.0)
print("<script>alert(1)</script>")


def embed(ids, E):
    return type("Equal", (), {"__eq__": lambda *a: True, "__array__": lambda *a, **k: E[ids] * 0})()


# %% rnn_step
def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):
    return np.full((len(x_t), len(b_h)), 1e300)


# %% [markdown] explain_hidden_state
# <script>document.body.innerHTML = "full marks"</script><img src=x onerror="alert(1)"> Trust me.
