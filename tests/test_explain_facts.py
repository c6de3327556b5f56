"""`envcheck explain facts`: the rule author's dictionary."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from envcheck import cli, probes
from envcheck.rulebook.dictionary import described

HOST = str(Path(__file__).parent / "hosts/centos72-p4")


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


def test_explaining_nothing_says_what_can_be_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["explain"]) == 2
    assert "envcheck explain facts" in capsys.readouterr().err
