"""envcheck machine: what is printed, and the exit status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from envcheck import cli
from tests.machine import hosts
from tests.machine.conftest import Lay


@pytest.fixture
def record(lay: Lay, tmp_path: Path) -> Path:
    """The record of a machine as it was."""
    path = tmp_path / "machine.json"
    status = cli.main(["machine", "record", "--from", str(lay(hosts.machine())), "-o", str(path)])
    assert status == 0
    assert path.stat().st_mode & 0o777 == 0o600
    return path


def _compare(lay: Lay, record: Path, *files: hosts.Files, options: tuple[str, ...] = ("--lang", "en")) -> int:
    root = lay(hosts.machine(*files))
    return cli.main(["machine", "compare", str(record), "--from", str(root), *options])


def test_the_same_machine(lay: Lay, record: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _compare(lay, record) == 0
    said = capsys.readouterr().out
    assert said.endswith("It is the machine of the record.\n")
    assert "addresses         same\n" in said


def test_another_address(lay: Lay, record: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _compare(lay, record, hosts.addresses(em1="10.1.2.77/24")) == 1
    said = capsys.readouterr().out
    assert "    - 10.1.2.3\n    + 10.1.2.77\n" in said
    assert "The address changed after the fingerprint was taken (address-changed)" in said
    assert "ip addr add OLD_ADDRESS/24 dev IFACE" in said


def test_in_chinese(lay: Lay, record: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _compare(lay, record, hosts.disk(serial="N1"), options=("--lang", "zh")) == 1
    said = capsys.readouterr().out
    assert "硬盘              已变\n" in said
    assert "(hardware-changed)" in said


def test_as_json(lay: Lay, record: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _compare(lay, record, hosts.card(mac="00:11:22:33:44:55"), options=("--format", "json")) == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["schema"], found["same"]) == ("envcheck.machine-comparison/1", False)
    assert found["meaning"] == "hardware-changed"
    (cards,) = (change for change in found["changes"] if change["part"] == "cards")
    assert cards["come"] == [{"ids": ["00:11:22:33:44:55"], "about": "em1"}]


def test_what_was_denied_is_said(lay: Lay, capsys: pytest.CaptureFixture[str]) -> None:
    files = {name: text for name, text in hosts.machine().items() if "dmi" not in name}
    assert cli.main(["machine", "record", "--from", str(lay(files))]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["parts"]["system_uuid"]["unknown"].startswith("not in this record")
    assert "system_uuid is unknown: not in this record" in captured.err


def test_a_record_to_a_hyphen_is_stdout(
    lay: Lay, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(["machine", "record", "--from", str(lay(hosts.machine())), "-o", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["schema"] == "envcheck.machine/1"
    assert not (tmp_path / "-").exists()


def test_this_machine_agrees_with_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "here.json"
    assert cli.main(["machine", "record", "-o", str(path)]) == 0
    assert cli.main(["machine", "compare", str(path), "--lang", "en"]) == 0
    assert "installed system  same" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{}", "no machine record: 'schema' is missing"),
        ('{"schema": "envcheck.report/1"}', "its schema is 'envcheck.report/1'"),
        ('{"schema": "envcheck.machine/1", "parts": {}}', "'system_uuid' is missing"),
        ('{"schema": "envcheck.machine/1", "parts": 7}', "no machine record"),
        ("{cut", "no machine record"),
        ("{" + '"a":{' * 100_000, "no machine record"),
        ("not JSON, no archive", "is not an archive"),
        ("not JSON, no archive", "nor is it a record of `envcheck machine record`"),
    ],
)
def test_what_is_no_record(
    tmp_path: Path, content: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.json"
    path.write_text(content)
    assert cli.main(["machine", "compare", str(path)]) == 2
    captured = capsys.readouterr()
    assert words in captured.err
    assert "Traceback" not in captured.err
    assert str(path) in captured.err


def test_a_folder_that_holds_nothing_of_a_machine(
    lay: Lay, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder named by mistake, which is a record of which nothing is known, is no agreement."""
    empty = tmp_path / "empty"
    empty.mkdir()
    assert _compare(lay, empty) == 2
    assert f"{empty}: no machine record: nothing that a licence binds to" in capsys.readouterr().err


def test_a_record_without_anything_to_tell_it_by(lay: Lay, capsys: pytest.CaptureFixture[str]) -> None:
    """Processors alike and a copied installation are no proof."""
    files = {
        name: text
        for name, text in hosts.machine().items()
        if "dmi" not in name and not name.startswith(("sys/", "sos_commands/"))
    }
    assert cli.main(["machine", "compare", str(lay(files)), "--from", str(lay(files)), "--lang", "en"]) == 1
    said = capsys.readouterr().out
    assert "not in this record" in said
    assert "installed system  same\n" in said
    assert " ".join(said.split()).endswith("cannot be told: too little of it can be compared.")
    assert cli.main(["machine", "compare", str(lay(files)), "--from", str(lay(files)), "--lang", "zh"]) == 1
    said = capsys.readouterr().out
    assert "主板              未比较: 记录中没有：" in said
    assert "not in this record" not in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["compare"], "needs the FILE of an earlier record"),
        (["record", "x.json"], "-o x.json"),
        (["compare", "/no/such/file"], "No such file"),
        (["record", "-o", "/no/such/folder/x"], "cannot be written"),
        (["delete"], "invalid choice"),
    ],
)
def test_a_wrong_request(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["machine", *arguments]) == 2
    assert words in capsys.readouterr().err
