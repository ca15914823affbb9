"""Cheating the comparison: answers that are not right and are made to look equal."""

from __future__ import annotations

from tests.grading.faults.fault import Fault, Reach, attack, lie


def question(name: str, tries: str, program: str, says: str = "", which: str = "sharing") -> Fault:
    """An answer to a question that is not one."""
    cells = {f"answer_{which}": program}
    return Fault(name, tries, cells, loses=frozenset({f"question_{which}"}), says=says)


FAULTS = (
    attack("numpy-patched", "makes NumPy's comparisons always say yes", """
        np.allclose = np.array_equal = np.isclose = lambda *a, **k: True
        np.testing.assert_allclose = np.testing.assert_array_equal = lambda *a, **k: None
        np.abs = np.max = lambda *a, **k: 0.0
        """),
    attack("numpy-replaced", "replaces NumPy itself", """
        import sys, types
        fake = types.ModuleType("numpy")
        fake.__getattr__ = lambda name: lambda *a, **k: True
        sys.modules["numpy"] = fake
        """),
    lie("equal-to-everything", "returns an array that says it equals everything", """
        class Everything(np.ndarray):
            def __eq__(self, other): return np.ones(self.shape, bool)
            def __array_ufunc__(self, *a, **k): return np.ones(self.shape, bool)
            def __array_function__(self, *a, **k): return True
        def one_hot(ids, K):
            return np.zeros((*ids.shape, K)).view(Everything)
        """),
    lie("object-equal-to-everything", "returns an object that says it equals everything", """
        class Everything:
            __eq__ = __le__ = __ge__ = lambda self, other: True
            def __array__(self, *a, **k): raise ValueError("look elsewhere")
        def one_hot(ids, K):
            return Everything()
        """),
    lie("array-that-changes", "returns an object that makes another array each time it is read", """
        class Changing:
            def __array__(self, *a, **k): return np.random.default_rng().random((2, 2))
        def one_hot(ids, K):
            return Changing()
        """),
    lie("array-that-exits", "ends the process when its answer is read as an array", """
        import os
        class Exits(np.ndarray):
            def __array_finalize__(self, other): os._exit(0)
            def __array__(self, *a, **k): os._exit(0)
        def one_hot(ids, K):
            return np.zeros((*ids.shape, K)).view(Exits)
        """),
    lie("shape-that-lies", "returns an array whose shape is not its own", """
        class Liar(np.ndarray):
            shape = property(lambda self: (3, 4, 5))
            dtype = property(lambda self: np.dtype(float))
            nbytes = 8
        def one_hot(ids, K):
            return np.zeros((1,)).view(Liar)
        """),
    lie("number-that-lies", "returns a number whose class answers for it", """
        class Right(int):
            __eq__ = lambda self, other: True
            __hash__ = int.__hash__
        def count_parameters(D, H, K):
            return Right(1)
        """, part="count_parameters"),
    lie("objects", "returns an array of objects", """
        class Everything:
            __eq__ = lambda self, other: True
        def one_hot(ids, K):
            return np.full((*ids.shape, K), Everything(), dtype=object)
        """, "something else than numbers"),
    lie("fields", "returns an array of records", """
        def one_hot(ids, K):
            return np.zeros((*ids.shape, K), dtype=[("a", "f8")])
        """),
    lie("raw-bytes", "returns an array of raw bytes", """
        def one_hot(ids, K):
            return np.zeros((*ids.shape, K), dtype="V8")
        """),
    lie("empty-array", "returns an empty array, which equals any in every element", """
        def one_hot(ids, K):
            return np.zeros((0, *ids.shape, K))
        """, "shape"),
    lie("one-number", "returns one number that would be spread over the whole shape", """
        def one_hot(ids, K):
            return np.float64(0.0)
        """, "one_hot"),
    lie("not-a-number", "returns NaN everywhere, which no difference is larger than", """
        def one_hot(ids, K):
            return np.full((*ids.shape, K), np.nan)
        """, "NaN|nan"),
    lie("infinite", "returns infinity everywhere", """
        def embed(ids, E):
            return np.full((*ids.shape, E.shape[1]), np.inf)
        """, "inf", part="embed"),
    lie("huge-numbers", "returns numbers so large that every relative error is small beside them", """
        def embed(ids, E):
            return np.full((*ids.shape, E.shape[1]), 1e300)
        """, part="embed"),
    lie("masked", "returns an array in which every element is masked", """
        def one_hot(ids, K):
            return np.ma.masked_all((*ids.shape, K))
        """),
    lie("imaginary", "hides the error in an imaginary part", """
        def embed(ids, E):
            return E[ids] + 1j
        """, part="embed"),
    lie("almost-right", "is wrong by one part in a thousand", """
        def embed(ids, E):
            return E[ids] * 1.001
        """, part="embed"),
    lie("text", "returns the right numbers as text", """
        def one_hot(ids, K):
            return np.eye(K)[ids].astype(str)
        """),
    lie("truth", "returns True", """
        def one_hot(ids, K):
            return True
        """),
    lie("pickle-bomb", "returns an object that would run a program when it is unpickled", """
        import os
        class Run:
            def __reduce__(self): return os.system, ("touch @outside@/@marker@",)
        def one_hot(ids, K):
            return np.array([Run()], dtype=object)
        """),
    lie("learned-by-heart", "knows the public probes by heart and is wrong elsewhere", """
        calls = []
        def one_hot(ids, K):
            calls.append(1)
            return np.eye(K)[ids] * (len(calls) <= @public@)
        """),
    lie("now-and-then", "is right at random", """
        rng = np.random.default_rng()
        def one_hot(ids, K):
            return np.eye(K)[ids] if rng.random() < 0.5 else np.zeros((*ids.shape, K))
        """, ends="one_hot gave wrong answers, or two different ones to the same question."),
    lie("only-when-watched", "is right only where the check of the students' side is loaded", """
        import sys
        def one_hot(ids, K):
            watched = "rnnlab.exercises" in sys.modules
            return np.eye(K)[ids] if watched else np.zeros((*ids.shape, K))
        """, reaches=Reach.NOTHING),
    lie("writes-into-inputs", "changes the probe so that a wrong answer becomes right", """
        def embed(ids, E):
            E.flags.writeable = True
            E[...] = 0
            return E[ids]
        """, "raised|ValueError|wr", part="embed"),
    lie("writes-through-a-pointer", "changes the probe through its address", """
        import ctypes
        def embed(ids, E):
            ctypes.memset(E.ctypes.data, 0, E.nbytes)
            return E[ids]
        """, part="embed"),
    lie("another-each-time", "redefines itself when it is called", """
        def one_hot(ids, K):
            global one_hot
            one_hot = lambda ids, K: np.zeros((*ids.shape, K))
            return np.eye(K)[ids]
        """),
    lie("not-a-function", "puts a value where a function belongs", "one_hot = 1.0", "not a function"),
    lie("callable-that-lies", "is an object that calls itself a function and answers for all its attributes", """
        class Anything:
            def __call__(self, *a): return self
            def __getattr__(self, name): return self
            def __array__(self, *a, **k): return np.zeros(3)
        one_hot = Anything()
        """),
    question("all-letters", "answers with every letter", "answer_sharing = 'abcd'", "one of"),
    question("letter-equal-to-all", "answers with a text that equals every other", """
class Any(str):
    __eq__ = lambda self, other: True
    __hash__ = lambda self: hash("b")
answer_sharing = Any("x")
""".strip(), "one of"),
    question("list-of-letters", "answers with a list", "answer_sharing = ['a', 'b']", "one of"),
    question("number-without-number", "answers with NaN", "answer_second_state = float('nan')", "number",
             "second_state"),
    question("number-equal-to-all", "answers with a number that equals every other", """
class Near(float):
    __eq__ = lambda self, other: True
    __sub__ = __rsub__ = lambda self, other: 0.0
    __hash__ = float.__hash__
answer_second_state = Near(9.0)
""".strip(), "", "second_state"),
    question("function-for-answer", "answers with a function", "answer_sharing = lambda: 'b'", "one of"),
)  # fmt: skip
