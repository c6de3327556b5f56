"""The pinned packages of `requirements.txt`, downloaded as wheels, checked and unpacked."""

from __future__ import annotations

import re
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from email.parser import HeaderParser
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from scripts.kit.steps import HERE, SCRATCH, BuildError, run, say

PINS = HERE / "requirements.txt"
_PLATFORMS = (
    "manylinux2014_x86_64",
    "manylinux_2_17_x86_64",
    "manylinux2010_x86_64",
    "manylinux_2_12_x86_64",
)
_WANTED = (
    *("--only-binary=:all:", "--implementation=cp", "--python-version=3.11"),
    *(f"--platform={name}" for name in (*_PLATFORMS, "any")),
    *("--abi=cp311", "--abi=abi3", "--abi=none"),
)
_EXAMPLES = frozenset({"example.py"})
"""nvidia-ml-py puts one beside its module."""


class Package(NamedTuple):
    """A package of the kit, by its own metadata."""

    name: str
    version: str
    licence: str
    sha256: str
    """Of its wheel."""


def unpack_all(target: Path) -> list[Package]:
    """Unpack every pinned package into `target`, and say what it is."""
    pins = dict(_pins())
    say(f"fetching {len(pins)} packages")
    with tempfile.TemporaryDirectory(prefix=SCRATCH) as folder:
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet"]
        run(
            [*pip, "--no-deps", "--require-hashes", "--requirement", PINS, "--dest", folder, *_WANTED],
            Path(folder),
            why=f"a package of {PINS.name} cannot be had as it is pinned",
        )
        wheels = sorted(Path(folder).glob("*.whl"))
        if len(wheels) != len(pins):
            raise BuildError(f"{len(pins)} packages are pinned, {len(wheels)} came")
        return [_unpack(wheel, target, pins) for wheel in wheels]


def _pins() -> Iterator[tuple[str, str]]:
    """Every pinned package with its checksum."""
    for line in PINS.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            found = re.fullmatch(r"([a-z0-9-]+)==\S+ --hash=sha256:([0-9a-f]{64})", line)
            if found is None:
                raise BuildError(f"{PINS.name}: not understood: {line}")
            yield found[1], found[2]


def _unpack(wheel: Path, target: Path, pins: dict[str, str]) -> Package:
    metadata = ""
    with zipfile.ZipFile(wheel) as archive:
        for member in archive.infolist():
            first, *rest = PurePosixPath(member.filename).parts
            if first.endswith(".data") or first in _EXAMPLES or member.is_dir():
                continue
            if rest == ["METADATA"]:
                metadata = archive.read(member).decode("utf-8")
            archive.extract(member, target)
    headers = HeaderParser().parsestr(metadata)
    name = re.sub(r"[-_.]+", "-", headers["Name"]).lower()
    return Package(name, headers["Version"], _licence(headers.items()), pins[name])


def _licence(headers: list[tuple[str, str]]) -> str:
    """The licence as the package names it: the expression, else the short text."""
    found = dict(headers)
    return (
        found.get("License-Expression") or found.get("License", "").partition("\n")[0] or "see its metadata"
    )
