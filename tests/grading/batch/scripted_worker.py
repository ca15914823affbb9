"""Stands for a worker process: does with each task what the student's name says, and grades nothing."""

from __future__ import annotations

import os
import signal
import sys
import time
from multiprocessing.connection import Connection
from pathlib import Path

from rnnlab.grading.record import Record
from rnnlab.grading.sandbox import IsolationUnavailable
from rnnlab.grading.task import Outcome, Task


def answer(task: Task, parent: Connection) -> Outcome | Exception:
    marker = Path(os.environ["SCRIPT_FOLDER"]) / task.student
    tries = len(marker.read_text()) if marker.exists() else 0
    marker.write_text("x" * (tries + 1))
    what = task.student.partition("-")[0]
    if what == "dies" or (what == "once" and tries == 0):
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "torn" and tries == 0:
        os.write(parent.fileno(), b"\0\0\xff\xff half of an answer")
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "hangs":
        time.sleep(3600)
    if what == "uncontained":
        return IsolationUnavailable("this machine cannot contain it")
    return Outcome(task.student, b"x" * 300_000, Record(), (), ())


if __name__ == "__main__":
    with Connection(int(sys.argv[1])) as channel:
        while True:
            try:
                channel.send(answer(channel.recv(), channel))
            except EOFError:
                break
