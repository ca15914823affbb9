"""The pages of the assignments and the boxes of common mistakes: complete, from one source, and without a solution."""

from __future__ import annotations

import inspect
import json
import re
import sys
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from rnnlab.exercises import assignment, find, names
from rnnlab.exercises.catalogue import ASSIGNMENTS

COURSE = Path(__file__).parents[2]
sys.path.insert(0, str(COURSE / "book" / "_ext"))

import assignment_pages  # noqa: E402  (extensions of the book)
import chapters  # noqa: E402
import mistakes_box  # noqa: E402
import released  # noqa: E402

EXERCISES = [part for part in map(find, names()) if hasattr(part, "mistakes")]
every_assignment = pytest.mark.parametrize("name", ASSIGNMENTS)


def notebook(name: str) -> released.Notebook:
    return released.load(released.path_of(name, COURSE))


def page(name: str) -> str:
    """The page of an assignment with its blocks replaced."""
    text = (COURSE / f"book/assignments/{name}.md").read_text(encoding="utf-8")
    return assignment_pages.expanded(text, COURSE)[0]


def test_the_table_of_contents_lists_the_catalogue_in_its_order():
    toc = yaml.safe_load((COURSE / "_toc.yml").read_text(encoding="utf-8"))
    files = [chapter["file"] for part in toc["parts"] for chapter in part["chapters"]]
    listed = [Path(file).name for file in files if file.startswith("book/assignments/")]
    assert listed == list(ASSIGNMENTS)
    assert {path.stem for path in (COURSE / "book/assignments").glob("[!_]*.md")} == set(ASSIGNMENTS)
    assert chapters.ASSIGNMENTS == ASSIGNMENTS


@every_assignment
def test_a_page_has_the_title_of_its_assignment_and_all_blocks(name):
    text = (COURSE / f"book/assignments/{name}.md").read_text(encoding="utf-8")
    number = ASSIGNMENTS.index(name) + 1
    assert re.search(rf"^# Assignment {number}: {re.escape(assignment(name).title)}$", text, re.MULTILINE)
    kinds = [(block["kind"], block["arguments"].strip()) for block in assignment_pages.BLOCK.finditer(text)]
    assert {("facts", name), ("parts", name), ("notebook", name)} <= set(kinds)
    assert "assignment-" not in re.sub(r"fig-assignment-\S+", "", page(name))


@every_assignment
def test_every_cell_of_the_notebook_stands_in_the_page_and_none_is_run(name):
    text, given = page(name), json.loads(released.path_of(name, COURSE).read_text(encoding="utf-8"))
    whole = text[text.index("\n## The notebook\n") :]
    assert "{code-cell}" not in whole
    for cell in given["cells"]:
        source = "".join(cell["source"])
        lines = source.splitlines() if cell["cell_type"] == "code" else re.split(r"(?m)^#.*$", source)
        assert all(line.strip() in whole for line in lines)
    assert whole.count("```{code-block}") == sum(cell["cell_type"] == "code" for cell in given["cells"])
    assert "nbgrader" not in whole
    assert "checksum" not in whole


@every_assignment
def test_the_headings_of_the_notebook_fit_under_their_own_and_have_labels_of_their_own(name):
    text = released.without_code(page(name))
    levels = [len(marks) for marks, _ in released.HEADING.findall(text)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    labels = re.findall(r"(?m)^\((\S+)\)=$", text)
    assert labels
    assert len(set(labels)) == len(labels)
    assert set(re.findall(r"\{ref\}`[^`]* <(\S+)>`", text)) <= set(labels)


@every_assignment
def test_the_table_names_every_part_of_the_catalogue_with_its_points(name):
    table, *_ = assignment_pages.parts(notebook(name), "").split("\n\n")
    table = table.splitlines()[2:]
    work = assignment(name)
    for part, row in zip(work.parts, table, strict=False):
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        assert cells[1:3] == [assignment_pages.wanted(part), f"{part.points:g}"]
        assert cells[3] == (str(len(part.mistakes)) if part in EXERCISES else "")
    by_hand = [cell for cell in notebook(name).cells if cell.kind == "words"]
    assert len(table) == len(work.parts) + len(by_hand)
    points = sum(part.points for part in work.parts) + sum(cell.points for cell in by_hand)
    assert f", {points:g} points together" in assignment_pages.facts(notebook(name), "")


@every_assignment
def test_a_measured_function_says_what_its_scores_earn(name):
    text = assignment_pages.parts(notebook(name), "")
    for part in assignment(name).parts:
        for score, points in getattr(part, "thresholds", ()):
            assert re.search(
                rf"{re.escape(part.metric.written(score))} or (more|less) earns {points:g}\b", text
            )


@every_assignment
def test_the_facts_name_the_time_the_chapters_and_the_file(name):
    facts = assignment_pages.facts(notebook(name), "")
    assert re.search(r"\*\*Time\*\* · .*\d+ minutes", facts)
    assert {part.chapter for part in assignment(name).parts} == set(
        re.findall(r"\{chapter\}`([\w-]+)`", facts)
    )
    [file] = re.findall(r"\{download\}`[^`]*<(\S+)>`", facts)
    assert (COURSE / file.lstrip("/")) == released.path_of(name, COURSE)


def solution_lines(exercise) -> list[str]:
    """The telling lines of a reference: those that are long enough to be nobody's by chance."""
    if not hasattr(exercise, "reference"):  # its answers are measured: there is no one solution
        return []
    body = inspect.getsource(exercise.reference).splitlines()[1:]
    return [
        line.strip() for line in body if len(line.strip()) > 24 and not line.strip().startswith(("#", '"'))
    ]


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.name)
def test_no_page_of_an_assignment_gives_a_solution_away(exercise):
    text = page(exercise.name.partition(".")[0])
    # The "find the bug" cells show the broken function, which shares its right lines with the reference.
    text = re.sub(r"(?ms)^def broken_\w+\(.*?^```$", "", text)
    drawing = "\n".join(
        cell.source for cell in notebook(exercise.name.partition(".")[0]).cells if cell.kind == "picture"
    )
    assert [line for line in solution_lines(exercise) if line in text and line not in drawing] == []
    for mistake in exercise.mistakes:
        assert mistake.hints.fix not in text


class Here:
    """What a directive asks of the environment: which page it stands in, and which pages there are."""

    docname = "book/part-1/hidden-state"

    @property
    def found_docs(self) -> set[str]:
        parts = enumerate(chapters.CHAPTERS, start=1)
        return {f"book/part-{part}/{chapter}" for part, titles in parts for chapter in titles}


def plain(text: str) -> str:
    """A text without its marks: a symbol's index has braces in a formula alone."""
    return re.sub(r"[`${}]", "", text).replace("−", "-")


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.name)
def test_a_box_has_every_mistake_with_two_hints_and_never_the_third(exercise):
    opening, listed, closing = mistakes_box.fold(exercise, Here())
    assert f"{len(exercise.mistakes)} mistakes" in opening.astext()
    assert closing.astext() == "</details>"
    for mistake, item in zip(exercise.mistakes, listed.children, strict=True):
        question, idea = (plain(paragraph.astext()) for paragraph in item.children)
        assert question == f"{plain(mistake.summary)}. {plain(mistake.hints.where)}"
        assert idea.startswith(plain(mistake.hints.idea.split("(chapter")[0]))
        assert "(chapter" not in idea
        assert plain(mistake.hints.fix) not in plain(item.astext())


def test_every_function_stands_in_the_box_of_exactly_one_chapter():
    boxes = {
        path.stem: path.read_text(encoding="utf-8").count("```{common-mistakes}\n```\n")
        for path in (COURSE / "book").glob("part-*/*.md")
    }
    assert {exercise.chapter for exercise in EXERCISES} == {
        chapter for chapter, count in boxes.items() if count
    }
    assert set(boxes.values()) <= {0, 1}


def test_a_text_of_the_catalogue_becomes_code_formulas_and_links():
    text = "A *b* <i>`h @ W`</i>, $f(x)$ (chapter hidden-state, “One equation, every shape”; chapter lstm)."
    nodes = mistakes_box.rich(text, Here())
    kinds = [type(node).__name__ for node in nodes if type(node).__name__ != "Text"]
    assert kinds == ["literal", "math", "pending_xref", "pending_xref"]
    assert nodes[0].astext() == "A *b* <i>"
    assert nodes[5].astext() == "“One equation, every shape”"
    assert nodes[5]["reftargetid"] == "one-equation-every-shape"
    assert (nodes[7].astext(), nodes[7]["reftarget"]) == ("LSTM", "book/part-3/lstm")


@pytest.mark.parametrize(
    ("text", "formulas"),
    [
        ("the bias b_h is missing", ["b_{h}"]),
        ("h_{t−1} and W_hhᵀ, not h_prev or d_h_t", ["h_{t-1}", "W_{hh}"]),
        ("∂h_t,i/∂h_t−1,j = W_ij", ["h_{t,i}", "h_{t-1,j}", "W_{ij}"]),
        ("how many biases does rnn_step take", []),
        ("`W_hh` in code", []),
    ],
)
def test_a_symbol_of_the_catalogue_is_set_as_a_formula(text, formulas):
    nodes = mistakes_box.rich(text, Here())
    assert [node.astext() for node in nodes if type(node).__name__ == "math"] == formulas


def test_the_word_chapter_in_a_sentence_stays_a_word():
    nodes = mistakes_box.rich("Each chapter by itself.", Here())
    assert {type(node).__name__ for node in nodes} == {"Text"}
    assert "".join(node.astext() for node in nodes) == "Each chapter by itself."


def test_headings_move_down_and_code_does_not():
    text = "# One\n\n```python\n# a comment\n```\n\n## Two\n"
    assert released.deeper(text) == "## One\n\n```python\n# a comment\n```\n\n### Two\n"
    assert released.with_targets("## 3 · One step\n", "a") == "(a-3-one-step)=\n## 3 · One step\n"


def test_code_with_fences_of_its_own_is_fenced_with_longer_ones():
    assert released.code_block('"""```\nshown\n```"""').splitlines()[0] == "````{code-block} ipython3"
    assert released.code_block("x = 1").splitlines()[0] == "```{code-block} ipython3"


def test_a_drawing_runs_with_the_references_it_uses_and_must_not_fail():
    cell = assignment_pages.picture(notebook("bptt"), "look_rnn_backward\n---\ntags: [remove-input]\n---\n")
    assert cell.startswith("```{code-cell} python3\n---\ntags: [remove-input]\n---\nimport numpy as np\n")
    assert re.findall(r'(\w+) = find\("([\w.]+)"\)', cell) == [("rnn_backward", "bptt.rnn_backward")]
    assert "from rnnlab.check import illustration" not in cell
    assert "nullcontext as illustration" in cell


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ("```{assignment-facts} hovercraft\n```\n", "hovercraft.ipynb is not there"),
        ("```{assignment-fact} bptt\n```\n", "there is no block {assignment-fact}"),
        ("```{assignment-picture} bptt\nlook_hovercraft\n```\n", "has no cell 'look_hovercraft'"),
    ],
)
def test_a_wrong_block_is_named(block, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        assignment_pages.expanded(block, COURSE)


def test_a_page_depends_on_its_notebook_and_on_the_catalogue():
    _, files = assignment_pages.expanded("```{assignment-facts} bptt\n```\n", COURSE)
    assert {"bptt.ipynb", "rnn_backward.py", "questions.py"} <= {path.name for path in files}


@pytest.mark.parametrize(
    ("first", "message"),
    [("No title.", "must begin with its title"), ("# A title\n\nNo time.", "does not say how long it takes")],
)
def test_a_notebook_that_lacks_its_title_or_time_is_named(tmp_path, first, message):
    path = tmp_path / "short.ipynb"
    cell = {"cell_type": "markdown", "metadata": {}, "source": [first]}
    path.write_text(json.dumps({"cells": [cell]}), encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        print(released.load(path).minutes)


def test_the_catalogue_lists_every_mistake_by_its_name():
    for exercise in EXERCISES:
        _, listed, _ = mistakes_box.fold(exercise, Here(), mistakes_box.named_item)
        wanted = [f"{mistake.name} · {mistake.summary}".replace("`", "") for mistake in exercise.mistakes]
        assert [item.astext() for item in listed.children] == wanted
