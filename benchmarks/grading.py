"""What grading a class costs: nbgrader as it comes, and this grader, on the same submissions in one run.

Run: python benchmarks/grading.py              the comparison, about 10 minutes
     python benchmarks/grading.py --growth     this grader alone, from 10 to 10,000 submissions, about half an hour

CPU time is that of all processes that were started: kernels, workers, sandboxes. Other programs disturb it little. The
sandbox is the default, the strongest that the machine offers, or Landlock alone where that is said. The ways take
turns. The marks of all functions must be equal, or there is no table.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from grading_class import function_marks, hand_in, make_course, make_stock

from rnnlab.grading.sandbox import Isolation, doctor

RESULTS = Path(__file__).parent / "results" / "grading.csv"
GROWTH = RESULTS.with_name("grading_growth.csv")
PHASES = RESULTS.with_name("grading_phases.csv")
BIN = Path(sys.executable).parent
MOST_REPEATS = 3
SIZES = (10, 100, 1_000, 10_000)
DRIVER = [sys.executable, str(Path(__file__).with_name("grading_driver.py").resolve())]


@dataclass(frozen=True)
class Cost:
    """What one way of grading costs: to start, and for each submission, in seconds of CPU and on the wall.

    All are medians over the rounds. `times` is how many times less CPU a submission takes than with nbgrader in the
    same round; `lowest` and `highest` are the extremes.
    """

    assignment: str
    way: str
    submissions: int
    start_cpu: float
    each_cpu: float
    each_wall: float
    times: float
    lowest: float
    highest: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--growth", action="store_true", help="measure growth to 10,000 submissions instead")
    parser.add_argument("--assignment", default="hidden_state")
    parser.add_argument("--submissions", type=int, default=8, help="submissions that go through every way")
    parser.add_argument("--rounds", type=int, default=5, help="how many times all ways take their turns")
    parser.add_argument("--most", type=int, default=SIZES[-1], help="the largest class of --growth")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="rnnlab-benchmark-") as folder:
        if options.growth:
            store(GROWTH, growth(Path(folder), options.assignment, options.most))
            return
        costs = [
            cost
            for torch in (False, True)
            for cost in compare(
                Path(folder),
                options.assignment,
                options.submissions // (2 if torch else 1),
                torch,
                options.rounds,
            )
        ]
        store(RESULTS, [asdict(cost) for cost in costs])
        store(PHASES, phases(Path(folder), options.assignment))
        RESULTS.with_suffix(".md").write_text(table(costs), encoding="utf-8")
        print(table(costs))


def compare(folder: Path, assignment: str, submissions: int, torch: bool, rounds: int) -> list[Cost]:
    """Grade classes in each way; the difference between a small and a larger one is what the submissions cost.

    The same class goes through every way, and its marks must be equal. This grader also gets a class ten times as
    large, for its submissions are lost beside its start in a small one. The ways take turns, for other programs
    and other machines on the same processor make some minutes slower than others.
    """
    label = f"{assignment}{', with torch' if torch else ''}"
    few, many = max(2, submissions // 4), 10 * submissions
    courses = {
        size: make_course(folder / f"{label}-{size}" / "released", assignment)
        for size in (few, submissions, many)
    }
    for size, course in courses.items():
        hand_in(course, assignment, size, torch)
    found: dict[str, list[dict[int, tuple[float, float]]]] = {}
    for turn in range(rounds):
        marks = {}
        for way, commands in ways(assignment, torch).items():
            stock = way.startswith("nbgrader")
            costs = {}
            for size in (few, submissions) if stock else (submissions, many):
                root = folder / f"{label}-{turn}-{way}-{size}".replace(" ", "")
                make_stock(courses[size], root) if stock else copy(courses[size].root, root)
                costs[size] = measured(commands, root)
                if size == submissions:
                    marks[way] = function_marks(root, assignment)
                shutil.rmtree(root)
            found.setdefault(way, []).append(costs)
            print(label, way, costs, file=sys.stderr, flush=True)
        require_equal(marks)
    return [cost_of(label, way, turns, found["nbgrader"]) for way, turns in found.items()]


def cost_of(
    label: str,
    way: str,
    turns: Sequence[dict[int, tuple[float, float]]],
    stock: Sequence[dict[int, tuple[float, float]]],
) -> Cost:
    """The medians over the turns of one way."""
    starts, each, wall = zip(*map(per_submission, turns), strict=True)
    times = [per_submission(theirs)[1] / ours for theirs, ours in zip(stock, each, strict=True)]
    medians = (median(starts), median(each), median(wall), median(times))
    return Cost(label, way, max(turns[0]), *medians, min(times), max(times))


def ways(assignment: str, torch: bool) -> dict[str, list[list[str]]]:
    """The commands of each way of grading; those of one way run at the same time."""
    stock = [str(BIN / "nbgrader"), "autograde", assignment]
    ours = [*DRIVER, assignment, *(["--torch"] if torch else []), "--jobs"]
    found = {"nbgrader": [stock], "rnnlab": [[*ours, "1"]]}
    if doctor.resolve(Isolation.BEST) is not Isolation.LANDLOCK:
        found["rnnlab, Landlock alone"] = [[*ours, "1", "--isolation", "landlock"]]
    if torch:  # the driver gives the assignment torch in its own process alone
        return found
    halves = [[*stock, f"--student=student-{half}-*"] for half in (0, 1)]
    two = [[*ours, "2", "--isolation", "landlock"]]
    return found | {"nbgrader, 2 processes": halves, "rnnlab, Landlock alone, 2 workers": two}


def measured(commands: Sequence[Sequence[str]], root: Path) -> tuple[float, float]:
    """The seconds of CPU of these commands and all that they start, and the seconds on the wall until the last ends.

    Two of nbgrader's processes sometimes collide in the gradebook, and a submission is left ungraded. Its command then
    says so and is given once more, as an instructor would; it looks only for what is not graded.
    """
    before, began = children_cpu(), time.perf_counter()
    said = run_together(commands, root)
    for _ in range(MOST_REPEATS if len(commands) > 1 else 0):
        failed = [command for command, (code, _) in zip(commands, said, strict=True) if code]
        if not failed:
            break
        print(f"{len(failed)} of {len(commands)} commands failed and are given again", file=sys.stderr)
        commands, said = failed, run_together(failed, root)
    if any(code for code, _ in said):
        sys.exit(f"{commands} failed:\n{''.join(text for _, text in said)[-3000:]}")
    wall = time.perf_counter() - began
    if commands[0][: len(DRIVER)] == DRIVER and "--isolation" not in commands[0]:
        return json.loads(said[0][1].splitlines()[-1])["cpu"], wall
    return children_cpu() - before, wall


def run_together(commands: Sequence[Sequence[str]], root: Path) -> list[tuple[int, str]]:
    """Each command's exit code and what it said, when all have ended."""
    environment = {
        **os.environ,
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
    running = [
        subprocess.Popen(command, cwd=root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for command in commands
    ]
    said = [process.communicate()[0].decode(errors="replace") for process in running]
    return [(process.returncode, text) for process, text in zip(running, said, strict=True)]


def children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def per_submission(costs: dict[int, tuple[float, float]]) -> tuple[float, float, float]:
    """The CPU seconds to start and for each further submission, and a submission's share of the seconds on the wall.

    The latter are of the larger class and with the start: two of them are too noisy beside other programs to subtract.
    """
    few, many = min(costs), max(costs)
    each = (costs[many][0] - costs[few][0]) / (many - few)
    return costs[few][0] - few * each, each, costs[many][1] / many


def require_equal(marks: dict[str, dict[tuple[str, str], float]]) -> None:
    first, *others = marks.items()
    for way, found in others:
        different = {
            key: (first[1].get(key), points) for key, points in found.items() if first[1].get(key) != points
        }
        if different or found.keys() != first[1].keys():
            sys.exit(f"{first[0]} and {way} give different marks: {different}")


def growth(folder: Path, assignment: str, most: int) -> list[dict[str, object]]:
    """Seconds for each submission and the memory of the writing process, for classes of growing size."""
    rows = []
    for size in [size for size in SIZES if size <= most]:
        course = make_course(folder / str(size), assignment)
        hand_in(course, assignment, size)
        for way in ("graded", "unchanged"):
            before, began = children_cpu(), time.perf_counter()
            said = run_driver([assignment, "--jobs", "2", "--isolation", "landlock"], course.root)
            cpu, wall = children_cpu() - before, time.perf_counter() - began
            rows.append(
                {"way": way, "submissions": size, **said, "cpu": round(cpu, 2), "wall": round(wall, 2)}
            )
            print(rows[-1], flush=True)
    return rows


def phases(folder: Path, assignment: str) -> list[dict[str, object]]:
    """The CPU milliseconds of each step of grading one submission."""
    course = make_course(folder / "phases", assignment)
    hand_in(course, assignment, 40)
    said = run_driver([assignment, "--phases"], course.root)
    return [{"phase": name, "milliseconds": value} for name, value in said.items()]


def run_driver(arguments: Sequence[str], root: Path) -> dict[str, float]:
    """What the driver says in its last line."""
    done = subprocess.run([*DRIVER, *arguments], cwd=root, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def copy(source: Path, target: Path) -> None:
    subprocess.run(["cp", "-r", str(source), str(target)], check=True)


def table(costs: Sequence[Cost]) -> str:
    heads = [
        "assignment",
        "graded by",
        "CPU ms each",
        "wall ms each",
        "times less CPU than nbgrader",
        "CPU s to start",
    ]
    rows = [
        f"| {cost.assignment} | {cost.way} | {1000 * cost.each_cpu:.0f} | {1000 * cost.each_wall:.0f} "
        f"| {cost.times:.1f} ({cost.lowest:.1f} to {cost.highest:.1f}) | {cost.start_cpu:.1f} |"
        for cost in costs
    ]
    return "\n".join([f"| {' | '.join(heads)} |", "|---|---|--:|--:|--:|--:|", *rows]) + "\n"


def store(path: Path, rows: Sequence[dict[str, object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
