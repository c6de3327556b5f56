"""What is in the kit's archive, and what that asks of a machine."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from elftools.elf.dynamic import DynamicSection
from elftools.elf.elffile import ELFFile
from elftools.elf.gnuversions import GNUVerNeedSection

from scripts.kit.build import Kit
from scripts.kit.steps import SCRATCH
from tests.integration.kit import NEEDED, TOP, built

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]

NEWEST = {"GLIBC": (2, 17), "GLIBCXX": (3, 4, 19), "CXXABI": (1, 3, 7), "GCC": (4, 8, 0)}
"""What CentOS 7's glibc, libstdc++ and libgcc have."""
ONLY_DIAGNOSE = {"libstdc++.so.6", "libgcc_s.so.1"}


def members(kit: Kit) -> list[tarfile.TarInfo]:
    with tarfile.open(kit.archive) as archive:
        return archive.getmembers()


def elf_files(root: Path) -> Iterator[Path]:
    for path in root.rglob("*"):
        if path.is_file():
            with path.open("rb") as stream:
                if stream.read(4) == b"\x7fELF":
                    yield path


def needs(path: Path) -> dict[str, set[str]]:
    """The versions that an ELF file needs, by library; those without versions too."""
    found: dict[str, set[str]] = {}
    with path.open("rb") as stream:
        for section in ELFFile(stream).iter_sections():
            if isinstance(section, DynamicSection):
                for tag in section.iter_tags("DT_NEEDED"):
                    found.setdefault(str(getattr(tag, "needed", "")), set())
            if isinstance(section, GNUVerNeedSection):
                for library, versions in section.iter_versions():
                    found.setdefault(str(library.name), set()).update(version.name for version in versions)
    return found


def numbers(name: str) -> tuple[str, tuple[int, ...]]:
    family, _, version = name.rpartition("_")
    return family, tuple(map(int, version.split(".")))


def test_one_folder_with_only_what_people_need(kit_files: Kit) -> None:
    names = {member.name for member in members(kit_files)}
    assert {name.split("/")[0] for name in names} == {TOP}
    top = {name.split("/")[1] for name in names if "/" in name}
    assert top == {"envcheck", "envcheck.py", "rules", "scripts", "lib", "README.md", "LICENSE"}
    assert {name for name in names if name.startswith((f"{TOP}/scripts", f"{TOP}/rules"))} == {
        f"{TOP}/scripts",
        f"{TOP}/rules",
        *(f"{TOP}/rules/{path.name}" for path in Path(__file__).parents[2].glob("rules/*.yaml")),
    }


def test_members_are_plain_and_belong_to_root(kit_files: Kit) -> None:
    for member in members(kit_files):
        assert member.isdir() or member.isfile(), member.name
        assert (member.uid, member.gid, member.uname) == (0, 0, "root")
        programs = {f"{TOP}/{name}" for name in ("envcheck", "lib/python", "lib/can-start")}
        assert member.mode == (0o755 if member.isdir() or member.name in programs else 0o644), member.name


def test_it_is_small(kit_files: Kit) -> None:
    assert kit_files.archive.stat().st_size <= 25_000_000


def test_the_checksum_is_the_archives(kit_files: Kit) -> None:
    subprocess.run(["sha256sum", "-c", kit_files.checksum.name], cwd=kit_files.checksum.parent, check=True)


def test_the_bill_of_materials_is_valid_and_names_everything(kit_files: Kit, shared_kit: Path) -> None:
    text = kit_files.bill.read_text(encoding="utf-8")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None

    bill = json.loads(text)
    archive = hashlib.sha256(kit_files.archive.read_bytes()).hexdigest()
    assert bill["metadata"]["component"]["hashes"] == [{"alg": "SHA-256", "content": archive}]
    told = {(part["name"], part["version"]) for part in bill["components"]}
    for folder in (shared_kit / "lib/packages").glob("*.dist-info"):
        name, _, version = folder.name.removesuffix(".dist-info").rpartition("-")
        assert (name.lower().replace("_", "-"), version) in told
    linked = {"python3.11", "libffi", "zlib", "bzip2", "xz-utils", "expat"}
    assert linked <= {name for name, _ in told}
    assert all(part["licenses"] and part["purl"] for part in bill["components"])


def test_no_elf_file_needs_more_than_centos_7_has(shared_kit: Path) -> None:
    files = list(elf_files(shared_kit))
    assert {path.name for path in files} >= {"python", "can-start"}
    for path in files:
        for library, versions in needs(path).items():
            known = {*NEEDED, "ld-linux-x86-64.so.2", "librt.so.1"}
            assert library in (known | ONLY_DIAGNOSE if "hyperscan" in path.parts else known), path
            for family, version in map(numbers, versions):
                assert version <= NEWEST[family], f"{path} needs {family}_{version} of {library}"


def test_what_tells_whether_the_interpreter_starts_needs_the_same(shared_kit: Path) -> None:
    def newest(path: Path) -> dict[str, tuple[str, tuple[int, ...]]]:
        return {library: max(map(numbers, versions)) for library, versions in needs(path).items()}

    probe, python = newest(shared_kit / "lib/can-start"), newest(shared_kit / "lib/python")
    assert set(probe) == set(python) == set(NEEDED)
    assert probe["libc.so.6"] == python["libc.so.6"] == ("GLIBC", (2, 17))


def test_nothing_tells_where_it_was_built(shared_kit: Path) -> None:
    for path in shared_kit.rglob("*"):
        if path.is_file() and path.name != "envcheck.log":
            assert re.search(SCRATCH.encode() + rb"|/pytest-of-", path.read_bytes()) is None, path


def test_compiled_modules_are_never_compared_with_their_sources(shared_kit: Path) -> None:
    sources = [
        path for name in ("python3.11", "packages") for path in (shared_kit / "lib" / name).rglob("*.py")
    ]
    assert len(sources) > 500
    for path in sources:
        compiled = path.parent / "__pycache__" / f"{path.stem}.cpython-311.pyc"
        assert compiled.read_bytes()[4:8] == b"\1\0\0\0", path


def test_two_builds_are_the_same_to_the_byte(
    kit_files: Kit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "elsewhere"))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    monkeypatch.chdir(tmp_path)
    mask = os.umask(0o077)
    try:
        again = built(tmp_path / "dist")
    finally:
        os.umask(mask)

    for one, other in zip(kit_files, again):
        assert one.read_bytes() == other.read_bytes(), one.name
