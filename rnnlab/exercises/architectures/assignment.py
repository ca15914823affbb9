"""The graded parts of the notebook `architectures`, in its order."""

from rnnlab.exercises.architectures.causal_conv1d import CAUSAL_CONV1D
from rnnlab.exercises.architectures.causal_self_attention import CAUSAL_SELF_ATTENTION
from rnnlab.exercises.architectures.chunk_attention import CHUNK_ATTENTION
from rnnlab.exercises.architectures.combine import COMBINE
from rnnlab.exercises.architectures.kv_cache_step import KV_CACHE_STEP
from rnnlab.exercises.architectures.layer_parameters import LAYER_PARAMETERS
from rnnlab.exercises.architectures.linear_scan import LINEAR_SCAN
from rnnlab.exercises.architectures.perceptron_update import PERCEPTRON_UPDATE
from rnnlab.exercises.architectures.questions import FIELD_BY_HAND, PER_TOKEN, WRONG_LINE
from rnnlab.exercises.architectures.receptive_field import RECEPTIVE_FIELD
from rnnlab.exercises.architectures.state_bytes import STATE_BYTES
from rnnlab.exercises.architectures.step_flops import STEP_FLOPS
from rnnlab.exercises.spec import Assignment

ASSIGNMENT = Assignment(
    name="architectures",
    title="Architectures",
    parts=(
        PERCEPTRON_UPDATE,
        FIELD_BY_HAND,
        RECEPTIVE_FIELD,
        CAUSAL_CONV1D,
        LINEAR_SCAN,
        COMBINE,
        CAUSAL_SELF_ATTENTION,
        KV_CACHE_STEP,
        LAYER_PARAMETERS,
        STEP_FLOPS,
        STATE_BYTES,
        PER_TOKEN,
        WRONG_LINE,
        CHUNK_ATTENTION,
    ),
)
