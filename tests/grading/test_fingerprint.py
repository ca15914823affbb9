"""A submission is graded again exactly when something that its marks depend on has changed."""

from __future__ import annotations

from rnnlab.grading.fingerprint import digest_of, fingerprint, grading_code

FIRST = {
    "submitted": "a",
    "released": "b",
    "isolation": "landlock",
    "timestamp": "2030-01-01",
    "draw": 0,
    "limits": {},
}


def test_each_origin_of_a_mark_changes_the_fingerprint():
    changes = {
        "submitted": "x",
        "released": "x",
        "isolation": "process",
        "timestamp": "",
        "draw": 1,
        "limits": {"cell_seconds": 2},
    }
    assert changes.keys() == FIRST.keys()
    found = {fingerprint(**{**FIRST, name: value}) for name, value in changes.items()}
    assert len(found | {fingerprint(**FIRST)}) == 7
    assert fingerprint(**FIRST) == fingerprint("a", "b", "landlock", "2030-01-01")


def test_the_code_that_gives_marks_is_part_of_it():
    assert len(grading_code()) == 32
    assert grading_code() in fingerprint(**FIRST)


def test_data_that_an_instructor_holds_out_are_part_of_it(tmp_path, monkeypatch):
    (tmp_path / "names.csv").write_text("name,language\nada,English\n")
    monkeypatch.setenv("RNNLAB_HELD_OUT", str(tmp_path))
    own = grading_code()
    monkeypatch.setenv("RNNLAB_HELD_OUT", str(tmp_path / "nothing"))
    assert own != grading_code()
    monkeypatch.delenv("RNNLAB_HELD_OUT")
    assert own != grading_code()


def test_a_report_has_no_part_in_a_mark_and_the_rebuilding_has(tmp_path):
    for name in ("grading/rebuild.py", "grading/reporting/report.py", "check/judge.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("first")
    before = digest_of(tmp_path)
    (tmp_path / "grading/reporting/report.py").write_text("second")
    assert digest_of(tmp_path) == before
    (tmp_path / "grading/rebuild.py").write_text("second")
    assert digest_of(tmp_path) != before
