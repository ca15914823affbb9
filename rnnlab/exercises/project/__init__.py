"""The assignment on trained networks: one module per graded function, the data's split, and the questions."""

from rnnlab.exercises.project.assignment import ASSIGNMENT

__all__ = ["ASSIGNMENT"]
