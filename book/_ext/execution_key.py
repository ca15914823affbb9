"""Execute a chapter again when the code behind it has changed, and write every page again when its frame has.

jupyter-cache knows a chapter by its own cells and by the kernel that its header names. It cannot see that `rnnlab` or a
package has changed, and would show old numbers. So a hash of the modules that the chapter imports, directly or not, is
added to the kernel's displayed name, and the chapter depends on their files; and the cache's folder is named after the
packages' versions and the data files, which concern all chapters. Nor does Sphinx look at style sheets or at these
extensions; their hash is a setting.
"""

from __future__ import annotations

import ast
import hashlib
import re
import shutil
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from packaging.requirements import Requirement
from sphinx.application import Sphinx
from sphinx.util import logging

logger = logging.getLogger(__name__)

PACKAGE = "rnnlab"
EXTRAS = ("torch", "plots", "data", "book")
FRAME = ("_ext", "_static_src", "_templates")
KEPT = 4

HEADER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
KERNEL = re.compile(r"^( +display_name: *)(.+)$", re.MULTILINE)
CELL = re.compile(r"^ *(`{3,}|:{3,})\{code-cell\}[^\n]*\n(.*?)^ *\1 *$", re.DOTALL | re.MULTILINE)
OPTIONS = re.compile(r"\A(---\n.*?\n---\n|(:[^\n]*\n)*)", re.DOTALL)
MAGIC = re.compile(r"^\s*[%!].*$", re.MULTILINE)
# Such a module may import any of its neighbors by a name that is computed.
DYNAMIC = re.compile(r"\b(import_module|__import__|pkgutil|spec_from_file_location)\b")


def key(root: Path) -> str:
    """A hash of the Python version, of the packages' versions and of rnnlab's data files."""
    digest = hashlib.sha256(sys.version.encode())
    for name in sorted(packages()):
        try:
            digest.update(f"{name}=={version(name)};".encode())
        except PackageNotFoundError:
            digest.update(f"no {name};".encode())
    _add_files(digest, root / PACKAGE, {".yml", ".csv", ".json", ".txt"})
    return digest.hexdigest()[:16]


def packages() -> set[str]:
    """The packages on which a chapter's numbers and figures may depend: those that rnnlab asks for."""
    wanted = map(Requirement, requires(PACKAGE) or ())
    return {
        each.name
        for each in wanted
        if each.marker is None or any(each.marker.evaluate({"extra": extra}) for extra in EXTRAS)
    }


def frame_key(root: Path) -> str:
    """A hash of what stands around the chapters: extensions, style sheets, templates and the table of contents."""
    digest = hashlib.sha256((root / "_toc.yml").read_bytes())
    for folder in FRAME:
        _add_files(digest, root / "book" / folder, {".py", ".css", ".html"})
    return digest.hexdigest()[:16]


def _add_files(digest, folder: Path, suffixes: set[str]) -> None:
    for path in sorted(folder.rglob("*")):
        if path.suffix in suffixes:
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")


def code(page: str) -> str:
    """The code of all cells of a page, without IPython's magics."""
    return "\n".join(MAGIC.sub("", OPTIONS.sub("", body, count=1)) for _, body in CELL.findall(page))


def imported(source: str, package: str = "") -> Iterator[str]:
    """The names of modules, or of things in modules, that this code may import from rnnlab.

    `package` is the one in which the code stands, for relative imports.
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parents = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            module = ".".join([*parents, *([node.module] if node.module else [])])
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def files_of(name: str, root: Path) -> Iterator[Path]:
    """The files that importing this name executes: the module's own, and its packages'."""
    parts = name.split(".")
    if parts[0] != PACKAGE:
        return
    for length in range(1, len(parts) + 1):
        place = root.joinpath(*parts[:length])
        for path in (place / "__init__.py", place.with_suffix(".py")):
            if path.is_file():
                yield path


def behind(source: str, root: Path) -> set[Path]:
    """The files of rnnlab that this code imports, directly or through other modules."""
    found: set[Path] = set()
    waiting = [path for name in imported(source) for path in files_of(name, root)]
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.add(path)
        text = path.read_text(encoding="utf-8")
        package = ".".join(path.parent.relative_to(root).parts)
        waiting += [each for name in imported(text, package) for each in files_of(name, root)]
        if DYNAMIC.search(text):
            waiting += path.parent.rglob("*.py")
    return found


def page_key(files: set[Path], root: Path) -> str:
    """A hash of these files."""
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def with_named_kernel(text: str, root: Path) -> tuple[str, set[Path]]:
    """The page, its kernel's displayed name completed by what stands behind its cells, and the files of that.

    Raises: ValueError where the header names no kernel.
    """
    header = HEADER.match(text)
    if not CELL.search(text):
        return text, set()
    if header is None or not KERNEL.search(header[0]):
        raise ValueError("the header names no kernel with a display_name")
    try:
        files = behind(code(text), root)
    except SyntaxError:  # cells with magics of their own; any change may concern them
        files = set((root / PACKAGE).rglob("*.py"))
    named = KERNEL.sub(rf"\1\2 ({PACKAGE} {page_key(files, root)})", header[0], count=1)
    return named + text[header.end() :], files


def name_kernel(app: Sphinx, page: str, source: list[str]) -> None:
    """Name in the kernel what stands behind the page's cells, and make the page depend on it."""
    try:
        source[0], files = with_named_kernel(source[0], Path(app.srcdir))
    except ValueError as error:
        logger.warning(str(error), location=page)
        return
    for path in files:
        app.env.note_dependency(str(path))


def name_cache(app: Sphinx, config) -> None:
    root = Path(app.confdir)
    caches = root / ".cache" / "execution"
    cache = caches / key(root)
    cache.mkdir(parents=True, exist_ok=True)
    cache.touch()
    config.nb_execution_cache_path = str(cache)
    config.house_frame_key = frame_key(root)

    oldest_first = sorted(caches.iterdir(), key=lambda path: path.stat().st_mtime)
    for old in oldest_first[:-KEPT]:
        shutil.rmtree(old, ignore_errors=True)


def setup(app: Sphinx) -> dict:
    app.add_config_value("house_frame_key", "", "html")
    app.connect("config-inited", name_cache)
    app.connect("source-read", name_kernel)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
