"""The mutation gate: how many wrong solutions the checks reject, and how many of them they name.

`make mutation` prints the table and writes it for the instructors' page. This is a tool about the exercises and not a
part of them, which is why it may look up to `rnnlab.check`.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from rnnlab.check import Verdict, judge
from rnnlab.check.local import local_caller
from rnnlab.exercises.catalogue import find, names
from rnnlab.exercises.mistakes import mistaken
from rnnlab.exercises.mutants import Mutant, mutants
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


def measure(exercise: Exercise, seeds: Sequence[int] = SEEDS, most: int | None = None) -> Row:
    """Put every mistake and every mutant of one exercise through its check; a mistake counts if named on all seeds.

    With `most`, at most that many mutants are tried, at even distances among all.
    """
    verdicts = [_verdicts(exercise, mistake, seeds) for mistake in exercise.mistakes]
    named = [
        all(verdict.mistakes == (mistake.name,) for verdict in some)
        for mistake, some in zip(exercise.mistakes, verdicts, strict=True)
    ]
    made = [
        (mutant.change, verdict_on(exercise, mutant.function(exercise.reference), seeds[0]))
        for mutant in _evenly(mutants(exercise.reference), most)
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


def _evenly(made: Sequence[Mutant], most: int | None) -> Sequence[Mutant]:
    return made if most is None or len(made) <= most else [made[i * len(made) // most] for i in range(most)]


def _verdicts(exercise: Exercise, mistake: Mistake, seeds: Sequence[int]) -> list[Verdict]:
    return [verdict_on(exercise, mistaken(exercise, mistake), seed) for seed in seeds]


def exercises() -> tuple[Exercise, ...]:
    """Every graded function of the course."""
    return tuple(part for part in map(find, names()) if isinstance(part, Exercise))


HEADER = (
    "exercise",
    "mistakes",
    "rejected",
    "named",
    "mutants",
    "quiet",
    "equivalent",
    "rejected of the quiet",
)


def table(rows: Sequence[Row]) -> list[tuple[str, ...]]:
    """A line for each row, under `HEADER`."""
    return [_line(row) for row in rows]


def totals(rows: Sequence[Row]) -> Row:
    """The sums over all exercises."""
    mistakes, rejected, named, mutants, quiet, equivalent = (
        sum(getattr(row, name) for row in rows)
        for name in ("mistakes", "rejected", "named", "mutants", "quiet", "equivalent")
    )
    survivors = tuple(survivor for row in rows for survivor in row.survivors)
    return Row("all", mistakes, rejected, named, mutants, quiet, equivalent, survivors)


def _line(row: Row) -> tuple[str, ...]:
    counts = (row.mistakes, row.rejected, row.named, row.mutants, row.quiet, row.equivalent)
    return (row.exercise, *map(str, counts), f"{row.share:.1%}")


def write(rows: Sequence[Row], path: Path) -> None:
    """Write the table with its sums as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([HEADER, *table([*rows, totals(rows)])])


def main() -> None:
    from tqdm import tqdm

    parser = argparse.ArgumentParser(description="How many wrong solutions the checks reject and name.")
    parser.add_argument("--write", type=Path, metavar="CSV", help="write the table to this file, too")
    arguments = parser.parse_args()
    rows = [measure(exercise) for exercise in tqdm(exercises(), desc="Exercises", unit="exercise")]
    for line in [HEADER, *table([*rows, totals(rows)])]:
        print(f"{line[0]:40}", *(f"{entry:>10}" for entry in line[1:]))
    for row in rows:
        for survivor in row.survivors:
            print(f"survives in {row.exercise}: {survivor}")
    if arguments.write:
        write(rows, arguments.write)


if __name__ == "__main__":
    main()
