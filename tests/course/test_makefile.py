"""The two commands' first steps: help, and one clear sentence where the machine lacks something."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

pytestmark = pytest.mark.skipif(
    shutil.which("make") is None, reason="NOT TESTED: there is no make on this machine"
)


@pytest.fixture
def make(course_root, tmp_path):
    for name in ("Makefile", "requirements.lock", "pyproject.toml"):
        shutil.copy(course_root / name, tmp_path)

    # These tests may themselves run under make, which tells its children so.
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))
    }

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["make", *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True
        )

    return run


@pytest.fixture
def fake_python(tmp_path):
    """A Python that says of itself what the test wants."""

    def write(version_is_new: bool, venv_works: bool):
        path = tmp_path / "python"
        path.write_text(
            "#!/bin/sh\n"
            f'case "$1" in -V) echo Python 3.9.1;; -c) exit {0 if version_is_new else 1};; -m) exit '
            f"{0 if venv_works else 1};; esac\n"
        )
        path.chmod(0o755)
        return path

    return write


def test_help_lists_each_target_with_a_line(make, course_root):
    listed = [line.split()[1] for line in make("help").stdout.splitlines()]
    phony = next(
        line for line in (course_root / "Makefile").read_text().splitlines() if line.startswith(".PHONY")
    )
    assert sorted(listed) == sorted(phony.split()[1:])
    assert make().stdout == make("help").stdout


def test_no_python_names_the_next_step(make):
    done = make("environment", "PYTHON=no-such-python")
    assert done.returncode != 0
    assert "there is no 'no-such-python'. Install Python 3.11 or newer" in done.stdout


def test_an_old_python_is_named_with_its_version(make, fake_python):
    done = make("environment", f"PYTHON={fake_python(version_is_new=False, venv_works=True)}")
    assert done.returncode != 0
    assert "Python 3.11 or newer is needed" in done.stdout
    assert "is Python 3.9.1" in done.stdout


def test_a_python_without_venv_names_the_package_and_leaves_nothing_half_made(make, fake_python, tmp_path):
    done = make("environment", f"PYTHON={fake_python(version_is_new=True, venv_works=False)}")
    assert done.returncode != 0
    assert "sudo apt install python3-venv" in done.stdout
    assert not (tmp_path / ".venv").exists()


def test_serve_before_course_says_what_to_run(make):
    done = make("serve")
    assert done.returncode != 0
    assert "run 'make course' first" in done.stdout
