"""Where rule sets come from: packages, the site's directory, --rules; and never the working directory."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from envcheck import cli
from envcheck import entry_points as points
from envcheck.errors import RequestError
from envcheck.rulebook import open_rulebook, places, shipped_rules
from tests.conftest import write_tree

MODULE = """\
module: {name}
title: {{en: A, zh: 甲}}
description: {{en: B, zh: 乙}}
checks:
  - {{id: kernel, title: {{en: K, zh: 核}}, fact: kernel.version, require: ">= 3"}}
"""
OVERLAY = "overlay: {name}\nchecks:\n  - {{id: kernel, require: '>= {least}'}}\n"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The site's directory of rules, which may be the user's own here."""
    folder = tmp_path / "rules.d"
    folder.mkdir(mode=0o755)
    monkeypatch.setattr(places, "SITE", str(folder))
    monkeypatch.setattr(places, "OWNERS", (os.getuid(),))
    return folder


def package(folder: Path, name: str, value: str, group: str = "envcheck.rules", version: str = "1.0") -> None:
    lines = f"[console_scripts]\nx = y:z\n\n[{group}]\nacme = {value}\n"
    write_tree(folder, {f"{name}-{version}.dist-info/entry_points.txt": lines})


def kernel(name: str, *rules: Path) -> str:
    (check,) = open_rulebook([str(path) for path in rules]).rule_set(name).checks
    return check.requirement.en


def test_the_site_adds_modules_and_changes_them(site: Path) -> None:
    write_tree(site, {"house.yaml": MODULE.format(name="house"), "readme.txt": "not read"})
    assert kernel("house") == ">= 3"
    write_tree(site, {"10-house.yaml": OVERLAY.format(name="house", least=4)})
    assert kernel("house") == ">= 4"


@pytest.mark.parametrize("which", ["directory", "file"])
def test_what_others_may_write_is_refused_and_said(site: Path, which: str) -> None:
    write_tree(site, {"house.yaml": MODULE.format(name="house")})
    path = site if which == "directory" else site / "house.yaml"
    path.chmod(0o757 if which == "directory" else 0o646)
    with pytest.raises(RequestError) as caught:
        open_rulebook()
    assert str(caught.value).startswith(f"{path} is not read: others than root may write it")
    assert "chmod go-w" in str(caught.value)


def test_what_is_not_roots_is_refused_and_said(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "OWNERS", (os.getuid() + 1,))
    with pytest.raises(RequestError, match=f"is not read: it belongs to user {os.getuid()}"):
        open_rulebook()


def test_it_need_not_be_there(site: Path) -> None:
    site.rmdir()
    assert open_rulebook().rule_set("default").checks


@pytest.mark.parametrize("name", ["10-house.yaml", ""])
def test_a_link_to_nothing_does_not_silence_the_site(site: Path, name: str) -> None:
    """What it asks for would not be checked, and nobody would know."""
    if not name:
        site.rmdir()
    path = site / name if name else site
    path.symlink_to("nowhere")
    with pytest.raises(RequestError) as caught:
        open_rulebook()
    assert str(caught.value) == f"{path}: No such file or directory"


def test_only_root_is_trusted() -> None:
    assert (places.SITE, places.OWNERS) == ("/etc/envcheck/rules.d", (0,))


def test_a_package_brings_rule_sets_without_being_imported(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packages = tmp_path / "packages"
    package(packages, "acme_checks", "acme_checks.rules")
    files = {
        "acme_checks/__init__.py": "raise SystemExit('imported')",
        "acme_checks/rules/house.yaml": MODULE.format(name="house"),
    }
    write_tree(packages, files)
    monkeypatch.setattr(sys, "path", [*sys.path, str(packages)])
    assert kernel("house") == ">= 3"
    assert "acme_checks" not in sys.modules


def test_the_order_is_packages_site_then_named_directories(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packages = tmp_path / "packages"
    package(packages, "acme", "acme_rules")
    overlays = {"packages/acme_rules/m.yaml": 4, "rules.d/m.yaml": 5, "b/m.yaml": 6, "a/m.yaml": 7}
    for path, least in overlays.items():
        write_tree(tmp_path, {path: OVERLAY.format(name="house", least=least)})
    write_tree(tmp_path, {"packages/acme_rules/house.yaml": MODULE.format(name="house")})
    monkeypatch.setattr(sys, "path", [*sys.path, str(packages)])
    assert kernel("house", tmp_path / "b", tmp_path / "a") == ">= 7"
    assert kernel("house") == ">= 5"
    named = [place.directory for place in places.places(["x"])]
    assert named == [shipped_rules(), str(packages / "acme_rules"), str(site), "x"]


def test_a_directory_that_is_named_twice_is_read_once(site: Path, tmp_path: Path) -> None:
    write_tree(tmp_path, {"a/house.yaml": MODULE.format(name="house")})
    (tmp_path / "link").symlink_to("a")
    assert kernel("house", tmp_path / "a", tmp_path / "link", tmp_path / "a/../a") == ">= 3"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("acme.rules", "there is no such package"),
        ("acme:rules", "the value is to be a package"),
        ("../x", "value is"),
    ],
)
def test_a_package_that_names_no_folder_is_said(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str, said: str
) -> None:
    package(tmp_path, "acme", value)
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])
    with pytest.raises(RequestError, match=rf"acme-1\.0 \(envcheck\.rules: acme = .*{said}"):
        open_rulebook()


def test_a_package_under_development_is_found_where_it_lies(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package(tmp_path / "site", "acme", "acme_elsewhere.rules")
    files = {"acme_elsewhere/__init__.py": "", "acme_elsewhere/rules/house.yaml": MODULE.format(name="house")}
    write_tree(tmp_path / "src", files)
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path / "site"), str(tmp_path / "src")])
    assert kernel("house") == ">= 3"


def test_the_working_directory_is_read_by_nobody(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "here"
    package(here, "acme", "acme_rules")
    write_tree(
        here,
        {"acme_rules/house.yaml": MODULE.format(name="house"), "house.yaml": MODULE.format(name="house")},
    )
    monkeypatch.chdir(here)
    others = list(sys.path)
    for first in (str(here), ""):
        monkeypatch.setattr(sys, "path", [first, *others])
        assert [info.name for info in open_rulebook().modules() if info.name == "house"] == []


def test_of_two_versions_the_first_on_the_path_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package(tmp_path / "a", "Acme.Checks", "one")
    package(tmp_path / "b", "acme_checks", "two", version="2.0")
    monkeypatch.setattr(sys, "path", ["/nowhere.zip", str(tmp_path / "a"), str(tmp_path / "b")])
    assert [point.value for point in points.entry_points(points.RULES)] == ["one"]


def test_entry_points_that_cannot_be_read_are_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_tree(tmp_path, {"acme-1.dist-info/entry_points.txt": b"[envcheck.rules]\n[envcheck.rules]\n\xff"})
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    assert points.entry_points(points.RULES) == ()


def test_list_says_where_each_comes_from(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    package(tmp_path / "packages", "acme", "acme_rules")
    write_tree(tmp_path, {"packages/acme_rules/house.yaml": MODULE.format(name="house")})
    write_tree(site, {"50.yaml": OVERLAY.format(name="house", least=5)})
    write_tree(tmp_path, {"mine/x.yaml": OVERLAY.format(name="default", least=6)})
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path / "packages")])
    monkeypatch.setenv("LANG", "C.UTF-8")
    assert cli.main(["list", "-v", "--rules", f"{tmp_path}/mine/"]) == 0
    said = capsys.readouterr().out
    assert f"from {shipped_rules()}/default.yaml (part of envcheck)" in said
    assert f"changed by {tmp_path}/mine/x.yaml (by --rules)" in said
    assert (
        f"{tmp_path}/packages/acme_rules/house.yaml (package acme-1.0 (envcheck.rules: acme = acme_rules))"
        in said
    )
    assert f"changed by {site}/50.yaml (the site's)" in said
