"""A `Result` in the words of other platforms: Gradescope's and PrairieLearn's `results.json`.

Gradescope: https://gradescope-autograders.readthedocs.io/en/latest/specs/
PrairieLearn: https://prairielearn.readthedocs.io/en/latest/externalGrading/
"""

from __future__ import annotations

import enum
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rnnlab.grading.grade_one import Part, Result

FULL_HINTS = 3
WAITS = "A person reads this answer and gives its points."
NOT_JUDGED = "Not graded: a person will look at it."


class Format(enum.StrEnum):
    """The forms in which a result can be written."""

    JSON = "json"
    GRADESCOPE = "gradescope"
    PRAIRIELEARN = "prairielearn"


def in_form(result: Result, form: Format) -> dict[str, Any]:
    """The result as the platform reads it."""
    return _FORMS[form](result)


def write(result: Result, form: Format) -> str:
    """The result as one line of JSON, in ASCII."""
    return one_line(in_form(result, form))


def one_line(found: Any) -> str:
    """JSON on one line and in ASCII, which any terminal, pipe and locale carries."""
    return json.dumps(found, allow_nan=False)


def schema() -> str:
    """The JSON Schema of the form "json"."""
    return Path(__file__).with_name("grade_one.schema.json").read_text(encoding="utf-8")


def as_gradescope(result: Result) -> dict[str, Any]:
    """Gradescope's results.json. What a person grades is left out: Gradescope has questions of its own for that."""
    return {
        "output": _summary(result),
        "output_format": "text",
        "stdout_visibility": "hidden",
        "tests": [_gradescope_test(part) for part in result.parts if part.points is not None],
        "extra_data": {"rnnlab": result.to_dict()},
    }


def as_prairielearn(result: Result) -> dict[str, Any]:
    """PrairieLearn's results.json. Its score runs from 0 to 1, and is of the points that the checks give."""
    if not result.readable:
        return {"gradable": False, "format_errors": list(result.problems)}
    checked = [part for part in result.parts if part.points is not None]
    most = sum(part.max_points for part in checked)
    return {
        "gradable": True,
        "score": result.points / most if most else 0.0,
        "message": _summary(result),
        "tests": [
            {
                "name": part.name,
                "points": part.points,
                "max_points": part.max_points,
                "message": part.verdict.headline if part.verdict else NOT_JUDGED,
                "output": part.verdict.as_text(FULL_HINTS) if part.verdict else "",
            }
            for part in checked
        ],
    }


def _gradescope_test(part: Part) -> dict[str, Any]:
    return {
        "name": part.name,
        "score": part.points,
        "max_score": part.max_points,
        "output": part.verdict.as_html(FULL_HINTS) if part.verdict else NOT_JUDGED,
        "output_format": "html" if part.verdict else "text",
        "visibility": "visible",
    }


def _summary(result: Result) -> str:
    """A few lines about the whole notebook, for the student."""
    lines = [f"{result.assignment}: {result.points:g} of {result.max_points:g} points."]
    if result.waiting_points:
        lines.append(f"{WAITS[:-1]}: {result.waiting_points:g} at most.")
    lines += [f"Mended: {repair}." for repair in result.repairs]
    lines += [f"A person will look at this: {problem}." for problem in result.problems]
    return "\n".join(lines)


_FORMS: dict[Format, Callable[[Result], dict[str, Any]]] = {
    Format.JSON: lambda result: result.to_dict(),
    Format.GRADESCOPE: as_gradescope,
    Format.PRAIRIELEARN: as_prairielearn,
}
