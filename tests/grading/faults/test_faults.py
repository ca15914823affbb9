"""Every fault ends as it must: it earns nothing that it attacks, reaches nothing, and costs nothing else."""

from __future__ import annotations

import functools
import re
from pathlib import Path

import pytest

from rnnlab.grading.sandbox import Isolation, Limits, Sandbox, doctor
from tests.grading.faults.fault import Reach
from tests.grading.faults.grading import Ending, grade, worth
from tests.grading.faults.markup import live_markup
from tests.grading.faults.table import as_csv
from tests.grading.faults.topics import FAULTS

pytestmark = pytest.mark.sandbox

LIMITS = Limits(
    cell_seconds=2.0,
    call_seconds=1.0,
    session_seconds=60.0,
    grace_seconds=0.3,
    cpu_seconds=10,
    address_space_bytes=2**29,
    file_bytes=2**21,
    disk_bytes=2**23,
    output_bytes=60_000,
    frame_bytes=2**23,
)
BY_NAME = {fault.name: fault for fault in FAULTS}
DEFAULT = Isolation.BEST
TIERS = [level for level in Isolation if level.locks and level is not DEFAULT]
ATTACKS = [fault for fault in FAULTS if fault.reaches is not Reach.NOTHING]
by_name = pytest.mark.parametrize("name", BY_NAME)


def open_or_skip(isolation: Isolation) -> Sandbox:
    if problems := doctor.problems(isolation):
        pytest.skip(f"NOT TESTED: no isolation {isolation.value} on this machine. " + " ".join(problems))
    return Sandbox(limits=LIMITS, isolation=isolation, preload=("matplotlib.pyplot",))


def grader(sandbox, honest, released, world, folder):
    """Grades a fault by its name, once."""

    @functools.cache
    def graded(name: str) -> Ending:
        return grade(BY_NAME[name], honest, released, world, sandbox, folder)

    return graded


@pytest.fixture(scope="module")
def ending(honest, released, world, tmp_path_factory):
    with open_or_skip(DEFAULT) as sandbox:
        yield grader(sandbox, honest, released, world, tmp_path_factory.mktemp("handed-in"))


@pytest.fixture(scope="module", params=TIERS, ids=lambda level: level.value)
def ending_at_a_tier(request, honest, released, world, tmp_path_factory):
    with open_or_skip(request.param) as sandbox:
        yield grader(sandbox, honest, released, world, tmp_path_factory.mktemp("handed-in"))
    world.bury_bubblewrap()


@pytest.fixture(scope="module")
def ending_uncontained(honest, released, world, tmp_path_factory):
    with open_or_skip(Isolation.PROCESS) as sandbox:
        yield grader(sandbox, honest, released, world, tmp_path_factory.mktemp("handed-in"))


def require(name: str, ending: Ending, world) -> None:
    """The golden verdict: points, status, what was said, nothing reached, and nothing that runs in a browser."""
    fault, full = BY_NAME[name], worth()
    wanted = {part: 0 if part in fault.loses else points for part, points in full.items()}
    assert ending.points == wanted, ending.headlines
    assert ending.record.status == fault.status, ending.record
    assert re.search(fault.says, ending.text), ending.headlines
    assert world.reached(ending.text) == set()
    assert [found for words in ending.words for found in live_markup(words)] == []


@by_name
def test_the_fault_ends_as_it_must(name, ending, world):
    require(name, ending(name), world)


def test_the_instructors_table_says_how_each_fault_ends(ending, course_root: Path, request):
    path, table = course_root / "book" / "faults.csv", as_csv({name: ending(name) for name in BY_NAME})
    if request.config.getoption("--update-golden"):
        path.write_text(table, encoding="utf-8")
    assert table == path.read_text(encoding="utf-8")


@pytest.mark.slow
@by_name
def test_the_fault_ends_the_same_at_every_tier(name, ending_at_a_tier, world):
    require(name, ending_at_a_tier(name), world)


@pytest.mark.slow
@pytest.mark.parametrize("fault", ATTACKS, ids=lambda fault: fault.name)
def test_where_nothing_contains_it_the_attack_succeeds(fault, ending_uncontained, world):
    """Otherwise the corpus would prove that the attack is broken, and not that the sandbox holds."""
    ended = ending_uncontained(fault.name)
    try:
        reached = world.reached(ended.text) | ({Reach.MARK} if not ended.lost & fault.loses else set())
        assert fault.reaches in reached
    finally:
        world.restore()


def test_every_fault_has_a_name_of_its_own_and_says_what_it_tries():
    assert len(BY_NAME) == len(FAULTS)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", fault.name) for fault in FAULTS)
    assert all(fault.tries and not fault.tries.endswith(".") for fault in FAULTS)
