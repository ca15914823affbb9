"""The sandbox: a student's code runs in it and cannot reach the grader, the solutions or the other submissions."""

from .controller import Sandbox
from .isolation import Isolation, IsolationUnavailable
from .libraries import Libraries
from .limits import Limits
from .replies import CellResult
from .session import Session

__all__ = ["CellResult", "Isolation", "IsolationUnavailable", "Libraries", "Limits", "Sandbox", "Session"]
