"""One batch at a time: two of them would make the same new students' rows, and grade the same work twice."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rnnlab.grading.course import CourseError

NAME = ".autograde-lock"


@contextmanager
def only_batch(root: Path, assignment: str) -> Iterator[None]:
    """Hold the course's lock; raises `CourseError` where another batch holds it. A dead process holds nothing."""
    try:
        descriptor = os.open(root / NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise CourseError(
            f"{root} cannot be written ({error.strerror}); grading writes autograded/ and the gradebook there"
        ) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(descriptor, 500, 0).decode("utf-8", "replace").strip() or "another process"
            raise CourseError(
                f"another batch is grading this course: {holder}; run this again when it has ended"
            ) from None
        said = f"{assignment}, process {os.getpid()}, since {time.strftime('%H:%M')}\n"
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, said.encode(), 0)
        yield
    finally:
        os.close(descriptor)
