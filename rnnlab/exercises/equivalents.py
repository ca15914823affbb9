"""Mutants that are right: changes of a reference that change no result, each with the reason."""

_ARRAY_STACKS = "np.array joins a list of equal shapes along a new first axis, which is what np.stack does"

EQUIVALENT: dict[str, dict[str, str]] = {
    "hidden_state.rnn_forward": {"np.stack → np.array (line 7)": _ARRAY_STACKS},
    "hidden_state.masked_forward": {"np.stack → np.array (line 8)": _ARRAY_STACKS},
}
