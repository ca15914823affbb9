"""A worker process: takes one task after another from its socket, answers each, and ends when its parent is gone.

`executors.LocalWorkers` starts it: python -m rnnlab.grading.worker DESCRIPTOR
"""

from __future__ import annotations

import signal
import sys
from multiprocessing.connection import Connection

from rnnlab.grading.task import Outcome, Task
from rnnlab.grading.work import grade_submission, settle


def main(descriptor: int) -> None:
    """Serve until the other end of the socket is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which then closes the socket
    _die_with_parent()
    settle()
    with Connection(descriptor) as parent:
        while True:
            try:
                parent.send(_answer(parent.recv()))
            except (EOFError, ConnectionError):
                return


def _answer(task: Task) -> Outcome | Exception:
    try:
        return grade_submission(task)
    except Exception as error:  # about this machine: the parent raises it and ends the batch
        return error


def _die_with_parent() -> None:
    if sys.platform == "linux":
        from rnnlab.grading.sandbox import linux

        linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)


if __name__ == "__main__":
    main(int(sys.argv[1]))
