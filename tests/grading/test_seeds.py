"""Probe seeds: the same at each regrade, different for each student, and secret."""

from __future__ import annotations

import pytest

from rnnlab.grading.seeds import SECRET_FILE, DamagedSecret, course_secret, probe_seed


def test_the_secret_is_made_once_and_only_its_owner_reads_it(tmp_path):
    first = course_secret(tmp_path)
    assert course_secret(tmp_path) == first
    assert len(first) == 32
    assert (tmp_path / SECRET_FILE).stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.iterdir()] == [SECRET_FILE]


def test_two_courses_have_different_secrets(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert course_secret(tmp_path / "a") != course_secret(tmp_path / "b")


@pytest.mark.parametrize("text", ["", "zz", "abcd"])
def test_a_damaged_secret_is_never_replaced_silently(tmp_path, text):
    (tmp_path / SECRET_FILE).write_text(text)
    with pytest.raises(DamagedSecret, match="restore it from a backup"):
        course_secret(tmp_path)
    assert (tmp_path / SECRET_FILE).read_text() == text


def test_each_student_exercise_course_and_file_has_its_own_seed():
    a, b = b"a" * 32, b"b" * 32
    seeds = {
        probe_seed(a, "ada", "x.f", "d"),
        probe_seed(a, "bob", "x.f", "d"),
        probe_seed(a, "ada", "x.g", "d"),
        probe_seed(b, "ada", "x.f", "d"),
        probe_seed(a, "adax", ".f", "d"),
        probe_seed(a, "ada", "x.f", "e"),
    }
    assert len(seeds) == 6
    assert probe_seed(a, "ada", "x.f", "d") in seeds
