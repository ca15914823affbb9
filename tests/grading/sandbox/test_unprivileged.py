"""The sandbox asks for no privilege: the same tests pass for a user who may nothing, not even read root's home."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.sandbox

NOBODY = 65534
TESTS = "tests/grading/sandbox"


@pytest.fixture
def as_nobody():
    """Runs this Python as a user without rights, in a folder of that user's own; removes the folder."""
    if os.geteuid() != 0:
        pytest.skip(
            "NOT TESTED: only root can become another user; the other tests ran without privilege already"
        )
    if missing := [name for name in ("unshare", "setpriv") if shutil.which(name) is None]:
        pytest.skip(f"NOT TESTED: {missing} of util-linux is not installed")
    home = Path(tempfile.mkdtemp(prefix="rnnlab-nobody-"))
    os.chown(home, NOBODY, NOBODY)

    def run(*arguments: str) -> subprocess.CompletedProcess:
        user = [f"--re{kind}id={NOBODY}" for kind in "ug"]
        drop = [
            "setpriv",
            *user,
            "--clear-groups",
            "--inh-caps=-all",
            "--bounding-set=-all",
            "--no-new-privs",
        ]
        python = [sys.executable, "-B", *arguments]
        script = "\n".join(("set -e", *_make_readable(home), 'exec "$@"'))
        return subprocess.run(
            ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh", *drop, *python],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "HOME": str(home), "TMPDIR": str(home), "LANG": "C.UTF-8"},
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )

    yield run
    shutil.rmtree(home)


def _make_readable(home: Path) -> list[str]:
    """Shell commands that open the way to Python and to the course where only root can go it, in a private view."""
    commands = []
    for number, wanted in enumerate(dict.fromkeys((sys.base_prefix, sys.prefix, str(ROOT)))):
        closed = [parent for parent in Path(wanted).parents if not parent.stat().st_mode & 0o001]
        if closed:
            aside = home / f"aside-{number}"
            aside.mkdir()
            commands += [
                f"mount --bind '{wanted}' '{aside}'",
                f"mount -t tmpfs -o mode=755 none '{closed[-1]}'",
                f"mkdir -p '{wanted}'",
                f"mount --bind '{aside}' '{wanted}'",
            ]
    return commands


def run_tests(as_nobody, *arguments: str) -> str:
    """Run tests of the sandbox as nobody; all pass. Returns their report."""
    done = as_nobody("-m", "pytest", "-q", "-p", "no:cacheprovider", TESTS, *arguments)
    if "mount" in done.stderr and "tests" not in done.stdout:
        pytest.skip(f"NOT TESTED: a private view of the files cannot be made here: {done.stderr.strip()}")
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_nobody_is_nobody(as_nobody):
    ask = "import os; print(os.getresuid(), open('/proc/self/status').read().split('CapEff:')[1].split()[0])"
    assert as_nobody("-c", ask).stdout.split("\n")[0] == f"({NOBODY}, {NOBODY}, {NOBODY}) 0000000000000000"


def test_a_sample_of_the_tests_passes_without_privilege(as_nobody):
    report = run_tests(
        as_nobody, "-k", "test_tiers or list_processes or exactly or nothing_is_left or controller"
    )
    assert int(re.search(r"(\d+) passed", report)[1]) >= 25
    assert "skipped" not in report


@pytest.mark.slow
def test_all_tests_pass_without_privilege(as_nobody):
    report = run_tests(as_nobody, "-m", "not slow", "--deselect", f"{TESTS}/test_unprivileged.py")
    assert int(re.search(r"(\d+) passed", report)[1]) >= 400
