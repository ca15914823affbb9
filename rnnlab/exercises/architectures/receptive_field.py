"""receptive_field: how many inputs an output of stacked causal convolutions can see."""

from __future__ import annotations

from rnnlab.exercises.architectures.shared import FIELD, probes_with, whole_numbers
from rnnlab.exercises.draw import Scene
from rnnlab.exercises.equivalents import NEVER_NEGATIVE
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result


def receptive_field(kernels, dilations):
    reach = 0
    for k, d in zip(kernels, dilations):  # noqa: B905 — one dilation for each kernel size
        reach = reach + (k - 1) * d
    return int(1 + reach)


MISTAKES = (
    Mistake(
        name="taps_for_gaps",
        summary="a layer adds k·d: k taps are counted where only k − 1 distances lie between them",
        tag="off by one",
        hints=Hints(
            where="What does your function give for one layer with k = 1?",
            idea=f"Between k taps lie k − 1 distances of d steps ({FIELD}).",
            fix="Add `(k - 1) * d` for each layer.",
        ),
        edits=(("(k - 1) * d", "k * d"),),
    ),
    Mistake(
        name="own_input_missing",
        summary="the newest input itself is not counted",
        tag="off by one",
        hints=Hints(
            where="How many inputs does one layer with k = 1 see?",
            idea=f"The largest lag is Σ (k − 1) d; the input at lag 0 counts, too ({FIELD}).",
            fix="Add 1 to the sum.",
        ),
        edits=(("int(1 + reach)", "int(reach)"),),
    ),
    Mistake(
        name="one_for_each_layer",
        summary="1 is added for each layer and not once",
        tag="repeated term",
        hints=Hints(
            where="Does the + 1 stand inside or outside the sum over the layers?",
            idea=f"Lags add up over the layers; the input at lag 0 is counted once ({FIELD}).",
            fix="Add `(k - 1) * d` for each layer, and 1 at the end.",
        ),
        edits=(("(k - 1) * d", "(k - 1) * d + 1"), ("int(1 + reach)", "int(reach)")),
    ),
    Mistake(
        name="dilations_ignored",
        summary="the dilations have no effect",
        tag="dilation",
        hints=Hints(
            where="If you double all dilations, does your result change?",
            idea=f"With dilation d the taps of a layer are d steps apart ({FIELD}).",
            fix="Multiply `k - 1` by the dilation.",
        ),
        edits=(("(k - 1) * d", "(k - 1)"),),
    ),
    Mistake(
        name="kernel_sizes_ignored",
        summary="the kernel sizes have no effect: each layer adds its dilation, as for k = 2",
        tag="dropped term",
        hints=Hints(
            where="If you take larger kernels, does your result change?",
            idea=f"A layer with k taps reaches back by (k − 1) d ({FIELD}).",
            fix="Multiply the dilation by `k - 1`.",
        ),
        edits=(("(k - 1) * d", "d"),),
    ),
    Mistake(
        name="one_kernel_size",
        summary="the first layer's kernel size is used for all layers",
        tag="index",
        hints=Hints(
            where="If you change the last layer's kernel size alone, does your result change?",
            idea=f"Each layer has a kernel size k_ℓ of its own ({FIELD}).",
            fix="Take `k` and `d` of the same layer: `zip(kernels, dilations)`.",
        ),
        edits=(("(k - 1) * d", "(kernels[0] - 1) * d"),),
    ),
    Mistake(
        name="layers_multiplied",
        summary="the layers' reaches are multiplied and not added",
        tag="formula",
        hints=Hints(
            where="Two layers with k = 2 and d = 1: which lags can a path have?",
            idea=f"A path picks a lag in each layer, and lags add up ({FIELD}).",
            fix="Sum `(k - 1) * d` over the layers.",
        ),
        edits=(
            ("reach = 0", "reach = 1"),
            ("reach + (k - 1) * d", "reach * (1 + (k - 1) * d)"),
            ("1 + reach", "reach"),
        ),
    ),
    Mistake(
        name="last_layer_only",
        summary="only the last layer counts",
        tag="missing sum",
        hints=Hints(
            where="Is your number added up over the layers, or set anew by each?",
            idea=f"The outputs that the last layer sees have seen inputs of their own: lags add up ({FIELD}).",
            fix="Write `reach + (k - 1) * d`.",
        ),
        edits=(("reach + (k - 1) * d", "(k - 1) * d"),),
    ),
    Mistake(
        name="widest_layer_only",
        summary="only the layer with the farthest reach counts",
        tag="missing sum",
        hints=Hints(
            where="If you add one more small layer, does your result grow?",
            idea=f"A path goes through all layers, and its lags add up ({FIELD}).",
            fix="Use a sum in place of the maximum.",
        ),
        edits=(("reach + (k - 1) * d", "max(reach, (k - 1) * d)"),),
    ),
    Mistake(
        name="first_layer_skipped",
        summary="the first layer is left out",
        tag="off by one",
        hints=Hints(
            where="What does your function give for a single layer?",
            idea=f"Every layer adds its reach, the first one too ({FIELD}).",
            fix="Loop over all layers, from index 0.",
        ),
        edits=(("zip(kernels, dilations)", "zip(kernels[1:], dilations[1:])"),),
    ),
    Mistake(
        name="both_directions",
        summary="the reach is counted into the past and into the future",
        tag="causal",
        hints=Hints(
            where="Do causal layers see anything behind the present step?",
            idea=f"Every lag of a causal layer is zero or more ({FIELD}).",
            fix="Count the reach once: `1 + reach`.",
        ),
        edits=(("1 + reach", "1 + 2 * reach"),),
    ),
    Mistake(
        name="gaps_counted",
        summary="d is taken as the number of inputs left out between two taps, so that they are d + 1 apart",
        tag="off by one",
        hints=Hints(
            where="With d = 1: how many inputs lie between two neighboring taps?",
            idea=f"d is the distance of two taps; d = 1 means neighbors ({FIELD}).",
            fix="Multiply by `d` and not by `d + 1`.",
        ),
        edits=(("(k - 1) * d", "(k - 1) * (d + 1)"),),
    ),
    Mistake(
        name="float_result",
        summary="the number is a float",
        tag="dtype",
        hints=Hints(
            where="What does `type(result)` print?",
            idea=f"A number of inputs is a whole number ({FIELD}).",
            fix="Use `+`, `-` and `*` on whole numbers; if you divide, divide with `//`.",
        ),
        edits=(("int(1 + reach)", "float(1 + reach)"),),
    ),
)


def layers(scene: Scene) -> int:
    """One layer in the small scene, else four or more."""
    return scene.T


def arguments(scene: Scene):
    """Kernel sizes from 1 to 6, of which one is 2 or more, and dilations in no order."""
    L = layers(scene)
    kernels, dilations = scene.rng.integers(2, 7, L), scene.rng.integers(2, 17, L)
    if scene.edge:
        kernels[1] = 1
        dilations[-1] = 1
    return whole_numbers(scene, kernels), whole_numbers(scene, dilations)


WITHOUT = {
    "single": "layers have no batch",
    "square": "no weight matrix occurs that could be square",
    "float32": "its inputs are whole numbers",
    "large": "its inputs are whole numbers",
}

RECEPTIVE_FIELD = Exercise(
    name="architectures.receptive_field",
    reference=receptive_field,
    probes=probes_with({"T": layers}, arguments, without=WITHOUT),
    results=(Result("field", ()),),
    points=2,
    chapter="convolution",
    mistakes=MISTAKES,
    equivalents={
        "return int(1 + reach) → return abs(int(1 + reach)) (line 5)": NEVER_NEGATIVE,
    },
    without=WITHOUT,
)
