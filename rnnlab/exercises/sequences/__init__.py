"""The assignment on reading and writing sequences: one module per graded function, and one for the questions."""

from rnnlab.exercises.sequences.assignment import ASSIGNMENT

__all__ = ["ASSIGNMENT"]
