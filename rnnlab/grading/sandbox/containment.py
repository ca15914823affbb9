"""How a sandbox was asked to contain code: what the controller tells the zygote before anything else."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from .isolation import Isolation
from .libraries import Libraries
from .limits import Limits


@dataclass(frozen=True)
class Containment:
    """The isolation, the limits of a submission, its libraries, and modules to import besides them."""

    isolation: Isolation
    limits: Limits = field(default_factory=Limits)
    libraries: Libraries = Libraries.NUMPY
    preload: tuple[str, ...] = ()

    def as_order(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        return {
            "isolation": self.isolation.value,
            "limits": asdict(self.limits),
            "libraries": self.libraries.value,
            "preload": list(self.preload),
        }

    @classmethod
    def from_order(cls, order: dict[str, Any]) -> Containment:
        """Return what `as_order` wrote down."""
        return cls(
            isolation=Isolation(order["isolation"]),
            limits=Limits(**order["limits"]),
            libraries=Libraries(order["libraries"]),
            preload=tuple(order["preload"]),
        )
