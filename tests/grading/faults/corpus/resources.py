"""Using up what others need: time, memory, processes, disk, output."""

from __future__ import annotations

from tests.grading.faults.fault import attack, lie

TOOK_TOO_LONG = "took too long"

FAULTS = (
    attack("infinite-loop", "loops for ever in a cell", "while True: pass", TOOK_TOO_LONG),
    lie("loop-in-function", "loops for ever when it is called", """
        def one_hot(ids, K):
            while True:
                pass
        """, "come to an end"),
    attack("loop-that-catches-all", "catches every interruption and loops on", """
        import time
        while True:
            try:
                while True: time.sleep(9)
            except BaseException: pass
        """, TOOK_TOO_LONG),
    attack("loop-that-ignores-signals", "ignores every signal and loops", """
        import signal
        for number in signal.valid_signals():
            try: signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError): pass
        import time
        while True: time.sleep(9)
        """, TOOK_TOO_LONG),
    attack("loop-in-c", "computes a power that takes years, inside one instruction", "10 ** (10 ** 8)",
           TOOK_TOO_LONG),
    attack("slow-pattern", "matches a regular expression that takes for ever", """
        import re
        re.match("(a+)+$", "a" * 60 + "b")
        """, TOOK_TOO_LONG),
    lie("sleep-in-function", "sleeps for a day when it is called", """
        import time
        def one_hot(ids, K):
            time.sleep(86400)
        """, "come to an end"),
    attack("memory-in-one-piece", "asks for 80 GB at once", "x = np.ones(10 ** 10)", "MemoryError"),
    attack("memory-in-pieces", "asks for memory until there is no more", """
        kept = []
        while True: kept.append(np.zeros(10 ** 6))
        """, "MemoryError"),
    attack("shared-memory", "asks for 100 GB of memory that no counter of its own memory sees",
           "import mmap; mmap.mmap(-1, 10 ** 11)", "OSError|MemoryError"),
    lie("result-of-a-terabyte", "returns a view that takes no memory and stands for 8 TB", """
        def one_hot(ids, K):
            return np.broadcast_to(0.0, (10 ** 6, 10 ** 6))
        """, "too large|shape"),
    lie("result-without-end", "returns a generator that never ends", """
        def one_hot(ids, K):
            def forever():
                while True: yield 1.0
            return forever()
        """, "generator"),
    lie("list-that-holds-itself", "returns a list that contains itself", """
        def one_hot(ids, K):
            result = []
            result.append(result)
            return result
        """, "one_hot"),
    attack("recursion", "calls itself without end", "def f(): return f()\nf()", "RecursionError"),
    attack("deep-recursion", "raises Python's limit of recursion and overflows the stack", """
        import sys
        sys.setrecursionlimit(10 ** 9)
        nested = []
        for _ in range(3 * 10 ** 5): nested = [nested]
        repr(nested)
        """, "ended its process|took too long", ends="its cell is stopped"),
    attack("fork-bomb", "doubles itself without end", """
        import os
        while True: os.fork()
        """, "PermissionError"),
    attack("subprocess-bomb", "starts programs without end", """
        import subprocess
        while True: subprocess.Popen(["sleep", "1000"])
        """, "PermissionError"),
    attack("thread-bomb", "starts threads without end", """
        import threading, time
        while True: threading.Thread(target=time.sleep, args=(99,), daemon=True).start()
        """, "RuntimeError|MemoryError|took too long", ends="it gets no more threads, memory or time"),
    attack("busy-thread", "leaves a thread behind that uses up the processor", """
        import threading
        def burn():
            while True: sum(range(1000))
        threading.Thread(target=burn, daemon=True).start()
        """),
    attack("disk-full", "writes files until the disk is full", """
        number = 0
        while True:
            number += 1
            open(f"{number}", "wb").write(bytes(10 ** 6))
        """, "ended its process|OSError", ends="its cell ended its process"),
    attack("large-file", "writes one file of a gigabyte", "open('large', 'wb').write(bytes(10 ** 8) * 10)",
           "OSError|MemoryError", ends="it gets no more memory or room"),
    attack("sparse-file", "makes a file that claims a terabyte", "open('sparse', 'wb').truncate(2 ** 40)",
           "OSError"),
    attack("tiny-files", "writes empty files until no more can be made", """
        number = 0
        while True:
            number += 1
            open(f"{number}", "w").close()
        """, "ended its process|took too long|OSError", ends="its cell is stopped"),
    attack("deep-folders", "makes folders inside folders without end", """
        import os
        while True:
            os.mkdir("d")
            os.chdir("d")
        """, "ended its process|took too long|OSError", ends="its cell is stopped"),
    attack("open-files", "opens files until no more can be opened", """
        kept = []
        while True: kept.append(open("/dev/null"))
        """, "OSError"),
    attack("gigabyte-of-output", "prints a gigabyte", "for _ in range(1000): print('x' * 10 ** 6)", "was cut"),
    attack("output-past-python", "writes a gigabyte to the descriptors 1 and 2", """
        import os
        for _ in range(10_000): os.write(1, b"x" * 10 ** 5); os.write(2, b"x" * 10 ** 5)
        """),
    attack("endless-output", "prints without end", "while True: print('x' * 1000)", "took too long|was cut",
           ends="its cell was stopped: it took too long"),
    attack("endless-repr", "shows a value whose text never ends", """
        import time
        class Endless:
            def __repr__(self):
                while True: time.sleep(9)
        display(Endless())
        """, TOOK_TOO_LONG),
    attack("huge-repr", "shows a value whose text is a gigabyte", """
        class Huge:
            def __repr__(self): return "x" * 10 ** 8
        display(Huge())
        """, "was cut|MemoryError"),
    attack("huge-message", "raises an error whose message is 100 MB", "raise ValueError('x' * 10 ** 8)",
           "ValueError|was cut|took too long", ends="its cell fails or is stopped"),
    attack("many-pictures", "shows a thousand pictures", """
        from IPython.display import Image
        for _ in range(1000): display(Image(data=bytes(10 ** 5), format="png"))
        """, "was cut|iVBOR|AAAA"),
    attack("unpack-bomb", "unpacks a small archive to gigabytes", """
        import zlib
        bomb = zlib.compress(bytes(10 ** 8))
        kept = [zlib.decompress(bomb) for _ in range(1000)]
        """, "MemoryError|took too long", ends="it gets no more memory or time"),
    lie("one-call-in-two-dies", "ends its process at every second call", """
        import os
        calls = 0
        def one_hot(ids, K):
            global calls
            calls += 1
            if calls % 2 == 0: os._exit(0)
            return np.eye(K)[ids]
        """, "ended the whole process"),
)  # fmt: skip
