"""Small hostile programs, each with its exact end, run against the real sandbox."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

import rnnlab
from rnnlab.check.outcome import Missing, Raised, Returned, Stopped

pytestmark = pytest.mark.sandbox
PACKAGE = Path(rnnlab.__file__).parent


@dataclass(frozen=True)
class Attack:
    """A program and how it must end: an error's kind, or why it was stopped."""

    name: str
    source: str
    error: str = ""
    stopped: str = ""


REFUSED = [
    Attack("system exit", "import sys; sys.exit(0)", "SystemExit"),
    Attack("recursion", "def f(): return f()\nf()", "RecursionError"),
    Attack("memory", "x = bytearray(10**10)", "MemoryError"),
    Attack("memory in pieces", "x = []\nwhile True: x.append(bytearray(10**7))", "MemoryError"),
    Attack("shared memory", "import mmap; mmap.mmap(-1, 10**10)", "OSError"),
    Attack("kill itself", "import os; os.kill(os.getpid(), 9)", "PermissionError"),
    Attack("kill its parent", "import os; os.kill(os.getppid(), 9)", "PermissionError"),
    Attack("kill its group", "import os; os.killpg(0, 9)", "PermissionError"),
    Attack("kill everything", "import os; os.kill(-1, 9)", "PermissionError"),
    Attack("signal by handle", "import os; os.pidfd_open(os.getppid())", "PermissionError"),
    Attack("fork", "import os; os.fork()", "PermissionError"),
    Attack("forkpty", "import os; os.forkpty()", "PermissionError"),
    Attack("subprocess", "import subprocess; subprocess.run(['true'])", "PermissionError"),
    Attack("posix_spawn", "import os; os.posix_spawn('/bin/true', ['true'], {})", "PermissionError"),
    Attack("execve", "import os; os.execv('/bin/true', ['true'])", "PermissionError"),
    Attack("multiprocessing", "import multiprocessing as m; m.Process(target=print).start()", "PermissionError"),
    Attack("inet socket", "import socket; socket.socket()", "PermissionError"),
    Attack("datagram socket", "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM)", "PermissionError"),
    Attack("unix socket", "import socket; socket.socket(socket.AF_UNIX)", "PermissionError"),
    Attack("netlink socket", "import socket; socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)", "PermissionError"),
    Attack("vsock", "import socket; socket.socket(socket.AF_VSOCK)", "PermissionError"),
    Attack("datagram pair", "import socket; socket.socketpair(type=socket.SOCK_DGRAM)", "OSError"),
    Attack("connect a pair", "import socket; socket.socketpair()[0].connect('\\0abstract')", "PermissionError"),
    Attack("send to an address", "import socket; socket.socketpair()[0].sendto(b'x', '\\0abstract')", "OSError"),
    Attack("web", "import urllib.request as r; r.urlopen('http://127.0.0.1:1')", "URLError"),
    Attack("memfd", "import os; os.memfd_create('x')", "PermissionError"),
    Attack("fallocate", "import os; os.posix_fallocate(os.open('x', 66), 0, 10**9)", "OSError"),
    Attack("large file", "open('x', 'wb').write(bytes(10**7))", "OSError"),
    Attack("symbolic link", "import os; os.symlink('/etc/passwd', 'x')", "PermissionError"),
    Attack("hard link", "import os; os.link('/etc/passwd', 'x')", "PermissionError"),
    Attack("device", "import os; os.mknod('x', 0o20600, os.makedev(1, 1))", "PermissionError"),
    Attack("chroot", "import os; os.chroot('.')", "PermissionError"),
    Attack("priority of others", "import os; os.setpriority(os.PRIO_PROCESS, os.getppid(), 19)", "PermissionError"),
    Attack("limits of others", "import os, resource as r; r.prlimit(os.getppid(), r.RLIMIT_CPU, (1, 1))", "OSError"),
    Attack("raise its limits", "import resource as r; r.setrlimit(r.RLIMIT_FSIZE, (2**30, 2**30))", "ValueError"),
    Attack("own memory", "open('/proc/self/mem', 'rb')", "PermissionError"),
    Attack("parent's memory", "import os; open(f'/proc/{os.getppid()}/mem', 'r+b')", "PermissionError"),
    Attack("parent's environment", "import os; open(f'/proc/{os.getppid()}/environ')", "PermissionError"),
    Attack("own environment", "open('/proc/self/environ')", "PermissionError"),
    Attack("list descriptors", "import os; os.listdir('/proc/self/fd')", "PermissionError"),
    Attack("list processes", "import os; os.listdir('/proc')", "PermissionError"),
    Attack("password file", "open('/etc/passwd')", "PermissionError"),
    Attack("home", "import os; os.listdir('/root')", "PermissionError"),
    Attack("temporary folder", "import os; os.listdir('/tmp')", "PermissionError"),
    Attack("other submissions", "import os; os.listdir('..')", "PermissionError"),
    Attack("shared memory folder", "open('/dev/shm/x', 'w')", "PermissionError"),
    Attack("terminal", "open('/dev/tty')", "PermissionError"),
    Attack("networks", "import rnnlab.nets.rnn", "ModuleNotFoundError"),
    Attack("exercises", "import rnnlab.exercises.spec", "ModuleNotFoundError"),
    Attack("grader", "import rnnlab.grading.engine", "ModuleNotFoundError"),
    Attack("checks", "import rnnlab.check.outcome", "ModuleNotFoundError"),
    Attack("source of the exercises", f"open({str(PACKAGE / 'exercises' / 'spec.py')!r})", "PermissionError"),
    Attack("source of the networks", f"import os; os.listdir({str(PACKAGE / 'nets')!r})", "PermissionError"),
    Attack("source of the grader", f"import os; os.open({str(PACKAGE / 'grading' / 'engine.py')!r}, 0)", "PermissionError"),
    Attack("source of the checks", f"open({str(PACKAGE / 'check' / '__init__.py')!r})", "PermissionError"),
    Attack("course folder", f"import os; os.listdir({str(PACKAGE.parent)!r})", "PermissionError"),
    Attack("repository", f"open({str(PACKAGE.parent / '.git' / 'HEAD')!r})", "PermissionError"),
    Attack("write among libraries", "import numpy; open(numpy.__path__[0] + '/x.py', 'w')", "PermissionError"),
    Attack("change a library", "import numpy; open(numpy.__file__, 'a')", "PermissionError"),
    Attack("daemon thread that forks", "import os, threading\nos.register_at_fork(before=print)\nos.fork()", "PermissionError"),
]  # fmt: skip

STOPPED = [
    Attack("loop", "while True:\n    try:\n        for _ in iter(int, 1): pass\n    except BaseException: pass", stopped="time"),
    Attack(
        "loop that ignores signals",
        "import signal\nfor n in set(signal.valid_signals()) - {9, 19}:\n"
        "    try: signal.signal(n, signal.SIG_IGN)\n    except OSError: pass\nwhile True: pass",
        stopped="time",
    ),
    Attack("loop in C", "import signal\nsignal.pthread_sigmask(0, {2})\n10**(10**8)", stopped="time"),
    Attack("sleep", "import time\nwhile True:\n    try: time.sleep(99)\n    except BaseException: pass", stopped="time"),
    Attack("exit", "import os; os._exit(0)", stopped="crash"),
    Attack("segmentation fault", "import ctypes; ctypes.string_at(0)", stopped="crash"),
    Attack("abort", "import os; os.abort()", stopped="crash"),
    Attack("deep recursion", "import sys, ctypes\nsys.setrecursionlimit(10**9)\nx = []\nfor _ in range(10**6): x = [x]\nrepr(x)", stopped="crash"),
    Attack("illegal system call", "import ctypes, mmap\nm = mmap.mmap(-1, 4096, prot=7)\nm.write(b'\\xb8\\x14\\0\\0\\0\\xcd\\x80\\xc3')\nctypes.CFUNCTYPE(None)(ctypes.addressof(ctypes.c_char.from_buffer(m)))()", stopped="crash"),
    Attack("disk", "n = 0\nwhile True:\n    n += 1\n    open(f'{n}', 'wb').write(bytes(10**6))", stopped="crash"),
    Attack("many files", "n = 0\nwhile True:\n    n += 1\n    open(f'{n}', 'wb')", stopped="crash"),
    Attack("hang up", "import os; os.close(3)", stopped="crash"),
    Attack("hang up and stay", "import os, time; os.close(3); time.sleep(99)", stopped="protocol"),
    Attack("write to the job's socket", "import os; os.write(3, b'x' * 100)", stopped="protocol"),
    Attack("flood the job's socket", "import os\nwhile True: os.write(3, b'x' * 10**5)", stopped="protocol"),
]  # fmt: skip


@pytest.mark.parametrize("attack", REFUSED, ids=lambda attack: attack.name)
def test_the_attack_is_an_error_of_its_cell(session, attack):
    result = session.run(attack.source)
    assert result.stopped is None
    assert result.error is not None, "nothing refused it"
    assert result.error.kind == attack.error, result.error
    session.run("x = None")
    assert session.run("1 + 1").error is None, "the next cell runs"


@pytest.mark.parametrize("attack", STOPPED, ids=lambda attack: attack.name)
def test_the_attack_is_stopped_and_the_next_submission_is_well(sandbox, attack):
    with sandbox.open() as session:
        began = time.monotonic()
        result = session.run(attack.source)
        assert result.stopped is not None, result
        assert result.stopped.reason == attack.stopped, result.stopped
        assert not session.alive
        assert time.monotonic() - began < 10
        assert session.run("1").stopped == result.stopped
        assert isinstance(session.call("f", ()), Stopped)
    with sandbox.open() as following:
        assert following.run("assert 'x' not in globals()").error is None


@pytest.mark.parametrize("attack", STOPPED, ids=lambda attack: attack.name)
def test_the_attack_in_a_call_is_stopped(session, attack):
    body = "".join(f"    {line}\n" for line in attack.source.splitlines())
    session.run(f"def attack():\n{body}")
    outcome = session.call("attack", ())
    assert isinstance(outcome, Stopped)
    # A call's limit is shorter than the time that some of these need.
    assert outcome.reason in {attack.stopped, "time"}
    assert not isinstance(session.call("attack", ()), Returned)


@pytest.mark.parametrize(
    "reach",
    [
        "open({path!r}).read()",
        "import os; os.read(os.open({path!r}, os.O_RDONLY), 9)",
        "open('/proc/self/root' + {path!r}).read()",
        "import os; os.chdir(os.path.dirname({path!r})); open(os.path.basename({path!r})).read()",
        "import os; print([open(e.path).read() for e in os.scandir(os.path.dirname({path!r}))])",
        "import sqlite3; sqlite3.connect({path!r}).execute('select * from x')",
        "import numpy; numpy.fromfile({path!r}, 'u1').tobytes()",
        "import ctypes; c = ctypes.CDLL(None); assert c.open({path!r}.encode(), 0) >= 0",
        "%run {path}",
        "open({path!r}, 'w')",
        "import os; os.unlink({path!r})",
        "import os; os.rename({path!r}, 'here')",
        "import os; os.replace('/etc/hostname', {path!r})",
        "import os; os.truncate({path!r}, 0)",
        "import os; os.ftruncate(os.open({path!r}, os.O_WRONLY), 0)",
        "import os; open('x', 'w').close(); os.rename('x', {path!r})",
        "import os; os.mkdir({path!r} + 'd')",
        "import shutil; shutil.rmtree(__import__('os').path.dirname({path!r}))",
        "import shutil; shutil.copy({path!r}, 'here')",
    ],
)  # fmt: skip
def test_files_of_the_course_are_out_of_reach(session, course, reach):
    result = session.run(reach.format(path=str(course.gradebook)))
    assert "secret" not in repr(result.outputs)
    assert result.error is not None or result.outputs, "nothing refused it"
    assert course.untouched()


@pytest.mark.parametrize(
    "change", ["chmod({path!r}, 0o777)", "utime({path!r}, (0, 0))", "chown({path!r}, 65534, 65534)"]
)
def test_changes_of_metadata_are_pretended(session, course, change):
    before = course.gradebook.stat()
    assert session.run("import os; os." + change.format(path=str(course.gradebook))).error is None
    after = course.gradebook.stat()
    assert (after.st_mode, after.st_mtime, after.st_uid) == (before.st_mode, before.st_mtime, before.st_uid)


def test_no_descriptor_is_inherited_but_the_job(session, course):
    with course.gradebook.open() as kept_open:
        os.set_inheritable(kept_open.fileno(), True)
        session.run(
            "import os, stat\nfound = []\nfor n in range(256):\n    try: found.append((n, stat.S_IFMT(os.fstat(n).st_mode)))\n    except OSError: pass"
        )
        session.run("found = [n for n, kind in found if kind != stat.S_IFCHR]")
        assert list(session.value("found").value) == [3]


def test_the_environment_holds_nothing_of_the_instructors(session, monkeypatch):
    session.run("import os\nnames = ' '.join(sorted(os.environ))")
    names = session.value("names").value.split()
    assert not {"USER", "SSH_AUTH_SOCK", "PYTHONPATH", "PYTEST_CURRENT_TEST", "PWD", "VIRTUAL_ENV"} & set(
        names
    )


def test_scratch_is_writable_and_removed(sandbox):
    with sandbox.open() as session:
        session.run(
            "import os, tempfile\nfolder = os.getcwd()\nopen('x', 'w').write('y')\ntempfile.mkdtemp()\nos.mkdir('closed', 0)"
        )
        folder = Path(session.value("folder").value)
        assert (folder / "x").read_text() == "y"
    assert not folder.exists()


def test_another_submissions_folder_is_out_of_reach(sandbox):
    with sandbox.open() as victim, sandbox.open() as thief:
        victim.run("import os\nfolder = os.getcwd()\nopen('x', 'w').write('y')")
        path = victim.value("folder").value + "/x"
        assert thief.run(f"open({path!r})").error.kind == "PermissionError"


def test_floods_of_output_are_cut(session):
    result = session.run(
        "import os\nprint('x' * 10**8)\nfor fd in (1, 2):\n    for _ in range(1000): os.write(fd, b'x' * 10**5)"
    )
    assert result.error is None
    assert sum(len(repr(output)) for output in result.outputs) < 70_000


def test_threads_are_bounded_and_die_with_the_session(sandbox):
    with sandbox.open() as session:
        result = session.run(
            "import threading, time\nfor _ in range(10**4): threading.Thread(target=time.sleep, args=(99,), daemon=True).start()"
        )
        assert result.error.kind in {"RuntimeError", "MemoryError"}
        pid = int(session.run("import os\nos.getpid()").outputs[0]["data"]["text/plain"])
    assert not Path(f"/proc/{pid}").exists()


def test_a_thread_that_stays_behind_does_not_reach_the_next_submission(sandbox):
    with sandbox.open() as session:
        session.run(
            "import threading\ndef work():\n    while True: open('left', 'a').close()\nthreading.Thread(target=work).start()"
        )
    with sandbox.open() as following:
        assert (
            following.run(
                "import os, threading\nassert threading.active_count() == 1\nassert os.listdir() == []"
            ).error
            is None
        )


SABOTAGE = [
    "import numpy as np\nnp.allclose = np.array_equal = np.testing.assert_allclose = lambda *a, **k: True",
    "import numpy as np\nnp.asarray = lambda *a, **k: np.full(1, 42.0)",
    "import json\njson.dumps = json.loads = lambda *a, **k: '{}'",
    "get_ipython().input_transformers_post.append(lambda lines: ['wrong = None\\n'])",
    "import ast\nclass T(ast.NodeTransformer):\n    def visit_Constant(self, node): return ast.Constant(42)\nget_ipython().ast_transformers.append(T())",
    "import builtins\nbuiltins.print = builtins.sorted = None",
    "import sys\nsys.stdout = sys.stderr = None",
    "import sys\nsys.modules['numpy'] = sys.modules['rnnlab'] = None",
]


@pytest.mark.parametrize("sabotage", SABOTAGE)
def test_sabotage_does_not_change_what_the_grader_compares_with(session, sabotage):
    session.run("def wrong(): return 41.0")
    session.run(sabotage)
    outcome = session.call("wrong", ())
    assert outcome == Returned(41.0, "float") or isinstance(outcome, Raised | Stopped | Missing)


FORGERIES = [
    "b'RNL1' + bytes(12)",
    "frames.encode({'kind': 'returned', 'value': 42.0, 'type_name': 'float', 'aliases_input': False}, 99)",
    "frames.encode({'nonce': '0' * 32, 'kind': 'returned', 'value': 42.0, 'type_name': 'float', 'aliases_input': False}, 99)",
    "frames.encode([1, 2], 99)",
    "frames.PREFIX.pack(b'RNL1', 10, 2**62)",
    "frames.PREFIX.pack(b'RNL1', 2**31, 10)",
    "__import__('pickle').dumps(print)",
]


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_reply_ends_the_session(session, forgery):
    session.run(
        f"import os\nfrom rnnlab.grading.sandbox import frames\ndef f():\n    os.write(3, {forgery})\n    return 1"
    )
    outcome = session.call("f", ())
    assert isinstance(outcome, Stopped)
    assert outcome.reason == "protocol"
    assert not session.alive


# A submission can learn its request's number; a reply in the wrong form must still not harm the controller.
SPY = """
import os
from rnnlab.grading.sandbox import frames
decode, seen = frames.decode, []
def spy(*arguments):
    seen.append(decode(*arguments))
    return seen[-1]
frames.decode = spy
"""

REPLIES = [
    "{}",
    "{'kind': 'returned'}",
    "{'kind': 'returned', 'value': {'a': 1}, 'type_name': 'float', 'aliases_input': False}",
    "{'kind': 'returned', 'value': [1], 'type_name': 'float', 'aliases_input': False}",
    "{'kind': 'returned', 'value': 1, 'type_name': 3, 'aliases_input': False}",
    "{'kind': 'raised', 'error': None}",
    "{'kind': 'raised', 'error': {'kind': 1, 'message': 2, 'line_number': 3, 'line': 4}}",
    "{'kind': 'missing', 'why': float('nan')}",
    "{'kind': 'passed', 'score': 1}",
]


@pytest.mark.parametrize("reply", REPLIES)
def test_a_reply_of_the_wrong_form_ends_the_session(session, reply):
    session.run(SPY)
    session.run(f"def f(): os.write(3, frames.encode({{'nonce': seen[-1]['nonce'], **{reply}}}, 999))")
    outcome = session.call("f", ())
    assert isinstance(outcome, Stopped)
    assert outcome.reason == "protocol"


OUTPUTS = [
    "[{'output_type': 'display_data', 'data': {'text/html': '<script>'}}]",
    "[{'output_type': 'display_data', 'data': {'image/png': '<script>'}}]",
    "[{'output_type': 'stream', 'name': 'stdin', 'text': 'x'}]",
    "[{'output_type': 'error', 'ename': 'x', 'evalue': 'y', 'traceback': [1]}]",
    "[None]",
    "'x'",
]


@pytest.mark.parametrize("outputs", OUTPUTS)
def test_an_output_of_the_wrong_form_ends_the_session(session, outputs):
    session.run(SPY)
    reply = f"{{'nonce': seen[-1]['nonce'], 'error': None, 'outputs': {outputs}}}"
    result = session.run(f"os.write(3, frames.encode({reply}, 99))")
    assert result.stopped is not None
    assert result.stopped.reason == "protocol"
    assert result.outputs == ()
