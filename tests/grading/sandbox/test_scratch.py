"""The scratch folder is measured and removed, whatever is in it."""

from __future__ import annotations

import os

from rnnlab.grading.sandbox import scratch


def test_files_in_subfolders_count(tmp_path):
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "file").write_bytes(bytes(100_000))
    assert scratch.exceeds(tmp_path, 50_000)
    assert not scratch.exceeds(tmp_path, 1_000_000)


def test_many_empty_files_are_too_many(tmp_path):
    for number in range(scratch.MAX_FILES + 2):
        (tmp_path / str(number)).touch()
    assert scratch.exceeds(tmp_path, 10**12)


def test_links_are_removed_and_their_targets_kept(tmp_path):
    target = tmp_path / "target"
    target.mkdir()
    (target / "file").touch()
    folder = tmp_path / "scratch"
    folder.mkdir()
    (folder / "link").symlink_to(target)
    scratch.remove(folder)
    assert not folder.exists()
    assert (target / "file").exists()


def test_closed_and_nested_folders_are_removed(tmp_path):
    folder = tmp_path / "scratch"
    (folder / "a" / "b" / "c").mkdir(parents=True)
    (folder / "a" / "b" / "file").touch()
    (folder / "a" / "b").chmod(0)
    scratch.remove(folder)
    assert not folder.exists()


def test_folders_deeper_than_a_path_may_be_are_removed(tmp_path):
    folder = tmp_path / "scratch"
    folder.mkdir()
    here = os.open(folder, os.O_RDONLY)
    for _ in range(2500):
        os.mkdir("dd", dir_fd=here)
        deeper = os.open("dd", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = deeper
    os.close(here)
    assert scratch.exceeds(folder, 10**12)
    scratch.remove(folder)
    assert not folder.exists()
