"""A submission is graded again exactly when something that its marks depend on has changed."""

from __future__ import annotations

from rnnlab.grading.fingerprint import fingerprint, grading_code


def test_each_origin_of_a_mark_changes_the_fingerprint(tmp_path):
    released = tmp_path / "released.ipynb"
    released.write_text("b")
    first = fingerprint("a", released, "landlock")
    assert fingerprint("a", released, "landlock") == first
    others = {fingerprint("a", released, "process"), fingerprint("b", released, "landlock")}
    released.write_text("c")
    others.add(fingerprint("a", released, "landlock"))
    assert len(others | {first}) == 4


def test_the_code_that_gives_marks_is_part_of_it():
    assert len(grading_code()) == 32
