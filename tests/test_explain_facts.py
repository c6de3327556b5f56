"""`envcheck explain facts`: the rule author's dictionary."""

from __future__ import annotations

import json
import re
from contextlib import closing
from importlib import import_module
from pathlib import Path

import pytest

from envcheck import cli, engine, probes
from envcheck.facts import Known, split, subject
from envcheck.host.tree import TreeHost
from envcheck.probes import (
    answering,
    containers,
    database,
    endpoint,
    face_cluster,
    gpu_processes,
    inside_container,
    license_server,
    program,
    web,
)
from envcheck.rulebook import open_rulebook
from envcheck.rulebook.dictionary import Described, described
from envcheck.rulebook.model import Part
from envcheck.values import Endpoint
from tests.conftest import write_tree

HOSTS = Path(__file__).parent / "hosts"
HOST = str(HOSTS / "centos72-p4")


def explain(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = cli.main(["explain", "facts", *arguments])
    said = capsys.readouterr()
    return status, said.out, said.err


@pytest.mark.parametrize("fact", described(), ids=lambda fact: fact.name)
def test_every_fact_says_what_it_is_and_where_it_is_sought(fact: object) -> None:
    assert fact.text  # type: ignore[attr-defined]
    assert fact.sources  # type: ignore[attr-defined]


def test_a_fact_is_shown_with_type_units_sources_and_its_value_here(
    capsys: pytest.CaptureFixture[str],
) -> None:
    status, out, _ = explain(capsys, "memory.total", "--from", HOST, "--lang", "en")
    assert status == 0
    assert out.startswith("memory.total: size (in B, kB, KB, MB, GB, TB, PB, KiB, MiB, GiB, TiB, PiB)\n")
    assert "    sources: /proc/meminfo, /sys/devices/system/node, free\n" in out
    assert "    here: 67.4 GB (from free)\n" in out or "    here: 67" in out


def test_in_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    assert "本机：" in explain(capsys, "memory", "--from", HOST, "--lang", "zh")[1]


def test_a_probe_names_all_its_facts_and_a_list_its_fields(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = explain(capsys, "gpu", "--from", HOST, "--lang", "en")
    names = [line.split(":")[0] for line in out.splitlines() if line and not line.startswith(" ")]
    assert names == ["gpu.present", "gpu.pci", "gpu.cards"]
    assert "number: whole number; name: text; memory: size; virtual: true or" in out


def test_without_a_name_every_fact_is_told_of_this_machine(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = explain(capsys, "--format", "json")
    document = json.loads(out)
    assert status == 0
    assert document["schema"] == "envcheck.facts/1"
    assert {fact["name"].split(".")[0] for fact in document["facts"]} == set(probes.names())
    here = {fact["name"]: fact["here"] for fact in document["facts"]}
    assert here["kernel.release"]["source"] == "/proc/sys/kernel/osrelease"
    assert all(value["value"] is not None or value["reason"] for value in here.values())


SAMPLES = {
    "sos_commands/envcheck/getconf_LONG_BIT": "64\n",
    "usr/bin/unzip": "x",
    "proc/sys/net/ipv4/NAME": "1\n",
    "etc/machine-id": "0123456789abcdef0123456789abcdef\n",
    "etc/docker/daemon.json": "{}",
    "sos_commands/hardware/dmidecode": "Handle 0x0001, DMI type 1, 27 bytes\nSystem Information\n"
    "\tManufacturer: HP\n\tProduct Name: ProLiant DL380p Gen8\n"
    "\tUUID: 6c8a1b02-1d3e-4f50-9a7b-c1d2e3f4a5b6\n\nHandle 0x0002, DMI type 2, 17 bytes\n"
    "Base Board Information\n\tManufacturer: HP\n\tProduct Name: ProLiant\n",
}
"""Files that are copied from no written host."""
ABOUT = {
    "account": "account[idl-face]",
    "path": "path[/tmp]",
    "sysctl": "sysctl[net.ipv4.NAME]",
}
LICENSE, DATABASE, FACE = Endpoint("10.0.0.5", 8887), Endpoint("127.0.0.1", 5535), "face-server-1"
SETTINGS = {
    "answering": answering.Settings((8300,)),
    "containers": containers.Settings(("*face*",)),
    "database": database.Settings(DATABASE),
    "endpoint": endpoint.Settings(LICENSE),
    "face_cluster": face_cluster.Settings("baiduface"),
    "gpu_processes": gpu_processes.Settings(("*face*",)),
    "inside_container": inside_container.Settings(FACE, LICENSE),
    "license_server": license_server.Settings(LICENSE),
    "program": program.Settings(("mysqld",)),
    "web": web.Settings("8000/stat"),
}
PARTS: tuple[Part, ...] = ("checks", "verify")
WRITTEN = [fact for fact in described() if fact.record and not fact.record.startswith(("the ", "none: "))]


def _written(fact: Described, host: Path, folder: Path) -> None:
    """Those files of a written host that are said to tell the fact, and no other."""
    for part in re.split(r" \+ |, ", fact.record):
        found = {
            path.relative_to(host): path.read_bytes() for path in host.glob(re.sub("[A-Z]{4,}", "*", part))
        }
        if part in SAMPLES:
            found = {Path(part): SAMPLES[part].encode()}
        for path, content in found.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)


def _asked(host: TreeHost, probe: str) -> object:
    if probe in SETTINGS:
        return import_module(f"envcheck.probes.{probe}").collect(host, SETTINGS[probe])
    asked = ABOUT.get(probe, probe)
    return engine.facts(host, (asked,), timeout=20)[asked]


@pytest.mark.parametrize("fact", WRITTEN, ids=lambda fact: fact.name)
def test_the_files_that_are_said_to_tell_a_fact_do(fact: Described, tmp_path: Path) -> None:
    told = set()
    for host in HOSTS.iterdir():
        _written(fact, host, tmp_path / host.name)
        with closing(TreeHost(tmp_path / host.name)) as tree:
            told.add(type(fact.of(_asked(tree, fact.probe))))
    assert Known in told


@pytest.mark.parametrize(
    "fact",
    [fact for fact in described() if fact.record and set(fact.record.split(" + ")) == set(fact.samples)],
    ids=lambda fact: fact.name,
)
def test_what_such_a_file_may_hold_tells_the_fact(fact: Described, tmp_path: Path) -> None:
    """Nobody could guess the form of those files; what is said of it is not only said."""
    write_tree(tmp_path, {file: f"{content}\n" for file, content in fact.samples.items()})
    probe = "path[/srv/app]" if fact.probe == "path" else fact.probe
    with closing(TreeHost(tmp_path)) as tree:
        assert isinstance(fact.of(_asked(tree, probe)), Known)


def test_what_a_file_may_hold_is_shown_to_be_copied(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = explain(capsys, "path.status", "--from", HOST, "--lang", "en")
    assert (
        "    sos_commands/envcheck/stat.json may hold:\n"
        '        {"/srv/app": {"kind": "directory", "mode": "0755", "uid": 0, "gid": 0, "size": 4096}}\n'
        in out
    )
    _, out, _ = explain(capsys, "path.status", "--from", HOST, "--format", "json")
    assert list(json.loads(out)["facts"][0]["samples"]) == ["sos_commands/envcheck/stat.json"]


def test_every_fact_of_a_shipped_rule_says_how_to_write_it() -> None:
    rulebook = open_rulebook()
    asked = [
        split(check.condition.fact)
        for module in rulebook.modules()
        for part in PARTS[: 1 + module.verifiable]
        for check in rulebook.rule_set(module.name, part=part).checks
    ]
    named = {f"{subject(probe)[0]}.{fields[0]}" for probe, fields in asked if fields}
    assert named - {fact.name for fact in described() if fact.record} == set()


def test_the_files_of_a_written_host_are_said(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = explain(capsys, "ports.busy", "--from", HOST, "--lang", "en")
    assert "    in a written host: proc/net/tcp + proc/net/tcp6\n" in out


def test_what_a_probe_is_asked_about_may_stand_in_brackets(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, _ = explain(capsys, f"path[{tmp_path}].status", "--lang", "en")
    assert status == 0
    said = "".join(out.split())  # a long path is broken where it has a hyphen or a slash
    assert f"path[{tmp_path}].status:recordwhatisthere" in said
    assert f"here:{tmp_path}:directory" in said


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("sysctl.number", "unknown: say what it is about: sysctl[SOME-SYSCTL]"),
        ("path.status", "unknown: say what it is about: path[/some/path]"),
        ("answering", "unknown: it is asked with what a rule set sets: its parameter service-ports"),
    ],
)
def test_what_a_fact_is_asked_about_is_said(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, name: str, said: str
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    _, out, _ = explain(capsys, name, "--from", HOST, "--lang", "en")
    assert f"    here: {said}\n" in out


def test_what_is_not_known_here_has_its_reason_and_an_example(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = explain(capsys, "kernel.version", "--from", str(tmp_path), "--lang", "en")
    assert "    here: unknown: " in out
    assert "    for example: 3.10.0\n" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["memory.totl"], "unknown fact 'memory.totl'; did you mean 'memory.total'?"),
        (["path[/home].spce"], "unknown fact 'path[/home].spce'; did you mean 'path.space'?"),
        (["path[home].space"], "the path 'home' begins with a slash"),
        (["kernel[/x].version"], "'kernel' is asked about nothing: leave out the brackets"),
        (["memroy"], "did you mean 'memory'?"),
        (["memory", "--from", "/nowhere"], "/nowhere"),
    ],
)
def test_a_wrong_request_is_exit_status_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    status, out, err = explain(capsys, *arguments)
    assert (status, out) == (2, "")
    assert said in err


def test_what_a_host_says_is_escaped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "proc/sys/kernel").mkdir(parents=True)
    (tmp_path / "proc/sys/kernel/osrelease").write_text("3.10\x1b[31m\n")
    _, out, _ = explain(capsys, "kernel", "--from", str(tmp_path))
    assert "\x1b" not in out
    assert r"3.10\x1b[31m" in out


def test_rule_sets_add_no_facts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = explain(capsys, "kernel", "--rules", str(tmp_path))
    assert (status, out) == (2, "")
    assert f"--rules {tmp_path}: rule sets add no facts" in err
