"""Forward and backward pass of RNN, LSTM and GRU: rnnlab against torch.nn and against the loops that textbooks show.

Run: python benchmarks/numpy_vs_torch.py            the whole grid on one thread, then on two; about 15 minutes
     python benchmarks/numpy_vs_torch.py --quick    one small batch and one large, about 2 minutes
     ... --cell lstm --dtype float32 --threads 1    a part of the grid
A run writes its rows to the table in benchmarks/results/, with summary and figure. Every run prints its summary.
"""

from __future__ import annotations

import argparse
import csv
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import product
from math import exp, log
from pathlib import Path
from statistics import quantiles

THREADS = int(os.environ.get("OPENBLAS_NUM_THREADS", 0))
RESULTS = Path(__file__).parent / "results" / "numpy_vs_torch.csv"
CELLS, DTYPES = ("rnn", "lstm", "gru"), ("float32", "float64")
D, HIDDEN, BATCHES, LENGTHS = 32, (32, 128, 256), (1, 32, 64), (32, 128, 512)
GATES = {"rnn": 1, "lstm": 4, "gru": 3}
FIELDS = [
    "cell",
    "dtype",
    "threads",
    "H",
    "B",
    "T",
    "rnnlab_ms",
    "torch_ms",
    "textbook_ms",
    "over_torch",
    "low",
    "high",
]
FIELDS += ["over_textbook", "gflops", "gemm_share"]
POINT = FIELDS[:6]


def measure_all(options: argparse.Namespace) -> Iterator[dict[str, object]]:
    """A row for each point of the grid, on the number of threads that this process was started with."""
    import numpy as np
    import torch
    from candidates import assert_same_answer, candidates
    from timing import interleaved_times

    torch.set_num_threads(THREADS)
    peak = {dtype: gemm_rate(np.dtype(dtype)) for dtype in DTYPES}
    points = product(options.cell, options.dtype, HIDDEN, BATCHES, LENGTHS)
    for cell, dtype, H, B, T in points:
        if options.quick and (H, B, T) not in {(32, 1, 128), (128, 32, 128)}:
            continue
        runs = candidates(cell, np.dtype(dtype), T, B, D, H)
        assert_same_answer(runs, 1e-3 if dtype == "float32" else 1e-10)
        times = interleaved_times(runs, rounds=7 if H * B * T <= 10**6 else 3, wall=THREADS > 1)
        ratios = [theirs / ours for ours, theirs in zip(times["rnnlab"], times["torch"], strict=True)]
        low, ratio, high = quantiles(ratios, n=4)
        ours, theirs, textbook = (middle(times[name]) for name in ("rnnlab", "torch", "textbook"))
        gflops = 6 * T * B * GATES[cell] * H * (H + D) / ours / 1e6
        yield dict(zip(FIELDS, [
            cell, dtype, THREADS, H, B, T, round(ours, 3), round(theirs, 3), round(textbook, 3), round(ratio, 3),
            round(low, 3), round(high, 3), round(textbook / ours, 3), round(gflops, 1), round(gflops / peak[dtype], 3),
        ], strict=True))  # fmt: skip


def middle(times: list[float]) -> float:
    return quantiles(times, n=2)[0]


def gemm_rate(dtype) -> float:
    """Billions of floating-point operations a second in a product of two square matrices of size 1024."""
    import numpy as np
    from timing import interleaved

    A, B, out = (np.random.default_rng(0).normal(size=(1024, 1024)).astype(dtype) for _ in range(3))
    run: Callable[[], object] = lambda: np.dot(A, B, out=out)  # noqa: E731
    return 2 * 1024**3 / interleaved({"gemm": run}, rounds=5, wall=THREADS > 1)["gemm"] / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--quick", action="store_true", help="two points of the grid only; nothing is written"
    )
    parser.add_argument("--cell", nargs="+", choices=CELLS, default=CELLS)
    parser.add_argument("--dtype", nargs="+", choices=DTYPES, default=DTYPES)
    parser.add_argument("--threads", nargs="+", type=int, choices=(1, 2), default=(1, 2))
    options = parser.parse_args()
    if THREADS:
        writer = csv.DictWriter(sys.stdout, FIELDS)
        for row in measure_all(options):
            writer.writerow(row)
            sys.stdout.flush()
        return
    rows = [row for threads in options.threads for row in in_fresh_process(threads, sys.argv[1:])]
    if not options.quick:
        store(rows)
    print(summary(rows))


def store(rows: list[dict[str, str]]) -> None:
    """Put these rows in the place of those of the same points in the stored table, and draw it again."""
    from rnnlab.plots.speed import speed_over_torch

    RESULTS.parent.mkdir(exist_ok=True)
    before = csv.DictReader(RESULTS.open(encoding="utf-8")) if RESULTS.exists() else ()
    table = {tuple(row[name] for name in POINT): row for row in (*before, *rows)}
    with RESULTS.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(table.values())
    RESULTS.with_suffix(".md").write_text(summary(list(table.values())) + "\n", encoding="utf-8")
    speed_over_torch(list(table.values())).savefig(RESULTS.with_suffix(".svg"))


def in_fresh_process(threads: int, arguments: list[str]) -> Iterator[dict[str, str]]:
    """The rows measured with this many threads: the libraries read the number once, when they are loaded."""
    environment = os.environ | {"OPENBLAS_NUM_THREADS": str(threads), "OMP_NUM_THREADS": str(threads)}
    process = subprocess.Popen(
        [sys.executable, __file__, *arguments], env=environment, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    for row in csv.DictReader(process.stdout, FIELDS):
        print(",".join(row.values()), file=sys.stderr, flush=True)
        yield row
    if process.wait():
        sys.exit(f"the measurement on {threads} threads failed with exit code {process.returncode}")


def summary(rows: list[dict[str, str]]) -> str:
    """Geometric means of the ratios over the grid, and the share of the matrix-product rate at the largest sizes."""
    lines = ["| cell | dtype | threads | over torch | from | to | over textbook | share of GEMM rate |"]
    lines += ["|---|---|--:|--:|--:|--:|--:|--:|"]
    for cell, dtype, threads in product(CELLS, DTYPES, ("1", "2")):
        mine = [row for row in rows if (row["cell"], row["dtype"], row["threads"]) == (cell, dtype, threads)]
        if not mine:
            continue
        over_torch = [float(row["over_torch"]) for row in mine]
        over_textbook = [float(row["over_textbook"]) for row in mine]
        largest = max(mine, key=lambda row: (int(row["H"]), int(row["B"])))
        lines.append(
            f"| {cell} | {dtype} | {threads} | {geometric_mean(over_torch):.2f} | {min(over_torch):.2f} "
            f"| {max(over_torch):.2f} | {geometric_mean(over_textbook):.2f} | {float(largest['gemm_share']):.0%} |"
        )
    return "\n".join(lines)


def geometric_mean(values: list[float]) -> float:
    return exp(sum(map(log, values)) / len(values))


if __name__ == "__main__":
    main()
