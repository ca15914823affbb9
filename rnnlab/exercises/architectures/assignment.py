"""The graded parts of the notebook `architectures`, in its order."""

from rnnlab.exercises.architectures.combine import COMBINE
from rnnlab.exercises.architectures.linear_scan import LINEAR_SCAN
from rnnlab.exercises.spec import Assignment

ASSIGNMENT = Assignment(name="architectures", title="Architectures", parts=(LINEAR_SCAN, COMBINE))
