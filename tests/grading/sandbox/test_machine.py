"""The sandbox as a whole: it refuses where it cannot contain, starts clean, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace
from importlib.machinery import PathFinder
from pathlib import Path

import pytest

from rnnlab.check.outcome import Returned, Stopped
from rnnlab.grading.sandbox import (
    Isolation,
    IsolationUnavailable,
    Libraries,
    Sandbox,
    control,
    doctor,
    landlock,
    nursery,
)
from rnnlab.grading.sandbox.containment import Containment
from rnnlab.grading.sandbox.readable import readable_paths
from tests.conftest import ROOT
from tests.grading.sandbox.conftest import HASTY, LIMITS, open_or_skip, runs


def process_count() -> int:
    """How many processes this one has as descendants."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return len(children)


def test_without_landlock_the_sandbox_does_not_open(monkeypatch):
    monkeypatch.setattr(landlock, "abi", lambda: 0)
    with pytest.raises(IsolationUnavailable, match=r"Linux 5\.13.*--isolation=process"):
        Sandbox()


def test_on_macos_the_sandbox_does_not_open(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(IsolationUnavailable, match="grade on Linux"):
        Sandbox()
    assert doctor.problems(Isolation.PROCESS) == ()
    assert "could read" in doctor.describe(Isolation.PROCESS)


@pytest.mark.sandbox
@pytest.mark.parametrize("program", ["", "AAAA"])
def test_a_zygote_without_a_filter_refuses_to_work(monkeypatch, program):
    open_or_skip(LIMITS, Isolation.LANDLOCK).close()
    monkeypatch.setattr(nursery, "_filter", lambda containment: program)
    with pytest.raises(IsolationUnavailable, match="a filter is a whole number of instructions"):
        Sandbox(isolation=Isolation.LANDLOCK)


def test_what_was_asked_for_reaches_the_zygote_whole():
    asked = Containment(Isolation.LANDLOCK, LIMITS, Libraries.TORCH, ("matplotlib",))
    assert Containment.from_order(json.loads(json.dumps(asked.as_order()))) == asked


def test_an_unknown_set_of_libraries_is_refused():
    with pytest.raises(ValueError, match="'jax' is not a valid Libraries"):
        Sandbox(isolation=Isolation.PROCESS, libraries="jax")


def test_torch_that_is_not_installed_is_named(monkeypatch):
    monkeypatch.setattr(PathFinder, "find_spec", lambda name: None if name == "torch" else name)
    with pytest.raises(IsolationUnavailable, match=r"This assignment needs torch, .* -m pip install torch`"):
        Sandbox(isolation=Isolation.PROCESS, libraries=Libraries.TORCH)


def test_an_unknown_module_to_preload_is_named():
    with pytest.raises(IsolationUnavailable, match="No module named 'nosuchmodule'"):
        Sandbox(isolation=Isolation.PROCESS, preload=("nosuchmodule",))


@pytest.mark.parametrize("secret", ["rnnlab.nets", "rnnlab.exercises"])
def test_a_zygote_with_secrets_refuses_to_work(secret):
    with pytest.raises(IsolationUnavailable, match="must be clean"):
        Sandbox(isolation=Isolation.PROCESS, preload=(secret,))


@pytest.mark.sandbox
def test_the_description_names_the_layers(sandbox):
    locks = f"Landlock ABI {landlock.abi()} + seccomp + rlimits"
    around = "bubblewrap + " if sandbox.isolation is Isolation.BUBBLEWRAP else ""
    assert sandbox.description == around + locks


@pytest.mark.sandbox
def test_nothing_is_left_when_the_sandbox_closes(monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = process_count()
    with open_or_skip(LIMITS) as sandbox:
        sandbox.open().run("open('x', 'w').write('left open on purpose')")
        assert process_count() == before + 1
    assert process_count() == before
    assert list(tmp_path.iterdir()) == []


@pytest.mark.sandbox
def test_the_session_ends_when_its_seconds_are_used_up():
    with open_or_skip(replace(LIMITS, session_seconds=0.6)) as sandbox, sandbox.open() as session:
        session.run("import time; time.sleep(0.4)")
        assert session.run("time.sleep(0.4)").stopped.reason == "time"
        assert session.run("1").stopped.reason == "time"
        assert not session.alive


CONTROLLER = """
import sys
from rnnlab.grading.sandbox import Isolation, Limits, Sandbox
from tests.grading.sandbox.conftest import process_of
with Sandbox(Limits(cell_seconds=60), Isolation(sys.argv[1])) as sandbox, sandbox.open() as session:
    print(process_of(session._child._handle), sandbox._nursery._process.pid, flush=True)
    session.run("import os; os.makedirs('a/b/c'); open('a/b/c/x', 'w').write('left behind')")
    session.run("while True: pass")
"""


@pytest.mark.sandbox
@pytest.mark.parametrize("isolation", [Isolation.LANDLOCK, Isolation.BUBBLEWRAP])
def test_a_killed_controller_takes_everything_with_it(isolation, tmp_path, monkeypatch):
    open_or_skip(LIMITS, isolation).close()
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.chdir(ROOT)
    command = [sys.executable, "-c", CONTROLLER, isolation.value]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as controller:
        pids = [int(pid) for pid in controller.stdout.readline().split()]
        assert all(map(runs, pids))
        controller.send_signal(signal.SIGKILL)
        controller.wait()
    monkeypatch.undo()
    deadline = time.monotonic() + 30
    while any(runs(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not any(runs(pid) for pid in pids)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.sandbox
@pytest.mark.parametrize("order", [True, False], ids=["while it starts", "before its order"])
def test_a_controller_that_is_killed_at_the_start_leaves_nothing(order, tmp_path):
    open_or_skip(LIMITS, Isolation.LANDLOCK).close()
    home = tmp_path / "home"
    home.mkdir()
    ours, theirs = socket.socketpair()
    asked = Containment(Isolation.LANDLOCK, LIMITS)
    command = [*nursery._AND_REMOVE, str(home), *nursery._python(asked, home), str(theirs.fileno())]
    with theirs:
        started = subprocess.Popen(
            command, env=nursery._environment(home), cwd=home, pass_fds=[theirs.fileno()]
        )
    with ours:
        if order:
            control.answer(ours, asked.as_order() | {"filter": nursery._filter(asked)})
    assert started.wait(timeout=120) == 0
    assert not home.exists()


def test_an_installed_package_is_closed_but_for_its_open_parts(tmp_path, monkeypatch):
    libraries = tmp_path / "site-packages"
    package = libraries / "rnnlab"
    for folder in ("numpy", "torch", "rnnlab/nets", "rnnlab/exercises", "rnnlab/data"):
        (libraries / folder).mkdir(parents=True)
    (libraries / "six.py").touch()
    monkeypatch.setattr("rnnlab.grading.sandbox.readable._python_paths", lambda: iter([str(libraries)]))
    readable = readable_paths(package, closed=[libraries / "torch"])
    paths = set(readable.contents)
    assert {libraries / "numpy", libraries / "six.py", package / "data"} <= paths
    assert not {tmp_path, libraries, package, package / "nets", libraries / "torch"} & paths
    assert readable.names == (libraries,)


@pytest.fixture(scope="module")
def process_sandbox():
    with Sandbox(HASTY, Isolation.PROCESS) as opened:
        yield opened


def test_without_landlock_cells_and_calls_run_within_limits(process_sandbox):
    with process_sandbox.open() as session:
        assert session.run("def f(a): return a + 1\ndef g():\n    while True: pass").error is None
        assert session.call("f", (1,)) == Returned(2, "int")
        assert session.call("g", ()).reason == "time"
        assert session.run("x = bytearray(10**10)").error.kind == "MemoryError"


def test_without_landlock_what_a_submission_started_dies_with_it(process_sandbox):
    with process_sandbox.open() as session:
        session.run("import subprocess; pid = subprocess.Popen(['sleep', '99']).pid")
        pid = session.value("pid").value
        session.run("import os; os._exit(0)")
        assert not session.alive
    deadline = time.monotonic() + 30
    while runs(pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not runs(pid)


def test_without_landlock_a_killed_zygote_costs_one_submission(process_sandbox):
    with process_sandbox.open() as session:
        outcome = session.run("import os; os.kill(os.getppid(), 9)\nwhile True: pass").stopped
        assert isinstance(outcome, Stopped)
    with process_sandbox.open() as following:
        assert following.run("1").error is None


def test_without_process_handles_a_late_submission_is_killed_too(process_sandbox):
    with process_sandbox.open() as session:
        session._child.close()
        pid_of = "import os, signal; pid = os.getpid(); signal.pthread_sigmask(0, {2})"
        session.run(pid_of)
        pid = session.value("pid").value
        assert session.run("while True: pass").stopped.reason == "time"
        assert not session.alive
    assert not runs(pid)


@pytest.mark.sandbox
@pytest.mark.parametrize("version", [1, 3, 4, 5])
def test_older_kernels_contain_files_too(monkeypatch, tmp_path, version):
    if landlock.abi() < version:
        pytest.skip(f"NOT TESTED: the kernel has no Landlock of version {version}")
    secret = tmp_path / "secret"
    secret.write_text("secret")
    pid = os.fork()
    if pid == 0:
        os._exit(_confined_by(version, secret))
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def _confined_by(version: int, secret: Path) -> int:
    """0 if the file can be neither read nor written after confinement as on an older kernel."""
    from rnnlab.grading.sandbox import linux

    landlock.abi = lambda: version
    linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
    landlock.restrict(readable=[Path("/usr/lib")], writable=[Path("/dev/null")])
    Path("/dev/null").write_text("")
    for mode in ("r", "w", "a"):
        try:
            secret.open(mode).close()
        except PermissionError:
            continue
        return 1
    return 0
