"""The assignment on activations and losses: one module per graded function, and one for the questions."""

from rnnlab.exercises.activations_losses.assignment import ASSIGNMENT

__all__ = ["ASSIGNMENT"]
