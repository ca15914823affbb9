"""What careless hands do to right work: to one function's cell, to a notebook, to the file that is handed in."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from pathlib import PurePath

import nbformat
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from rnnlab.grading import notebooks

File = tuple[str, bytes]


def forget_the_return(name: str, source: str) -> str:
    """The result is computed and not handed back."""
    head, _, tail = source.rpartition("return ")
    return f"{head}result = {tail}"


def misspell_the_name(name: str, source: str) -> str:
    """A letter is missing where the function gets its name."""
    return source.replace(f"def {name}(", f"def {name[0]}{name[2:]}(", 1)


def leave_a_parenthesis_open(name: str, source: str) -> str:
    """The cell does not parse."""
    return source.replace("):", ":", 1)


def empty_the_cell(name: str, source: str) -> str:
    """All that was written is deleted."""
    return ""


def keep_the_stubs_line(name: str, source: str) -> str:
    """The function is written below the line that says that it is not."""
    return source.replace("):\n", "):\n    # YOUR CODE HERE\n    raise NotImplementedError()\n", 1)


def put_cells_out_of_order(notebook: NotebookNode) -> None:
    """Each function is written in the cell below its test, as if it had been run from there."""
    for place in _places(notebook, notebooks.is_test):
        above = [i for i in _places(notebook, notebooks.is_solution) if i < place]
        if above and notebook.cells[above[-1]].cell_type == "code":
            notebook.cells.insert(place, notebook.cells.pop(above[-1]))


def add_cells(notebook: NotebookNode) -> None:
    """Notes, a try that fails, a magic, a drawing of nothing: cells of the student's own after each solution."""
    scraps = (
        "test = 1 / 0",
        "%timeit -n 1 -r 1 sum(range(10))",
        "x = h = b = T = 3\nprint(x)",
        "import math\nmath.pi",
    )
    for number, place in enumerate(reversed(_places(notebook, notebooks.is_solution))):
        own = [new_markdown_cell("Why does this work?"), new_code_cell(scraps[number % len(scraps)])]
        notebook.cells[place + 1 : place + 1] = [*own, new_code_cell("")]


def delete_a_test_cell(notebook: NotebookNode) -> None:
    """The second test is gone."""
    del notebook.cells[_places(notebook, notebooks.is_test)[1]]


def edit_a_test_cell(notebook: NotebookNode) -> None:
    """The first test is a comment."""
    cell = notebook.cells[_places(notebook, notebooks.is_test)[0]]
    cell.source = f"# {cell.source}"


def delete_the_setup(notebook: NotebookNode) -> None:
    """The cell with the imports is gone."""
    notebook.cells = [cell for cell in notebook.cells if notebooks.grade_id(cell) != "setup"]


def paste_a_cell_twice(notebook: NotebookNode) -> None:
    """The first solution's cell stands there again, with the same ids; the copy has an empty line more."""
    place = _places(notebook, notebooks.is_solution)[0]
    again = copy.deepcopy(notebook.cells[place])
    again.source += "\n"
    notebook.cells.insert(place + 1, again)


def restart_half_way(notebook: NotebookNode) -> None:
    """Counts begin anew in the middle, and the outputs above are of code that has changed since."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    middle = len(code) // 2
    for number, cell in enumerate(code):
        cell.execution_count = number + 40 if number < middle else number - middle + 1
        if number < middle:
            message = "name 'W_hh' is not defined"
            cell.outputs = [
                new_output("error", ename="NameError", evalue=message, traceback=[f"NameError: {message}"])
            ]


def lose_all_ids(notebook: NotebookNode) -> None:
    """Some editors keep nothing of the metadata of cells."""
    for cell in notebook.cells:
        cell.metadata = NotebookNode()
    notebook.metadata = NotebookNode()


def print_much(notebook: NotebookNode) -> None:
    """Every solution prints and warns before anything else."""
    for place in _places(notebook, notebooks.is_solution):
        cell = notebook.cells[place]
        if cell.cell_type == "code":
            cell.source = f"import warnings\nwarnings.warn('mind')\nprint('noise ' * 2000)\n{cell.source}"


def write_windows_line_ends(file: File) -> File:
    """Line ends of Windows inside the cells and in the file, and its mark at the beginning."""
    name, data = file
    inside = data.replace(rb"\n", rb"\r\n")
    return name, b"\xef\xbb\xbf" + inside.replace(b"\n", b"\r\n")


def rename_the_file(file: File) -> File:
    """As a browser names a second download."""
    path = PurePath(file[0])
    return f"{path.stem} (1){path.suffix}", file[1]


def cut_the_file_off(file: File) -> File:
    """An upload that broke off."""
    return file[0], file[1][: len(file[1]) // 2]


def save_in_an_old_format(file: File) -> File:
    """The notebook as programs of ten years ago wrote it."""
    notebook = nbformat.reads(file[1].decode(), as_version=4)
    notebook.nbformat_minor = 2
    for cell in notebook.cells:
        cell.pop("id", None)
    return file[0], (nbformat.v4.writes(notebook) + "\n").encode()


def _places(notebook: NotebookNode, wanted: Callable[[NotebookNode], bool]) -> list[int]:
    return [number for number, cell in enumerate(notebook.cells) if wanted(cell)]


def _named(*functions: Callable) -> dict[str, Callable]:
    """The functions by their names in words."""
    return {re.sub("_", " ", function.__name__): function for function in functions}


BOTCHES: dict[str, Callable[[str, str], str]] = _named(
    forget_the_return, misspell_the_name, leave_a_parenthesis_open, empty_the_cell, keep_the_stubs_line
)
TO_NOTEBOOKS: dict[str, Callable[[NotebookNode], None]] = _named(
    put_cells_out_of_order,
    add_cells,
    delete_a_test_cell,
    edit_a_test_cell,
    delete_the_setup,
    paste_a_cell_twice,
    restart_half_way,
    lose_all_ids,
    print_much,
)
TO_FILES: dict[str, Callable[[File], File]] = _named(
    write_windows_line_ends, rename_the_file, cut_the_file_off, save_in_an_old_format
)
HABITS = TO_NOTEBOOKS | TO_FILES
