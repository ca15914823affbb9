"""What `import` finds in the sandbox: the open parts of rnnlab, and a plain refusal of libraries that are closed."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path
from typing import Any

from .readable import OPEN_PARTS


class OpenParts:
    """Finds the parts of rnnlab that a submission may import, in a folder that it may not list."""

    def __init__(self, package: Path) -> None:
        self._folders = {f"rnnlab.{part}": package / part for part in OPEN_PARTS}

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """Return how to import `name`, None unless it is an open part."""
        folder = self._folders.get(name)
        if folder is None:
            return None
        return spec_from_file_location(name, folder / "__init__.py", submodule_search_locations=[str(folder)])


class ClosedLibraries:
    """Says in words that a library is not there. It is a courtesy: the files are what is closed, by Landlock."""

    def __init__(self, reasons: Mapping[str, str]) -> None:
        self._reasons = dict(reasons)

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        """Raise ModuleNotFoundError for a closed library; find nothing else."""
        top = name.partition(".")[0]
        if top in self._reasons:
            raise ModuleNotFoundError(
                f"{top} is not available when this assignment is graded: {self._reasons[top]}", name=name
            )
