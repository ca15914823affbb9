"""Find a file that an installed package brings, without importing the package."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path


class MissingData(LookupError):
    """A data set's package, or its file in there, is not installed; the message says how to get it."""


def package_file(package: str, relative: str, extra: str = "data") -> Path:
    """The path of a file inside an installed package.

    Raises: MissingData, naming the extra of rnnlab that installs the package.

    >>> package_file("numpy", "numpy/__init__.py").name
    '__init__.py'
    """
    install = f'run: pip install "rnnlab[{extra}]"'
    try:
        path = Path(str(distribution(package).locate_file(relative)))
    except PackageNotFoundError:
        raise MissingData(
            f"This data set comes with the package {package}, which is not installed; {install}"
        ) from None
    if not path.is_file():
        raise MissingData(f"{package} is installed, but this version of it has no file {relative}; {install}")
    return path
