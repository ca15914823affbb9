"""Put the released notebooks into the wheel, where `rnnlab grade-one` finds them without a course's folder.

An editable installation has the course's folder beside it and needs no copy.
"""

from __future__ import annotations

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ReleasedNotebooks(BuildHookInterface):
    """Maps `exercises/` into the package when a wheel is built for others."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "standard":
            build_data["force_include"]["exercises"] = "rnnlab/grading/released"
