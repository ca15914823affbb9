"""The graded parts of the notebook `gated`, in its order."""

from rnnlab.exercises.gated.lstm_step import LSTM_STEP
from rnnlab.exercises.spec import Assignment

ASSIGNMENT = Assignment(name="gated", title="Gates: LSTM and GRU", parts=(LSTM_STEP,))
