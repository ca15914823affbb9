"""What importing the package costs over importing NumPy, each import in a fresh interpreter.

Run: python benchmarks/imports.py
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from statistics import median

from rnnlab import nets

NETS = [f"rnnlab.nets.{path.stem}" for path in sorted(Path(nets.__path__[0]).glob("[a-z]*.py"))]
STATEMENTS = {
    "numpy": "import numpy",
    "rnnlab": "import numpy, rnnlab",
    "rnnlab.nets.rnn": "import numpy, rnnlab.nets.rnn",
    "all of rnnlab.nets": f"import numpy, {', '.join(NETS)}",
    "rnnlab.training.fit": "import numpy, rnnlab.training.fit",
    "rnnlab.data.surnames": "import numpy, rnnlab.data.surnames",
    "rnnlab.plots.heatmaps": "import numpy, rnnlab.plots.heatmaps",
}
ROUNDS = 9


def cpu_milliseconds(statement: str) -> float:
    """The CPU time of a fresh interpreter from its start to the end of the statement."""
    code = f"{statement}\nimport time; print(time.process_time())"
    return 1000 * float(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)


def main() -> None:
    times: dict[str, list[float]] = {name: [] for name in STATEMENTS}
    for _ in range(ROUNDS):
        for name, statement in STATEMENTS.items():
            times[name].append(cpu_milliseconds(statement))
    base = median(times["numpy"])
    print("| import | CPU ms | over NumPy |\n|---|--:|--:|")
    for name, each in times.items():
        print(f"| {name} | {median(each):.0f} | {median(each) - base:+.0f} |")


if __name__ == "__main__":
    main()
