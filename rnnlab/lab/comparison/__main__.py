"""The comparison from the command line: python -m rnnlab.lab.comparison --size full --jobs 2."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

# One thread for each process: the cores are shared out among jobs. It must stand before NumPy is imported.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"


def main() -> None:
    from rnnlab.lab.comparison.engine import compare
    from rnnlab.lab.comparison.jobs import SIZES
    from rnnlab.lab.comparison.store import FOLDER

    parser = argparse.ArgumentParser(prog="python -m rnnlab.lab.comparison", description=__doc__)
    parser.add_argument("--size", choices=tuple(SIZES), default="full", help="how much is run [full]")
    parser.add_argument(
        "--jobs", type=int, default=2, help="how many runs at once; one for each free core [2]"
    )
    parser.add_argument("--out", type=Path, default=FOLDER, help="where the tables go [beside this module]")
    parser.add_argument(
        "--notes",
        type=Path,
        default=Path(".cache/comparison"),
        help="where finished jobs are noted [.cache/comparison]",
    )
    options = parser.parse_args()
    compare(SIZES[options.size], options.out, options.notes, options.jobs)


if __name__ == "__main__":
    main()
