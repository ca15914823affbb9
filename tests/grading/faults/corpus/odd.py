"""Honest but odd: unusual notebooks that are right, and must earn everything."""

from __future__ import annotations

from tests.grading.faults.fault import odd

RIGHT = """
def one_hot(ids, K):
    return np.eye(K)[ids]
"""


def first(program: str) -> str:
    """The program, and a right function after it."""
    return f"{program.strip()}\n{RIGHT}"


FAULTS = (
    odd("asks-for-input", "asks for input, and goes on without", program=first("""
try:
    name = input("Your name? ")
except EOFError:
    name = "nobody"
"""), says="nobody"),
    odd("password", "asks for a password, and goes on without", program=first("""
import getpass
try:
    getpass.getpass()
except Exception as error:
    print(type(error).__name__)
""")),
    odd("shell-line", "runs a command of the shell", program=first("!rm -rf / --no-preserve-root"),
        says="no operating-system shell"),
    odd("install-line", "installs a package", program=first("%pip install numpy\n!pip install numpy"),
        says="skipped"),
    odd("async-function", "awaits in a cell", program=first("""
import asyncio
async def wait():
    await asyncio.sleep(0.001)
    return "waited"
print(await wait())
"""), says="waited"),
    odd("asyncio-run", "runs a loop of events inside its function", program="""
        import asyncio
        async def compute(ids, K):
            await asyncio.sleep(0)
            return np.eye(K)[ids]
        def one_hot(ids, K):
            loop = asyncio.new_event_loop()
            try: return loop.run_until_complete(compute(ids, K))
            finally: loop.close()
        """),
    odd("magics", "uses the notebook's magics", program=first(
        "%matplotlib inline\n%config InlineBackend.figure_format = 'retina'\n%load_ext autoreload\n%autoreload 2"
    )),
    odd("unknown-magic", "uses a magic that is not there", program=first("%no_such_magic"), says="skipped"),
    odd("timeit", "measures its function's time", program=RIGHT + "%timeit -n 1 -r 1 one_hot(np.array([[0]]), 2)"),
    odd("exit-line", "ends with exit", program=RIGHT + "exit"),
    odd("quit-call", "ends with quit()", program=RIGHT + "quit()"),
    odd("breakpoint", "left a breakpoint behind", program="""
        def one_hot(ids, K):
            breakpoint()
            return np.eye(K)[ids]
        """),
    odd("main-guard", "runs only as a program", program=RIGHT + "if __name__ == '__main__':\n    print('main')",
        says="main"),
    odd("future", "imports from the future", program="from __future__ import annotations\n" + RIGHT),
    odd("star-import", "imports everything", program="from numpy import *\n" + RIGHT),
    odd("printing", "prints at every call", program="""
        def one_hot(ids, K):
            print("called with", ids, "x" * 1000)
            return np.eye(K)[ids]
        """),
    odd("standard-error", "writes to standard error at every call", program="""
        import sys
        def one_hot(ids, K):
            print("hello", file=sys.stderr)
            return np.eye(K)[ids]
        """),
    odd("warnings", "warns at every call", program="""
        import warnings
        def one_hot(ids, K):
            warnings.warn("mind the gap", stacklevel=1)
            return np.eye(K)[ids]
        """),
    odd("warnings-as-errors", "makes every warning an error for itself",
        program=first("import warnings\nwarnings.simplefilter('error')\nnp.seterr(all='raise')")),
    odd("lambda", "writes a lambda", program="one_hot = lambda ids, K: np.eye(K)[ids]"),
    odd("callable-object", "writes a class with a call", program="""
        class OneHot:
            def __call__(self, ids, K):
                return np.eye(K)[ids]
        one_hot = OneHot()
        """),
    odd("cached", "remembers its answers", program="""
        memory = {}
        def one_hot(ids, K):
            key = (ids.tobytes(), ids.shape, K)
            if key not in memory:
                memory[key] = np.eye(K)[ids]
            return memory[key]
        """),
    odd("decorated", "wraps its function", program="""
        import functools
        def traced(function):
            @functools.wraps(function)
            def wrapper(*arguments, **options):
                return function(*arguments, **options)
            return wrapper
        @traced
        def one_hot(ids, K):
            return np.eye(K)[ids]
        """),
    odd("partial", "is a partial application", program="""
        from functools import partial
        def general(ids, K, one=1.0):
            return one * np.eye(K)[ids]
        one_hot = partial(general, one=1.0)
        """),
    odd("extra-arguments", "takes more arguments, with defaults", program="""
        def one_hot(ids, K, *more, dtype=float, **options):
            return np.eye(K, dtype=dtype)[ids]
        """),
    odd("recursive", "computes by recursion", program="""
        def one_hot(ids, K):
            return np.eye(K)[ids] if ids.ndim == 0 else np.stack([one_hot(each, K) for each in ids])
        """),
    odd("column-order", "returns its array in Fortran's order", program="""
        def one_hot(ids, K):
            return np.asfortranarray(np.eye(K)[ids])
        """),
    odd("negative-strides", "returns a view that runs backwards", program="""
        def one_hot(ids, K):
            return np.eye(K)[ids][..., ::-1][..., ::-1]
        """),
    odd("other-byte-order", "returns numbers in the other order of bytes", program="""
        def one_hot(ids, K):
            return np.eye(K)[ids].astype(">f8")
        """),
    odd("read-only-result", "returns an array that may not be written to", program="""
        def one_hot(ids, K):
            result = np.eye(K)[ids]
            result.flags.writeable = False
            return result
        """),
    odd("matrix-subclass", "returns a subclass of an array that changes nothing", program="""
        class Mine(np.ndarray): pass
        def one_hot(ids, K):
            return np.eye(K)[ids].view(Mine)
        """),
    odd("files-of-its-own", "writes a file and reads it back", program="""
        import tempfile
        def one_hot(ids, K):
            with tempfile.TemporaryFile() as file:
                np.save(file, np.eye(K)[ids])
                file.seek(0)
                return np.load(file)
        """),
    odd("threads", "computes in threads", program="""
        from concurrent.futures import ThreadPoolExecutor
        def one_hot(ids, K):
            with ThreadPoolExecutor(2) as pool:
                return np.stack(list(pool.map(lambda row: np.eye(K)[row], ids)))
        """),
    odd("database", "computes with a database", program=first("""
import sqlite3
database = sqlite3.connect("mine.db")
database.execute("create table t (x)")
database.commit()
""")),
    odd("figure", "draws while it computes", program="""
        import matplotlib.pyplot as plt
        def one_hot(ids, K):
            result = np.eye(K)[ids]
            plt.figure(); plt.imshow(result.reshape(-1, K)); plt.close()
            return result
        """),
    odd("seeded", "sets the global seed", program=first("np.random.seed(0)\nimport random\nrandom.seed(0)")),
    odd("own-names", "uses the names check and display for things of its own",
        program=first("check = 3\ndisplay = None\n_ = __ = None")),
    odd("unicode-names", "names its variables in Greek", program="""
        def one_hot(ids, K):
            α, Ω_名前 = np.eye(K), ids
            return α[Ω_名前]
        """),
    odd("tabs", "indents with tabs", program="def one_hot(ids, K):\n\treturn np.eye(K)[ids]"),
    odd("error-after-the-function", "raises after its function was defined", program=RIGHT + "1 / 0",
        says="ZeroDivisionError"),
    odd("long-cell", "has a cell of 5,000 lines", program=RIGHT + "\n".join(f"x{n} = {n}" for n in range(5000))),
    odd("slow-but-in-time", "takes a twentieth of a second for each call", program="""
        import time
        def one_hot(ids, K):
            time.sleep(0.05)
            return np.eye(K)[ids]
        """),
)  # fmt: skip
