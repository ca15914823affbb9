"""A submission's own folder: how much is in it, and its removal, whatever the submission left there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

MAX_FILES = 5_000
MAX_DEPTH = 50


def exceeds(folder: Path, allowed_bytes: int) -> bool:
    """Return whether the folder holds more bytes or more files than it may, or hides how much it holds.

    Folders nested too deep count as hiding: the time to walk them grows with the square of their depth.
    """
    used, deepest = 0, str(folder).count(os.sep) + MAX_DEPTH
    try:
        for number, entry in enumerate(_walk(folder)):
            with suppress(FileNotFoundError):
                used += entry.stat(follow_symlinks=False).st_blocks * 512
            if used > allowed_bytes or number > MAX_FILES or entry.path.count(os.sep) > deepest:
                return True
    except OSError:  # Too deep for a path, or closed against listing.
        return True
    return False


def _walk(folder: Path) -> Iterator[os.DirEntry[str]]:
    waiting = [str(folder)]
    while waiting:
        with suppress(FileNotFoundError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                yield entry
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)


def remove(folder: Path) -> None:
    """Remove the folder and all in it."""
    empty(folder)
    folder.rmdir()


def empty(folder: Path) -> None:
    """Remove all that is in the folder.

    Folders inside folders are first moved up, so that no depth and no length of path stops the removal, as
    `shutil.rmtree` is stopped by some thousand levels or by a folder that its owner may not list.
    """
    while subfolders := _remove_files(folder):
        for subfolder in subfolders:
            for nested in _remove_files(subfolder):
                nested.chmod(0o700)  # Moving a folder changes it, which its owner may have forbidden.
                nested.rename(folder / uuid4().hex)
            subfolder.rmdir()


def _remove_files(folder: Path) -> list[Path]:
    """Remove the files directly in `folder`; return its subfolders."""
    folder.chmod(0o700)
    subfolders = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                subfolders.append(Path(entry.path))
            else:
                os.unlink(entry.path)
    return subfolders
