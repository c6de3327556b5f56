"""`envcheck diagnose` as a person sees it: what is printed, and the exit status."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import os
import socket
import subprocess
import sys
import tarfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import envcheck
from envcheck.cli import main
from tests.conftest import write_tree

FULL = "write /var/lib/docker/x: no space left on device\n"
DENIED = "sh: /home/idl-face/start.sh: Permission denied\n"
SCHEMA = json.loads((Path(envcheck.__file__).parent / "report/diagnosis.schema.json").read_text())
ENFORCING = {"etc/os-release": "ID=centos\nVERSION_ID=7\n", "sys/fs/selinux/enforce": "1"}

AS_OTHERS = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search") if os.geteuid() == 0 else ()
"""Before a command: root reads no more than what its files' modes allow."""

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*argv: object) -> tuple[int, str, str]:
        status = main(["diagnose", "--lang", "en", "--log-file", str(tmp_path / "run.log"), *map(str, argv)])
        out, err = capsys.readouterr()
        return status, out, err

    return run


@pytest.fixture
def document(run: Run) -> Callable[..., dict[str, Any]]:
    def document(*argv: object) -> dict[str, Any]:
        status, out, _ = run("--format", "json", *argv)
        found: dict[str, Any] = json.loads(out)
        jsonschema.validate(found, SCHEMA)
        assert status == (1 if found["found"] else 0)
        return found

    return document


def problems(found: dict[str, Any]) -> dict[str, int]:
    return {each["problem"]: each["count"] for each in found["findings"]}


def logs(tmp_path: Path, files: dict[str, str | bytes]) -> Path:
    write_tree(tmp_path / "logs", files)
    return tmp_path / "logs"


def test_a_known_problem_is_named_shown_and_mended(run: Run, tmp_path: Path) -> None:
    log = tmp_path / "install.log"
    log.write_text(f"one\ntwo\n2026-11-22 03:10:58 {FULL}three\nfour\nfive\n2026-11-23 00:00:01 {FULL}")
    status, out, _ = run(log)
    assert status == 1
    for said in (
        "(no-space-left)",
        f"{log}:3:",
        "2 lines, from 2026-11-22 03:10:58 to 2026-11-23 00:00:01",
        "  > 2026-11-22 03:10:58 write /var/lib/docker/x: no space left on device",
        "two",
        "four",
        "data-root",
        "Known problems found: 1.",
    ):
        assert said in out
    assert "five\n" in out  # before the second one


def test_in_chinese(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a").write_text(FULL)
    assert "发现已知问题：1 个。" in run("--lang", "zh", tmp_path / "a")[1]


def test_a_log_without_one_is_exit_0(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("all is well\n")
    status, out, _ = run(tmp_path / "a")
    assert (status, "No known problem was found" in out) == (0, True)


# -- hints, and what confirms them ------------------------------------------------------


def test_a_hint_alone_is_shown_and_exit_0(document: Callable[..., dict[str, Any]], tmp_path: Path) -> None:
    (tmp_path / "a").write_text(DENIED)
    found = document(tmp_path / "a")
    assert [(each["problem"], each["certainty"]) for each in found["findings"]] == [
        ("selinux-permission-denied", "hint")
    ]
    assert "another machine" in found["findings"][0]["confirmations"][0]["reason"]


@pytest.mark.parametrize(
    "line",
    [
        'rsync: write failed on "/backup/x": No space left on device (28)',
        "cp: error writing '/mnt/usb/x': No space left on device",
        "gzip: /boot/initrd.img: No space left on device",
        "node_exporter: listen tcp 0.0.0.0:9100: bind: address already in use",
        "Error: listen EADDRINUSE: address already in use :::8080",
    ],
)
def test_what_any_program_may_say_is_a_hint_only(
    document: Callable[..., dict[str, Any]], tmp_path: Path, line: str
) -> None:
    (tmp_path / "messages").write_text(line + "\n")
    found = document(tmp_path / "messages")
    assert [each["certainty"] for each in found["findings"]] == ["hint"]


@pytest.mark.parametrize(
    "line",
    ['grep: searching for "no space left on device" in docs', "consul: wait to be ready in 3 s ... ready"],
)
def test_what_only_quotes_a_problem_is_none(
    document: Callable[..., dict[str, Any]], tmp_path: Path, line: str
) -> None:
    (tmp_path / "messages").write_text(line + "\n")
    assert document(tmp_path / "messages")["findings"] == []


@pytest.mark.parametrize(
    ("name", "line", "problem"),
    [
        ("messages", "dockerd[7]: write layer: no space left on device", "no-space-left"),
        ("server.log", "write: no space left on device", "no-space-left"),
        ("messages", "listen tcp 0.0.0.0:8443: bind: address already in use", "port-taken"),
        ("server.log", "bind: address already in use", "port-taken"),
    ],
)
def test_of_docker_and_the_product_it_is_known(
    document: Callable[..., dict[str, Any]], tmp_path: Path, name: str, line: str, problem: str
) -> None:
    (tmp_path / name).write_text(line + "\n")
    found = document(tmp_path / name)
    assert [(each["problem"], each["certainty"]) for each in found["findings"]] == [(problem, "sure")]


def test_a_full_disk_below_docker_confirms_the_hint(
    document: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    (tmp_path / "messages").write_text("cp: error writing '/srv/x': No space left on device\n")
    df = "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/sda1 99999999 99999000 999 100% /\n"
    write_tree(tmp_path / "host", {**ENFORCING, "sos_commands/filesys/df_-al_-x_autofs": df})
    finding = document("--from", tmp_path / "host", tmp_path / "messages")["findings"][0]
    assert (finding["problem"], finding["confirmations"][0]["check"]) == ("no-space-left", "disk-free-images")
    assert finding["certainty"] == "confirmed", finding


def test_the_record_of_the_host_confirms_it(document: Callable[..., dict[str, Any]], tmp_path: Path) -> None:
    (tmp_path / "a").write_text(DENIED)
    write_tree(tmp_path / "host", ENFORCING)
    found = document("--from", tmp_path / "host", tmp_path / "a")
    assert found["findings"][0]["certainty"] == "confirmed"
    assert found["findings"][0]["confirmations"][0]["verdict"] == "confirms"
    assert found["distribution"] == "centos"


def test_the_record_of_the_host_contradicts_it(
    document: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    (tmp_path / "a").write_text(DENIED)
    write_tree(tmp_path / "host", {**ENFORCING, "sys/fs/selinux/enforce": "0"})
    finding = document("--from", tmp_path / "host", tmp_path / "a")["findings"][0]
    assert (finding["certainty"], finding["confirmations"][0]["verdict"]) == ("hint", "contradicts")


def test_enforcing_without_a_log_of_it_is_nothing(
    document: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    write_tree(tmp_path / "host", {**ENFORCING, "var/log/messages": "all is well\n"})
    assert document("--from", tmp_path / "host")["findings"] == []


# -- which logs -------------------------------------------------------------------------


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress], ids=["gz", "bz2", "xz"])
def test_compressed_logs(
    document: Callable[..., dict[str, Any]], tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    (tmp_path / "a").write_bytes(pack(b"x\n" * 500_000) + pack(FULL.encode()))
    finding = document(tmp_path / "a")["findings"][0]
    assert (finding["problem"], finding["evidence"][0]["line"]) == ("no-space-left", 500_001)


def test_zstd_logs(document: Callable[..., dict[str, Any]], tmp_path: Path) -> None:
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    (tmp_path / "a.zst").write_bytes(zstd.compress(FULL.encode() * 3))
    assert problems(document(tmp_path / "a.zst")) == {"no-space-left": 3}


def test_a_log_in_utf_16(document: Callable[..., dict[str, Any]], tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(f"x\n{FULL}".encode("utf-16"))
    assert document(tmp_path / "a")["findings"][0]["evidence"][0]["line"] == 2


def test_a_directory_with_rotated_logs_in_the_order_of_their_writing(
    document: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    at = logs(
        tmp_path,
        {
            "a/x.log": f"2026-11-22 00:00:03 {FULL}",
            "a/x.log.1": f"2026-11-22 00:00:02 {FULL}",
            "a/x.log.10.gz": gzip.compress(f"2026-11-22 00:00:01 {FULL}".encode()),
        },
    )
    finding = document(at)["findings"][0]
    assert [Path(each["log"]).name for each in finding["evidence"]] == ["x.log.10.gz", "x.log.1", "x.log"]
    assert (finding["first"], finding["last"]) == ("2026-11-22 00:00:01", "2026-11-22 00:00:03")


def test_an_archive_of_logs(document: Callable[..., dict[str, Any]], tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "logs.tar.gz", "w:gz") as archive:
        for name, content in {
            "a/one.log": FULL.encode(),
            "a/two.log.gz": gzip.compress(FULL.encode() * 2),
        }.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    found = document(tmp_path / "logs.tar.gz")
    assert problems(found) == {"no-space-left": 3}
    assert found["findings"][0]["evidence"][1]["log"].endswith("logs.tar.gz:a/two.log.gz")


def test_the_logs_of_a_sosreport(document: Callable[..., dict[str, Any]], tmp_path: Path) -> None:
    write_tree(
        tmp_path / "sos",
        {
            **ENFORCING,
            "var/log/messages-20260101": FULL,
            "sos_commands/kernel/dmesg": "[   12.345678] NVRM: Xid (PCI:0000:03:00): 31, pid=7\n",
            "etc/motd": FULL,
        },
    )
    found = document("--from", tmp_path / "sos")
    assert {each["name"] for each in found["logs"]} == {
        "var/log/messages-20260101",
        "sos_commands/kernel/dmesg",
    }
    assert problems(found)["no-space-left"] == 1
    assert any(each["meanings"] for each in found["findings"])


def test_the_logs_of_a_bundle(
    document: Callable[..., dict[str, Any]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    host = {
        **ENFORCING,
        "home/original/package/Install/server.log": FULL,
        "sos_commands/kernel/dmesg": "fine\n",
    }
    write_tree(tmp_path / "host", host)
    bundle = tmp_path / "b.tar.gz"
    argv = ["bundle", "--from", str(tmp_path / "host"), "-o", str(bundle), "--log-file", os.devnull]
    assert main(argv) == 0
    capsys.readouterr()
    found = document("--from", bundle)
    assert problems(found) == {"no-space-left": 1}
    assert found["findings"][0]["evidence"][0]["log"].endswith("server.log")


LISTENERS = "State Recv-Q Send-Q Local-Address:Port Peer-Address:Port\n"
LISTENS = 'LISTEN 0 128 0.0.0.0:{} 0.0.0.0:* users:(("{}",pid=77,fd=3))\n'
TAKEN = "app: listen tcp 0.0.0.0:9100: bind: address already in use\n"


@pytest.mark.parametrize(
    ("owners", "certainty", "said"),
    [
        ({8443: "license_server"}, "hint", "not confirmed: held by the product itself"),
        ({8443: "license_server", 8300: "java"}, "confirmed", None),
        ({8666: "nginx"}, "hint", "not known of 8666 by nginx (pid 77) on 0.0.0.0"),
        ({8300: "java"}, "confirmed", None),
    ],
)
def test_a_port_that_the_product_itself_holds_confirms_nothing(
    document: Callable[..., dict[str, Any]],
    tmp_path: Path,
    owners: dict[int, str],
    certainty: str,
    said: str | None,
) -> None:
    listening = LISTENERS + "".join(LISTENS.format(*each) for each in owners.items())
    host = {
        "etc/os-release": "ID=centos\n",
        "sos_commands/networking/ss_-tlnp": listening,
        "var/log/app.log": TAKEN,
    }
    write_tree(tmp_path / "host", host)
    (found,) = document("--from", tmp_path / "host")["findings"]
    assert (found["problem"], found["certainty"]) == ("port-taken", certainty)
    (confirmation,) = found["confirmations"]
    assert said is None or said in confirmation["reason"]


def test_standard_input(tmp_path: Path) -> None:
    argv = [
        sys.executable,
        "-m",
        "envcheck",
        "diagnose",
        "-",
        "--format",
        "json",
        "--log-file",
        str(tmp_path / "l"),
    ]
    done = subprocess.run(argv, input=gzip.compress(b"x\n" + FULL.encode()), capture_output=True, check=False)
    assert done.returncode == 1
    assert json.loads(done.stdout)["findings"][0]["evidence"][0]["line"] == 2


def test_a_large_log_in_shares_is_counted_as_in_one(
    document: Callable[..., dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from envcheck.problems.scan import shares

    log = tmp_path / "a"
    log.write_text(
        "".join(
            f"line {number} {FULL if number % 1000 == 999 else 'fine' + chr(10)}" for number in range(50_000)
        )
    )
    whole = document(log)
    monkeypatch.setattr(shares, "LEAST", 200_000)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2})
    monkeypatch.setattr(threading, "active_count", lambda: 1)  # whatever other tests left behind
    assert len(shares.shares(log.stat().st_size, lambda begin, end: iter([log.read_bytes()[begin:end]]))) == 3
    divided = document(log)
    assert divided["findings"] == whole["findings"]
    assert divided["findings"][0]["count"] == 50


def test_problems_only_in_a_later_share_have_their_line(
    document: Callable[..., dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from envcheck.problems.scan import shares

    monkeypatch.setattr(shares, "LEAST", 200_000)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    (tmp_path / "a").write_text("fine\n" * 150_000 + FULL)
    assert document(tmp_path / "a")["findings"][0]["evidence"][0]["line"] == 150_001


# -- what can't be read -----------------------------------------------------------------


def test_what_is_no_log_is_said_and_passed_over(
    document: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    at = logs(
        tmp_path,
        {
            "good": FULL,
            "loop": "-> loop",
            "gone": "-> nowhere",
            "up": "-> .",
            "cut.gz": gzip.compress(FULL.encode() * 999)[:-9],
        },
    )
    os.mkfifo(at / "fifo")
    (at / "null").symlink_to("/dev/null")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(at / "socket"))
        found = document(at)
    reasons = {Path(each["name"]).name: each["reason"] for each in found["passed_over"]}
    assert problems(found)["no-space-left"] >= 1
    assert reasons["fifo"] == "is a pipe"
    assert reasons["null"] == "is a device"
    assert reasons["socket"] == "is a socket"
    assert "symbolic link" in reasons["loop"]
    assert "No such file" in reasons["gone"]
    assert "not followed" in reasons["up"]
    assert "cut off" in reasons["cut.gz"]


PACKED = [gzip.compress, bz2.compress, lzma.compress]


@pytest.mark.parametrize("pack", PACKED, ids=["gz", "bz2", "xz"])
def test_a_log_cut_off_before_its_first_byte_is_passed_over(
    run: Run, tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    content = "".join(f"{number} all is well\n" for number in range(9999)).encode()
    (tmp_path / "cut").write_bytes(pack(content)[:20])
    (tmp_path / "install.log").write_text(FULL)
    status, out, err = run(tmp_path / "cut", tmp_path / "install.log")
    assert (status, "(no-space-left)" in out) == (1, True)
    assert f"{tmp_path}/cut: the compressed data is cut off" in out
    assert "internal error" not in out + err
    status, _, err = run(tmp_path / "cut")
    assert (status, "nothing was diagnosed" in err) == (2, True)


@pytest.mark.parametrize("pack", PACKED, ids=["gz", "bz2", "xz"])
def test_a_record_with_a_log_that_is_cut_off(
    document: Callable[..., dict[str, Any]], tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    content = "".join(f"{number} all is well\n" for number in range(9999)).encode()
    packed: dict[str, str | bytes] = {"var/log/messages-1": pack(content)[:20], "var/log/messages": FULL}
    write_tree(tmp_path / "host", {**packed, **ENFORCING})
    found = document("--from", tmp_path / "host")
    assert problems(found) == {"no-space-left": 1}
    assert [(each["name"], each["reason"]) for each in found["passed_over"]] == [
        ("var/log/messages-1", "the compressed data is cut off")
    ]


def test_a_log_that_may_not_be_read(tmp_path: Path) -> None:
    at = logs(tmp_path, {"good": FULL, "secret": FULL})
    (at / "secret").chmod(0)
    done = subprocess.run(
        [*AS_OTHERS, sys.executable, "-m", "envcheck", "diagnose", "--format", "json", str(at)],
        env={**os.environ, "HOME": str(tmp_path), "PYTHONPATH": str(Path(envcheck.__file__).parents[1])},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1, done.stderr
    found = json.loads(done.stdout)
    assert problems(found) == {"no-space-left": 1}
    assert [(Path(each["name"]).name, each["reason"]) for each in found["passed_over"]] == [
        ("secret", "Permission denied")
    ]


def test_a_log_that_vanishes_or_shrinks_while_the_others_are_read(tmp_path: Path) -> None:
    from envcheck.host.base import Failed
    from envcheck.problems.scan.files import named
    from envcheck.problems.scan.source import Source

    at = logs(tmp_path, {"a": FULL * 99, "b": FULL})
    for name, change in (("a", lambda: (at / "a").write_text("x")), ("b", (at / "b").unlink)):
        [source] = named([str(at / name)])
        assert isinstance(source, Source)
        change()
        with pytest.raises(Failed, match=r"shorter|No such file"):
            list(source.pieces())


def test_a_log_that_grows_is_read_as_far_as_it_was(tmp_path: Path) -> None:
    from envcheck.problems.scan.files import named
    from envcheck.problems.scan.source import Source

    (tmp_path / "a").write_text(FULL)
    [source] = named([str(tmp_path / "a")])
    assert isinstance(source, Source)
    (tmp_path / "a").write_text(FULL * 2)
    assert b"".join(source.pieces()).decode() == FULL


def test_nothing_read_is_no_verdict(run: Run, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    status, out, err = run(tmp_path / "fifo")
    assert (status, out) == (2, "")
    assert "no log could be read" in err
    assert "is a pipe" in err


def test_a_path_that_leads_nowhere(run: Run, tmp_path: Path) -> None:
    (tmp_path / "install.log").write_text(FULL)
    status, _, err = run(tmp_path / "instal.log")
    assert status == 2
    assert "did you mean 'install.log'?" in err


def test_a_hostile_log_does_not_reach_the_terminal(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("\x1b]0;owned\x07\u202e\x9b31m no space left on device \x1b[2J\n")
    out = run(tmp_path / "a")[1]
    assert not any(char in out for char in "\x1b\x07\u202e\x9b")


def test_output_goes_to_the_file_and_the_conclusion_to_stdout(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a").write_text(FULL)
    status, out, _ = run(tmp_path / "a", "-o", tmp_path / "report.txt")
    assert (status, out) == (1, "Known problems found: 1.\n")
    assert "no-space-left" in (tmp_path / "report.txt").read_text()


def test_the_library_says_the_same(tmp_path: Path) -> None:
    (tmp_path / "a").write_text(FULL)
    diagnosis = envcheck.diagnose(tmp_path / "a")
    assert diagnosis.found
    assert diagnosis.findings[0].evidence[0].text == FULL.strip()
    jsonschema.validate(json.loads(diagnosis.to_json()), SCHEMA)
    with pytest.raises(envcheck.RequestError):
        envcheck.diagnose(tmp_path / "b")


def test_problems_of_ones_own_rules(document: Callable[..., dict[str, Any]], tmp_path: Path) -> None:
    write_tree(
        tmp_path / "rules",
        {
            "problems.yaml": """
problems:
- id: our-own
  title: {en: Ours, zh: 我们的}
  cause: {en: Why, zh: 原因}
  steps: [{text: {en: Do this, zh: 这样做}}]
  risk: none
  source: ours
  signatures:
  - any: [the frobnicator is stuck]
    matches: [the frobnicator is stuck]
"""
        },
    )
    (tmp_path / "a").write_text("The  FROBNICATOR is\n   stuck\n")
    assert problems(document("--rules", tmp_path / "rules", tmp_path / "a")) == {"our-own": 1}
