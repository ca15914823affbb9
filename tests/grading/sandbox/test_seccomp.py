"""The list of system calls means the same on each architecture, by libseccomp's tables and the filter's own answers."""

from __future__ import annotations

import errno
from importlib.util import find_spec

import pytest

from rnnlab.grading.sandbox import doctor, landlock, seccomp
from tests.grading.sandbox.bpf import decide

if find_spec("pyseccomp") is None or doctor.lacks_library():
    pytest.skip("NOT TESTED: libseccomp or pyseccomp is not installed", allow_module_level=True)

import pyseccomp
from pyseccomp import ALLOW, ERRNO, KILL_PROCESS, Arch

ARCHITECTURES = {"x86-64": Arch.X86_64, "aarch64": Arch.AARCH64}
LISTS = {
    ALLOW: seccomp._ALLOWED.split(),
    ERRNO(errno.EPERM): seccomp._REFUSED.split(),
    ERRNO(0): seccomp._PRETENDED.split(),
    ERRNO(errno.EOPNOTSUPP): seccomp._UNSUPPORTED.split(),
}
UNKNOWN = ERRNO(errno.ENOSYS)
# Calls that a libseccomp of 2021 does not know; they are refused as unknown then.
NEWER = {"fchmodat2", "memfd_secret", "futex_waitv"}


@pytest.fixture(scope="module", params=ARCHITECTURES)
def machine(request):
    """Answers what the filter of an architecture says to a call."""
    architecture = ARCHITECTURES[request.param]
    program = seccomp.build_program(architecture)

    def answer(name: str, *arguments: int) -> int:
        return decide(program, architecture, number_of(architecture, name), arguments)

    answer.architecture, answer.program = architecture, program
    return answer


def number_of(architecture: int, name: str) -> int:
    return pyseccomp.resolve_syscall(architecture, name)


def test_each_call_is_listed_once():
    names = [name for listed in LISTS.values() for name in listed]
    assert len(names) == len(set(names))


def test_each_name_is_a_system_call_somewhere():
    every = [value for name, value in vars(Arch).items() if name.isupper() and value != Arch.NATIVE]
    names = {name for listed in LISTS.values() for name in listed}
    unknown = {name for name in names if all(number_of(each, name) == -1 for each in every)}
    assert unknown <= NEWER


def test_the_filter_answers_as_the_lists_say(machine):
    known = 0
    for action, names in LISTS.items():
        for name in names:
            if number_of(machine.architecture, name) >= 0:
                known += 1
                assert machine(name) == action, name
    assert known > 150


ESSENTIAL = [
    "read",
    "write",
    "openat",
    "close",
    "mmap",
    "munmap",
    "mprotect",
    "futex",
    "exit_group",
    "newfstatat",
]


@pytest.mark.parametrize("name", ESSENTIAL)
def test_the_calls_that_every_program_makes_are_known(machine, name):
    assert machine(name) == ALLOW


@pytest.mark.parametrize("number", [9999, 462, 0x3FFFFFFF])
def test_a_call_that_nobody_knows_does_not_exist(machine, number):
    assert decide(machine.program, machine.architecture, number) == UNKNOWN


@pytest.mark.parametrize("other", [Arch.X86, Arch.ARM, Arch.RISCV64])
def test_a_call_of_another_architecture_kills(machine, other):
    assert decide(machine.program, other, 1) == KILL_PROCESS


def test_only_threads_can_be_made(machine):
    thread = 0x3D0F00  # what pthread_create asks for
    assert machine("clone", thread) == ALLOW
    assert machine("clone", 17) == ERRNO(errno.EPERM)  # fork
    for namespace in (0x10000000, 0x00020000, 0x40000000, 0x00000080):
        assert machine("clone", thread | namespace) == UNKNOWN
    assert machine("clone3") == UNKNOWN


@pytest.mark.parametrize(
    ("name", "allowed", "refused"),
    [
        ("prlimit64", (0, 7), (1234, 7)),
        ("socketpair", (1, 1), (1, 2)),
        ("socketpair", (1, 1 | 0o2000000), (2, 1)),
        ("sendto", (3, 1, 1, 0, 0), (3, 1, 1, 0, 4096)),
        ("fcntl", (3, 2), (3, 8)),
        ("fcntl", (3, 1030), (3, 1024)),
        ("ioctl", (3, 0x541B), (3, 0x5412)),
        ("ioctl", (3, 0x5401 | 1 << 32), (3, 0x80045430)),
        ("prctl", (15,), (4,)),
        ("prctl", (16,), (1,)),
    ],
)
def test_some_calls_depend_on_what_they_ask_for(machine, name, allowed, refused):
    assert machine(name, *allowed) == ALLOW
    assert machine(name, *refused) == UNKNOWN


def test_the_numbers_of_landlock_are_the_same_everywhere(machine):
    names = ("landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self")
    numbers = (landlock._CREATE_RULESET, landlock._ADD_RULE, landlock._RESTRICT_SELF)
    assert tuple(number_of(machine.architecture, name) for name in names) == numbers
