"""What a submission must not read, change or inherit."""

from __future__ import annotations

import os

import pytest

pytestmark = pytest.mark.sandbox


@pytest.mark.parametrize(
    "reach",
    [
        "open({path!r}).read()",
        "import os; os.read(os.open({path!r}, os.O_RDONLY), 9)",
        "open('/proc/self/root' + {path!r}).read()",
        "import os; os.chdir(os.path.dirname({path!r})); open(os.path.basename({path!r})).read()",
        "import os; print([open(e.path).read() for e in os.scandir(os.path.dirname({path!r}))])",
        "import sqlite3; sqlite3.connect({path!r}).execute('select * from x')",
        "import numpy; numpy.fromfile({path!r}, 'u1').tobytes()",
        "import ctypes; c = ctypes.CDLL(None); assert c.open({path!r}.encode(), 0) >= 0",
        "%run {path}",
        "open({path!r}, 'w')",
        "import os; os.unlink({path!r})",
        "import os; os.rename({path!r}, 'here')",
        "import os; os.replace('/etc/hostname', {path!r})",
        "import os; os.truncate({path!r}, 0)",
        "import os; os.ftruncate(os.open({path!r}, os.O_WRONLY), 0)",
        "import os; open('x', 'w').close(); os.rename('x', {path!r})",
        "import os; os.mkdir({path!r} + 'd')",
        "import shutil; shutil.rmtree(__import__('os').path.dirname({path!r}))",
        "import shutil; shutil.copy({path!r}, 'here')",
    ],
)  # fmt: skip
def test_files_of_the_course_are_out_of_reach(session, course, reach):
    result = session.run(reach.format(path=str(course.gradebook)))
    assert "secret" not in repr(result.outputs)
    assert result.error is not None or result.outputs, "nothing refused it"
    assert course.untouched()


@pytest.mark.parametrize(
    "change", ["chmod({path!r}, 0o777)", "utime({path!r}, (0, 0))", "chown({path!r}, 65534, 65534)"]
)
def test_changes_of_metadata_are_pretended(session, course, change):
    before = course.gradebook.stat()
    assert session.run("import os; os." + change.format(path=str(course.gradebook))).error is None
    after = course.gradebook.stat()
    assert (after.st_mode, after.st_mtime, after.st_uid) == (before.st_mode, before.st_mtime, before.st_uid)


def test_no_descriptor_is_inherited_but_the_job(session, course):
    with course.gradebook.open() as kept_open:
        os.set_inheritable(kept_open.fileno(), True)
        session.run("""
import os, stat
found = []
for number in range(256):
    try: kind = stat.S_IFMT(os.fstat(number).st_mode)
    except OSError: continue
    if kind != stat.S_IFCHR: found.append(number)
found = tuple(found)
""")
        assert session.value("found").value == (3,)


def test_the_environment_holds_nothing_of_the_instructors(session, monkeypatch):
    session.run("import os\nnames = ' '.join(sorted(os.environ))")
    names = session.value("names").value.split()
    assert not {"USER", "SSH_AUTH_SOCK", "PYTHONPATH", "PYTEST_CURRENT_TEST", "PWD", "VIRTUAL_ENV"} & set(
        names
    )


def test_another_submissions_folder_is_out_of_reach(sandbox):
    with sandbox.open() as victim, sandbox.open() as thief:
        victim.run("import os\nfolder = os.getcwd()\nopen('x', 'w').write('y')")
        path = victim.value("folder").value + "/x"
        assert thief.run(f"open({path!r})").error.kind == "PermissionError"
