"""Which system this is, as far as its way of installing packages goes."""

from __future__ import annotations

import platform
import sys
from dataclasses import dataclass

_FAMILIES = {"debian": "debian", "ubuntu": "debian", "fedora": "fedora", "rhel": "fedora", "centos": "fedora"}
_COMMANDS = {"debian": "sudo apt install {debian}", "fedora": "sudo dnf install {fedora}"}


@dataclass(frozen=True)
class System:
    """A family of systems: "debian" (and Ubuntu), "fedora" (and its relatives), "macos", or "" where unknown."""

    family: str

    @classmethod
    def here(cls) -> System:
        """Return the system that this process runs on."""
        if sys.platform == "darwin":
            return cls("macos")
        try:
            release = platform.freedesktop_os_release()
        except OSError:
            return cls("")
        return cls.named(release.get("ID", ""), release.get("ID_LIKE", ""))

    @classmethod
    def named(cls, identity: str, relatives: str) -> System:
        """Return the system that os-release describes: its own name, and those of the systems it comes from."""
        known = [_FAMILIES[name] for name in (identity, *relatives.split()) if name in _FAMILIES]
        return cls(known[0] if known else "")

    def install(self, debian: str, fedora: str) -> str:
        """Return the command that installs a package; both families' where the system is neither."""
        commands = {name: text.format(debian=debian, fedora=fedora) for name, text in _COMMANDS.items()}
        if self.family in commands:
            return commands[self.family]
        return f"{commands['debian']} (Debian, Ubuntu) or {commands['fedora']} (Fedora)"

    @property
    def virtual_machine(self) -> str:
        """Return how to come by a Linux machine on a system that is not Linux."""
        return "brew install lima && limactl start" if self.family == "macos" else "wsl --install"
