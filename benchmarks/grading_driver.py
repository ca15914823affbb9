"""One run of the batch in the course's folder, for benchmarks/grading.py; its last line is what it measured, as JSON.

`rnnlab autograde` does the same behind a progress bar. `--torch` gives the assignment the sandbox that has torch. With
one job, CPU time is read before the sandbox ends: bubblewrap does not wait for what ran inside, and its time is lost.
"""

from __future__ import annotations

import argparse
import gc
import json
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from rnnlab import exercises
from rnnlab.grading import batch, engine, ledger, work
from rnnlab.grading.course import Course
from rnnlab.grading.sandbox import Sandbox, Session


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("assignment")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--torch", action="store_true")
    parser.add_argument("--phases", action="store_true")
    parser.add_argument("--isolation", default="best")
    options = parser.parse_args()
    if options.torch:
        given = exercises.assignment
        with_torch = replace(given(options.assignment), libraries="torch")
        exercises.assignment = lambda name: with_torch if name == options.assignment else given(name)
    course = Course.open(Path(), isolation=options.isolation)
    students = course.students(options.assignment)
    if options.phases:
        print(json.dumps(phases(course, options.assignment, students)))
        return
    done: Counter[str] = Counter()
    cpu = 0.0
    for number, each in enumerate(
        batch.autograde(course, options.assignment, students, batch.Options(jobs=options.jobs)), start=1
    ):
        done[str(each.status)] += 1
        if number == len(students):
            cpu = time.process_time() + cpu_of_descendants()
    print(json.dumps({"peak_mib": peak_mebibytes(), "cpu": cpu, **done}))


def peak_mebibytes() -> float:
    """The most memory that this process, which writes, ever had."""
    status = Path("/proc/self/status").read_text()
    kibibytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
    return round(int(kibibytes) / 1024, 1)


class Stopwatch:
    """The CPU seconds of this process by phase; what one phase calls of another is the other's."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._phase, self._since = "other", time.process_time()

    def switch(self, phase: str) -> str:
        now = time.process_time()
        self.seconds[self._phase] += now - self._since
        before, self._phase, self._since = self._phase, phase, now
        return before

    def watch(self, owner: Any, name: str, phase: str) -> None:
        """Count each call of this function to a phase."""
        original: Callable[..., Any] = getattr(owner, name)

        def watched(*arguments: Any, **options: Any) -> Any:
            before = self.switch(phase)
            try:
                return original(*arguments, **options)
            finally:
                self.switch(before)

        setattr(owner, name, watched)


def phases(course: Course, assignment: str, students: tuple[str, ...]) -> dict[str, float]:
    """CPU milliseconds of each phase for one submission; the students' own processes are one of them."""
    watch = Stopwatch()
    watch.watch(work, "read", "read and rebuild")
    watch.watch(work, "rebuilt", "read and rebuild")
    watch.watch(Sandbox, "open", "open and close the sandbox")
    watch.watch(Session, "close", "open and close the sandbox")
    watch.watch(Session, "run", "send cells and read outputs")
    watch.watch(Session, "call_many", "send calls and read results")
    watch.watch(engine, "judge_function", "draw probes, run references, judge")
    watch.watch(work, "_outcome", "write the notebook")
    watch.watch(ledger.Ledger, "write", "gradebook and files")
    graded = batch.autograde(course, assignment, students)
    next(graded)  # warm
    gc.collect()
    watch.seconds.clear()
    children = cpu_of_descendants()
    count = sum(1 for _ in graded)
    watch.switch("other")
    found = {name: round(1000 * seconds / count, 2) for name, seconds in watch.seconds.items()}
    return found | {"the sandbox's processes": round(1000 * (cpu_of_descendants() - children) / count, 2)}


def cpu_of_descendants() -> float:
    """The CPU seconds of this process's descendants, with those that they have collected."""
    import psutil

    times = [child.cpu_times() for child in psutil.Process().children(recursive=True)]
    return sum(t.user + t.system + t.children_user + t.children_system for t in times)


if __name__ == "__main__":
    main()
