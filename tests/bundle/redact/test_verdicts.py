"""A redacted host gets the verdicts of the host."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import pytest

import envcheck
from envcheck.bundle.redact import Redactor
from envcheck.host.base import Unreadable
from envcheck.host.tree import TreeHost
from envcheck.problems import load_problems
from envcheck.rulebook import shipped_rules
from tests import written
from tests.problems import reference

SIGNATURES = load_problems([shipped_rules()]).all_signatures()
MODULES = sorted(
    path.stem
    for path in (Path(__file__).parents[3] / "rules").glob("*.yaml")
    if "\nchecks:" in path.read_text(encoding="utf-8") and path.stem not in ("common", "problems")
)


def redacted_tree(redactor: Redactor, source: Path, target: Path) -> None:
    """Every file below `source`, its name, its content and where a link leads, below `target`."""
    for folder, folders, files in os.walk(source):
        below = os.path.relpath(folder, source)
        for name in [*folders, *files]:
            path = Path(folder, name)
            if path.is_dir() and not path.is_symlink():
                continue
            member = os.path.normpath(os.path.join("host", below, name))
            new = target / redactor.name(member)
            new.parent.mkdir(parents=True, exist_ok=True)
            if path.is_symlink():
                new.symlink_to(redactor.name(str(path.readlink())))
            else:
                new.write_bytes(redactor.text(path.read_bytes(), member))


def statuses(host: Path) -> dict[tuple[str, str], tuple[str, tuple[str, ...]]]:
    report = envcheck.check(*MODULES, from_path=host)
    return {(each.module, each.id): (each.status, each.hints) for each in report.results}


def test_there_are_modules_to_compare() -> None:
    assert {"default", "face-server"} <= set(MODULES)


@pytest.mark.parametrize("host", written.hosts(), ids=lambda host: host.name)
def test_the_same_verdicts(tmp_path: Path, host: Path) -> None:
    redactor = Redactor()
    asked = TreeHost(host)
    with suppress(Unreadable):
        asked.recorded("*")  # whatever a probe may have been told
    redactor.learn_from_host(asked)
    redacted_tree(redactor, host, tmp_path)
    assert statuses(tmp_path / "host") == statuses(host)


def test_with_names_of_the_worst_kind(tmp_path: Path) -> None:
    """A host and users called like what the checks look for."""
    host = written.HOSTS / "centos72-p4"
    redactor = Redactor(
        identifiers={
            "host": ["docker", "CentOS", "nvidia", "Tesla", "overlay2", "running", "Storage"],
            "user": ["centos", "root", "docker", "release", "kernel", "eth0"],
            "domain": ["local", "el7.x86_64"],
        }
    )
    redacted_tree(redactor, host, tmp_path)
    assert statuses(tmp_path / "host") == statuses(host)


def test_layout_of_names_stays() -> None:
    redactor = Redactor(identifiers={"host": ["host"], "user": ["sys"]})
    for host in written.hosts():
        for path in host.rglob("*"):
            name = f"host/{path.relative_to(host)}"
            assert redactor.name(name) == name


@pytest.mark.parametrize("member", ["", "logs/x.log", "host/sos_commands/kernel/dmesg"])
@pytest.mark.parametrize("known", [{}, {"host": ["gpu01"], "domain": ["acme.cn"], "address": ["10.77.3.41"]}])
def test_a_redacted_log_has_the_diagnosis_of_the_log(known: dict[str, list[str]], member: str) -> None:
    redactor = Redactor(known)
    for signature in SIGNATURES:
        for text in (*signature.matches, *signature.silent):
            redacted = redactor.text(text.encode(), member).decode()
            assert list(reference.found(signature, redacted)) == list(reference.found(signature, text)), (
                redacted
            )
