"""The graded parts of the notebook `sequences`, in its order."""

from rnnlab.exercises.sequences.attention import ATTENTION
from rnnlab.exercises.sequences.attention_mask import ATTENTION_MASK
from rnnlab.exercises.sequences.beam_search import BEAM_SEARCH
from rnnlab.exercises.sequences.birnn_forward import BIRNN_FORWARD
from rnnlab.exercises.sequences.encode import ENCODE
from rnnlab.exercises.sequences.greedy_decode import GREEDY_DECODE
from rnnlab.exercises.sequences.questions import BEAM, FORECAST, WRONG_LINE
from rnnlab.exercises.sequences.reverse_padded import REVERSE_PADDED
from rnnlab.exercises.sequences.stacked_forward import STACKED_FORWARD
from rnnlab.exercises.spec import Assignment

ASSIGNMENT = Assignment(
    name="sequences",
    title="Sequences in, sequences out",
    parts=(
        REVERSE_PADDED,
        WRONG_LINE,
        BIRNN_FORWARD,
        FORECAST,
        STACKED_FORWARD,
        ENCODE,
        GREEDY_DECODE,
        BEAM,
        BEAM_SEARCH,
        ATTENTION_MASK,
        ATTENTION,
    ),
)
