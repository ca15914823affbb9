"""linear_scan: all states of the linear recurrence h_t = a_t ⊙ h_{t−1} + b_t."""

from __future__ import annotations

import numpy as np

from rnnlab.exercises.architectures.shared import SCAN
from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.equivalents import ARRAY_STACKS, SAME_LENGTH
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result


def linear_scan(a, b, h_0):
    h, states = h_0, []
    for t in range(len(b)):
        h = a[t] * h + b[t]
        states.append(h)
    return np.stack(states)


MISTAKES = (
    Mistake(
        name="start_ignored",
        summary="the recurrence starts from zeros and not from h_0",
        tag="initial state",
        hints=Hints(
            where="If you double `h_0`, does your result change?",
            idea=f"h_1 = a_1 ⊙ h_0 + b_1: the start is part of every later state ({SCAN}).",
            fix="Set the state before the loop to `h_0`.",
        ),
        edits=(("h, states = h_0, []", "h, states = 0 * h_0, []"),),
    ),
    Mistake(
        name="start_at_every_step",
        summary="every step starts from h_0 again",
        tag="recurrence",
        hints=Hints(
            where="Which state stands on the right-hand side in the second turn of your loop?",
            idea=f"Each state is made from the one before it ({SCAN}).",
            fix="Use the state that the turn before has made, and not `h_0`.",
        ),
        edits=(("h = a[t] * h + b[t]", "h = a[t] * h_0 + b[t]"),),
    ),
    Mistake(
        name="no_recurrence",
        summary="the state before the step has no effect: h_t is b_t",
        tag="recurrence",
        hints=Hints(
            where="How many states does a change of `b[0]` reach in your code?",
            idea=f"A share a_t of the old state is kept, and b_t is added to it ({SCAN}).",
            fix="Add `a[t] * h`.",
        ),
        edits=(("h = a[t] * h + b[t]", "h = b[t] + 0 * h"),),
    ),
    Mistake(
        name="nothing_forgotten",
        summary="the old state is kept whole: the factor a_t is missing",
        tag="dropped term",
        hints=Hints(
            where="If you change `a`, does your result change?",
            idea=f"a_t says which share of the old state is kept ({SCAN}).",
            fix="Multiply the old state by `a[t]`.",
        ),
        edits=(("h = a[t] * h + b[t]", "h = h + b[t]"),),
    ),
    Mistake(
        name="nothing_written",
        summary="b_t is missing",
        tag="dropped term",
        hints=Hints(
            where="If you change `b`, does your result change?",
            idea=f"b_t is what the step writes into the state ({SCAN}).",
            fix="Add `b[t]`.",
        ),
        edits=(("a[t] * h + b[t]", "a[t] * h"),),
    ),
    Mistake(
        name="coupled",
        summary="b_t is multiplied by 1 − a_t, as in a gated mean",
        tag="formula",
        hints=Hints(
            where="Does a factor stand before `b[t]` in your code, and does one in the equation?",
            idea=f"In this general form b_t is added as it is; a GRU puts its 1 − a into b_t first ({SCAN}).",
            fix="Write `a[t] * h + b[t]`.",
        ),
        edits=(("+ b[t]", "+ (1 - a[t]) * b[t]"),),
    ),
    Mistake(
        name="factor_after_the_sum",
        summary="a_t multiplies the sum of the old state and b_t",
        tag="brackets",
        hints=Hints(
            where="Is b_t added before or after the product with a_t?",
            idea=f"h_t = a_t ⊙ h_{{t−1}} + b_t: the product is taken first ({SCAN}).",
            fix="Leave out the brackets: `a[t] * h + b[t]`.",
        ),
        edits=(("a[t] * h + b[t]", "a[t] * (h + b[t])"),),
    ),
    Mistake(
        name="factor_of_the_step_before",
        summary="the factor is that of the step before, a_{t−1}",
        tag="off by one",
        hints=Hints(
            where="Which entry of `a` does the step t use, and which does your code?",
            idea=f"a_t and b_t belong to the same step ({SCAN}).",
            fix="Use the same index for both: `a[t]` and `b[t]`.",
        ),
        edits=(("a[t] * h + b[t]", "a[t - 1] * h + b[t]"),),
    ),
    Mistake(
        name="one_factor_for_all",
        summary="the factor of the first step is used at every step",
        tag="index",
        hints=Hints(
            where="If you change the last entry of `a` alone, does your result change?",
            idea=f"Each step has a factor a_t of its own, which may come from the input ({SCAN}).",
            fix="Use `a[t]`.",
        ),
        edits=(("a[t] * h + b[t]", "a[0] * h + b[t]"),),
    ),
    Mistake(
        name="roles_exchanged",
        summary="a and b have changed places: b_t is the factor and a_t is added",
        tag="mixed up",
        hints=Hints(
            where="Which of the two multiplies the old state, a_t or b_t?",
            idea=f"a_t says how much is kept, b_t what is written ({SCAN}).",
            fix="Write `a[t] * h + b[t]`.",
        ),
        edits=(("a[t] * h + b[t]", "b[t] * h + a[t]"),),
    ),
    Mistake(
        name="squashed",
        summary="tanh is applied to the state, as in a simple recurrent network",
        tag="activation",
        hints=Hints(
            where="Is there an activation between the steps in the equation?",
            idea=f"The recurrence is linear: that is why its steps can be bracketed anew ({SCAN}).",
            fix="Leave out `np.tanh`.",
        ),
        edits=(("h = a[t] * h + b[t]", "h = np.tanh(a[t] * h + b[t])"),),
    ),
    Mistake(
        name="one_step_late",
        summary="the state before each step is stored: h_0 … h_{T−1}",
        tag="off by one",
        hints=Hints(
            where="Does your loop store the state before or after it is renewed?",
            idea=f"The result holds h_1 … h_T; h_0 was given ({SCAN}).",
            fix="Compute the new state first, and store it then.",
        ),
        edits=(
            (
                "h = a[t] * h + b[t]\n        states.append(h)",
                "states.append(h)\n        h = a[t] * h + b[t]",
            ),
        ),
    ),
    Mistake(
        name="start_included",
        summary="h_0 stands before the states, so that there are T + 1",
        tag="off by one",
        hints=Hints(
            where="How many states does your function return for T steps?",
            idea=f"The result holds h_1 … h_T; h_0 was given ({SCAN}).",
            fix="Begin with an empty list of states.",
        ),
        edits=(("h, states = h_0, []", "h, states = h_0, [h_0]"),),
    ),
    Mistake(
        name="last_state_only",
        summary="only the last state is returned",
        tag="reduction",
        hints=Hints(
            where="How many axes should the result have?",
            idea=f"A scan gives the state after every beginning of the sequence ({SCAN}).",
            fix="Collect all states, and join them by `np.stack`.",
        ),
        edits=(("return np.stack(states)", "return np.stack(states)[-1]"),),
    ),
    Mistake(
        name="reversed_time",
        summary="the steps are taken from the last one to the first",
        tag="order",
        hints=Hints(
            where="Which step does the first turn of your loop take?",
            idea=f"h_1 comes from h_0, and each state from the one before it ({SCAN}).",
            fix="Loop over `range(len(b))`.",
        ),
        edits=(("range(len(b))", "reversed(range(len(b)))"),),
    ),
)


def arguments(scene: Scene):
    T, B, H = scene.T, scene.B, scene.H
    return scene.state(T, B, H), scene.given(scene.rng.normal(size=(T, B, H))), scene.state(B, H)


WITHOUT = {
    "large": "products with factors below 1 and sums cannot overflow",
    "square": "no weight matrix occurs that could be square",
}

LINEAR_SCAN = Exercise(
    name="architectures.linear_scan",
    reference=linear_scan,
    probes=probes_from("TBH", arguments, without=WITHOUT),
    results=(Result("h", ("T", "B", "H")),),
    points=3,
    chapter="modern-recurrences",
    mistakes=MISTAKES,
    equivalents={
        "b → a (line 3)": SAME_LENGTH,
        "np.stack → np.array (line 6)": ARRAY_STACKS,
    },
    without=WITHOUT,
)
