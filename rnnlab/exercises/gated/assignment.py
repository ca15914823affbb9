"""The graded parts of the notebook `gated`, in its order."""

from rnnlab.exercises.gated.gru_forward import GRU_FORWARD
from rnnlab.exercises.gated.gru_step import GRU_STEP
from rnnlab.exercises.gated.gru_step_backward import GRU_STEP_BACKWARD
from rnnlab.exercises.gated.lstm_backward import LSTM_BACKWARD
from rnnlab.exercises.gated.lstm_forward import LSTM_FORWARD
from rnnlab.exercises.gated.lstm_init import LSTM_INIT
from rnnlab.exercises.gated.lstm_step import LSTM_STEP
from rnnlab.exercises.gated.lstm_step_backward import LSTM_STEP_BACKWARD
from rnnlab.exercises.gated.padded_lstm_forward import PADDED_LSTM_FORWARD
from rnnlab.exercises.gated.questions import CELL_GRADIENT, CONVENTION, HALF_LIFE, WRONG_LINE
from rnnlab.exercises.spec import Assignment

ASSIGNMENT = Assignment(
    name="gated",
    title="Gates: LSTM and GRU",
    parts=(
        LSTM_INIT,
        HALF_LIFE,
        LSTM_STEP,
        LSTM_FORWARD,
        CELL_GRADIENT,
        LSTM_STEP_BACKWARD,
        LSTM_BACKWARD,
        GRU_STEP,
        CONVENTION,
        GRU_FORWARD,
        GRU_STEP_BACKWARD,
        WRONG_LINE,
        PADDED_LSTM_FORWARD,
    ),
)
