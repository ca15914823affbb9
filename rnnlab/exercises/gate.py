"""The mutation gate: how many wrong solutions the checks reject, and how many of them they name.

`python -m rnnlab.exercises.gate` prints the table of the instructors' page. It is a tool about the exercises and not a
part of them, which is why it may look up to `rnnlab.check`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rnnlab.check import Verdict, judge
from rnnlab.check.local import local_caller
from rnnlab.exercises.catalogue import find, names
from rnnlab.exercises.mistakes import mistaken
from rnnlab.exercises.mutants import mutants
from rnnlab.exercises.spec import Exercise, Mistake

SEEDS = (101, 202, 303)
LOUD = ("contract", "form")


@dataclass(frozen=True)
class Row:
    """What the gate found for one exercise.

    Most mutants crash or return a wrong shape, which any test would see; the `quiet` ones return numbers of the right
    form on every input and are the ones that tell. `survivors` are those that pass and are not known equivalents.
    """

    exercise: str
    mistakes: int
    rejected: int
    named: int
    mutants: int
    quiet: int
    equivalent: int
    survivors: tuple[str, ...]

    @property
    def share(self) -> float:
        """The share of quiet mutants that are rejected, those aside that are equivalent to the reference."""
        wrong = self.quiet - self.equivalent
        return 1 - len(self.survivors) / wrong if wrong else 1.0


def verdict_on(exercise: Exercise, function: Callable[..., Any], seed: int) -> Verdict:
    """The verdict on a function with probes drawn from this seed."""
    return judge(exercise, local_caller(function), exercise.probes(np.random.default_rng(seed)))


def measure(exercise: Exercise, seeds: Sequence[int] = SEEDS) -> Row:
    """Put every mistake and every mutant of one exercise through its check; a mistake counts if named on all seeds."""
    verdicts = [_verdicts(exercise, mistake, seeds) for mistake in exercise.mistakes]
    named = [
        all(verdict.mistakes == (mistake.name,) for verdict in some)
        for mistake, some in zip(exercise.mistakes, verdicts, strict=True)
    ]
    made = [
        (mutant.change, verdict_on(exercise, mutant.function(exercise.reference), seeds[0]))
        for mutant in mutants(exercise.reference)
    ]
    passing = [change for change, verdict in made if verdict.passed]
    return Row(
        exercise=exercise.name,
        mistakes=len(exercise.mistakes),
        rejected=sum(not any(verdict.passed for verdict in some) for some in verdicts),
        named=sum(named),
        mutants=len(made),
        quiet=sum(verdict.stage not in LOUD for _, verdict in made),
        equivalent=sum(change in exercise.equivalents for change in passing),
        survivors=tuple(change for change in passing if change not in exercise.equivalents),
    )


def _verdicts(exercise: Exercise, mistake: Mistake, seeds: Sequence[int]) -> list[Verdict]:
    return [verdict_on(exercise, mistaken(exercise, mistake), seed) for seed in seeds]


def exercises() -> tuple[Exercise, ...]:
    """Every graded function of the course."""
    return tuple(part for part in map(find, names()) if isinstance(part, Exercise))


def table(rows: Sequence[Row]) -> str:
    """The rows as a table in Markdown."""
    lines = [
        "| exercise | mistakes | rejected | named | mutants | quiet ones | equivalent | rejected of the quiet |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for row in rows:
        counts = (row.mistakes, row.rejected, row.named, row.mutants, row.quiet, row.equivalent)
        lines.append(f"| `{row.exercise}` | {' | '.join(map(str, counts))} | {row.share:.1%} |")
    return "\n".join(lines)


def main() -> None:
    rows = [measure(exercise) for exercise in exercises()]
    print(table(rows))
    for row in rows:
        for survivor in row.survivors:
            print(f"survives in {row.exercise}: {survivor}")


if __name__ == "__main__":
    main()
