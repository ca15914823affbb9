"""Find a file that an installed package brings, without importing the package."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path


class MissingData(LookupError):
    """A data set's package, or its file in there, is not installed; the message says how to get it."""


def package_file(package: str, relative: str) -> Path:
    """The path of an installed package's file; raises `MissingData`."""
    try:
        path = Path(str(distribution(package).locate_file(relative)))
    except PackageNotFoundError:
        raise MissingData(
            f'this data set comes with the package {package}, which is not installed; run: pip install "rnnlab[data]"'
        ) from None
    if not path.is_file():
        raise MissingData(
            f"{package} is installed but has no file {relative}; the course is tested with the version in "
            'requirements.lock: pip install "rnnlab[data]"'
        )
    return path
