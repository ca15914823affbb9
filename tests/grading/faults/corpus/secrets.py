"""Reading what a student must not see: solutions, probes, marks, other submissions, the grader's memory."""

from __future__ import annotations

from tests.grading.faults.fault import Reach, attack, lie

# In a mount namespace what must not be read is not even there.
REFUSED = "PermissionError|FileNotFoundError"
SECRET = Reach.SECRET

FAULTS = (
    attack("read-solutions", "reads the instructor's notebook", "print(open('@solution@').read())", REFUSED, SECRET),
    attack("read-secret", "reads the course's secret, which decides the probes", "print(open('@secret@').read())",
           REFUSED, SECRET),
    attack("read-gradebook", "reads the gradebook", """
        import sqlite3
        print(list(sqlite3.connect("file:@gradebook@?mode=ro", uri=True).execute("select * from grade")))
        """, "OperationalError|DatabaseError", SECRET),
    attack("copy-gradebook", "reads the gradebook's bytes", """
        import base64
        print(open("@gradebook@", "rb").read())
        """, REFUSED, SECRET),
    attack("read-a-classmate", "reads a classmate's notebook", "print(open('@victim@').read())", REFUSED, SECRET),
    lie("hand-in-a-classmates", "runs a classmate's function in place of its own", """
        import json
        def one_hot(ids, K):
            cells = json.load(open("@victim@"))["cells"]
            source = next(c["source"] for c in cells if "def one_hot" in "".join(c["source"]))
            scope = {"np": np}
            exec("".join(source), scope)
            return scope["one_hot"](ids, K)
        """, REFUSED, Reach.MARK),
    lie("run-the-solution", "runs the instructor's solution in place of its own", """
        import json
        def one_hot(ids, K):
            cells = json.load(open("@solution@"))["cells"]
            scope = {"np": np}
            exec("".join(next(c["source"] for c in cells if "def one_hot" in "".join(c["source"]))), scope)
            return scope["one_hot"](ids, K)
        """, REFUSED, Reach.MARK),
    lie("import-the-reference", "calls the reference of the exercise", """
        def one_hot(ids, K):
            from rnnlab.exercises.hidden_state.one_hot import one_hot as reference
            return reference(ids, K)
        """, "ModuleNotFoundError", Reach.MARK),
    lie("load-the-reference", "loads the reference from its file, past the import system", """
        import importlib.util, os, rnnlab
        def one_hot(ids, K):
            path = os.path.join(os.path.dirname(rnnlab.__file__), "exercises", "hidden_state", "one_hot.py")
            spec = importlib.util.spec_from_file_location("reference", path)
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            return module.one_hot(ids, K)
        """, REFUSED, Reach.MARK),
    lie("call-the-networks", "calls the package's own network", """
        def embed(ids, E):
            from rnnlab.nets.embedding import embed as right
            return right(ids, E)
        """, "ModuleNotFoundError", Reach.MARK, part="embed"),
    lie("forget-the-stand-in", "removes what stands in the import system's way and imports again", """
        import sys
        def embed(ids, E):
            sys.meta_path[:] = [finder for finder in sys.meta_path if "rnnlab" not in type(finder).__module__]
            for name in [name for name in sys.modules if name.startswith("rnnlab")]: del sys.modules[name]
            from rnnlab.nets.embedding import embed as right
            return right(ids, E)
        """, "ModuleNotFoundError|Error", part="embed", ends="it finds no such module, or may not read it"),
    lie("search-memory-for-functions", "looks for the right function among all objects", """
        import gc
        def one_hot(ids, K):
            found = [o for o in gc.get_objects() if callable(o) and getattr(o, "__name__", "") == "one_hot"]
            return next(f for f in found if f is not one_hot)(ids, K)
        """, "StopIteration"),
    lie("search-memory-for-answers", "looks for the expected array among all objects", """
        import gc
        def one_hot(ids, K):
            wanted = (*ids.shape, K)
            found = [o for o in gc.get_objects() if isinstance(o, np.ndarray) and o.shape == wanted]
            return found[0]
        """, "IndexError"),
    lie("look-at-the-callers", "looks for the expected array in the frames of those that call it", """
        import sys
        def one_hot(ids, K):
            frame, wanted = sys._getframe(), (*ids.shape, K)
            while frame := frame.f_back:
                for value in frame.f_locals.values():
                    if isinstance(value, np.ndarray) and value.shape == wanted: return value
            raise LookupError("nothing there")
        """, "LookupError"),
    lie("look-at-the-stub", "looks for the answer beside what stands in for the check", """
        import rnnlab.check
        def one_hot(ids, K):
            return vars(rnnlab.check)["exercises"].find("hidden_state.one_hot").reference(ids, K)
        """, "KeyError"),
    attack("list-the-course", "lists the folders of the course",
           "import os; print(os.listdir('@course@')); print(open('@secret@').read())", REFUSED, SECRET),
    attack("search-upwards", "searches the folders above its own for secrets", """
        import glob
        found = []
        for depth in range(12):
            for path in glob.glob("../" * depth + "*/.course-secret") + ["@secret@"]:
                found.append(open(path).read())
        print(found)
        """, REFUSED, SECRET),
    attack("through-proc", "reads the secret through /proc",
           "print(open('/proc/self/root' + '@secret@').read())", REFUSED, SECRET),
    attack("through-raw-calls", "reads the secret through C's open, past Python's", """
        import ctypes, os
        libc = ctypes.CDLL(None, use_errno=True)
        file = libc.open(b"@secret@", 0)
        print(os.read(file, 1000))
        """, "OSError", SECRET),
    attack("through-numpy", "reads the secret as numbers", "print(np.fromfile('@secret@', 'u1').tobytes())",
           REFUSED, SECRET),
    attack("through-a-map", "maps the secret into memory", """
        print(np.memmap("@secret@", "u1", "r").tobytes())
        """, REFUSED, SECRET),
    attack("through-run", "runs the secret as a program, to see it in the error", "%run @secret@\n1 / 0", "Error"),
    attack("through-a-magic", "has the notebook load the secret", """
        %pycat @secret@
        print(open("@secret@").read())
        """, REFUSED, SECRET),
    attack("through-a-database", "attaches the gradebook to a database of its own", """
        import sqlite3
        own = sqlite3.connect(":memory:")
        own.execute("attach '@gradebook@' as theirs")
        print(list(own.execute("select * from theirs.grade")))
        """, "OperationalError|DatabaseError", SECRET),
    attack("through-a-program", "has a program read the secret", """
        import subprocess
        print(subprocess.check_output(["cat", "@secret@"]))
        """, REFUSED, SECRET),
    attack("environment", "reads the environment for keys and paths", """
        import os
        print(dict(os.environ))
        """, "PATH"),
    attack("parents-environment", "reads its parent's environment",
           "import os; print(open(f'/proc/{os.getppid()}/environ').read())", "Error"),
    attack("parents-memory", "reads its parent's memory", """
        import os
        print(open(f"/proc/{os.getppid()}/mem", "rb").read(1))
        """, "Error"),
    attack("all-processes", "reads every process's command and environment", """
        import os
        for name in os.listdir("/proc"):
            if name.isdigit(): print(open(f"/proc/{name}/cmdline").read(), open(f"/proc/{name}/environ").read())
        """, "Error"),
    attack("parents-files", "opens the files that its parent has open", """
        import os
        for name in os.listdir(f"/proc/{os.getppid()}/fd"): print(open(f"/proc/{os.getppid()}/fd/{name}").read())
        """, "Error"),
    attack("inherited-descriptors", "reads from every descriptor that was left open", """
        import os
        for number in range(256):
            if number == 3: continue
            try: print(os.pread(number, 10_000, 0))
            except OSError: pass
        print("looked everywhere")
        """, "looked everywhere"),
    attack("history-of-the-course", "reads the course's history of versions",
           "print(open('@course@/.git/HEAD').read())", REFUSED, SECRET),
    attack("feedback-of-others", "reads a classmate's feedback", "print(open('@feedback@').read())", REFUSED, SECRET),
    attack("password-file", "reads the machine's users", "print(open('/etc/passwd').read())", "Error"),
)  # fmt: skip
