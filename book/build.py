"""Build the website: `python book/build.py` writes `_build/html`.

The first build installs KaTeX, for which it needs the network; `python book/build.py --assets` does that alone.
The build is incremental and executes only chapters that changed. It fails (status 1) on every warning, on a failed
cell, on a broken link or anchor, on a formula that KaTeX cannot read, on an image without a description and on
anything that a page would load from another host.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

BOOK = Path(__file__).resolve().parent
ROOT = BOOK.parent
sys.path.insert(0, str(BOOK / "_ext"))

import katex_assets  # noqa: E402  (lives beside the Sphinx extensions)
import site_check  # noqa: E402


def run_jupyter_book(root: Path) -> int:
    """Run Jupyter Book on `root`, with every warning an error; its status."""
    command = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()"]
    command += ["build", str(root), "-W", "-n", "--keep-going", "-q"]
    scripts = str(Path(sys.executable).parent)
    environment = os.environ | {"PATH": scripts + os.pathsep + os.environ.get("PATH", "")}
    # Cells run in kernels of their own; a second thread per kernel only slows the small arrays of this book.
    environment |= {"OMP_NUM_THREADS": "1", "IPYTHONDIR": str(ipython_folder(root))}
    # The configuration names its folders relative to its own.
    return subprocess.run(command, cwd=root, env=environment, check=False).returncode


def ipython_folder(root: Path) -> Path:
    """Settings for the kernels alone: no start-up files of the person who builds, and no remark about TCP."""
    folder = root / ".cache" / "ipython"
    settings = folder / "profile_default" / "ipython_kernel_config.py"
    if not settings.exists():
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_text("c = get_config()\nc.IPKernelApp.log_level = 40\n")
    return folder


def build(root: Path) -> int:
    """Build the book at `root` and check every page of the result; 0 when there is nothing to complain about."""
    site = root / "_build" / "html"
    complaints = []
    if status := run_jupyter_book(root):
        complaints.append(f"Jupyter Book ended with status {status}; its messages are above")
    elif site.exists():
        complaints += site_check.complaints(site)
    if complaints:
        # Sphinx tells each warning once. Forget what it has read, or the next build would pass in silence.
        shutil.rmtree(root / "_build" / ".doctrees", ignore_errors=True)
        print("The site is not in order:", *complaints, sep="\n  ", file=sys.stderr)
        return 1
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--assets", action="store_true", help="install KaTeX, unless it is there, and stop")
    parser.add_argument("--root", type=Path, default=ROOT, help="the folder with _config.yml and _toc.yml")
    arguments = parser.parse_args()

    if not katex_assets.installed():
        katex_assets.install()
    if arguments.assets:
        return 0

    start = time.perf_counter()
    status = build(arguments.root.resolve())
    if status == 0:
        print(f"{arguments.root / '_build/html/index.html'}: built in {time.perf_counter() - start:.0f} s")
    return status


if __name__ == "__main__":
    sys.exit(main())
