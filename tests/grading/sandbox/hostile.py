"""Small hostile programs and how each must end."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import rnnlab
from rnnlab.grading.sandbox import Isolation

PACKAGE = Path(rnnlab.__file__).parent


@dataclass(frozen=True)
class Attack:
    """A program and its end: an error's kind, or why it was stopped and what the detail says."""

    name: str
    program: str
    error: str = ""
    stopped: str = ""
    detail: str = ""

    @property
    def source(self) -> str:
        return dedent(self.program).strip()

    def kinds_under(self, isolation: Isolation) -> set[str]:
        """The kinds of error with which the program may end."""
        if isolation is Isolation.BUBBLEWRAP and self.name in IN_BUBBLEWRAP:
            return IN_BUBBLEWRAP[self.name]
        return {self.error}


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
    Attack("source of the grader", f"import os; os.open({str(PACKAGE / 'grading/engine.py')!r}, 0)", "PermissionError"),
    Attack("source of the checks", f"open({str(PACKAGE / 'check' / '__init__.py')!r})", "PermissionError"),
    Attack("course folder", f"import os; os.listdir({str(PACKAGE.parent)!r})", "PermissionError"),
    Attack("repository", f"open({str(PACKAGE.parent / '.git' / 'HEAD')!r})", "PermissionError"),
    Attack("write among libraries", "import numpy; open(numpy.__path__[0] + '/x.py', 'w')", "PermissionError"),
    Attack("change a library", "import numpy; open(numpy.__file__, 'a')", "PermissionError"),
]  # fmt: skip

# What ends differently in bubblewrap's machine, because a file is not there or on a read-only disk.
ABSENT, READ_ONLY = {"FileNotFoundError"}, {"OSError", "PermissionError"}
IN_BUBBLEWRAP = {
    "password file": ABSENT,
    "source of the exercises": ABSENT,
    "source of the networks": ABSENT,
    "source of the grader": ABSENT,
    "source of the checks": ABSENT,
    "repository": ABSENT,
    "write among libraries": READ_ONLY,
    "change a library": READ_ONLY,
}

LOOP = """
    while True:
        try:
            for _ in iter(int, 1): pass
        except BaseException: pass
"""
DEAF_LOOP = """
    import signal
    for number in set(signal.valid_signals()) - {9, 19}:
        try: signal.signal(number, signal.SIG_IGN)
        except OSError: pass
    while True: pass
"""
SLEEP = """
    import time
    while True:
        try: time.sleep(99)
        except BaseException: pass
"""
DEEP_RECURSION = """
    import sys
    sys.setrecursionlimit(10**9)
    nested = []
    for _ in range(3 * 10**5): nested = [nested]
    repr(nested)
"""
CALL_OF_ANOTHER_ARCHITECTURE = r"""
    import ctypes, mmap
    memory = mmap.mmap(-1, 4096, prot=7)
    memory.write(b'\xb8\x14\0\0\0\xcd\x80\xc3')
    ctypes.CFUNCTYPE(None)(ctypes.addressof(ctypes.c_char.from_buffer(memory)))()
"""
FILL_DISK = """
    number = 0
    while True:
        number += 1
        open(f'{number}', 'wb').write(bytes(10**6))
"""
MANY_FILES = """
    number = 0
    while True:
        number += 1
        with open(f'{number}', 'wb') as file:
            file.write(bytes(65536))
"""
DEEP_FOLDERS = """
    import os
    while True:
        os.mkdir('d')
        os.chdir('d')
"""

STOPPED = [
    Attack("loop that catches all", LOOP, stopped="time"),
    Attack("loop that ignores signals", DEAF_LOOP, stopped="time"),
    Attack("loop in C", "import signal; signal.pthread_sigmask(0, {2}); 10**(10**8)", stopped="time"),
    Attack("sleep", SLEEP, stopped="time"),
    Attack("exit", "import os; os._exit(0)", stopped="crash", detail="exited with status 0"),
    Attack("segmentation fault", "import ctypes; ctypes.string_at(0)", stopped="crash", detail="SIGSEGV"),
    Attack("abort", "import os; os.abort()", stopped="crash", detail="SIG"),
    Attack("deep recursion", DEEP_RECURSION, stopped="crash", detail="SIGSEGV"),
    Attack("disk", FILL_DISK, stopped="crash", detail="bytes of files"),
    Attack("many files", MANY_FILES, stopped="crash", detail="bytes of files"),
    Attack("hang up", "import os; os.close(3)", stopped="crash", detail="exited"),
    Attack("hang up and stay", "import os, time; os.close(3); time.sleep(99)", stopped="protocol"),
    Attack("write to the job's socket", "import os; os.write(3, b'x' * 100)", stopped="protocol"),
    Attack("flood the job's socket", "import os\nwhile True: os.write(3, b'x' * 10**5)", stopped="protocol"),
]
if platform.machine() == "x86_64":
    STOPPED.append(Attack("32-bit call", CALL_OF_ANOTHER_ARCHITECTURE, stopped="crash", detail="SIGSYS"))
