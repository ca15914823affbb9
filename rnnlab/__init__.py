"""rnnlab: the package under a course on recurrent neural networks.

The floors, lowest first: `nets` (networks in NumPy), `data`, `plots`, `lab` (experiments), `exercises` (what is
graded), `check` (the student's side), `grading` (the instructor's side). Importing `rnnlab` imports none of them.
"""

__version__ = "0.1.0"
