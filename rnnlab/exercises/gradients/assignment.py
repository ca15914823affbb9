"""The graded parts of the notebook `gradients`, in its order."""

from rnnlab.exercises.gradients.jacobian_product_norms import JACOBIAN_PRODUCT_NORMS
from rnnlab.exercises.gradients.rescale_spectral_radius import RESCALE_SPECTRAL_RADIUS
from rnnlab.exercises.gradients.spectral_radius import SPECTRAL_RADIUS
from rnnlab.exercises.gradients.step_jacobian import STEP_JACOBIAN
from rnnlab.exercises.spec import Assignment

ASSIGNMENT = Assignment(
    name="gradients",
    title="Gradients through time",
    parts=(STEP_JACOBIAN, JACOBIAN_PRODUCT_NORMS, SPECTRAL_RADIUS, RESCALE_SPECTRAL_RADIUS),
)
