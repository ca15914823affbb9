"""combine: two steps of a linear recurrence, one after the other, as one step."""

from __future__ import annotations

from rnnlab.exercises.architectures.shared import SCAN
from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result


def combine(a_s, b_s, a_t, b_t):
    a = a_t * a_s
    b = a_t * b_s + b_t
    return a, b


MISTAKES = (
    Mistake(
        name="wrong_order",
        summary="the second step is applied first: b is a_s ⊙ b_t + b_s",
        tag="order",
        hints=Hints(
            where="Which b passes through the other step: the one that is written first, or the one written last?",
            idea=f"First h ↦ a_s h + b_s, then the result goes through a_t and b_t ({SCAN}).",
            fix="Multiply the earlier b by the later a: `a_t * b_s + b_t`.",
        ),
        edits=(("b = a_t * b_s + b_t", "b = a_s * b_t + b_s"),),
    ),
    Mistake(
        name="own_factor",
        summary="b_s is multiplied by a_s, the factor of its own step",
        tag="wrong operand",
        hints=Hints(
            where="b_s is added after a_s has done its work. Which factor does it still meet?",
            idea=f"a_t (a_s h + b_s) + b_t: inside the bracket b_s stands alone ({SCAN}).",
            fix="Write `a_t * b_s` in place of `a_s * b_s`.",
        ),
        edits=(("b = a_t * b_s", "b = a_s * b_s"),),
    ),
    Mistake(
        name="both_factors",
        summary="b_s is multiplied by both factors",
        tag="repeated term",
        hints=Hints(
            where="Write h after both steps as one line. Which factors stand before b_s?",
            idea=f"Both factors meet the old state h; b_s came later and meets a_t alone ({SCAN}).",
            fix="Write `a_t * b_s + b_t`.",
        ),
        edits=(("b = a_t * b_s", "b = a_s * a_t * b_s"),),
    ),
    Mistake(
        name="nothing_forgotten",
        summary="b is b_s + b_t: what was written first is not multiplied by a_t",
        tag="dropped term",
        hints=Hints(
            where="What does the second step do to all that stands in the state when it begins?",
            idea=f"The second step keeps a share a_t of the state, and b_s is in that state ({SCAN}).",
            fix="Multiply b_s by a_t before you add b_t.",
        ),
        edits=(("b = a_t * b_s + b_t", "b = b_s + b_t"),),
    ),
    Mistake(
        name="everything_forgotten",
        summary="b is b_t alone: what the first step wrote is lost",
        tag="dropped term",
        hints=Hints(
            where="Does your b depend on b_s?",
            idea=f"What the first step wrote goes through the second one ({SCAN}).",
            fix="Add `a_t * b_s`.",
        ),
        edits=(("b = a_t * b_s + b_t", "b = b_t.copy()"),),
    ),
    Mistake(
        name="last_write_lost",
        summary="b lacks b_t, what the second step writes",
        tag="dropped term",
        hints=Hints(
            where="Does your b depend on b_t?",
            idea=f"The second step ends by adding b_t ({SCAN}).",
            fix="Write `a_t * b_s + b_t`.",
        ),
        edits=(("b = a_t * b_s + b_t", "b = a_t * b_s"),),
    ),
    Mistake(
        name="last_write_scaled",
        summary="b_t is multiplied by a_t, too",
        tag="brackets",
        hints=Hints(
            where="Is b_t added before or after the product with a_t?",
            idea=f"h_t = a_t h_s + b_t: the product comes first, and the sum after it ({SCAN}).",
            fix="Leave out the brackets round `b_s + b_t`.",
        ),
        edits=(("a_t * b_s + b_t", "a_t * (b_s + b_t)"),),
    ),
    Mistake(
        name="factors_added",
        summary="the two factors a are added and not multiplied",
        tag="formula",
        hints=Hints(
            where="If each step keeps half of the state, which share is left after both?",
            idea=f"The old state meets one factor after the other, so they multiply ({SCAN}).",
            fix="Write `a_t * a_s`.",
        ),
        edits=(("a = a_t * a_s", "a = a_t + a_s"),),
    ),
    Mistake(
        name="last_factor_only",
        summary="a is a_t alone",
        tag="dropped term",
        hints=Hints(
            where="Does your a depend on a_s?",
            idea=f"The old state passes through both steps and meets both factors ({SCAN}).",
            fix="Write `a_t * a_s`.",
        ),
        edits=(("a = a_t * a_s", "a = a_t.copy()"),),
    ),
    Mistake(
        name="first_factor_only",
        summary="a is a_s alone",
        tag="dropped term",
        hints=Hints(
            where="Does your a depend on a_t?",
            idea=f"The old state passes through both steps and meets both factors ({SCAN}).",
            fix="Write `a_t * a_s`.",
        ),
        edits=(("a = a_t * a_s", "a = a_s.copy()"),),
    ),
    Mistake(
        name="results_exchanged",
        summary="b is returned first and a second",
        tag="order",
        hints=Hints(
            where="In which order does the docstring name the two results?",
            idea=f"A step is the pair (a, b): first the factor, then what is written ({SCAN}).",
            fix="End with `return a, b`.",
        ),
        edits=(("return a, b", "return b, a"),),
    ),
)


def arguments(scene: Scene):
    """Factors between −1 and 1, and numbers of order one that are written."""
    B, H = scene.B, scene.H
    return scene.state(B, H), scene.values(B, H), scene.state(B, H), scene.values(B, H)


WITHOUT = {
    "large": "two products and a sum cannot overflow",
    "square": "no weight matrix occurs that could be square",
}

COMBINE = Exercise(
    name="architectures.combine",
    reference=combine,
    probes=probes_from("BH", arguments, without=WITHOUT),
    results=(Result("a", ("B", "H")), Result("b", ("B", "H"))),
    points=2,
    chapter="modern-recurrences",
    mistakes=MISTAKES,
    without=WITHOUT,
)
