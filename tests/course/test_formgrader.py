"""Formgrader's autograde button runs the same engine as the command line."""

from __future__ import annotations

import json
import secrets
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request

import pytest

from tests.course.conftest import ASSIGNMENT, COMMANDS, CourseFolder

pytestmark = pytest.mark.sandbox


@pytest.fixture
def course(released_course, tmp_path):
    course = CourseFolder(tmp_path / "course")
    shutil.copytree(released_course.root, course.root)
    course.do("rnnlab", "hand-in-class", ASSIGNMENT)
    return course


@pytest.fixture
def button(course, tmp_path):
    """A real Jupyter server in the course's folder, and a function that presses the button for a student."""
    token, port = secrets.token_hex(8), free_port()
    server = subprocess.Popen(
        [
            str(COMMANDS / "jupyter"), "server", "--no-browser", "--allow-root", f"--ServerApp.port={port}",
            "--ServerApp.port_retries=0", f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={course.root}",
        ],
        cwd=course.root, env=environment(tmp_path), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    base = f"http://127.0.0.1:{port}"

    def ask(method: str, path: str):
        request = urllib.request.Request(
            base + path, method=method, headers={"Authorization": f"token {token}"}
        )
        with urllib.request.urlopen(request, timeout=60) as reply:
            return json.loads(reply.read())

    try:
        wait_for(server, lambda: ask("GET", "/api/status"))
        yield ask
    finally:
        server.terminate()
        server.communicate(timeout=20)


def environment(tmp_path) -> dict[str, str]:
    import os

    return {
        **os.environ,
        "PATH": f"{COMMANDS}{os.pathsep}{os.environ['PATH']}",
        "JUPYTER_RUNTIME_DIR": str(tmp_path),
    }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(server, question) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            question()
        except (urllib.error.URLError, ConnectionError):
            assert server.poll() is None, server.stderr.read()
            assert time.monotonic() < deadline, "the server should answer within a minute"
            time.sleep(0.1)
        else:
            return


def test_the_button_grades_in_the_sandbox_and_fills_the_same_gradebook(button, course):
    for student in ("example-chen", "example-nils"):
        answer = button("POST", f"/formgrader/api/submission/{ASSIGNMENT}/{student}/autograde")
        assert answer["success"], answer
    course.do("rnnlab", "report", ASSIGNMENT)
    report = (course.root / "reports" / f"{ASSIGNMENT}.csv").read_text(encoding="utf-8")
    rows = {line.partition(",")[0]: line for line in report.splitlines()}
    assert "rnn_step: no_bias" in rows["example-chen"]
    submissions = button("GET", f"/formgrader/api/submissions/{ASSIGNMENT}")
    scores = {entry["student"]: entry["score"] for entry in submissions if entry["autograded"]}
    assert scores["example-nils"] == 0
    assert scores["example-chen"] > 0
