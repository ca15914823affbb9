"""masked_forward: the forward pass over padded sequences; where the mask is False, the state waits."""

from __future__ import annotations

import numpy as np

from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.equivalents import ARRAY_STACKS
from rnnlab.exercises.hidden_state.shared import BATCH_FIRST, NO_BIAS, TRANSPOSED_RECURRENT_WEIGHT, ZERO_START
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result


def masked_forward(x, mask, h_0, W_xh, W_hh, b_h):
    h_t = h_0
    states = []
    for x_t, valid in zip(x, mask[:, :, np.newaxis], strict=True):
        updated = np.tanh(x_t @ W_xh.T + h_t @ W_hh.T + b_h)
        h_t = np.where(valid, updated, h_t)
        states.append(h_t)
    return np.stack(states)


MISTAKES = (
    Mistake(
        name="mask_ignored",
        summary="the mask has no effect: padding changes the state",
        tag="mask",
        hints=Hints(
            where="If you change the mask, does your result change?",
            idea=(
                "Padding is no input. Where the mask is False, the state waits (chapter sequences, "
                "padding and masks)."
            ),
            fix="After computing the new state, choose: `h_t = np.where(valid, updated, h_t)`.",
        ),
        edits=(("np.where(valid, updated, h_t)", "updated"),),
    ),
    Mistake(
        name="mask_inverted",
        summary="the mask is read the wrong way round: real steps are skipped, padding is read",
        tag="inverted",
        hints=Hints(
            where="Does True in the mask mean a real step or padding?",
            idea="True marks a real step (chapter sequences, padding and masks).",
            fix="Exchange the last two arguments: `np.where(valid, updated, h_t)`.",
        ),
        edits=(("updated, h_t", "h_t, updated"),),
    ),
    Mistake(
        name="state_zeroed",
        summary="padding sets the state to zero, so that the sequence is forgotten",
        tag="mask",
        hints=Hints(
            where="After a padded step, what is your state: zero, or the state before it?",
            idea=(
                "Multiplying by the mask erases; carrying over keeps (chapter sequences, padding and masks)."
            ),
            fix=(
                "Keep the old state where the mask is False: `np.where(valid, updated, h_t)` in "
                "place of `updated * valid`."
            ),
        ),
        edits=(("updated, h_t", "updated, 0 * h_t"),),
    ),
    Mistake(
        name="state_restarted",
        summary="padding sets the state back to h_0",
        tag="mask",
        hints=Hints(
            where="After a padded step, what is your state: h_0, or the state before it?",
            idea="A hole in the mask does not start a new sequence (chapter sequences, padding and masks).",
            fix="Carry `h_t` over and not `h_0`: `np.where(valid, updated, h_t)`.",
        ),
        edits=(("updated, h_t", "updated, h_0"),),
    ),
    Mistake(
        name="output_zeroed",
        summary="the state is carried, but zeros are returned at padded steps",
        tag="mask",
        hints=Hints(
            where="What does your result hold at a padded step?",
            idea="h_t = h_{t−1} there, in the result too (chapter sequences, padding and masks).",
            fix="Append `h_t` itself, not multiplied by the mask.",
        ),
        edits=(("states.append(h_t)", "states.append(h_t * valid)"),),
    ),
    Mistake(
        name="runs_on_inside",
        summary="the result repeats the old state at padded steps, but inside the loop the state runs on",
        tag="mask",
        hints=Hints(
            where="At a real step after a padded one, which state is multiplied by W_hh?",
            idea=(
                "The step after padding starts from the carried state (chapter sequences, padding and masks)."
            ),
            fix=(
                "Store the choice in the variable that the next turn uses: `h_t = np.where(valid, "
                "updated, h_t)`."
            ),
        ),
        edits=(
            ("h_t = h_0", "h_t = shown = h_0"),
            ("h_t = np.where(valid, updated, h_t)", "h_t, shown = updated, np.where(valid, updated, shown)"),
            ("states.append(h_t)", "states.append(shown)"),
        ),
    ),
    Mistake(
        name="input_masked",
        summary="the mask is applied to the input: the state still changes at padded steps",
        tag="mask",
        hints=Hints(
            where="With x_t = 0, does a step leave the state as it is?",
            idea=(
                "An input of zero is still a step: W_hh and b_h go on working (chapter sequences, "
                "padding and masks)."
            ),
            fix="Leave `x_t` as it is and choose between states: `np.where(valid, updated, h_t)`.",
        ),
        edits=(("x_t @", "(x_t * valid) @"), ("np.where(valid, updated, h_t)", "updated")),
    ),
    Mistake(
        name="waits_for_all",
        summary="a step counts only if it is real for every sequence of the batch",
        tag="batch",
        hints=Hints(
            where="If one sequence is padded at a step, what happens to the others?",
            idea=(
                "The mask has a value for each sequence at each step (chapter sequences, padding and masks)."
            ),
            fix="Leave out `all()`: `np.where` chooses row by row, with the mask as a (B, 1) column.",
        ),
        edits=(("np.where(valid,", "np.where(valid.all(),"),),
    ),
    Mistake(
        name="goes_with_any",
        summary="a step counts as soon as it is real for one sequence of the batch",
        tag="batch",
        hints=Hints(
            where="If one sequence is padded at a step, what happens to it while the others go on?",
            idea=(
                "The mask has a value for each sequence at each step (chapter sequences, padding and masks)."
            ),
            fix="Leave out `any()`: `np.where` chooses row by row, with the mask as a (B, 1) column.",
        ),
        edits=(("np.where(valid,", "np.where(valid.any(),"),),
    ),
    Mistake(
        name="mask_one_late",
        summary="each step uses the mask of the step before",
        tag="shifted in time",
        hints=Hints(
            where="Which row of the mask belongs to x[t]?",
            idea="mask[t] says whether x[t] is real (chapter sequences, padding and masks).",
            fix="Use the same index for both, or `zip(x, mask)`.",
        ),
        edits=(("mask[:, :, np.newaxis]", "np.roll(mask, 1, axis=0)[:, :, np.newaxis]"),),
    ),
    Mistake(
        name="padded_steps_left_out",
        summary="steps with padding are not in the result, which has fewer than T steps",
        tag="wrong result",
        hints=Hints(
            where="How many states do you return for T steps?",
            idea=(
                "A padded step has a state too: the one carried over (chapter sequences, padding and masks)."
            ),
            fix="Append `h_t` in every turn of the loop, without `continue` or a condition.",
        ),
        edits=(("        states.append(h_t)", "        if valid.all():\n            states.append(h_t)"),),
    ),
    ZERO_START,
    NO_BIAS,
    TRANSPOSED_RECURRENT_WEIGHT,
    BATCH_FIRST,
)


def arguments(scene: Scene):
    T, B, D, H = scene.T, scene.B, scene.D, scene.H
    weights = scene.weight(H, D), scene.weight(H, H), scene.state(H)
    return scene.values(T, B, D), scene.mask(), scene.state(B, H), *weights


MASKED_FORWARD = Exercise(
    name="hidden_state.masked_forward",
    reference=masked_forward,
    probes=probes_from("TBDH", arguments),
    results=(Result("h", ("T", "B", "H")),),
    points=4,
    chapter="hidden-state",
    mistakes=MISTAKES,
    equivalents={
        "np.stack → np.array (line 8)": ARRAY_STACKS,
    },
)
