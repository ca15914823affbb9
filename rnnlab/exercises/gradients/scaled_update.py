"""scaled_update: one step of gradient descent with a scaled loss and clipping, to be found from a version with a bug.

Training in float16 multiplies the loss by a large number, so that small gradients do not underflow. The notebook shows
a version that clips before it divides the gradient by that number; it is what one of the mistakes makes.
"""

from __future__ import annotations

import numpy as np

from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.gradients.shared import CLIPPING, length
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result


def scaled_update(W_hh, b_h, d_W_hh, d_b_h, scale, threshold, rate):
    d_W, d_b = d_W_hh / scale, d_b_h / scale
    norm = np.sqrt(np.sum(d_W**2) + np.sum(d_b**2))
    factor = threshold / norm if norm > threshold else 1.0
    step = rate * factor
    return W_hh - step * d_W, b_h - step * d_b


MISTAKES = (
    Mistake(
        name="clipped_before_unscaling",
        summary="the norm is that of the scaled gradient, so that the threshold bites far too early",
        tag="order",
        hints=Hints(
            where="With which gradient is the threshold compared: that of the loss, or that of scale times the loss?",
            idea=f"The threshold is meant for the gradient of the loss itself ({CLIPPING}).",
            fix="Divide both gradients by `scale` first, and take the norm of what you get.",
        ),
        edits=(("np.sum(d_W**2) + np.sum(d_b**2)", "np.sum(d_W_hh**2) + np.sum(d_b_h**2)"),),
    ),
    Mistake(
        name="never_unscaled",
        summary="the gradients are never divided by the scale",
        tag="dropped term",
        hints=Hints(
            where="If you change `scale` and nothing else, does your result change as it should?",
            idea=f"The gradients that come in are `scale` times those of the loss; clipping comes after ({CLIPPING}).",
            fix="Begin with `d_W_hh / scale` and `d_b_h / scale`.",
        ),
        edits=(("d_W_hh / scale, d_b_h / scale", "d_W_hh, d_b_h"),),
    ),
    Mistake(
        name="multiplied_by_the_scale",
        summary="the gradients are multiplied by the scale, where they should be divided by it",
        tag="inverted",
        hints=Hints(
            where="The loss was multiplied by the scale. What must be done to its gradient afterwards?",
            idea=f"What is clipped and used is the gradient of the loss itself, which is smaller ({CLIPPING}).",
            fix="Divide by `scale`.",
        ),
        edits=(("d_W_hh / scale, d_b_h / scale", "d_W_hh * scale, d_b_h * scale"),),
    ),
    Mistake(
        name="bias_not_unscaled",
        summary="the gradient of the bias is not divided by the scale",
        tag="forgotten",
        hints=Hints(
            where="Which of the two gradients does your code divide by the scale?",
            idea=f"Both are gradients of the scaled loss, and the norm is taken over both ({CLIPPING}).",
            fix="Divide `d_b_h` by `scale`, too.",
        ),
        edits=(("d_b_h / scale", "d_b_h"),),
    ),
    Mistake(
        name="not_clipped",
        summary="the gradient is not clipped",
        tag="dropped term",
        hints=Hints(
            where="If you change `threshold`, does your result change?",
            idea=f"A step is never longer than rate times threshold ({CLIPPING}).",
            fix="Multiply both gradients by `min(1, threshold / norm)`.",
        ),
        edits=(("threshold / norm if norm > threshold else 1.0", "1.0"),),
    ),
    Mistake(
        name="always_rescaled",
        summary="a gradient that is short enough is made longer",
        tag="missing case",
        hints=Hints(
            where="What does your code do with a gradient whose norm is below the threshold?",
            idea=f"The factor is min(1, c/‖g‖): clipping never makes a gradient longer ({CLIPPING}).",
            fix="Multiply only where `norm > threshold`.",
        ),
        edits=(("threshold / norm if norm > threshold else 1.0", "threshold / norm"),),
    ),
    Mistake(
        name="bias_not_in_the_norm",
        summary="the norm leaves out the gradient of the bias",
        tag="forgotten",
        hints=Hints(
            where="If only the bias has a gradient, which norm does your code compute?",
            idea=f"The norm is that of the gradient at *all* weights ({CLIPPING}).",
            fix="Add the squares of both gradients before you take the root.",
        ),
        edits=((" + np.sum(d_b**2)", ""),),
    ),
    Mistake(
        name="each_array_by_its_own_norm",
        summary="weights and bias are clipped by a norm of their own each, which turns the gradient as a whole",
        tag="norm",
        hints=Hints(
            where="How many norms does your code compute: one, or two?",
            idea=f"The gradient at all weights is one long vector, and has one norm ({CLIPPING}).",
            fix="Add the squares of both gradients, take one root, and use one factor for both.",
        ),
        edits=(
            (
                "return W_hh - step * d_W, b_h - step * d_b",
                "return tuple(w - rate * min(1.0, threshold / np.sqrt(np.sum(d**2))) * d"
                " for w, d in ((W_hh, d_W), (b_h, d_b)))",
            ),
        ),
    ),
    Mistake(
        name="every_entry_by_value",
        summary="every entry is cut to ±threshold: that is clipping by value",
        tag="other method",
        hints=Hints(
            where="Does `np.clip` stand in your code?",
            idea=f"By norm the whole vector is multiplied by one number; by value it may turn ({CLIPPING}).",
            fix="Compute one norm and one factor, and multiply both gradients by it.",
        ),
        edits=(
            (
                "return W_hh - step * d_W, b_h - step * d_b",
                "return tuple(w - rate * np.clip(d, -threshold, threshold) for w, d in ((W_hh, d_W), (b_h, d_b)))",
            ),
        ),
    ),
    Mistake(
        name="uphill",
        summary="the gradient is added to the weights, so that the loss grows",
        tag="sign",
        hints=Hints(
            where="In which direction does the gradient point: uphill or downhill?",
            idea=f"Descent steps against the gradient, whether it is clipped or not ({CLIPPING}).",
            fix="Subtract: `W_hh - rate * factor * d_W`.",
        ),
        edits=(("W_hh - step * d_W", "W_hh + step * d_W"), ("b_h - step * d_b", "b_h + step * d_b")),
    ),
    Mistake(
        name="rate_missing",
        summary="the learning rate has no effect",
        tag="dropped term",
        hints=Hints(
            where="If you change `rate`, does your result change?",
            idea=f"The step is the learning rate times the clipped gradient ({CLIPPING}).",
            fix="Multiply by `rate`.",
        ),
        edits=(("step = rate * factor", "step = factor"),),
    ),
    Mistake(
        name="step_clipped",
        summary="the step, rate times gradient, is compared with the threshold, and not the gradient",
        tag="order",
        hints=Hints(
            where="Is the learning rate part of what your norm measures?",
            idea=f"What is bounded is the gradient; the rate comes after it ({CLIPPING}).",
            fix="Take the norm of the gradient without `rate`.",
        ),
        edits=(
            (
                "threshold / norm if norm > threshold else 1.0",
                "threshold / (rate * norm) if rate * norm > threshold else 1.0",
            ),
        ),
    ),
    Mistake(
        name="bias_not_clipped",
        summary="the bias steps along its unclipped gradient",
        tag="forgotten",
        hints=Hints(
            where="Which of the two gradients is multiplied by the factor?",
            idea=f"Only if all entries are multiplied by one factor does the direction stay ({CLIPPING}).",
            fix="Multiply `d_b` by the factor, too.",
        ),
        edits=(("b_h - step * d_b", "b_h - rate * d_b"),),
    ),
    Mistake(
        name="bias_not_updated",
        summary="the bias stays as it was",
        tag="forgotten",
        hints=Hints(
            where="Does your second result differ from `b_h`?",
            idea=f"The gradient at all weights is one vector, and the step is taken along all of it ({CLIPPING}).",
            fix="Return `b_h - rate * factor * d_b`.",
        ),
        edits=(("b_h - step * d_b", "b_h.copy()"),),
    ),
    Mistake(
        name="steps_returned",
        summary="the steps are returned, and not the weights after them",
        tag="wrong result",
        hints=Hints(
            where="What do you get for a gradient of zero: the weights, or zeros?",
            idea=f"An update gives the new weights: the old ones minus the step ({CLIPPING}).",
            fix="Return `W_hh - …` and `b_h - …`.",
        ),
        edits=(("W_hh - step * d_W", "-step * d_W"), ("b_h - step * d_b", "-step * d_b")),
    ),
)


def arguments(scene: Scene):
    """Gradients that are too long, and at the edge some that are not, though the scaled ones would be.

    Two thresholds are far off: one below the step itself, and one that is above the scaled gradient as well.
    """
    H, rng = scene.H, scene.rng
    scale, rate = float(rng.choice([2.0, 4.0])), float(rng.uniform(0.1, 0.4))
    d_W_hh, d_b_h = scene.values(H, H), scene.state(H) if scene.trait != "large" else scene.values(H)
    norm = length(d_W_hh, d_b_h) / scale
    threshold = norm * float(rng.uniform(1.2, 1.8) if scene.edge else rng.uniform(0.5, 0.8))
    if scene.trait == "strided":
        threshold = norm * rate * 0.5
    if scene.trait == "float32":
        threshold = norm * scale**2 * 1.5
    return scene.weight(H, H), scene.state(H), d_W_hh, d_b_h, scale, threshold, rate


WITHOUT = {
    "single": "the gradient of a weight has no batch",
    "square": "a recurrent matrix is always square",
}

SCALED_UPDATE = Exercise(
    name="gradients.scaled_update",
    reference=scaled_update,
    probes=probes_from("H", arguments, without=WITHOUT),
    results=(Result("W_hh", ("H", "H")), Result("b_h", ("H",))),
    points=3,
    chapter="gradients",
    mistakes=MISTAKES,
    equivalents={
        "norm > threshold → norm >= threshold (line 4)": "where the two are equal the factor is 1 either way",
    },
    without=WITHOUT,
)
