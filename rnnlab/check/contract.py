"""Contract: the function exists, takes the arguments of the stub, comes back, and returns something."""

from __future__ import annotations

import re

from rnnlab.check.evidence import Evidence, Trial, shapes
from rnnlab.check.outcome import Missing, Raised, Returned, Stopped
from rnnlab.check.verdict import Verdict

LONGEST_MESSAGE = 300
LONGEST_READ = (
    2000  # what is read of a student's message; a pattern's time on more of it would be theirs to choose
)
GUFUNC = re.compile(r", with gufunc signature \S+")
_SHAPES_BESIDE_THE_PRODUCT = (
    "Write the shapes beside the `@`: the last size on the left must equal the first one on the right."
)
_ADVICE = {
    "matmul": _SHAPES_BESIDE_THE_PRODUCT,
    "not aligned": _SHAPES_BESIDE_THE_PRODUCT,
    "could not be broadcast": (
        "Print the shapes of both operands: sizes must be equal, or 1, counted from the last axis. "
        "`a[:, np.newaxis]` adds an axis of size 1."
    ),
    "truth value of an array": (
        "An `if` asks one question, and an array has many answers: use `np.where(condition, a, b)`, or `np.maximum`."
    ),
    "equal division": "Name the axis to cut along: `np.split(a, 4, axis=1)`. Without it, the batch is cut.",
    "same number of dimensions": (
        "Give the array with fewer axes the one that is missing: `x_t[np.newaxis]` has a first axis of size 1."
    ),
    "list indices must be": "A list has no axes; make it an array first, by `np.array(...)` or `np.stack(...)`.",
}
_STOPPED = {
    "time": "{name} did not come to an end in time. A loop that never stops?",
    "memory": "{name} asked for more memory than there is. An array of a wrong size?",
    "crash": "{name} ended the whole process. Something like exit(), or a crash inside a library?",
    "protocol": "{name} gave no answer that could be read.",
}


def not_there(evidence: Evidence) -> Verdict | None:
    """The function is missing, or its body is still the stub's."""
    name = evidence.exercise.function_name
    for trial in evidence.trials:
        outcome = trial.outcome
        if isinstance(outcome, Missing):
            return evidence.verdict("contract", f"There is no function {name} to check: {outcome.why}.")
        if isinstance(outcome, Raised) and outcome.kind == "NotImplementedError":
            todo = "Replace the line `raise NotImplementedError()` by your own code, and run its cell again."
            return evidence.verdict("unwritten", f"{name} is not written yet. {todo}")
    return None


def did_not_return(evidence: Evidence) -> Verdict | None:
    """The function raised, was stopped, or returned None."""
    for trial in (*evidence.wrong, evidence.again):
        outcome = trial.outcome
        if isinstance(outcome, Stopped):
            says = _STOPPED.get(outcome.reason, "{name} was stopped.")
            headline = says.format(name=evidence.exercise.function_name)
            return evidence.verdict("contract", headline, trial)
        if isinstance(outcome, Raised):
            return _wrong_arity(evidence, outcome) or _raised(evidence, trial, outcome)
        if isinstance(outcome, Returned) and outcome.type_name == "NoneType":
            return _returned_none(evidence, trial)
    return None


def _wrong_arity(evidence: Evidence, outcome: Raised) -> Verdict | None:
    name = evidence.exercise.function_name
    match = arity_complaint(name, outcome.message) if outcome.kind == "TypeError" else None
    if match is None:
        return None
    count = f"yours takes {match[1]}" if match[1] else "yours takes another number"
    headline = f"{name} must take {len(evidence.parameters)} arguments, and {count}."
    first_line = f"def {name}({', '.join(evidence.parameters)}):"
    return evidence.verdict("contract", headline, where=f"Does its first line read `{first_line}`?")


def arity_complaint(name: str, message: str) -> re.Match[str] | None:
    """Where Python complains about the number of arguments; the number that the function takes is group 1.

    No search goes past the next parenthesis, where another one may start, so that the time is linear.
    """
    of_call = rf"{name}\(\) (?:takes (\d{{1,4}})|takes from|missing) [^()]*positional argument"
    return re.search(of_call, message[:LONGEST_READ])


def _raised(evidence: Evidence, trial: Trial, outcome: Raised) -> Verdict:
    message = " ".join(GUFUNC.sub("", outcome.message[:LONGEST_READ]).split())[:LONGEST_MESSAGE]
    place = f" in line {outcome.line_number} of its cell" if outcome.line_number is not None else ""
    headline = f"{evidence.exercise.function_name} raised {outcome.kind}{place}: {message or 'no message'}"
    return evidence.verdict(
        "contract",
        headline,
        trial,
        where=_where(evidence, trial, outcome),
        fix=_advice(outcome),
        line_number=outcome.line_number,
        line=outcome.line,
    )


def _where(evidence: Evidence, trial: Trial, outcome: Raised) -> str:
    """The shapes that met, or the name that nobody knows: what to look at first."""
    unknown = re.match(r"name '(\w+)' is not defined", outcome.message[:LONGEST_READ])
    if unknown:
        return f"Which line before this one, or which cell above, gives `{unknown[1]}` its value?"
    return f"The arguments were {shapes(evidence, trial)}. {_how_often(evidence)}".rstrip()


def _how_often(evidence: Evidence) -> str:
    others = [trial for trial in evidence.trials if not isinstance(trial.outcome, Raised)]
    if not others:
        return ""
    count, total = len(evidence.trials) - len(others), len(evidence.trials)
    return f"It happened on {count} of {total} inputs, and not with {others[0].probe.label}."


def _advice(outcome: Raised) -> str:
    """What usually helps with this kind of exception."""
    line, message = outcome.line or "", outcome.message[:LONGEST_READ]
    if re.search(r"\bW_\w+(\.T)? *@", line):
        return "Vectors are rows here, one for each sequence: the product W x is written `x @ W.T`."
    if "could not be broadcast" in message and _loses_an_axis(line):
        return "A sum or maximum along an axis removes it; `keepdims=True` keeps it with size 1, so that shapes fit."
    if outcome.kind == "NameError":
        return "Check the spelling. NumPy's functions need `np.` in front, and your own must be written here too."
    if outcome.kind == "UnboundLocalError":
        return "Give the variable its value before the loop, or before the line that reads it."
    if outcome.kind == "IndexError":
        return "Print the index and the array's shape: an axis of size n has the indices 0 … n − 1."
    return next((advice for phrase, advice in _ADVICE.items() if phrase in message), "")


def _loses_an_axis(line: str) -> bool:
    """Whether the line reduces an array along an axis without keeping it."""
    return re.search(r"\b(sum|max|min|mean)\(.*axis", line) is not None and "keepdims" not in line


def _returned_none(evidence: Evidence, trial: Trial) -> Verdict:
    name = evidence.exercise.function_name
    return evidence.verdict(
        "contract",
        f"{name} returned nothing (None).",
        trial,
        where="Does every way through the function end in a `return`?",
        fix="`print` only shows a value; write `return` before the result in the last line of the function.",
    )
