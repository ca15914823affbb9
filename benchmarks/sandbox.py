"""What the sandbox costs: start, one submission, one call, memory; for each set of libraries and each isolation.

    python benchmarks/sandbox.py [--repeats 50]

Wall times are medians with the smallest in brackets. Processor times are those of the sandbox's processes and of this
one, added. Memory is the proportional set size, so that what processes share counts once.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from rnnlab.grading.sandbox import Isolation, Libraries, Sandbox, doctor

TICKS = os.sysconf("SC_CLK_TCK")
CALLS = 500


def processes(root: int) -> list[int]:
    """The process and its descendants."""
    children = Path(f"/proc/{root}/task/{root}/children").read_text().split()
    return [root, *(found for child in children for found in processes(int(child)))]


def processor_seconds(root: int) -> float:
    """What a process and its descendants, also the ended ones, have used so far."""
    used = 0
    for pid in processes(root):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        used += sum(map(int, fields[11:15]))
    return used / TICKS + time.process_time()


def mebibytes(root: int) -> float:
    """The memory of a process and its descendants, shared pages counted once."""
    lines = (
        line for pid in processes(root) for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    )
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def timed(step: Callable[[], object], repeats: int) -> str:
    """The median wall time of a step, and the smallest, in milliseconds."""
    seconds = []
    for _ in range(repeats):
        began = time.perf_counter()
        step()
        seconds.append(time.perf_counter() - began)
    return f"{1e3 * statistics.median(seconds):.2f} ({1e3 * min(seconds):.2f})"


def measure(libraries: Libraries, isolation: Isolation, repeats: int) -> list[str]:
    """One row of the table."""
    began = time.perf_counter()
    with Sandbox(isolation=isolation, libraries=libraries) as sandbox:
        start = time.perf_counter() - began
        root = sandbox._nursery._process.pid

        def submission() -> None:
            with sandbox.open() as session:
                session.run("x = 1")

        before = processor_seconds(root)
        first_cell = timed(submission, repeats)
        used = 1e3 * (processor_seconds(root) - before) / repeats
        with sandbox.open() as session:
            session.run("def f(a): return a + 1")
            small, large = np.zeros((3, 4)), np.zeros(10**6)
            call = timed(lambda: session.call("f", (small,)), CALLS)
            large_call = timed(lambda: session.call("f", (large,)), 10)
            memory = f"{mebibytes(root):.0f}"
    return [
        libraries.value,
        isolation.value,
        f"{start:.2f}",
        first_cell,
        f"{used:.1f}",
        call,
        large_call,
        memory,
    ]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeats", type=int, default=50, help="submissions for each row")
    repeats = parser.parse_args().repeats
    heads = ["libraries", "isolation", "start s", "submission ms", "its processor ms"]
    heads += ["call ms", "call of 8 MB ms", "memory MiB"]
    print(f"Load average before: {os.getloadavg()[0]:.1f}\n")
    print("|".join(["", *heads, ""]), "|".join(["", *("---" for _ in heads), ""]), sep="\n")
    for libraries in Libraries:
        for isolation in (Isolation.LANDLOCK, Isolation.BUBBLEWRAP, Isolation.PROCESS):
            if not doctor.problems(isolation):
                print("|".join(["", *measure(libraries, isolation, repeats), ""]), flush=True)


if __name__ == "__main__":
    main()
