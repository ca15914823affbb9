"""The instructor's notebooks: complete metadata, points as specified, right solutions, and stubs that earn nothing."""

import ast
import re
from pathlib import Path

import jupytext
import nbformat
import pytest
from nbclient import NotebookClient
from nbgrader.preprocessors import ClearSolutions
from nbgrader.validator import Validator
from traitlets.config import Config

from rnnlab.exercises import assignment, find
from rnnlab.exercises.catalogue import ASSIGNMENTS
from rnnlab.exercises.spec import Exercise, Question

SOLUTIONS = Path(__file__).parents[2] / "solutions"
KEYS = {"grade", "grade_id", "locked", "schema_version", "solution", "task", "cell_type"}


@pytest.fixture(scope="module", params=ASSIGNMENTS)
def source(request):
    notebook = jupytext.read(SOLUTIONS / request.param / f"{request.param}.md")
    return assignment(request.param), notebook


@pytest.fixture
def cells(source):
    return [cell for cell in source[1].cells if "nbgrader" in cell.metadata]


def test_every_cell_of_nbgraders_has_complete_metadata(cells):
    for cell in cells:
        block = cell.metadata["nbgrader"]
        assert block.keys() | {"points"} == KEYS | {"points"}
        assert ("points" in block) == block["grade"]
        assert block["schema_version"] == 3
        assert block["cell_type"] == cell.cell_type
        assert block["locked"] != block["solution"]
    ids = [cell.metadata["nbgrader"]["grade_id"] for cell in cells]
    assert len(set(ids)) == len(ids)


def test_test_cells_are_one_line_with_the_points_of_the_specification(source, cells):
    parts = {part.name: part.points for part in source[0].parts}
    tests = [cell for cell in cells if cell.cell_type == "code" and cell.metadata["nbgrader"]["grade"]]
    told = {}
    for cell in tests:
        name, answer = re.fullmatch(r'check\("([\w.]+)", (\w+)\)', cell.source).groups()
        short = name.rpartition(".")[2]
        assert answer == short.replace("question_", "answer_")
        assert cell.metadata["nbgrader"]["grade_id"] == f"test_{short}"
        told[name] = cell.metadata["nbgrader"]["points"]
    assert told == parts
    assert list(told) == list(parts), "the notebook's order is the specification's"


def test_there_is_one_explanation_for_a_person_to_grade_with_a_rubric(cells):
    manual = [cell for cell in cells if cell.metadata["nbgrader"]["grade"] and cell.cell_type == "markdown"]
    assert len(manual) == 1
    assert manual[0].metadata["nbgrader"]["points"] == 3
    assert "Rubric" in manual[0].source


def test_stubs_have_the_signature_of_the_reference_and_a_docstring_with_shapes(source, cells):
    code = {cell.metadata["nbgrader"]["grade_id"]: cell.source for cell in cells if cell.cell_type == "code"}
    for part in source[0].parts:
        if not isinstance(part, Question):
            function = ast.parse(code[part.function_name]).body[0]
            reference = (part.reference if isinstance(part, Exercise) else part.stub).__code__
            assert [a.arg for a in function.args.args] == list(reference.co_varnames[: reference.co_argcount])
            assert "returns" in ast.get_docstring(function)


def test_the_instructors_notebook_passes_every_check(source):
    notebook = executed(*source)
    assert not errors(notebook)
    for cell in notebook.cells:
        if "illustration" in cell.metadata.get("tags", []):
            text = "".join(output.get("text", "") for output in cell.outputs)
            assert "appears once" not in text, text


def test_the_released_notebook_is_unwritten_everywhere_and_its_drawings_wait_kindly(source):
    released, _ = ClearSolutions().preprocess(nbformat.from_dict(source[1]), {})
    assert "BEGIN SOLUTION" not in nbformat.writes(released)
    assert "Rubric" not in nbformat.writes(released)
    notebook = executed(source[0], released, allow_errors=True)
    failed = {cell.metadata["nbgrader"]["grade_id"]: error.ename for cell, error in errors(notebook)}
    for part in source[0].parts:
        short = part.name.rpartition(".")[2]
        assert failed[f"test_{short}"] == "NotYet"
    assert not [name for name in failed if name.startswith("look")]


def test_nbgraders_own_validator_fails_every_test_of_the_released_notebook(source, tmp_path):
    released, _ = ClearSolutions().preprocess(nbformat.from_dict(source[1]), {})
    failed = [cell["source"].strip() for cell in validated(source[0], released, tmp_path)["failed"]]
    assert len(failed) >= len(source[0].parts)


# A notebook that trains takes half a minute, and the quick tests have run it once already.
SOLVED = [
    pytest.param(name, marks=[pytest.mark.slow] if assignment(name).libraries == "torch" else [])
    for name in ASSIGNMENTS
]


@pytest.mark.parametrize("name", SOLVED)
def test_nbgraders_own_validator_passes_the_solved_notebook(name, tmp_path):
    notebook = jupytext.read(SOLUTIONS / name / f"{name}.md")
    assert validated(assignment(name), notebook, tmp_path) == {}


def validated(of, notebook, folder):
    path = folder / "notebook.ipynb"
    nbformat.write(notebook, path)
    return Validator(config=Config({"Execute": {"timeout": limit(of)}})).validate(str(path))


def executed(of, notebook, allow_errors=False):
    copy = nbformat.from_dict(notebook)
    NotebookClient(copy, timeout=limit(of), kernel_name="python3", allow_errors=allow_errors).execute()
    return copy


def limit(of):
    """Seconds for one cell, generous on a busy machine."""
    return round(max(60, of.cell_seconds))


def errors(notebook):
    return [
        (cell, output)
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == "error"
    ]


def test_each_exercise_of_the_notebook_can_be_found(source):
    for part in source[0].parts:
        assert find(part.name) is part
