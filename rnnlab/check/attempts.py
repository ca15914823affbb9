"""How far a student's attempts have gone in this session, so that hints are shown one level at a time."""

from __future__ import annotations

from typing import Any

from rnnlab.check.verdict import Verdict

LEVELS = 3


class Attempts:
    """The different answers that fell to the same mistake: the first shows one hint, each further one a hint more.

    An answer that is checked again unchanged is no new attempt, and another mistake begins at its first hint.
    """

    def __init__(self) -> None:
        self._answers: dict[tuple[str, str], set[int]] = {}

    def level(self, verdict: Verdict, answer: Any) -> int:
        """Count this attempt, and say which level of hints it has earned."""
        tried = self._answers.setdefault((verdict.exercise, verdict.label), set())
        tried.add(_fingerprint(answer))
        return min(len(tried), LEVELS)


def _fingerprint(answer: Any) -> int:
    """Equal for functions whose code is the same, wherever it stands."""
    code = getattr(answer, "__code__", None)
    if code is None:
        return hash(repr(answer))
    constants = tuple(repr(getattr(part, "co_code", part)) for part in code.co_consts)
    return hash((code.co_code, code.co_names, code.co_varnames, constants))
