"""Why a changed reference can still be right: the reasons that several exercises give in `equivalents`."""

ARRAY_STACKS = "np.array joins a list of equal shapes along a new first axis, which is what np.stack does"
NEVER_NEGATIVE = "the result is never negative, so its absolute value is the same"
SAME_LENGTH = "both arrays have the same length, and only the length is asked for"
ABSOLUTE = "only the absolute value of the difference is used"
SYMMETRIC = "max does not mind the order of its arguments"
ZERO_ALONE = "only whether the remainder is zero is asked for, and it is never negative"
