"""The sandbox as the grader sees it: one warm process, and a fresh fork of it for each submission."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from itertools import count
from pathlib import Path
from weakref import WeakSet

from . import doctor, scratch
from .containment import Containment
from .isolation import Isolation
from .libraries import Libraries
from .limits import Limits
from .nursery import Nursery, ZygoteLost
from .session import Session


class Sandbox:
    """Contains students' code. Raises `IsolationUnavailable` where the machine cannot contain it as asked.

    `libraries` is one of `Libraries` or its value, "numpy" or "torch"; `preload` names further modules to import once
    for all submissions, such as "matplotlib.pyplot".
    """

    def __init__(
        self,
        limits: Limits | None = None,
        isolation: Isolation = Isolation.BEST,
        preload: tuple[str, ...] = (),
        libraries: Libraries | str = Libraries.NUMPY,
    ) -> None:
        doctor.require(isolation)
        libraries = Libraries(libraries)
        libraries.require()
        self._containment = Containment(doctor.resolve(isolation), limits or Limits(), libraries, preload)
        self._numbers = count(1)
        self._sessions: WeakSet[Session] = WeakSet()
        self._home = Path(tempfile.mkdtemp(prefix="rnnlab-sandbox-"))
        try:
            self._nursery = self._start()
        except BaseException:
            self._remove_home()
            raise

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @property
    def isolation(self) -> Isolation:
        """Which isolation is in force; never BEST."""
        return self._containment.isolation

    @property
    def description(self) -> str:
        """What is in force, for reports."""
        return doctor.describe(self._containment.isolation)

    @property
    def limits(self) -> Limits:
        """What one submission may use up."""
        return self._containment.limits

    def open(self) -> Session:
        """Fork a fresh process for one submission."""
        try:
            return self._fork()
        except ZygoteLost:
            # Under Isolation.PROCESS a submission can kill the zygote; the next submission must not pay for it.
            self._nursery.close()
            self._nursery = self._start()
            return self._fork()

    def close(self) -> None:
        """End all processes and remove all folders."""
        for session in tuple(self._sessions):
            session.close()
        self._nursery.close()
        self._remove_home()

    def _remove_home(self) -> None:
        # The zygote has usually removed it on its way out.
        with suppress(OSError):
            scratch.remove(self._home)

    def _start(self) -> Nursery:
        self._home.mkdir(mode=0o700, exist_ok=True)
        return Nursery(self._containment, self._home)

    def _fork(self) -> Session:
        folder = self._home / f"submission-{next(self._numbers)}"
        try:
            folder.mkdir(mode=0o700)
        except FileNotFoundError:  # It goes with the zygote.
            raise ZygoteLost("the zygote's folder is gone") from None
        try:
            session = Session(self._nursery, self._containment, folder)
        except ZygoteLost:
            with suppress(FileNotFoundError):
                folder.rmdir()
            raise
        self._sessions.add(session)
        return session
