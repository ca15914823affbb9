"""The student's side: `check` answers in words. The grader uses the same `judge`."""

from rnnlab.check.illustration import illustration
from rnnlab.check.judge import judge
from rnnlab.check.measured import judge_measured
from rnnlab.check.notebook import NotYet, check
from rnnlab.check.question import judge_question
from rnnlab.check.verdict import Verdict
from rnnlab.exercises.catalogue import public_probes

__all__ = [
    "NotYet",
    "Verdict",
    "check",
    "illustration",
    "judge",
    "judge_measured",
    "judge_question",
    "public_probes",
]
