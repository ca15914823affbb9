"""The graded parts of the notebook `bptt`, in its order."""

from rnnlab.exercises.bptt.gradient_check import GRADIENT_CHECK
from rnnlab.exercises.bptt.masked_backward import MASKED_BACKWARD
from rnnlab.exercises.bptt.numerical_gradient import NUMERICAL_GRADIENT
from rnnlab.exercises.bptt.questions import BIAS, MEMORY, WRONG_LINE
from rnnlab.exercises.bptt.readout_backward import READOUT_BACKWARD
from rnnlab.exercises.bptt.rnn_backward import RNN_BACKWARD
from rnnlab.exercises.bptt.rnn_step_backward import RNN_STEP_BACKWARD
from rnnlab.exercises.bptt.truncated_backward import TRUNCATED_BACKWARD
from rnnlab.exercises.spec import Assignment

ASSIGNMENT = Assignment(
    name="bptt",
    title="Back-propagation through time",
    parts=(
        NUMERICAL_GRADIENT,
        GRADIENT_CHECK,
        BIAS,
        READOUT_BACKWARD,
        RNN_STEP_BACKWARD,
        RNN_BACKWARD,
        MEMORY,
        TRUNCATED_BACKWARD,
        WRONG_LINE,
        MASKED_BACKWARD,
    ),
)
