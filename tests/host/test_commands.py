from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from envcheck.host import commands
from envcheck.host.base import Absent, Denied, Failed, TimedOut, Unreadable
from envcheck.host.live import LiveHost

Shim = Callable[..., LiveHost]


@pytest.fixture
def shim(tmp_path: Path) -> Shim:
    """A host whose only commands are the shell scripts given by name."""

    def make(**scripts: str) -> LiveHost:
        trusted = tmp_path / "trusted"
        trusted.mkdir()
        for name, script in scripts.items():
            (trusted / name).write_text(f"#!/bin/sh\n{script}\n")
            (trusted / name).chmod(0o755)
        return LiveHost(search_path=f"{trusted}:/usr/bin:/bin")

    return make


def is_gone(pid: int) -> bool:
    """Whether a process has ended; one that only waits to be reaped by init has."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def all_gone(pids: list[int]) -> bool:
    until = time.monotonic() + 3
    while time.monotonic() < until:
        if all(is_gone(pid) for pid in pids):
            return True
        time.sleep(0.02)
    return False


def pids_in(directory: Path, count: int) -> list[int]:
    until = time.monotonic() + 5
    while time.monotonic() < until:
        texts = [path.read_text().strip() for path in directory.glob("*.pid")]
        if len(texts) == count and all(texts):
            return [int(text) for text in texts]
        time.sleep(0.01)
    raise AssertionError("the command did not get as far as writing its pids")


def family(directory: Path) -> str:
    """A script that never ends and has a child, and a grandchild in a session of its own."""
    return (
        f"echo $$ > {directory}/leader.pid\n"
        f"sleep 1000 & echo $! > {directory}/child.pid\n"
        f"setsid sh -c 'echo $$ > {directory}/session.pid; sleep 1000; true' &\n"
        "wait; sleep 1000"
    )


def test_output_and_status(shim: Shim) -> None:
    output = shim(tool="echo out; echo err >&2; exit 3").run("tool")
    assert (output.stdout, output.stderr, output.status) == ("out\n", "err\n", 3)


def test_arguments_reach_no_shell(shim: Shim, tmp_path: Path) -> None:
    output = shim(tool='printf "%s\\n" "$@"').run("tool", "a b", "$(touch x)", "; touch y", "*")
    assert output.stdout.splitlines() == ["a b", "$(touch x)", "; touch y", "*"]


def test_undecodable_output_is_escaped(shim: Shim) -> None:
    assert shim(tool="printf 'a\\377b'").run("tool").stdout == "a\\xffb"


def test_large_output_on_both_pipes_is_whole(shim: Shim) -> None:
    script = "head -c 3000000 /dev/zero | tr '\\0' e >&2; head -c 3000000 /dev/zero | tr '\\0' o"
    output = shim(tool=script).run("tool")
    assert output.stdout == "o" * 3_000_000
    assert output.stderr == "e" * 3_000_000


def test_endless_output_is_refused_before_memory_ends(shim: Shim) -> None:
    started = time.monotonic()
    with pytest.raises(Failed, match="more than 16 MiB"):
        shim(tool="exec cat /dev/zero").run("tool", timeout=60)
    assert time.monotonic() - started < 20


def test_command_that_is_not_there(shim: Shim) -> None:
    with pytest.raises(Absent, match="no command nvidia-smi-x"):
        shim().run("nvidia-smi-x")


def test_command_in_current_directory_or_user_path_is_not_run(
    shim: Shim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    evil = tmp_path / "evil-tool"
    evil.write_text(f"#!/bin/sh\ntouch {tmp_path}/was-run\n")
    evil.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f".:{tmp_path}:/usr/bin:/bin")
    host = shim(good="evil-tool; true")
    for asked in ("evil-tool", "./evil-tool", str(evil)):
        with pytest.raises(Absent):
            host.run(asked)
    host.run("good")
    assert not (tmp_path / "was-run").exists()


def test_absolute_path_inside_the_trusted_path_is_run(shim: Shim, tmp_path: Path) -> None:
    host = shim(tool="echo here")
    assert host.run(host.which("tool")).stdout == "here\n"


def test_environment_of_the_user_does_not_reach_commands(shim: Shim) -> None:
    hostile = {
        "LD_PRELOAD": "/tmp/evil.so",
        "PYTHONPATH": "/tmp",
        "BASH_ENV": "/tmp/evil",
        "LANG": "zh_CN.UTF-8",
        "LC_ALL": "zh_CN.UTF-8",
        "PATH": "/tmp",
        "HOME": "/home/me",
        "DOCKER_HOST": "tcp://far:2375",
        "KUBECONFIG": "/home/me/kube",
    }
    trusted = shim(tool="cd; exit 0").which("tool").rpartition("/")[0]
    host = LiveHost(search_path=f"{trusted}:/usr/bin:/bin", environ=hostile)
    seen = dict(line.split("=", 1) for line in host.run("env").stdout.splitlines())
    assert seen == {
        "PATH": f"{trusted}:/usr/bin:/bin",
        "LANG": "C",
        "LC_ALL": "C",
        "HOME": "/home/me",
        "DOCKER_HOST": "tcp://far:2375",
        "KUBECONFIG": "/home/me/kube",
    }


def test_command_runs_in_root_directory_without_input(shim: Shim) -> None:
    assert shim(tool="pwd; wc -c").run("tool").stdout.split() == ["/", "0"]


def test_sleeper_is_killed_with_its_whole_family(shim: Shim, tmp_path: Path) -> None:
    host = shim(tool=family(tmp_path))
    started = time.monotonic()
    with pytest.raises(TimedOut, match=r"tool: no answer in 1 s"):
        host.run("tool", timeout=1)
    assert time.monotonic() - started < 3
    assert all_gone(pids_in(tmp_path, 3))


def test_talking_for_ever_ends_at_the_deadline_too(shim: Shim) -> None:
    started = time.monotonic()
    with pytest.raises(TimedOut):
        shim(tool="while :; do echo x; sleep 0.01; done").run("tool", timeout=0.5)
    assert time.monotonic() - started < 3


def test_closed_output_does_not_hide_a_sleeper(shim: Shim) -> None:
    with pytest.raises(TimedOut):
        shim(tool="exec >&- 2>&-; exec sleep 1000").run("tool", timeout=0.3)


def test_grandchild_that_keeps_the_pipe_does_not_delay_the_answer(shim: Shim, tmp_path: Path) -> None:
    host = shim(tool=f"sleep 1000 & echo $! > {tmp_path}/child.pid; echo done")
    started = time.monotonic()
    assert host.run("tool", timeout=30).stdout == "done\n"
    assert time.monotonic() - started < 5
    assert all_gone(pids_in(tmp_path, 1))


def test_close_kills_what_runs_and_lets_nothing_new_start(shim: Shim, tmp_path: Path) -> None:
    host = shim(tool=family(tmp_path), other="echo x")
    errors: list[Unreadable] = []

    def ask() -> None:
        try:
            host.run("tool", timeout=60)
        except Unreadable as error:
            errors.append(error)

    asker = threading.Thread(target=ask)
    asker.start()
    pids = pids_in(tmp_path, 3)
    host.close()
    asker.join(5)
    assert [str(error).partition(": ")[2] for error in errors] == ["no answer before the run ended"]
    assert all_gone(pids)
    with pytest.raises(TimedOut, match="the run ended"):
        host.run("other")


def test_command_that_even_kill_does_not_end_is_left_alone(
    shim: Shim, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # A process in state D can't be made at will: here the kill is what does not arrive.
    host = shim(tool=f"echo $$ > {tmp_path}/leader.pid; exec sleep 1000")
    real = commands._kill_group
    asked: list[subprocess.Popen[bytes]] = []
    monkeypatch.setattr(commands, "_kill_group", asked.append)
    started = time.monotonic()
    with pytest.raises(TimedOut):
        host.run("tool", timeout=0.3)
    assert time.monotonic() - started < 3
    real(asked[0])
    assert all_gone(pids_in(tmp_path, 1))


def test_file_that_is_no_program_fails_in_words(tmp_path: Path) -> None:
    shim = tmp_path / "python2.7"
    shim.write_bytes(b"\x00\x01 no program")
    shim.chmod(0o755)
    with pytest.raises(Failed, match="Exec format error"):
        LiveHost(search_path=str(tmp_path)).run("python2.7")


def test_script_whose_interpreter_is_missing_is_not_absent(tmp_path: Path) -> None:
    script = tmp_path / "tool"
    script.write_text("#!/no/such/interpreter\n")
    script.chmod(0o755)
    with pytest.raises(Failed, match="its interpreter is not there"):
        LiveHost(search_path=str(tmp_path)).run("tool")


def test_file_without_execute_bit_is_no_command(tmp_path: Path) -> None:
    (tmp_path / "tool").write_text("#!/bin/sh\n")
    (tmp_path / "tool").chmod(0o644)
    with pytest.raises(Absent):
        LiveHost(search_path=str(tmp_path)).which("tool")


def test_command_for_root_only_is_denied_to_others() -> None:
    # The modules are loaded before the user changes, who may not be able to read them.
    script = """
import os, sys, tempfile, subprocess
from envcheck.host import commands, files, filesystems
from envcheck.host.live import LiveHost
place = tempfile.mkdtemp()
os.chmod(place, 0o755)
path = os.path.join(place, "dmidecode")
open(path, "w").write("#!/bin/sh\\n")
os.chmod(path, 0o100 if os.geteuid() == 0 else 0o010)
if os.geteuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
try:
    LiveHost(search_path=place).run("dmidecode")
except Exception as error:
    print(type(error).__name__, error)
"""
    repository = str(Path(commands.__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=repository, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith(Denied.__name__)
    assert done.stdout.endswith("dmidecode: permission denied (not root)\n")


def test_nul_in_an_argument_is_an_answer_not_a_crash(shim: Shim) -> None:
    with pytest.raises(Failed, match="null byte"):
        shim(tool="true").run("tool", "a\0b")


def test_no_zombie_stays(shim: Shim) -> None:
    host = shim(tool="sleep 1000")
    before = set(psutil.Process().children())
    with pytest.raises(TimedOut):
        host.run("tool", timeout=0.1)
    assert set(psutil.Process().children()) == before


def test_pipes_are_closed_afterwards(shim: Shim) -> None:
    host = shim(tool="echo x")
    host.run("tool")
    before = len(os.listdir("/proc/self/fd"))
    for number in range(5):
        host.run("tool", str(number))
    assert len(os.listdir("/proc/self/fd")) == before
