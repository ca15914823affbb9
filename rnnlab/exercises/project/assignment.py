"""The graded parts of the notebook `project`, in its order."""

from rnnlab.exercises.project.bits_per_character import BITS_PER_CHARACTER
from rnnlab.exercises.project.classify import CLASSIFY
from rnnlab.exercises.project.edit_distance import EDIT_DISTANCE
from rnnlab.exercises.project.encode_names import ENCODE_NAMES
from rnnlab.exercises.project.log_probabilities import LOG_PROBABILITIES
from rnnlab.exercises.project.next_character_pairs import NEXT_CHARACTER_PAIRS
from rnnlab.exercises.project.precision_recall_f1 import PRECISION_RECALL_F1
from rnnlab.exercises.project.questions import MACRO, UNIFORM, WRONG_LINE
from rnnlab.exercises.project.sample_next import SAMPLE_NEXT
from rnnlab.exercises.project.temperature_probabilities import TEMPERATURE_PROBABILITIES
from rnnlab.exercises.spec import Assignment

ASSIGNMENT = Assignment(
    name="project",
    title="Two trained networks",
    parts=(
        ENCODE_NAMES,
        PRECISION_RECALL_F1,
        MACRO,
        CLASSIFY,
        EDIT_DISTANCE,
        WRONG_LINE,
        NEXT_CHARACTER_PAIRS,
        UNIFORM,
        BITS_PER_CHARACTER,
        LOG_PROBABILITIES,
        TEMPERATURE_PROBABILITIES,
        SAMPLE_NEXT,
    ),
    libraries="torch",
    cell_seconds=240.0,
    call_seconds=30.0,
    submission_seconds=600.0,
)
