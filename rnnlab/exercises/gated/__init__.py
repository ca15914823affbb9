"""The assignment on gated networks: one module per graded function, and one for the questions."""

from rnnlab.exercises.gated.assignment import ASSIGNMENT

__all__ = ["ASSIGNMENT"]
