"""A submission is graded again exactly when something that its marks depend on has changed."""

from __future__ import annotations

from rnnlab.grading.fingerprint import fingerprint, grading_code


def test_each_origin_of_a_mark_changes_the_fingerprint(tmp_path):
    submitted, released = tmp_path / "submitted.ipynb", tmp_path / "released.ipynb"
    submitted.write_text("a")
    released.write_text("b")
    first = fingerprint(submitted, released, "landlock")
    assert fingerprint(submitted, released, "landlock") == first
    others = {fingerprint(submitted, released, "process")}
    submitted.write_text("ab")
    released.write_text("")
    others.add(fingerprint(submitted, released, "landlock"))
    submitted.unlink()
    others.add(fingerprint(submitted, released, "landlock"))
    assert len(others | {first}) == 4


def test_the_code_that_gives_marks_is_part_of_it():
    assert len(grading_code()) == 32
