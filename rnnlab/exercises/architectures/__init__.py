"""The assignment on architectures: one module per graded function, and one for the questions."""

from rnnlab.exercises.architectures.assignment import ASSIGNMENT

__all__ = ["ASSIGNMENT"]
