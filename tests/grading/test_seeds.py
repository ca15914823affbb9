"""Probe seeds: the same at each regrade, different for each student, and secret."""

from __future__ import annotations

import pytest

from rnnlab.grading.seeds import (
    DRAWS_FILE,
    SECRET_FILE,
    DamagedSecret,
    course_secret,
    draw_again,
    draws,
    exercise_seed,
    probe_seed,
    submission_key,
)


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
        probe_seed(a, "ada", "x.f", "d", draw=1),
    }
    assert len(seeds) == 7
    assert probe_seed(a, "ada", "x.f", "d") in seeds


def test_a_submissions_key_is_enough_for_its_seeds():
    key = submission_key(b"a" * 32, "ada", "d")
    assert exercise_seed(key, "x.f") == probe_seed(b"a" * 32, "ada", "x.f", "d")


def test_draws_are_counted_for_each_student_and_assignment(tmp_path):
    assert draws(tmp_path, "x") == {}
    draw_again(tmp_path, "x", ["ada", "bob"])
    draw_again(tmp_path, "x", ["ada"])
    draw_again(tmp_path, "y", ["ada"])
    assert draws(tmp_path, "x") == {"ada": 2, "bob": 1}
    assert draws(tmp_path, "y") == {"ada": 1}
    assert [path.name for path in tmp_path.iterdir()] == [DRAWS_FILE]


@pytest.mark.parametrize("text", ["", "[]", '{"x": 3}', '{"x": {"ada": "often"}}'])
def test_damaged_draws_are_never_taken_for_none(tmp_path, text):
    (tmp_path / DRAWS_FILE).write_text(text)
    with pytest.raises(DamagedSecret, match="restore it from a backup"):
        draws(tmp_path, "x")
