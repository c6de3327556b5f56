"""What a user of `envcheck bundle` sees: files, words, exit status, and how it ends."""

from __future__ import annotations

import json
import os
import pty
import signal
import stat
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import pytest

from tests.conftest import write_tree

REPOSITORY = Path(__file__).parents[2]
LOG = "home/baidu/work/license-server/logs/license_service.log.wf"
RULES = f"""\
module: small
title: {{en: Small service, zh: 小服务}}
description: {{en: What the tests check, zh: 测试所检查的}}
logs:
  files: [/{LOG}]
checks:
  - id: kernel
    title: {{en: Kernel version, zh: 内核版本}}
    fact: kernel.version
    require: ">= 3.10"
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a rule set and a recorded host with a log; `out` is where bundles are made."""
    (tmp_path / "out").mkdir()
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "small.yaml").write_text(RULES, encoding="utf-8")
    files = {
        "proc/sys/kernel/osrelease": "3.9.0\n",
        "proc/sys/kernel/hostname": "licsrv01\n",
        "etc/os-release": 'ID="centos"\nVERSION_ID="7"\n',
        "sos_commands/kernel/dmesg": "[    0.000000] Linux version 3.9.0\n",
        LOG: "2026-01-01 machine auth check failure\n" * 100,
    }
    write_tree(tmp_path / "host", files)
    return tmp_path


def environment(place: Path) -> dict[str, str]:
    measured = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}
    return {
        **measured,
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(REPOSITORY),
        "HOME": str(place / "home"),
        "XDG_STATE_HOME": str(place / "state"),
        "LANG": "C.UTF-8",
    }


def command(place: Path, *arguments: str) -> list[str]:
    found = ["--rules", str(place / "rules"), "--from", str(place / "host")]
    return [sys.executable, "-m", "envcheck", "bundle", *arguments, *found]


def bundle(place: Path, *arguments: str, words: bool = False) -> subprocess.CompletedProcess[str]:
    """Run it in the folder `out`; `words` leaves out the options of a check."""
    argv = [sys.executable, "-m", "envcheck", "bundle", *arguments] if words else command(place, *arguments)
    return subprocess.run(
        argv,
        env=environment(place),
        capture_output=True,
        encoding="utf-8",
        timeout=100,
        check=False,
        cwd=place / "out",
    )


def contents(path: Path) -> Mapping[str, bytes]:
    with tarfile.open(path) as archive:
        return {member.name: archive.extractfile(member).read() for member in archive}  # type: ignore[union-attr]


def test_written_whatever_the_verdict(place: Path) -> None:
    run = bundle(place, "small", "--no-redact")

    assert run.returncode == 0, run.stderr
    assert run.stdout.endswith("The conclusion of environment checking is :fail\n")
    (name,) = os.listdir(place / "out")
    assert run.stdout.startswith(f"{name}: ")
    assert name.startswith("envcheck-licsrv01-")
    assert name.endswith("-unredacted.tar.gz")
    assert "NOT redacted" in run.stdout
    assert stat.S_IMODE((place / "out" / name).stat().st_mode) == 0o600
    files = contents(place / "out" / name)
    assert json.loads(files["report.json"])["conclusion"] == "fail"
    assert b"kernel" in files["report.txt"]
    assert files[f"logs/{LOG}"] == (place / "host" / LOG).read_bytes()
    assert files["logs/kernel.log"].startswith(b"[    0.000000] Linux")
    assert b"osrelease" in files["envcheck.log"]
    assert b"conclusion" not in files["envcheck.log"].splitlines()[0]


def test_redacted_unless_told_otherwise(place: Path) -> None:
    run = bundle(place, "small", "--map", "map.json")

    assert run.returncode == 0, run.stderr
    name = next(name for name in os.listdir(place / "out") if name != "map.json")
    assert "licsrv01" not in name
    assert "unredacted" not in name
    assert run.stdout.splitlines()[1].startswith("redacted: ")
    whole = b"".join(contents(place / "out" / name).values())
    assert b"licsrv01" not in whole
    assert stat.S_IMODE((place / "out/map.json").stat().st_mode) == 0o600
    assert b"licsrv01" in (place / "out/map.json").read_bytes()


def test_a_dry_run_shows_files_and_sizes_and_writes_nothing(place: Path) -> None:
    run = bundle(place, "small", "--dry-run", "--max-size", "1kB")

    assert run.returncode == 0
    assert os.listdir(place / "out") == []
    (line,) = [line for line in run.stdout.splitlines() if line.endswith(f"logs/{LOG}")]
    assert line.split()[:4] == ["3.8", "kB", "965", "B"]
    assert "report.json" in run.stdout
    assert "host/proc/sys/kernel/osrelease" in run.stdout
    assert "logs that are not there: " in run.stdout
    assert run.stdout.endswith("nothing was written (--dry-run)\n")


def test_the_tail_is_kept_and_that_is_said(place: Path) -> None:
    run = bundle(place, "small", "--no-redact", "--max-size", "1k", "-o", "b.tar.gz")

    assert f"logs/{LOG}: only the last 950 B of 3.8 kB" in run.stdout
    assert len(contents(place / "out/b-unredacted.tar.gz")[f"logs/{LOG}"]) == 950


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["small", "-o", "none/b"], "the bundle cannot be written to none/b: No such file"),
        (["small", "-o", "."], "the bundle cannot be written to .: is a directory"),
        (["small", "--map", "none/map"], "the map cannot be written to none/map: No such"),
        (["small", "--max-size", "much"], "'much' is not a number"),
        (["small", "--max-time", "0"], "'0' is not a positive number of seconds"),
        (["small", "--no-redact", "--map", "m"], "--map keeps what was replaced"),
        (["small", "-o", "-"], "--output -: a file is wanted"),
        (["small", "--dry-run", "-o", "b"], "--dry-run writes nothing"),
        (["smal"], "unknown module 'smal'"),
        (["sho", "b.tar.gz"], "or is the command `bundle show` meant?"),
    ],
)
def test_a_wrong_request_is_said_before_anything_is_probed(
    place: Path, arguments: list[str], message: str
) -> None:
    run = bundle(place, *arguments)
    assert run.returncode == 2
    assert message in run.stderr
    assert "Traceback" not in run.stderr
    assert run.stdout == ""
    assert os.listdir(place / "out") == []


def test_bundle_comes_first(place: Path) -> None:
    argv = [sys.executable, "-m", "envcheck", "--lang", "en", "bundle", "small"]
    run = subprocess.run(argv, env=environment(place), capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert "`bundle` comes first" in run.stderr


def test_help_names_every_word_and_option(place: Path) -> None:
    run = bundle(place, "--help", words=True)
    assert run.returncode == 0
    for word in ("show", "verify", "unpack", "redact", "--dry-run", "--max-size", "--max-time", "--map"):
        assert word in run.stdout
    for word in ("show", "verify", "unpack", "redact"):
        assert f"envcheck bundle {word} FILE" in bundle(place, word, "--help", words=True).stdout


def test_a_bar_on_a_terminal_that_leaves_no_trace(place: Path) -> None:
    with (place / "host" / LOG).open("wb") as file:
        file.truncate(60_000_000)
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        command(place, "small", "--no-redact", "-o", "b"),
        env={**environment(place), "TERM": "xterm"},
        stdout=subprocess.DEVNULL,
        stderr=follower,
        cwd=place / "out",
    )
    os.close(follower)
    shown = b""
    while True:
        try:
            piece = os.read(leader, 65536)
        except OSError:  # the other side is closed
            break
        shown += piece
    assert process.wait(30) == 0
    assert b"% logs/home/baidu" in shown
    assert b"[####" in shown
    assert shown.rpartition(b"\r\x1b[K")[2].startswith(b"envcheck: log")


# -- what is done with one --------------------------------------------------------------


def made(place: Path, *arguments: str) -> Path:
    run = bundle(place, "small", "-o", "b.tar.gz", *arguments)
    assert run.returncode == 0, run.stderr
    return place / "out" / run.stdout.partition(":")[0]


def verdicts(place: Path, host: Path) -> list[tuple[str, str, str]]:
    argv = [sys.executable, "-m", "envcheck", "small", "--format", "json", "--rules", str(place / "rules")]
    run = subprocess.run(
        [*argv, "--from", str(host)], env=environment(place), capture_output=True, text=True, check=False
    )
    return [(each["id"], each["status"], each["actual"]) for each in json.loads(run.stdout)["results"]]


@pytest.mark.parametrize("options", [[], ["--no-redact"]], ids=["redacted", "unredacted"])
def test_a_bundle_is_a_host_to_check(place: Path, options: list[str]) -> None:
    path = made(place, *options)
    assert verdicts(place, path) == verdicts(place, place / "host")


def test_show_tells_what_is_in_it(place: Path) -> None:
    run = bundle(place, "show", str(made(place)), words=True)
    assert run.returncode == 0
    assert "kernel" in run.stdout
    assert run.stdout.endswith("The conclusion of environment checking is :fail\n")
    assert "licsrv01" not in run.stdout


def test_verify_of_a_whole_a_cut_and_a_wrong_file(place: Path) -> None:
    path = made(place)
    run = bundle(place, "verify", str(path), words=True)
    assert (run.returncode, run.stdout) == (0, "whole and unaltered\n")

    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 9 // 10])
    run = bundle(place, "verify", str(path), words=True)
    assert run.returncode == 1
    assert f"logs/{LOG}" in run.stdout or "envcheck.log" in run.stdout

    path.write_bytes(b"no archive")
    run = bundle(place, "verify", str(path), words=True)
    assert (run.returncode, run.stdout) == (2, "")
    assert "is not an archive" in run.stderr


def test_unpack_lays_it_out_for_from(place: Path) -> None:
    run = bundle(place, "unpack", str(made(place)), "case", words=True)
    assert run.returncode == 0, run.stderr
    assert (place / "out/case/expected.yaml").is_file()
    assert verdicts(place, place / "out/case") == verdicts(place, place / "host")


def test_redact_makes_a_redacted_copy_beside(place: Path) -> None:
    name = bundle(place, "small", "--no-redact").stdout.partition(":")[0]
    run = bundle(place, "redact", name, "--map", "map", words=True)

    assert run.returncode == 0, run.stderr
    new = run.stdout.partition(":")[0]
    assert sorted(os.listdir(place / "out")) == sorted([name, new, "map"])
    assert "licsrv01" not in new
    assert "unredacted" not in new
    assert stat.S_IMODE((place / "out" / new).stat().st_mode) == 0o600
    assert not [key for key, value in contents(place / "out" / new).items() if b"licsrv01" in value]
    assert bundle(place, "verify", new, words=True).returncode == 0
    assert verdicts(place, place / "out" / new) == verdicts(place, place / "host")

    again = bundle(place, "redact", new, words=True)
    assert again.returncode == 2
    assert "is redacted already" in again.stderr


def test_redact_refuses_what_was_altered(place: Path) -> None:
    path = made(place, "--no-redact")
    content = bytearray(path.read_bytes())
    path.write_bytes(content[: len(content) // 2])
    run = bundle(place, "redact", str(path), words=True)
    assert run.returncode == 2
    assert "Traceback" not in run.stderr
    assert os.listdir(place / "out") == ["b-unredacted.tar.gz"]


def test_a_map_goes_on_with_the_same_pseudonyms(place: Path) -> None:
    first = json.loads(contents(made(place, "--map", "map"))["manifest.json"])
    second = json.loads(contents(made(place, "--map", "map"))["manifest.json"])
    assert first["host"] == second["host"] != "licsrv01"

    (place / "out/map").write_text("no map")
    run = bundle(place, "small", "--map", "map")
    assert run.returncode == 2
    assert "map holds no map to go on with" in run.stderr


def test_a_bundle_of_a_bundle_asks_the_record_and_not_this_machine(place: Path) -> None:
    path = made(place, "--no-redact")
    argv = [sys.executable, "-m", "envcheck", "bundle", "small", "--rules", str(place / "rules")]
    run = subprocess.run(
        [*argv, "--from", str(path), "--no-redact", "-o", "second"],
        env=environment(place), capture_output=True, text=True, check=False, cwd=place / "out",
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    manifest = json.loads(contents(place / "out/second-unredacted")["manifest.json"])
    assert manifest["host"] == "licsrv01"
    reasons = {each["name"]: each["reason"] for each in manifest["left_out"]}
    assert reasons["kernel.log"] == "what the kernel said is not in this record"


# -- the end in the middle --------------------------------------------------------------


def start_large(place: Path) -> subprocess.Popen[str]:
    """A bundle of a log that takes some seconds, at the moment when some of it is written."""
    with (place / "host" / LOG).open("wb") as file:
        file.truncate(8 << 30)
    process = subprocess.Popen(
        command(place, "small", "--no-redact", "--max-size", "8GiB", "--max-time", "60", "-o", "b.tar.gz"),
        env=environment(place),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        cwd=place / "out",
    )
    until = time.monotonic() + 30
    while written(process.pid, place / "out") < 100_000:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
        time.sleep(0.01)
    return process


def written(pid: int, folder: Path) -> int:
    """Bytes in the largest file of that folder that the process has open, named or not."""
    sizes = [0]
    for link in Path(f"/proc/{pid}/fd").iterdir():
        try:
            if os.readlink(link).startswith(str(folder)):
                sizes.append(link.stat().st_size)
        except OSError:
            continue
    return max(sizes)


@pytest.mark.parametrize(
    ("number", "status"),
    [(signal.SIGKILL, -9), (signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 129)],
    ids=["KILL", "TERM", "INT", "HUP"],
)
def test_killed_in_the_middle_it_leaves_nothing(place: Path, number: int, status: int) -> None:
    process = start_large(place)
    process.send_signal(number)
    _, said = process.communicate(timeout=20)

    assert process.returncode == status
    assert "Traceback" not in said
    assert os.listdir(place / "out") == []


def test_killed_in_the_middle_it_leaves_the_older_bundle(place: Path) -> None:
    older = place / "out/b-unredacted.tar.gz"
    older.write_text("older")
    process = start_large(place)
    process.kill()
    process.communicate(timeout=20)
    assert os.listdir(place / "out") == [older.name]
    assert older.read_text() == "older"


@pytest.fixture
def small_disk(place: Path) -> Iterator[Path]:
    """A file system of 2 MB in place of `out`."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount")
    out = place / "out"
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", out], capture_output=True, check=False
    )
    if done.returncode != 0:
        pytest.skip("nothing can be mounted here")
    try:
        yield out
    finally:
        subprocess.run(["umount", "-l", out], check=True)


def test_a_full_disk_leaves_nothing(place: Path, small_disk: Path) -> None:
    (place / "host" / LOG).write_bytes(os.urandom(6_000_000))
    (small_disk / "b-unredacted.tar.gz").write_text("older")
    run = bundle(place, "small", "--no-redact", "-o", "b-unredacted.tar.gz")

    assert run.returncode == 2
    assert "the bundle cannot be written to b-unredacted.tar.gz: No space left on device" in run.stderr
    assert "Traceback" not in run.stderr
    assert os.listdir(small_disk) == ["b-unredacted.tar.gz"]
    assert (small_disk / "b-unredacted.tar.gz").read_text() == "older"
    assert os.statvfs(small_disk).f_bfree * os.statvfs(small_disk).f_frsize > 1_900_000

    again = bundle(place, "small", "--no-redact", "-o", "b-unredacted.tar.gz", "--max-size", "500kB")
    assert again.returncode == 0, again.stderr
    assert len(contents(small_disk / "b-unredacted.tar.gz")[f"logs/{LOG}"]) > 490_000


def test_a_disk_that_is_full_from_the_beginning(place: Path, small_disk: Path) -> None:
    with suppress(OSError), (small_disk / "fill").open("wb", buffering=0) as file:
        while file.write(bytes(4096)):
            pass
    run = bundle(place, "small", "-o", "b.tar.gz")

    assert run.returncode == 2
    said = [line for line in run.stderr.splitlines() if not line.startswith("envcheck: log:")]
    assert said == ["envcheck: the bundle cannot be written to b.tar.gz: No space left on device"]
    assert run.stdout == ""
    assert os.listdir(small_disk) == ["fill"]


# -- the name says what is not redacted --------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("n.tar.gz", "n-unredacted.tar.gz"),
        ("case 1.2.tgz", "case 1.2-unredacted.tgz"),
        ("n", "n-unredacted"),
        ("n-unredacted.tar.gz", "n-unredacted.tar.gz"),
    ],
)
def test_no_redact_marks_the_name_that_was_asked_for(place: Path, asked: str, written: str) -> None:
    run = bundle(place, "small", "--no-redact", "-o", asked)
    assert run.returncode == 0, run.stderr
    assert os.listdir(place / "out") == [written]
    assert run.stdout.splitlines()[0].partition(": ")[0].strip("'") == written
    redacted = bundle(place, "small", "-o", "r.tar.gz")
    assert redacted.returncode == 0
    assert (place / "out/r.tar.gz").is_file()
