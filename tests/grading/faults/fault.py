"""What a fault is: a submission that is hostile, broken or odd, and how its grading must end."""

from __future__ import annotations

import enum
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent
from typing import Any

from rnnlab.grading.record import Status

Raw = dict[str, Any]
WRONG = {
    "one_hot": "def one_hot(ids, K):\n    return np.zeros((*ids.shape, K))",
    "embed": "def embed(ids, E):\n    return np.zeros((*ids.shape, E.shape[1]))",
}
FUNCTIONS = (
    "one_hot",
    "embed",
    "rnn_step",
    "rnn_forward",
    "readout",
    "count_parameters",
    "masked_forward",
)
QUESTIONS = ("question_second_state", "question_sharing")
ALL = frozenset((*FUNCTIONS, *QUESTIONS))


class Reach(enum.Enum):
    """What a fault would get hold of where nothing contains it; each is proved on an open sandbox."""

    NOTHING = "nothing"
    SECRET = "secret"
    COURSE = "course"
    NETWORK = "network"
    OUTSIDE = "outside"
    PROCESS = "process"
    MARK = "mark"


@dataclass(frozen=True)
class Fault:
    """One submission. All that it does not replace or damage is an honest student's, and keeps its marks."""

    name: str
    tries: str
    cells: Mapping[str, str] = field(default_factory=dict)
    """What stands in the student's cells, by their names; the others hold right solutions."""
    damage: Callable[[Raw], Raw | bytes] | None = None
    """What becomes of the notebook file after that; bytes are handed in as they are."""
    loses: frozenset[str] = frozenset()
    """The parts that earn nothing; every other part earns all its points."""
    status: Status = Status.GRADED
    says: str = ""
    """A pattern that must stand in the graded notebook, its repairs or its problems: what stopped the attempt."""
    reaches: Reach = Reach.NOTHING
    link: str = ""
    """Where the notebook leads, for one that is a link and not a file."""
    ends: str = ""
    """For the instructors' table, where the sentence of the check depends on chance."""

    def file(self, honest: Raw) -> bytes:
        """The submitted file; `honest` is a notebook in which every part is right."""
        raw = json.loads(json.dumps(honest))
        cells = {name_of(cell): cell for cell in raw["cells"]}
        for name, source in self.cells.items():
            cells[name]["source"] = source
        damaged = self.damage(raw) if self.damage else raw
        return damaged if isinstance(damaged, bytes) else as_bytes(damaged)

    def hand_in(self, path: Path, honest: Raw, placed: Callable[[bytes], bytes]) -> None:
        """Write the submission to `path`; `placed` puts a world's paths and ports into it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        if self.link:
            path.symlink_to(placed(self.link.encode()).decode())
        else:
            path.write_bytes(placed(self.file(honest)))


def name_of(cell: Raw) -> str:
    """The cell's nbgrader name, "" where it has none."""
    return cell["metadata"].get("nbgrader", {}).get("grade_id", "")


def as_bytes(raw: Raw) -> bytes:
    return json.dumps(raw, indent=1).encode()


def attack(
    name: str,
    tries: str,
    program: str,
    says: str = "",
    reaches: Reach = Reach.NOTHING,
    part: str = "one_hot",
    ends: str = "",
) -> Fault:
    """A program at the top level of a cell, before a wrong function; that part must earn nothing."""
    source = f"{dedent(program).strip()}\n\n{WRONG[part]}"
    return Fault(name, tries, {part: source}, loses=frozenset({part}), says=says, reaches=reaches, ends=ends)


def lie(
    name: str,
    tries: str,
    program: str,
    says: str = "",
    reaches: Reach = Reach.NOTHING,
    part: str = "one_hot",
    ends: str = "",
) -> Fault:
    """A cell that defines a function which must earn nothing, whatever it does when it is called."""
    cells = {part: dedent(program).strip()}
    return Fault(name, tries, cells, loses=frozenset({part}), says=says, reaches=reaches, ends=ends)


def odd(
    name: str, tries: str, says: str = "", part: str = "one_hot", program: str = "", **cells: str
) -> Fault:
    """An unusual submission that is right and must earn everything."""
    programs = {key: dedent(source).strip() for key, source in (cells or {part: program}).items()}
    return Fault(name, tries, programs, says=says)


def damaged(
    name: str,
    tries: str,
    damage: Callable[[Raw], Raw | bytes],
    says: str = "",
    status: Status = Status.REPAIRED,
    loses: frozenset[str] = frozenset(),
) -> Fault:
    """A right solution in a notebook that somebody or something has damaged."""
    return Fault(name, tries, damage=damage, loses=loses, status=status, says=says)
