"""Why a changed reference can still be right: the reasons that several exercises give in `equivalents`."""

ARRAY_STACKS = "np.array joins a list of equal shapes along a new first axis, which is what np.stack does"
NEVER_NEGATIVE = "the result is never negative, so its absolute value is the same"
