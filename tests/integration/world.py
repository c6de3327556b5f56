"""A machine that is other than this one in a few places: a mount namespace made for one command.

Nothing of it is seen outside of the namespace, and it ends with its last process.
"""

from __future__ import annotations

import os
import shlex
import shutil
import stat
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Optional, Union

from envcheck.host.base import TRUSTED_PATH

NOBODY = 65534


class World:
    """What differs; `prefix` is the command that runs another one there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lines: list[str] = []
        self._user = ""

    @property
    def script(self) -> str:
        """What makes this world, for the shell, in a mount namespace of its own."""
        return "\n".join(self._lines)

    @property
    def prefix(self) -> list[str]:
        """Put before a command it runs that command in this world; its process id stays the same."""
        script = f'{self.script}\nexec {self._user}"$@"'
        return ["unshare", "--mount", "--propagation", "private", "--", "sh", "-euc", script, "sh"]

    def _do(self, *words: Union[str, Path]) -> None:
        self._lines.append(shlex.join(map(str, words)))

    def _make(self, name: str) -> Path:
        path = self._folder / name
        path.mkdir(parents=True)
        return path

    def commands(self, scripts: Mapping[str, Union[str, Path]]) -> None:
        """Commands that come first on the trusted path: the text of a script, or a program's path."""
        folder = self._make("commands")
        folder.chmod(0o755)
        for name, script in scripts.items():
            if isinstance(script, Path):
                (folder / name).symlink_to(script)
            else:
                (folder / name).write_text(script, encoding="utf-8")
                (folder / name).chmod(0o755)
        self._do("mount", "--bind", folder, "/usr/local/sbin")

    def without_commands(self, *names: str) -> None:
        """Let the machine's own commands of these names be no files."""
        for place in TRUSTED_PATH.split(":"):
            for name in names:
                path = os.path.realpath(f"{place}/{name}")
                if os.path.isfile(path):
                    self._do("mount", "--bind", "/dev/null", path)

    def bind(self, source: Union[str, Path], target: Union[str, Path], *, recursive: bool = False) -> None:
        """Show a file or folder at another place; recursively, with what is mounted in it."""
        self._do("mount", "--rbind" if recursive else "--bind", source, target)

    def tmpfs(self, point: str, options: str) -> None:
        """A file system in memory at a place, with these options of `mount`."""
        self._do("mount", "-t", "tmpfs", "-o", options, "tmpfs", point)

    def bind_new(self, source: Path, folder: str, name: str) -> None:
        """Show a folder in one that has none of that name."""
        lower, point = self._make(f"new-{name}"), f"{folder}/{name}"
        (lower / name).mkdir()
        self._do("mount", "-t", "overlay", "overlay", "-o", f"lowerdir={lower}:{folder}", folder)
        self._do("mount", "--bind", source, point)

    def etc(self, files: Mapping[str, str]) -> None:
        """Files of /etc, besides or instead of what is there."""
        folder = self._make("etc")
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
        self._do("mount", "-t", "overlay", "overlay", "-o", f"lowerdir={folder}:/etc", "/etc")

    def proc(self, files: Mapping[str, str]) -> None:
        """Files of /proc, instead of what is there; a directory that holds one holds nothing else.

        Processes are seen by `self` alone.
        """
        real, folder = self._make("proc.real"), self._make("proc")
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
        for name in os.listdir("/proc"):
            if not name.isdigit() and not (folder / name).exists():
                (folder / name).symlink_to(real / name)
        self._do("mount", "--bind", "/proc", real)
        self._do("mount", "--bind", folder, "/proc")

    def cards(self, *device_ids: str, modules: Iterable[str], loaded_version: str = "") -> None:
        """NVIDIA cards on the PCI bus, and the kernel's loaded modules."""
        bus, lines = self._make("pci"), []
        for number, device in enumerate(device_ids, 3):
            slot = bus / f"0000:{number:02x}:00.0"
            slot.mkdir()
            codes = {"vendor": "0x10de", "device": f"0x{device}", "class": "0x030200"}
            for name, code in codes.items():
                (slot / name).write_text(f"{code}\n", encoding="utf-8")
            lines.append(f"{number:02x}00\t10de{device}\t0\n")
        listed = "".join(f"{name} 16384 0 - Live 0x0000000000000000\n" for name in modules)
        self._do("mount", "--bind", bus, "/sys/bus/pci/devices")
        files = {"bus/pci/devices": "".join(lines), "modules": listed}
        self.proc({**files, "driver/nvidia/version": loaded_version} if loaded_version else files)

    def as_nobody(self, needs: Iterable[Path]) -> None:
        """As a user without rights, who can reach the interpreter and what else is needed."""
        closed: dict[Path, list[Path]] = {}
        wanted = (Path(sys.prefix), Path(sys.base_prefix), *needs)
        for path in {place.resolve() for place in wanted}:
            ancestor = _closed_ancestor(path)
            if ancestor is not None:
                closed.setdefault(ancestor, []).append(path)
        for number, (ancestor, paths) in enumerate(closed.items()):
            real = self._make(f"closed{number}")
            self._do("mount", "--rbind", ancestor, real)
            self._do("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", ancestor)
            for path in paths:
                self._do("mkdir", "-p", path)
                self._do("mount", "--bind", real / path.relative_to(ancestor), path)
        self._user = f"setpriv --reuid={NOBODY} --regid={NOBODY} --clear-groups -- "


def _closed_ancestor(path: Path) -> Optional[Path]:
    """The topmost directory above `path` that others may not enter."""
    for ancestor in reversed(path.parents):
        if not ancestor.stat().st_mode & stat.S_IXOTH:
            return ancestor
    return None


def copy_package(repo: Path, target: Path) -> Path:
    """A copy of the package that anybody can read."""
    for name in ("envcheck", "rules"):
        shutil.copytree(repo / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
    for path in (target, *target.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return target
