"""`rnnlab grade-one --lines`: a worker that stays. Each line of input is a request, and is answered with one line.

A request is an object: `notebook` is a path or a whole notebook; `assignment`, `student` and `id` may stand beside it,
and `id` comes back with the answer. What cannot be graded is answered with `{"error": "…"}`, and the worker goes on.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from rnnlab.grading import platforms
from rnnlab.grading.grade_one import CannotGrade, Grader, HandedIn

EXPECTED = (
    'each line is one JSON object with "notebook": a path, or a whole notebook; see `rnnlab grade-one --help`'
)


def serve(grader: Grader, requests: BinaryIO, answers: TextIO, form: platforms.Format) -> None:
    """Answer every line of `requests`, one at a time and in order, until they end."""
    for line in requests:
        if line.strip():
            answers.write(platforms.one_line(_answer(grader, line, form)) + "\n")
            answers.flush()


def _answer(grader: Grader, line: bytes, form: platforms.Format) -> dict[str, Any]:
    request: dict[str, Any] = {}
    try:
        request = _request(line)
        result = grader.grade(
            _handed_in(request["notebook"]), _text(request, "assignment"), _text(request, "student")
        )
        answer = platforms.in_form(result, form)
    except CannotGrade as error:
        answer = {"error": str(error)}
    return {"id": request["id"], **answer} if "id" in request else answer


def _request(line: bytes) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise CannotGrade(f"this line is not JSON ({error}); {EXPECTED}") from error
    if not isinstance(found, dict) or not isinstance(found.get("notebook"), str | dict):
        raise CannotGrade(EXPECTED)
    return found


def _handed_in(notebook: str | dict[str, Any]) -> HandedIn:
    if isinstance(notebook, str):
        return HandedIn.at(Path(notebook))
    return HandedIn(json.dumps(notebook).encode(), "notebook.ipynb")


def _text(request: dict[str, Any], name: str) -> str:
    value = request.get(name, "")
    if not isinstance(value, str):
        raise CannotGrade(f"{name} should be a text, and is {value!r}")
    return value
