"""Odd cells: mistakes and accidents in one cell that must cost that cell alone."""

from __future__ import annotations

from tests.grading.faults.fault import Fault, Raw, Status, attack, damaged, lie

EXTRA = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}


def with_cell_first(source: str):
    """A damage that puts a cell of code before all others."""

    def damage(raw: Raw) -> Raw:
        raw["cells"].insert(0, {**EXTRA, "id": "first", "source": source})
        return raw

    return damage


def harmless(name: str, tries: str, source: str, says: str):
    """A cell before all others that fails by itself; nothing else is lost."""
    return damaged(name, tries, with_cell_first(source), says, Status.GRADED)


FAULTS = (
    lie("syntax-error", "left a parenthesis open", "def one_hot(ids, K:\n    return np.eye(K)[ids]", "SyntaxError"),
    lie("indentation-error", "mixes tabs and spaces",
        "def one_hot(ids, K):\n\tx = 1\n        return np.eye(K)[ids]", "TabError|IndentationError"),
    lie("misspelled", "misspelled the function's name", "def onehot(ids, K):\n    return np.eye(K)[ids]",
        "one_hot is not defined|not defined"),
    lie("unwritten", "left the cell as it was", "raise NotImplementedError()",
        "not written|NotImplementedError|not defined"),
    lie("emptied", "emptied the cell", "", "not defined"),
    lie("words-in-code", "wrote words where code belongs", "I could not do this one, sorry!", "SyntaxError"),
    lie("cell-magic", "hides its cell behind a magic that is not there",
        "%%no_such_magic\ndef one_hot(ids, K):\n    return np.eye(K)[ids]", "not defined"),
    lie("bash-cell", "wrote a cell for the shell", "%%bash\ntouch @outside@/@marker@", "not defined|PermissionError"),
    lie("file-cell", "wrote its function into a file in place of the notebook",
        "%%writefile mine.py\ndef one_hot(ids, K):\n    return np.eye(K)[ids]", "not defined"),
    lie("async-answer", "wrote a coroutine where a function belongs",
        "async def one_hot(ids, K):\n    return np.eye(K)[ids]", "coroutine"),
    lie("generator-answer", "yields where it should return",
        "def one_hot(ids, K):\n    yield np.eye(K)[ids]", "generator"),
    lie("asks-when-called", "asks for input when it is called",
        "def one_hot(ids, K):\n    return np.eye(int(input()))[ids]", "EOFError|StdinNotImplementedError|input"),
    lie("shell-when-called", "calls a program when it is called", """
        import subprocess
        def one_hot(ids, K):
            return np.eye(int(subprocess.check_output(["echo", str(K)])))[ids]
        """, "PermissionError"),
    Fault("forgets-everything", "resets the notebook, and with it the import of NumPy", {"one_hot": "%reset -f"},
          loses=frozenset({"one_hot", "rnn_step", "rnn_forward", "masked_forward"}), says="'np' is not defined"),
    attack("import-error", "imports what is not installed", "import no_such_package", "ModuleNotFoundError"),
    harmless("fails-first", "has a first cell that fails", "1 / 0", "ZeroDivisionError"),
    harmless("broken-first", "has a first cell that is no Python", "this is (not Python", "SyntaxError"),
    harmless("loops-first", "has a first cell that loops for ever", "import time\nwhile True: time.sleep(9)",
             "took too long"),
    harmless("exits-first", "has a first cell that ends the process", "import os; os._exit(1)", "ended its process"),
    harmless("waits-first", "has a first cell that waits for input", "input()", "Error"),
    harmless("fills-memory-first", "has a first cell that fills the memory", "x = [0] * 10 ** 11", "MemoryError"),
    harmless("deletes-numpy-first", "has a first cell that deletes NumPy's name", "import numpy as np\ndel np", ""),
    harmless("prints-megabytes-first", "has a first cell that prints 100 MB", "print('x' * 10 ** 8)", "was cut"),
)  # fmt: skip
