"""Rebuilding takes the student's own cells from the student, and everything else from the instructor."""

from __future__ import annotations

import nbformat
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from rnnlab.grading import notebooks
from rnnlab.grading.rebuild import rebuild

STUB = "def f(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()"
ANSWER = "def f(x):\n    return x + 1"


def cell(kind, source, name=None, **fields):
    made = (new_markdown_cell if kind == "markdown" else new_code_cell)(source)
    if name:
        made.metadata["nbgrader"] = {"grade_id": name, "schema_version": 3, **fields}
    return made


def released():
    return new_notebook(
        cells=[
            cell("markdown", "# Exercise"),
            cell("code", "import numpy as np", "setup", grade=False, solution=False, locked=True),
            cell("code", STUB, "f", grade=False, solution=True, locked=False),
            cell("code", 'check("a.f", f)', "test-f", grade=True, solution=False, locked=True, points=2),
            cell("markdown", "YOUR ANSWER HERE", "why", grade=True, solution=True, locked=False, points=3),
        ]
    )


def submitted(**sources):
    notebook = released()
    for c in notebook.cells:
        name = notebooks.grade_id(c)
        if name in sources:
            c.source = sources[name]
    return notebook


def sources(notebook):
    return {notebooks.grade_id(c): c.source for c in notebook.cells if notebooks.grade_id(c)}


def test_an_intact_submission_needs_no_repair():
    result = rebuild(released(), submitted(f=ANSWER, why="Because."))
    assert result.repairs == ()
    assert sources(result.notebook)["f"] == ANSWER
    assert sources(result.notebook)["why"] == "<div><p>Because.</p></div>"


def test_an_edited_test_cell_is_replaced_by_the_instructors():
    notebook = submitted(f=ANSWER, **{"test-f": "pass"})
    notebook.cells[3].metadata.nbgrader["points"] = 100
    result = rebuild(released(), notebook)
    assert sources(result.notebook)["test-f"] == 'check("a.f", f)'
    assert notebooks.points(result.notebook.cells[3]) == 2
    assert any("test-f had been edited" in repair for repair in result.repairs)


def test_a_deleted_test_cell_comes_back():
    notebook = submitted(f=ANSWER)
    del notebook.cells[3]
    result = rebuild(released(), notebook)
    assert sources(result.notebook)["test-f"] == 'check("a.f", f)'
    assert any("test-f was missing" in repair for repair in result.repairs)


def test_a_missing_solution_cell_becomes_the_stub_and_never_the_instructors_answer():
    notebook = submitted()
    del notebook.cells[2]
    result = rebuild(released(), notebook)
    assert sources(result.notebook)["f"] == STUB
    assert any("f is missing" in repair for repair in result.repairs)


def test_stripped_metadata_is_mended_by_the_function_name():
    notebook = submitted(f=ANSWER)
    for c in notebook.cells:
        c.metadata = nbformat.NotebookNode()
    result = rebuild(released(), notebook)
    assert sources(result.notebook)["f"] == ANSWER
    assert any("found by the name it defines" in repair for repair in result.repairs)
    assert [c.source for c in result.notebook.cells].count(ANSWER) == 1


def test_of_a_doubled_cell_the_written_one_counts_whatever_the_order():
    for order in ([ANSWER, STUB], [STUB, ANSWER]):
        notebook = submitted(f=order[0])
        notebook.cells.insert(3, cell("code", order[1], "f", grade=False, solution=True, locked=False))
        result = rebuild(released(), notebook)
        assert sources(result.notebook)["f"] == ANSWER
        assert any("more than once" in repair for repair in result.repairs)


def test_added_cells_keep_their_place():
    notebook = submitted(f=ANSWER)
    notebook.cells.insert(2, cell("code", "helper = 1"))
    notebook.cells.append(cell("code", "late = 2"))
    order = [c.source for c in rebuild(released(), notebook).notebook.cells]
    assert order.index("helper = 1") == order.index(ANSWER) - 1
    assert order[-1] == "late = 2"


def test_null_bytes_and_windows_line_ends_are_cleaned():
    result = rebuild(released(), submitted(f="def f(x):\r\n    return\x00 x"))
    assert sources(result.notebook)["f"] == "def f(x):\n    return x"
    assert any("null bytes" in repair for repair in result.repairs)


def test_outputs_that_the_student_forged_are_gone():
    notebook = submitted(f=ANSWER)
    notebook.cells[3].outputs = [nbformat.v4.new_output("execute_result", data={"text/plain": "2"})]
    assert all(not c.outputs for c in rebuild(released(), notebook).notebook.cells if c.cell_type == "code")


def test_a_function_split_over_two_cells_with_one_id_is_taken_whole():
    notebook = submitted(f="def helper(x):\n    return x")
    notebook.cells.insert(3, cell("code", ANSWER, "f", grade=False, solution=True, locked=False))
    source = sources(rebuild(released(), notebook).notebook)["f"]
    assert source.index("def helper") < source.index("def f")


def test_a_function_written_in_another_cell_is_not_overwritten_by_the_stub():
    notebook = submitted(**{"setup": "import numpy as np\n" + ANSWER})
    del notebook.cells[2]
    result = rebuild(released(), notebook)
    assert "raise NotImplementedError" not in sources(result.notebook)["f"]
    assert any(ANSWER in c.source for c in result.notebook.cells)


def test_an_import_added_to_a_locked_cell_still_runs_and_is_told():
    notebook = submitted(f=ANSWER, setup="import numpy as np\nimport math")
    result = rebuild(released(), notebook)
    order = [c.source for c in result.notebook.cells]
    assert (
        order.index("import numpy as np")
        < order.index("import numpy as np\nimport math")
        < order.index(ANSWER)
    )
    assert any("setup had been edited" in repair for repair in result.repairs)


def test_added_cells_follow_the_cell_that_was_found_by_its_name():
    notebook = submitted(f=ANSWER)
    for c in notebook.cells:
        c.metadata = nbformat.NotebookNode()
    notebook.cells.insert(3, cell("code", "uses = f"))
    order = [c.source for c in rebuild(released(), notebook).notebook.cells]
    assert order.index(ANSWER) < order.index("uses = f")


def test_a_written_answer_that_lost_its_id_is_shown_to_a_person():
    notebook = submitted(f=ANSWER, why="Because.")
    notebook.cells[4].metadata = nbformat.NotebookNode()
    assert any("why is missing" in problem for problem in rebuild(released(), notebook).problems)
    assert rebuild(released(), submitted(f=ANSWER, why="Because.")).problems == ()


def test_a_pasted_picture_stays_and_words_cannot_run_anything():
    notebook = submitted(
        why="![sketch](attachment:a.png) [x](javascript:alert(1)) <script>alert(1)</script> a < b"
    )
    notebook.cells[4].attachments = {"a.png": {"image/png": "iVBORw0KGgo="}}
    why = sources(rebuild(released(), notebook).notebook)["why"]
    assert 'src="data:image/png;base64,iVBORw0KGgo="' in why
    assert "javascript:" not in why
    assert "<script" not in why
    assert "a &lt; b" in why


@given(st.permutations(range(5)), st.sets(st.integers(0, 4)))
def test_whatever_is_shuffled_or_lost_the_graded_cells_are_the_instructors_in_order(order, lost):
    notebook = submitted(f=ANSWER)
    notebook.cells = [notebook.cells[i] for i in order if i not in lost]
    result = rebuild(released(), notebook).notebook
    ours = [notebooks.grade_id(c) for c in result.cells if notebooks.grade_id(c)]
    assert ours == ["setup", "f", "test-f", "why"]
    assert [c.source for c in result.cells if notebooks.is_test(c)] == ['check("a.f", f)']
    nbformat.validate(result)
