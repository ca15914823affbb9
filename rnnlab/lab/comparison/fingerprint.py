"""Which code made a result, and on which machine: a hash of all modules involved, and a description without names."""

from __future__ import annotations

import ast
import hashlib
import io
import os
import platform
import tokenize
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import rnnlab

PACKAGE = Path(rnnlab.__file__).parent
START = (
    "rnnlab/lab/comparison/jobs.py",
    "rnnlab/lab/comparison/attention.py",
    "rnnlab/lab/comparison/baselines.py",
)
SKIPPED = {tokenize.COMMENT, tokenize.NL, tokenize.ENCODING, tokenize.ENDMARKER}


def code_hash() -> str:
    """A hash of all modules of rnnlab that the comparison imports; comments and docstrings do not change it."""
    digest = hashlib.sha256()
    for path in modules():
        digest.update(path.encode())
        digest.update(bare(Path(PACKAGE.parent, path).read_text(encoding="utf-8")).encode())
    return digest.hexdigest()[:16]


def modules(start: tuple[str, ...] = START) -> list[str]:
    """The files that these ones import from rnnlab, and theirs, as sorted paths.

    >>> "rnnlab/nets/lstm.py" in modules()
    True
    """
    found, waiting = set(), list(start)
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += _imported(Path(PACKAGE.parent, path))
    return sorted(found)


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        for name in names:
            parts = name.split(".")
            if parts[0] == "rnnlab" and Path(PACKAGE.parent, *parts).with_suffix(".py").is_file():
                yield "/".join(parts) + ".py"


def bare(source: str) -> str:
    """The code without comments, docstrings and the space between words: what runs.

    >>> bare('x = 1  # one') == bare('x  =  1')
    True
    """
    words, fresh = [], True
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type in SKIPPED:
            continue
        if not (token.type == tokenize.STRING and fresh):
            words.append("" if token.type == tokenize.INDENT else token.string)
        fresh = token.type in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)
    return "\0".join(words)


def machine() -> dict[str, str | int]:
    """What matters for the numbers: cores, processor, system, versions. No name of a machine, a user or a folder."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return {
        "cores": cores,
        "processor": _processor(),
        "system": platform.system(),
        "python": platform.python_version(),
        "numpy": version("numpy"),
        "torch": version("torch").partition("+")[0],
    }


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    if information.is_file():
        for line in information.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
