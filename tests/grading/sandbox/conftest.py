"""A sandbox with small limits, and a course folder with things that no submission may read or change."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from rnnlab.grading.sandbox import Isolation, Limits, Sandbox, doctor

LIMITS = Limits(
    cell_seconds=3.0,
    call_seconds=0.5,
    session_seconds=20.0,
    grace_seconds=0.3,
    cpu_seconds=8,
    address_space_bytes=2**29,
    file_bytes=2**20,
    disk_bytes=2**23,
    output_bytes=60_000,
    frame_bytes=2**23,
)


def open_or_skip(limits: Limits, isolation: Isolation = Isolation.LANDLOCK) -> Sandbox:
    """A sandbox, or a skipped test that says what the machine lacks."""
    if problems := doctor.problems(isolation):
        pytest.skip("NOT TESTED: no sandbox on this machine. " + " ".join(problems))
    return Sandbox(limits=limits, isolation=isolation)


@pytest.fixture(scope="session")
def sandbox():
    with open_or_skip(LIMITS) as opened:
        yield opened


@pytest.fixture
def session(sandbox):
    with sandbox.open() as opened:
        yield opened


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
