"""The assignment on back-propagation through time: one module per graded function, and one for the questions."""

from rnnlab.exercises.bptt.assignment import ASSIGNMENT

__all__ = ["ASSIGNMENT"]
