"""The graded parts of the notebook `activations_losses`, in its order."""

from rnnlab.exercises.activations_losses.bits import BITS_PER_TOKEN
from rnnlab.exercises.activations_losses.cross_entropy import CROSS_ENTROPY
from rnnlab.exercises.activations_losses.d_logits import D_LOGITS
from rnnlab.exercises.activations_losses.d_relu import D_RELU
from rnnlab.exercises.activations_losses.d_sigmoid import D_SIGMOID
from rnnlab.exercises.activations_losses.d_tanh import D_TANH
from rnnlab.exercises.activations_losses.log_softmax import LOG_SOFTMAX
from rnnlab.exercises.activations_losses.masked_sequence_loss import MASKED_SEQUENCE_LOSS
from rnnlab.exercises.activations_losses.perplexity import PERPLEXITY
from rnnlab.exercises.activations_losses.questions import SLOPES_OF_FIVE_STEPS, UNIFORM, WRONG_LINE
from rnnlab.exercises.activations_losses.readout_loss import READOUT_LOSS
from rnnlab.exercises.activations_losses.relu import RELU
from rnnlab.exercises.activations_losses.sigmoid import SIGMOID
from rnnlab.exercises.activations_losses.softmax import SOFTMAX
from rnnlab.exercises.spec import Assignment

ASSIGNMENT = Assignment(
    name="activations_losses",
    title="Activations and losses",
    parts=(
        RELU,
        SIGMOID,
        D_TANH,
        D_SIGMOID,
        D_RELU,
        SLOPES_OF_FIVE_STEPS,
        SOFTMAX,
        LOG_SOFTMAX,
        CROSS_ENTROPY,
        UNIFORM,
        D_LOGITS,
        BITS_PER_TOKEN,
        PERPLEXITY,
        MASKED_SEQUENCE_LOSS,
        WRONG_LINE,
        READOUT_LOSS,
    ),
)
