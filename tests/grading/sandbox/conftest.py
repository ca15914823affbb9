"""A sandbox with small limits, and a course folder with things that no submission may read or change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from rnnlab.grading.sandbox import Isolation, Libraries, Limits, Sandbox, doctor

# Patient, so that nothing but the limit under test ends a program on a busy machine.
LIMITS = Limits(
    cell_seconds=30.0,
    call_seconds=30.0,
    session_seconds=300.0,
    grace_seconds=0.3,
    cpu_seconds=8,
    address_space_bytes=2**29,
    file_bytes=2**20,
    disk_bytes=2**23,
    output_bytes=60_000,
    frame_bytes=2**23,
)
# For programs that never end.
HASTY = replace(LIMITS, cell_seconds=1.5, call_seconds=0.5, session_seconds=20.0)
# Each tier is a full set of tests; the quick tests take one, and a sample of the other (test_tiers.py).
TIERS = (Isolation.LANDLOCK, pytest.param(Isolation.BUBBLEWRAP, marks=pytest.mark.slow))


def open_or_skip(
    limits: Limits, isolation: Isolation = Isolation.LANDLOCK, libraries: Libraries = Libraries.NUMPY
) -> Sandbox:
    """A sandbox, or a skipped test that says what the machine lacks."""
    if problems := doctor.problems(isolation):
        pytest.skip("NOT TESTED: no sandbox on this machine. " + " ".join(problems))
    return Sandbox(limits=limits, isolation=isolation, libraries=libraries)


@pytest.fixture(scope="session", params=TIERS, ids=lambda tier: tier.value)
def sandbox(request):
    """A sandbox of each tier, with all the time that an honest program may want."""
    with open_or_skip(LIMITS, request.param) as opened:
        yield opened


@pytest.fixture(scope="session", params=TIERS, ids=lambda tier: tier.value)
def hasty(request):
    """A sandbox of each tier that soon ends what never ends by itself."""
    with open_or_skip(HASTY, request.param) as opened:
        yield opened


@pytest.fixture
def session(sandbox):
    with sandbox.open() as opened:
        yield opened


@pytest.fixture
def hasty_session(hasty):
    with hasty.open() as opened:
        yield opened


def process_of(descriptor: int) -> int:
    """The number by which this process knows the process behind a handle; inside bubblewrap it has another."""
    entries = Path(f"/proc/self/fdinfo/{descriptor}").read_text().splitlines()
    return int(next(entry.split()[1] for entry in entries if entry.startswith("Pid:")))


def runs(pid: int) -> bool:
    """Whether a process lives."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):  # The latter where it ends while it is looked at.
        return False


@dataclass(frozen=True)
class Course:
    """Files of a course that a submission must not reach."""

    root: Path
    gradebook: Path
    solution: Path

    def untouched(self) -> bool:
        """Whether every file is as it was made."""
        files = sorted(self.root.iterdir())
        modes = {file.stat().st_mode & 0o777 for file in files}
        return (
            files == [self.gradebook, self.solution]
            and modes == {0o644}
            and {file.read_text() for file in files} == {"secret"}
        )


@pytest.fixture
def course(tmp_path):
    made = Course(tmp_path, tmp_path / "gradebook.db", tmp_path / "solution.ipynb")
    for file in (made.gradebook, made.solution):
        file.write_text("secret")
        file.chmod(0o644)
    return made
