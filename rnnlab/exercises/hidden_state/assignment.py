"""The graded parts of the notebook `hidden_state`, in its order."""

from rnnlab.exercises.hidden_state.count_parameters import COUNT_PARAMETERS
from rnnlab.exercises.hidden_state.embed import EMBED
from rnnlab.exercises.hidden_state.masked_forward import MASKED_FORWARD
from rnnlab.exercises.hidden_state.one_hot import ONE_HOT
from rnnlab.exercises.hidden_state.questions import SECOND_STATE, SHARING
from rnnlab.exercises.hidden_state.readout import READOUT
from rnnlab.exercises.hidden_state.rnn_forward import RNN_FORWARD
from rnnlab.exercises.hidden_state.rnn_step import RNN_STEP
from rnnlab.exercises.spec import Assignment

ASSIGNMENT = Assignment(
    name="hidden_state",
    title="The hidden state",
    parts=(
        ONE_HOT,
        EMBED,
        RNN_STEP,
        SECOND_STATE,
        RNN_FORWARD,
        READOUT,
        COUNT_PARAMETERS,
        SHARING,
        MASKED_FORWARD,
    ),
)
