"""A batch that is killed in the middle: what must hold of the course's folder at any moment, and at the end."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import nbformat

from rnnlab.grading.record import Record
from tests.course.conftest import ASSIGNMENT, COMMANDS, CourseFolder

PATIENCE = 120.0


def start(course: CourseFolder, scratch: Path) -> subprocess.Popen[bytes]:
    """Start `rnnlab autograde`; whatever it and its workers write outside the course goes to `scratch`."""
    environment = {**os.environ, "TMPDIR": str(scratch)}
    command = [str(COMMANDS / "rnnlab"), "autograde", ASSIGNMENT]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(command, cwd=course.root, env=environment, start_new_session=True, **quiet)


def kill_when(process: subprocess.Popen[bytes], moment: Callable[[], bool]) -> bool:
    """Kill the batch with SIGKILL once `moment` has come; False where it had ended by itself."""
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and not moment():
        assert time.monotonic() < deadline, "the moment of the kill never came, and the batch never ended"
        time.sleep(0.005)
    ended_by_itself = process.poll() is not None
    if not ended_by_itself:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    return not ended_by_itself


def finished(course: CourseFolder) -> dict[str, bytes]:
    """The graded notebook of each student whose grading is complete."""
    done = {}
    for path in graded_files(course):
        data = path.read_bytes()
        if data.strip() and Record.read(nbformat.reads(data.decode(), as_version=4)).fingerprint:
            done[path.parent.parent.name] = data
    return done


def graded_files(course: CourseFolder) -> Iterator[Path]:
    return course.root.glob(f"autograded/*/{ASSIGNMENT}/{ASSIGNMENT}.ipynb")


def half_written(course: CourseFolder) -> list[str]:
    """Graded notebooks that are not whole, and what is wrong with the gradebook."""
    wrong = []
    for path in graded_files(course):
        try:
            json.loads(path.read_bytes())
        except ValueError:
            wrong.append(f"{path.parent.parent.name} is half-written ({path.stat().st_size} bytes)")
    with closing(sqlite3.connect(course.root / "gradebook.db")) as gradebook:
        (health,) = gradebook.execute("pragma integrity_check").fetchone()
    return wrong if health == "ok" else [*wrong, f"gradebook: {health}"]


def left_behind(scratch: Path) -> list[str]:
    """The processes and folders of sandboxes that outlive their grader, after as long as they need to notice."""
    deadline = time.monotonic() + 20
    while (left := [*map(str, scratch.glob("rnnlab-sandbox-*")), *_processes(scratch)]) and (
        time.monotonic() < deadline
    ):
        time.sleep(0.05)
    return left


def _processes(scratch: Path) -> list[str]:
    """Processes whose environment names the scratch folder; they inherited it from the batch."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and os.fsencode(scratch) in (entry / "environ").read_bytes():
                found.append(f"process {entry.name}")
        except OSError:
            continue
    return found


def grades(course: CourseFolder) -> list[tuple[object, ...]]:
    """Every grade in the gradebook, one row a student and cell; a submission entered twice shows twice."""
    query = """
        select submitted_assignment.student_id, base_cell.name, grade.auto_score, grade.needs_manual_grade
        from submitted_assignment
        left join submitted_notebook on submitted_notebook.assignment_id = submitted_assignment.id
        left join grade on grade.notebook_id = submitted_notebook.id
        left join base_cell on base_cell.id = grade.cell_id
    """
    with closing(sqlite3.connect(course.root / "gradebook.db")) as gradebook:
        return sorted(gradebook.execute(query), key=repr)


def files(course: CourseFolder) -> set[str]:
    """The names of all files of the course, but for the gradebook's passing companions."""
    paths = (path for path in course.root.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {str(path.relative_to(course.root)) for path in paths}
