"""nbgrader's own tests, from the installed wheel, with our sandbox in the place of its executor.

Every test passes as with nbgrader's executor, except those in `DIFFERENCES`: each is meant, and says why.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from rnnlab.grading.sandbox import Isolation, doctor

MISSING = doctor.problems(Isolation.LANDLOCK)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.sandbox,
    pytest.mark.skipif(bool(MISSING), reason="NOT TESTED: no sandbox on this machine. " + " ".join(MISSING)),
]

MODULES = (
    "nbgrader.tests.apps.test_nbgrader_autograde",
    "nbgrader.tests.test_validator",
    "nbgrader.tests.apps.test_nbgrader_validate",
    "nbgrader.tests.preprocessors",
)
_FOLDER = (
    "a submission runs in an empty folder of its own: files beside the notebook are neither there nor written"
)
_PYTHON = "the sandbox runs Python, whatever kernel a notebook names"
_ENVIRONMENT = (
    "nothing of the grader's environment reaches a submission, so it cannot see NBGRADER_VALIDATING either"
)
DIFFERENCES = {
    "TestNbGraderValidate.test_validate_subdir": _FOLDER,
    "TestNbGraderAutograde.test_side_effects": _FOLDER,
    "TestNbGraderAutograde.test_missing_source_kernelspec": _PYTHON,
    "TestNbGraderAutograde.test_incorrect_source_kernelspec": _PYTHON,
    "TestNbGraderValidate.test_validate_with_validating_envvar": _ENVIRONMENT,
    "TestNbGraderAutograde.test_grade_with_validating_envvar": _ENVIRONMENT,
}
# These look for a file in the working folder that only nbgrader's repository has: they fail with its own executor too.
FAIL_WITH_STOCK = {
    f"TestInstantiateTests.{name}"
    for name in (
        "test_load_test_template_file",
        "test_replace_autotest_code",
        "test_consistent_release_version",
        "test_kernel_right_workingdir",
        "test_kernel_wrong_workingdir",
        "test_warning_autotest_nongrade",
        "test_error_autotest_nongrade",
        "test_int_autotest",
        "test_float_autotest",
        "test_string_autotest",
        "test_list_autotest",
    )
}


def run(folder: Path, root: Path, *options: str) -> dict[str, str]:
    """What became of each of nbgrader's tests: "passed", "failed" or "skipped"."""
    results = folder / "results.xml"
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "--rootdir", str(folder)]
    command += ["-c", os.devnull, "--junit-xml", str(results), *options, "--pyargs", *MODULES]
    commands = str(Path(sys.executable).parent)
    environment = {
        **os.environ,
        "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(root),
        "TMPDIR": str(folder),
    }
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode in (0, 1), done.stdout[-3000:] + done.stderr[-3000:]
    return {_name(case): _outcome(case) for case in ElementTree.parse(results).iter("testcase")}


def _name(case: ElementTree.Element) -> str:
    return f"{case.get('classname', '').rpartition('.')[2]}.{case.get('name')}"


def _outcome(case: ElementTree.Element) -> str:
    kinds = {child.tag for child in case}
    return "failed" if kinds & {"failure", "error"} else "skipped" if "skipped" in kinds else "passed"


def test_nbgraders_own_tests_differ_only_where_it_is_meant(tmp_path, course_root, capsys):
    outcomes = run(tmp_path, course_root, "-p", "tests.grading.nbgrader_own.sandbox_execute")
    failed = {name for name, outcome in outcomes.items() if outcome == "failed"}
    passed = sum(outcome == "passed" for outcome in outcomes.values())
    with capsys.disabled():
        print(f"\n{passed} of {len(outcomes)} of nbgrader's own tests pass; others: {sorted(failed)}")
    assert len(outcomes) > 200, "nbgrader's tests were not found"
    assert failed == DIFFERENCES.keys() | FAIL_WITH_STOCK
