"""Mutants that are right: changes of a reference that change no result, each with the reason."""

_ARRAY_STACKS = "np.array joins a list of equal shapes along a new first axis, which is what np.stack does"
_NEVER_NEGATIVE = "the result is never negative, so its absolute value is the same"

EQUIVALENT: dict[str, dict[str, str]] = {
    "hidden_state.one_hot": {
        "return matches.astype(float) → return abs(matches.astype(float)) (line 4)": _NEVER_NEGATIVE,
    },
    "hidden_state.rnn_forward": {"np.stack → np.array (line 7)": _ARRAY_STACKS},
    "hidden_state.count_parameters": {
        "return cell + readout → return abs(cell + readout) (line 4)": _NEVER_NEGATIVE,
    },
    "hidden_state.masked_forward": {"np.stack → np.array (line 8)": _ARRAY_STACKS},
}
