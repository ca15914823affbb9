"""Checkpoints: trees of arrays and plain facts in one file that is either whole or not there.

The file is a NumPy .npz archive without pickles: nothing in it is executed when it is read. It is written beside its
place and then moved there in one operation, so a process that is killed at any moment leaves the checkpoint before it.
"""

from __future__ import annotations

import json
import os
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from rnnlab.nets.parameters import mapped, named_leaves
from rnnlab.training.trees import expect_like

Array = NDArray[Any]
Tree = TypeVar("Tree")

FACTS = "facts"
# what zipfile, NumPy and json raise on bytes that are not what they should be
UNREADABLE = (
    OSError, ValueError, KeyError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error, struct.error
)  # fmt: skip


class DamagedCheckpoint(ValueError):
    """A checkpoint that cannot be read, because it is cut off, altered, or something else."""


class ForeignCheckpoint(ValueError):
    """A checkpoint of another network, or of another run than the one that is to go on from it."""


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint holds: named arrays, from which `tree` builds trees, and facts, as JSON knows them."""

    path: Path
    arrays: dict[str, Array]
    facts: dict[str, Any]

    def tree(self, name: str, like: Tree) -> Tree:
        """The tree that was saved under a name, built like another one of the same shapes and dtypes.

        Raises: ForeignCheckpoint where the tree that was saved has other branches, shapes or dtypes.
        """
        own = {key: array for key, array in self.arrays.items() if key == name or key.startswith(f"{name}.")}
        wanted = [_key(name, path) for path, _ in named_leaves(like)]
        if sorted(own) != sorted(wanted):
            raise ForeignCheckpoint(
                f"the checkpoint {self.path} is of another network: it holds {_listed(own)}, but {_listed(wanted)} "
                "are needed. Give each network a file of its own."
            )
        values = iter([own[key] for key in wanted])
        tree = mapped(lambda leaf: next(values), like)
        try:
            expect_like(name, tree, like)
        except (TypeError, ValueError) as reason:
            raise ForeignCheckpoint(
                f"the checkpoint {self.path} is of another network. {str(reason)[0].upper()}{str(reason)[1:]}"
            ) from reason
        return tree


def save(path: Path, trees: dict[str, Any], facts: dict[str, Any]) -> None:
    """Write trees of arrays and facts, in one operation: the file at `path` is the old one or the new one.

    Facts are what JSON holds; its floats come back bit for bit. Missing folders are made.

    Raises: TypeError for a tree that does not hold arrays alone or a fact that JSON cannot hold.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     save(Path(folder) / "run.npz", {"params": (np.array([1.0, 2.0]),)}, {"step": 7})
    ...     stored = load(Path(folder) / "run.npz")
    >>> stored.tree("params", like=(np.zeros(2),)), stored.facts["step"]
    ((array([1., 2.]),), 7)
    """
    arrays: dict[str, Any] = {
        _key(name, where): leaf for name, tree in trees.items() for where, leaf in named_leaves(tree)
    }
    arrays[FACTS] = np.frombuffer(json.dumps(facts).encode(), np.uint8)
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".partial")
    with open(beside, "wb") as file:
        np.savez(file, **arrays)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)


def load(path: Path) -> Checkpoint:
    """Read what `save` wrote, after checking that every byte of it is as it was written.

    Raises: FileNotFoundError where there is no file, DamagedCheckpoint where it cannot be read.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     save(Path(folder) / "run.npz", {"params": (np.array([1.0, 2.0]),)}, {"step": 7})
    ...     load(Path(folder) / "run.npz").arrays
    {'params.0': array([1., 2.])}
    """
    path = Path(path)
    try:
        with zipfile.ZipFile(path) as archive:
            # NumPy stops reading where an array ends, and would not reach the checksum of a changed header
            broken = archive.testzip()
        if broken:
            raise zipfile.BadZipFile(f"the checksum of {broken} is wrong")
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        facts = dict(json.loads(bytes(arrays.pop(FACTS))))
    except FileNotFoundError:
        raise
    except UNREADABLE as reason:
        raise DamagedCheckpoint(
            f"the checkpoint {path} cannot be read ({reason}). Delete it to start anew, or take an older copy."
        ) from reason
    return Checkpoint(path, arrays, facts)


def _key(name: str, path: str) -> str:
    return f"{name}.{path}" if path else name


def _listed(keys: Any) -> str:
    return ", ".join(keys) or "nothing"
