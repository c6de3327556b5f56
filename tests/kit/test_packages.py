"""The pinned packages: all that setup.py asks for, each with its checksum."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scripts.kit import packages
from scripts.kit.steps import BuildError

SETUP = Path(__file__).parents[2] / "setup.py"


def asked_for() -> list[Requirement]:
    """What setup.py's install_requires names."""
    block = SETUP.read_text("utf-8").partition("install_requires=[")[2].partition("]")[0]
    found = [Requirement(text) for text in re.findall(r'^\s*"(.+?)",', block, re.MULTILINE)]
    return [*found, Requirement("hyperscan>=0.9")]  # it stands there by a name of its own


def pinned() -> dict[str, str]:
    """The version of each pinned package."""
    lines = packages.PINS.read_text("utf-8").splitlines()
    found = [re.match(r"([a-z0-9-]+)==(\S+) --hash=sha256:", line) for line in lines]
    return {match[1]: match[2] for match in found if match}


def test_all_that_the_package_needs_is_pinned_as_it_is_needed() -> None:
    versions = pinned()
    needed = asked_for()
    assert len(needed) >= 7
    for requirement in needed:
        name = canonicalize_name(requirement.name)
        assert name in versions, f"{name} is needed by setup.py: pin it in {packages.PINS.name}"
        assert requirement.specifier.contains(versions[name]), name


def test_every_pin_has_a_checksum() -> None:
    pins = dict(packages._pins())
    assert set(pins) == set(pinned())
    assert all(re.fullmatch(r"[0-9a-f]{64}", checksum) for checksum in pins.values())


def test_a_pin_without_a_checksum_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pins").write_text("psutil==7.2.2\n")
    monkeypatch.setattr(packages, "PINS", tmp_path / "pins")
    with pytest.raises(BuildError, match=re.escape("psutil==7.2.2")):
        dict(packages._pins())


def test_a_wheel_is_unpacked_without_scripts_and_examples(tmp_path: Path) -> None:
    wheel = tmp_path / "Some_Thing-1.0-py3-none-any.whl"
    members = {
        "some_thing/__init__.py": "",
        "example.py": "print()",
        "some_thing-1.0.data/scripts/some": "#!python",
        "some_thing-1.0.dist-info/METADATA": "Name: Some_Thing\nVersion: 1.0\nLicense: MIT\n\nText\n",
    }
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)

    package = packages._unpack(wheel, tmp_path / "target", {"some-thing": "0" * 64})
    assert package == ("some-thing", "1.0", "MIT", "0" * 64)
    unpacked = {
        str(path.relative_to(tmp_path / "target"))
        for path in (tmp_path / "target").rglob("*")
        if path.is_file()
    }
    assert unpacked == {
        "some_thing/__init__.py",
        "some_thing-1.0.dist-info/METADATA",
    }
