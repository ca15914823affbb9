"""The assignment on gradients through time: one module per graded function, and one for the questions."""

from rnnlab.exercises.gradients.assignment import ASSIGNMENT

__all__ = ["ASSIGNMENT"]
