"""Where results are kept: a line of JSON for each job as soon as it is done, and at the end tidy tables.

The lines are written for one size and one state of the code; a run that was killed goes on from them. The tables are
`runs.csv`, `costs.csv` and `baselines.csv`, beside `about.json`: size, rules, machine and the hash of the code.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from rnnlab.lab.comparison.baselines import Baseline
from rnnlab.lab.comparison.costs import Row
from rnnlab.lab.comparison.fingerprint import code_hash, machine
from rnnlab.lab.comparison.jobs import Size
from rnnlab.lab.comparison.runs import Run

FOLDER = Path(__file__).parent / "results"


class MissingResults(FileNotFoundError):
    """There is no stored comparison."""


@dataclass(frozen=True)
class Results:
    """A whole comparison, as it was stored."""

    about: dict[str, Any]
    runs: tuple[Run, ...]
    costs: tuple[Row, ...]
    baselines: tuple[Baseline, ...]

    @property
    def fresh(self) -> bool:
        """Whether the code is still the one that made these numbers."""
        return self.about["code"] == code_hash()


def append(path: Path, record: dict[str, Any]) -> None:
    """One more finished job, on the disk before this returns; a line that a kill has cut short is ended first."""
    with path.open("a+b") as file:
        if file.seek(0, 2):
            file.seek(-1, 2)
            if file.read(1) != b"\n":
                file.write(b"\n")
        file.write(json.dumps(record).encode() + b"\n")


def finished(path: Path) -> list[dict[str, Any]]:
    """All finished jobs; a last line that a kill has cut short is left out."""
    records = []
    if path.is_file():
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                records.append(json.loads(line))
            except json.JSONDecodeError:
                continue
    return records


def write(
    folder: Path,
    size: Size,
    runs: Sequence[Run],
    costs: Sequence[Row],
    baselines: Sequence[Baseline],
    code: str,
    seconds: float,
) -> None:
    """The tables and what there is to know about them."""
    folder.mkdir(parents=True, exist_ok=True)
    ordered = sorted(runs, key=lambda run: (run.task, run.architecture, run.rate, run.seed))
    _table(folder / "runs.csv", [asdict(run) for run in ordered])
    _table(folder / "costs.csv", [row._asdict() for row in costs])
    _table(folder / "baselines.csv", [baseline._asdict() for baseline in baselines])
    about = {
        "size": asdict(size),
        "runs": len(runs),
        "cpu_minutes_of_training": round(sum(run.seconds for run in runs) / 60, 1),
        "minutes": round(seconds / 60, 1),
        "machine": machine(),
        "code": code,
    }
    (folder / "about.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")


def read(folder: Path = FOLDER) -> Results:
    """The stored comparison.

    Raises: MissingResults where there is none, with the command that makes it.
    """
    if not (folder / "about.json").is_file():
        raise MissingResults(
            f"there is no stored comparison in the folder {folder.name!r} of rnnlab.lab.comparison. Run 'make "
            "comparison': it takes about 25 minutes on two cores, and can be stopped and started again."
        )
    about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
    return Results(
        about,
        tuple(_run(row) for row in _rows(folder / "runs.csv")),
        tuple(_cost(row) for row in _rows(folder / "costs.csv")),
        tuple(
            Baseline(row["task"], row["name"], float(row["test"])) for row in _rows(folder / "baselines.csv")
        ),
    )


def _table(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    rows = list(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]) if rows else [], lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: _short(value) for name, value in row.items()} for row in rows)


def _short(value: Any) -> Any:
    return f"{value:.9g}" if isinstance(value, float) else value


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _run(row: dict[str, str]) -> Run:
    kinds = {"int": int, "float": float, "bool": lambda text: text == "True", "str": str}
    return Run(**{field.name: kinds[str(field.type)](row[field.name]) for field in fields(Run)})


def _cost(row: dict[str, str]) -> Row:
    T, B, number = (int(row[name]) for name in ("T", "B", "round"))
    return Row(row["measure"], row["architecture"], T, B, number, float(row["value"]), row["unit"])
