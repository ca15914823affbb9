"""The graded parts of the notebook `gradients`, in its order."""

from rnnlab.exercises.gradients.clip_by_norm import CLIP_BY_NORM
from rnnlab.exercises.gradients.clip_by_value import CLIP_BY_VALUE
from rnnlab.exercises.gradients.jacobian_product_norms import JACOBIAN_PRODUCT_NORMS
from rnnlab.exercises.gradients.orthogonal_init import ORTHOGONAL_INIT
from rnnlab.exercises.gradients.power_norms import POWER_NORMS
from rnnlab.exercises.gradients.questions import ANGLE, SATURATION, TRANSIENT, WRONG_LINE
from rnnlab.exercises.gradients.rescale_spectral_radius import RESCALE_SPECTRAL_RADIUS
from rnnlab.exercises.gradients.scaled_update import SCALED_UPDATE
from rnnlab.exercises.gradients.spectral_radius import SPECTRAL_RADIUS
from rnnlab.exercises.gradients.step_jacobian import STEP_JACOBIAN
from rnnlab.exercises.spec import Assignment

ASSIGNMENT = Assignment(
    name="gradients",
    title="Gradients through time",
    parts=(
        STEP_JACOBIAN,
        JACOBIAN_PRODUCT_NORMS,
        SATURATION,
        SPECTRAL_RADIUS,
        RESCALE_SPECTRAL_RADIUS,
        POWER_NORMS,
        TRANSIENT,
        ORTHOGONAL_INIT,
        CLIP_BY_VALUE,
        CLIP_BY_NORM,
        ANGLE,
        WRONG_LINE,
        SCALED_UPDATE,
    ),
)
