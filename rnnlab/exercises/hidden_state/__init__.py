"""The assignment on the hidden state: one module per graded function, and one for the questions."""

from rnnlab.exercises.hidden_state.assignment import ASSIGNMENT

__all__ = ["ASSIGNMENT"]
