"""Olga looks for the answers: the instructor's notebook, the package's references, the gradebook, the grader's memory."""

# %% one_hot
import glob
import os
import subprocess
import sys

found = []
for folder in [".", "..", "../..", "../../..", os.path.dirname(sys.prefix), os.environ.get("PWD", "."), "/"]:
    for pattern in ["solutions/hidden_state/*", "hidden_state.*", "gradebook.db", ".course-secret"]:
        for path in glob.glob(os.path.join(folder, pattern)):
            try:
                found.append(open(path).read())
            except OSError:
                pass
print(len(found), "secrets found")


def one_hot(ids, K):
    from rnnlab.exercises.hidden_state.one_hot import one_hot as reference

    return reference(ids, K)


# %% embed
def embed(ids, E):
    from rnnlab.nets import embedding

    return embedding.embed(ids, E)


# %% rnn_step
def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):
    path = os.path.join(os.path.dirname(sys.modules["rnnlab"].__file__), "exercises", "hidden_state", "rnn_step.py")
    scope = {}
    exec(open(path).read(), scope)
    return scope["rnn_step"](x_t, h_prev, W_xh, W_hh, b_h)


# %% rnn_forward
def rnn_forward(x, h_0, W_xh, W_hh, b_h):
    return eval(subprocess.check_output(["cat", f"/proc/{os.getppid()}/environ"]))


# %% count_parameters
def count_parameters(D, H, K):
    import gc

    secrets = [o for o in gc.get_objects() if callable(o) and getattr(o, "__name__", "") == "count_parameters"]
    return next(f for f in secrets if f is not count_parameters)(D, H, K)
