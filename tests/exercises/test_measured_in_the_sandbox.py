"""Measured functions under grading: points by threshold reach nbgrader, and what is held out cannot be read."""

import pytest
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.utils import determine_grade

from rnnlab.grading import engine
from rnnlab.grading.sandbox import Isolation
from rnnlab.grading.sandboxes import open_sandbox

pytestmark = pytest.mark.sandbox

SETUP = """
import numpy as np
import torch
from rnnlab.data import project
from rnnlab.data.project import LANGUAGES, LETTERS

names, languages = project.names("learn")
K = len(LANGUAGES)
"""
LETTER_COUNTS = """
counts = np.ones((K, len(LETTERS)))
for name, language in zip(names, languages):
    for letter in name:
        counts[language, LETTERS.index(letter)] += 1
table = torch.log(torch.tensor(counts / counts.sum(axis=1, keepdims=True)))

def classify(names):
    return torch.stack([table[:, [LETTERS.index(letter) for letter in name]].sum(dim=1).argmax() for name in names])
"""
BY_HEART = """
known = {name: language for part in ("learn", "validation") for name, language in zip(*project.names(part))}

def classify(names):
    return np.array([known.get(name, len(name) % K) for name in names])
"""
FORGED = """
class Eight:
    def __repr__(self):
        return "8.0"

def classify(names):
    print("8.0")
    display(Eight())
    return Eight()

classify([])
"""
READS_THE_PACKAGE = """
from rnnlab.data.surnames import surnames

def classify(names):
    return np.array([len(surnames()) for name in names])
"""


def graded_cell():
    fields = {"grade": True, "solution": False, "locked": True, "grade_id": "test_classify", "points": 8}
    return new_code_cell('check("project.classify", classify)', metadata={"nbgrader": fields})


def graded(source):
    """The verdict, and the points that nbgrader reads from the cell."""
    notebook = new_notebook(cells=[new_code_cell(SETUP), new_code_cell(source), graded_cell()])
    result = engine.grade(notebook, open_sandbox("project", Isolation.LANDLOCK), lambda name: 11)
    assert result.problems == ()
    verdict = result.verdicts["test_classify"]
    assert verdict is not None
    return verdict, determine_grade(result.notebook.cells[-1])


def test_a_score_between_two_thresholds_earns_its_points_in_the_gradebook():
    verdict, grade = graded(LETTER_COUNTS)
    assert (verdict.passed, verdict.earned) == (False, 2)
    assert grade == (2, 8)


def test_the_public_names_by_heart_earn_nothing():
    verdict, grade = graded(BY_HEART)
    assert verdict.mistakes == ("memorized",)
    assert grade == (0, 8)


def test_points_that_a_cell_of_the_students_shows_are_not_earned():
    verdict, grade = graded(FORGED)
    assert verdict.stage == "form"
    assert grade == (0, 8)


def test_the_package_that_holds_the_held_out_names_cannot_be_read():
    verdict, grade = graded(READS_THE_PACKAGE)
    assert "PermissionError" in verdict.headline
    assert grade == (0, 8)
