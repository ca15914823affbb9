"""The graded parts of the notebook `activations_losses`, in its order."""

from rnnlab.exercises.activations_losses.d_relu import D_RELU
from rnnlab.exercises.activations_losses.d_sigmoid import D_SIGMOID
from rnnlab.exercises.activations_losses.d_tanh import D_TANH
from rnnlab.exercises.activations_losses.relu import RELU
from rnnlab.exercises.activations_losses.sigmoid import SIGMOID
from rnnlab.exercises.spec import Assignment

ASSIGNMENT = Assignment(
    name="activations_losses",
    title="Activations and losses",
    parts=(RELU, SIGMOID, D_TANH, D_SIGMOID, D_RELU),
)
