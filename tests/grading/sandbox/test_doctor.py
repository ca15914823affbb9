"""`rnnlab doctor` says what a machine offers, what it lacks and how to get it, whatever the machine."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from rnnlab.grading.cli import app
from rnnlab.grading.sandbox import (
    Isolation,
    IsolationUnavailable,
    Sandbox,
    bubblewrap,
    doctor,
    doctor_page,
    landlock,
)
from rnnlab.grading.sandbox.survey import Layer, State, survey
from rnnlab.grading.sandbox.system import System

UBUNTU, FEDORA, MACOS, UNKNOWN = System("debian"), System("fedora"), System("macos"), System("")


@pytest.fixture
def no_bubblewrap(monkeypatch):
    """A machine without bubblewrap."""
    monkeypatch.setattr(bubblewrap, "program", lambda: None)
    bubblewrap.problem.cache_clear()
    yield
    bubblewrap.problem.cache_clear()


@pytest.fixture
def broken_bubblewrap(monkeypatch, tmp_path):
    """A machine whose bubblewrap complains, as the kernel's settings make it; returns how to set what it says."""
    fake = tmp_path / "bwrap"
    monkeypatch.setattr(bubblewrap, "program", lambda: str(fake))

    def complain(sentence: str) -> bubblewrap.Problem | None:
        fake.write_text(f"#!/bin/sh\necho 'bwrap: {sentence}' >&2\nexit 1\n")
        fake.chmod(0o755)
        bubblewrap.problem.cache_clear()
        return bubblewrap.problem()

    yield complain
    bubblewrap.problem.cache_clear()


def layer(name: str, system: System = UBUNTU) -> Layer:
    return next(each for each in survey(system) if each.name == name)


def shown(layers: tuple[Layer, ...], width: int) -> str:
    console = Console(file=io.StringIO(), width=width, color_system=None)
    console.print(doctor_page.page(layers))
    return console.file.getvalue()


@pytest.mark.parametrize(
    ("identity", "relatives", "system"),
    [
        ("debian", "", UBUNTU),
        ("ubuntu", "debian", UBUNTU),
        ("linuxmint", "ubuntu debian", UBUNTU),
        ("fedora", "", FEDORA),
        ("rocky", "rhel centos fedora", FEDORA),
        ("arch", "", UNKNOWN),
    ],
)
def test_a_system_is_known_by_its_family(identity, relatives, system):
    assert System.named(identity, relatives) == system


def test_what_is_missing_comes_with_the_command_of_this_system(no_bubblewrap):
    assert layer("bubblewrap", UBUNTU).commands == ("sudo apt install bubblewrap",)
    assert layer("bubblewrap", FEDORA).commands == ("sudo dnf install bubblewrap",)
    (both,) = layer("bubblewrap", UNKNOWN).commands
    assert "sudo apt install bubblewrap (Debian, Ubuntu)" in both
    assert "sudo dnf install bubblewrap (Fedora)" in both
    assert layer("bubblewrap").state is State.ABSENT


def test_without_bubblewrap_the_best_is_landlock(no_bubblewrap):
    assert doctor.resolve(Isolation.BEST) is Isolation.LANDLOCK
    with pytest.raises(IsolationUnavailable, match=r"not installed\. Run: `sudo .* install bubblewrap"):
        Sandbox(isolation=Isolation.BUBBLEWRAP)


def test_bubblewrap_that_apparmor_stops_is_explained(broken_bubblewrap, monkeypatch, tmp_path):
    setting = tmp_path / "restrict"
    setting.write_text("1\n")
    monkeypatch.setattr(bubblewrap, "_RESTRICTED", setting)
    problem = broken_bubblewrap("setting up uid map: Permission denied")
    assert "(bwrap: setting up uid map: Permission denied)" in problem.sentence
    assert problem.commands[0] == "sudo apt install apparmor-profiles"
    assert (layer("bubblewrap").remedy, layer("bubblewrap").commands) == (problem.sentence, problem.commands)
    assert str(problem).endswith(" Run: `sudo systemctl reload apparmor`.")
    assert doctor.resolve(Isolation.BEST) is Isolation.LANDLOCK


def test_bubblewrap_that_the_kernel_stops_is_explained(broken_bubblewrap, monkeypatch, tmp_path):
    setting = tmp_path / "user" / "max_user_namespaces"
    setting.parent.mkdir()
    setting.write_text("0\n")
    monkeypatch.setattr(bubblewrap, "_RESTRICTED", tmp_path / "nothing")
    monkeypatch.setattr(bubblewrap, "_COUNTS", {setting: 15000, tmp_path / "nothing": 1})
    problem = broken_bubblewrap("No permissions to create new namespace")
    assert problem.commands == ("sudo sysctl user.max_user_namespaces=15000",)


def test_bubblewrap_that_a_container_stops_is_explained(broken_bubblewrap, monkeypatch, tmp_path):
    monkeypatch.setattr(bubblewrap, "_RESTRICTED", tmp_path / "nothing")
    monkeypatch.setattr(bubblewrap, "_COUNTS", {})
    assert "Containers often forbid" in broken_bubblewrap("Creating new namespace failed").sentence


@pytest.mark.skipif(sys.platform != "linux", reason="NOT TESTED: Landlock exists on Linux only")
def test_a_kernel_without_landlock_ends_the_doctor_with_one(monkeypatch):
    monkeypatch.setattr(landlock, "abi", lambda: 0)
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == 1
    assert "cannot be contained here" in result.output
    assert layer("Landlock").state is State.MISSING


def test_on_macos_the_doctor_names_a_virtual_machine(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    layers = survey(MACOS)
    assert next(each for each in layers if each.name == "kernel").state is State.MISSING
    assert "brew install lima" in shown(layers, 80)
    assert CliRunner().invoke(app, ["doctor"]).exit_code == 1


@pytest.mark.sandbox
def test_a_machine_that_contains_code_ends_the_doctor_with_zero():
    if problems := doctor.problems(Isolation.BEST):
        pytest.skip("NOT TESTED: no sandbox on this machine. " + " ".join(problems))
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == 0
    used = " ".join(result.output.split())
    assert f"contained here, by {doctor.describe(Isolation.BEST)}." in used


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_page_fits_its_terminal(width, no_bubblewrap):
    text = shown(survey(UBUNTU), width)
    assert max(map(len, text.splitlines())) <= width
    for name in (
        "Python",
        "bubblewrap",
        "Dask",
        "PostgreSQL",
        "landlock",
        "process",
        "sudo apt install bubblewrap",
    ):
        assert name in text


def test_what_is_shown_to_bubblewrap_holds_no_secret(tmp_path):
    package = Path(bubblewrap.__file__).resolve().parents[2]
    arguments = bubblewrap.command(tmp_path, package)
    shown = {Path(arguments[at + 1]) for at, word in enumerate(arguments) if word.startswith("--ro-bind")}
    emptied = {Path(arguments[at + 1]) for at, word in enumerate(arguments) if word == "--tmpfs"}
    secrets = [package / "exercises", package / "nets", package / "check", package / "grading"]
    assert package in emptied
    assert not shown & {package, *package.parents, *secrets}
    assert not any(secret.is_relative_to(path) for secret in secrets for path in shown - {package.parent})


@pytest.mark.sandbox
def test_bubblewrap_that_dies_at_the_start_says_why(broken_bubblewrap, monkeypatch):
    broken_bubblewrap("Creating new namespace failed")
    monkeypatch.setattr(doctor, "problems", lambda isolation: ())
    with pytest.raises(IsolationUnavailable, match=r"namespace failed\. To go on .*--isolation=landlock"):
        Sandbox(isolation=Isolation.BUBBLEWRAP)


def test_the_version_is_that_of_the_installed_program():
    if bubblewrap.program() is None:
        pytest.skip("NOT TESTED: bubblewrap is not installed")
    said = subprocess.run(
        [bubblewrap.program(), "--version"], capture_output=True, text=True, check=True
    ).stdout
    assert said.strip().endswith(bubblewrap.installed_version())
