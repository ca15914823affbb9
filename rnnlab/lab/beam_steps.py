"""Beam search for one sequence, with a record of all that it looked at, so that it can be drawn as a tree.

The search is that of `rnnlab.nets.decoding.beam_search`, written for one sequence and without length penalty; the tests
compare the two. Result: a list of `Candidate`, in the order in which they were found.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rnnlab.nets.decoding import Step
from rnnlab.nets.parameters import mapped


@dataclass(frozen=True)
class Candidate:
    """A beginning of a sequence, its log-probability, and its fate: "kept", "dropped" or "ended"."""

    ids: tuple[int, ...]
    log_probability: float
    fate: str


def beam_steps(
    step: Step, state: Any, start_id: int, end_id: int, max_length: int, width: int, shown: int = 4
) -> list[Candidate]:
    """All that a beam of this width keeps, and of what it drops the `shown` most probable at each step.

    The state is that of one sequence, B = 1.
    """
    beams: list[tuple[tuple[int, ...], float, Any]] = [((), 0.0, state)]
    found: list[Candidate] = []
    places = width
    for t in range(max_length):
        candidates = []
        for ids, log_p, before in beams:
            after, next_log_p = step(before, np.array([ids[-1] if ids else start_id]))
            after = mapped(np.copy, after)
            candidates += [((*ids, k), log_p + float(p), after) for k, p in enumerate(next_log_p[0])]
        candidates.sort(key=lambda candidate: -candidate[1])
        beams = []
        for place, (ids, log_p, after) in enumerate(candidates[: places + shown]):
            ends = ids[-1] == end_id or t + 1 == max_length
            fate = "dropped" if place >= places else "ended" if ends else "kept"
            found.append(Candidate(ids, log_p, fate))
            if fate == "kept":
                beams.append((ids, log_p, after))
        places -= sum(each.fate == "ended" and len(each.ids) == t + 1 for each in found)
        if not beams:
            break
    return found
