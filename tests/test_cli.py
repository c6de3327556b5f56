"""What a user of the command line sees: output, exit status, and how it ends."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Optional

import jsonschema
import pytest

from envcheck import cli
from envcheck.report import json as json_report
from tests.conftest import write_tree

REPOSITORY = Path(__file__).parent.parent
PASS = "The conclusion of environment checking is :pass\n"
FAIL = "The conclusion of environment checking is :fail\n"

RULES = """\
module: small
title: {en: Small service, zh: 小服务}
description: {en: What the tests check, zh: 测试所检查的}
checks:
  - id: kernel
    title: {en: Kernel version, zh: 内核版本}
    fact: kernel.version
    require: ">= 3.10"
    hints: [kernel-too-old]
  - id: kernel-new
    title: {en: A new kernel, zh: 较新的内核}
    level: recommended
    fact: kernel.version
    require: ">= 99.0"
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A directory with rule sets, a recorded host that passes and one that does not."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "small.yaml").write_text(RULES, encoding="utf-8")
    for name, release in (("good", "3.10.0-957.el7.x86_64"), ("bad", "3.9.0")):
        files = {
            "proc/sys/kernel/osrelease": f"{release}\n",
            "etc/os-release": 'ID="centos"\nVERSION_ID="7"\nPRETTY_NAME="CentOS Linux 7 (Core)"\n',
            "etc/centos-release": "CentOS Linux release 7.2.1511 (Core)\n",
            "sos_commands/envcheck/id_-u": "0\n",
        }
        write_tree(tmp_path / name, files)
    return tmp_path


def environment(place: Path, changes: Optional[Mapping[str, str]] = None) -> dict[str, str]:
    measured = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}
    return {
        **measured,
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(REPOSITORY),
        "HOME": str(place / "home"),
        "XDG_STATE_HOME": str(place / "state"),
        "LANG": "en_US.UTF-8",
        "PYTHONIOENCODING": "utf-8",
        **(changes or {}),
    }


def command(place: Path, *arguments: str, host: str = "bad") -> list[str]:
    found = ["--rules", str(place / "rules"), "--from", str(place / host)] if host else []
    return [sys.executable, "-m", "envcheck", *arguments, *found]


def envcheck(
    place: Path,
    *arguments: str,
    host: str = "bad",
    stdout: Optional[int] = None,
    env: Optional[Mapping[str, str]] = None,
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(place, *arguments, host=host),
        env=environment(place, env),
        stdout=subprocess.PIPE if stdout is None else stdout,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        encoding="utf-8",
        timeout=60,
        check=False,
        cwd=place,
    )


def test_a_miss_is_exit_status_1_and_the_conclusion_comes_last(place: Path) -> None:
    run = envcheck(place, "small")

    assert run.returncode == 1
    assert run.stdout.endswith("\n" + FAIL)
    assert "✗ kernel       >= 3.10  3.9.0" in run.stdout
    assert "1. " in run.stdout
    assert "(kernel-too-old)" in run.stdout
    assert run.stderr == ""


def test_everything_required_met_is_exit_status_0(place: Path) -> None:
    run = envcheck(place, "small", host="good")

    assert run.returncode == 0
    assert run.stdout.endswith("\n" + PASS)
    assert "✗ *kernel-new" in run.stdout


def test_the_log_is_in_the_users_state_directory_and_its_path_comes_first(place: Path) -> None:
    run = envcheck(place, "small")
    log = place / "state" / "envcheck" / "envcheck.log"

    assert run.stdout.splitlines()[0] == f"Log: {log}"
    assert "/proc/sys/kernel/osrelease" in log.read_text("utf-8")


def test_without_a_module_it_is_default(place: Path) -> None:
    assert "\ndefault\n" in envcheck(place, host="good").stdout


def test_brief_shows_the_misses_only(place: Path) -> None:
    run = envcheck(place, "--brief", "small")

    assert "✗ kernel" not in run.stdout
    assert "3.9.0" in run.stdout


@pytest.mark.parametrize(
    ("locale", "option", "chinese"),
    [
        ({"LANG": "zh_CN.UTF-8"}, [], True),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8"}, [], True),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8", "LC_ALL": "en_US.UTF-8"}, [], False),
        ({"LANG": "zh_CN.UTF-8"}, ["--lang", "en"], False),
        ({"LANG": "en_US.UTF-8"}, ["--lang", "zh"], True),
        ({"LANG": "de_DE.UTF-8"}, [], False),
    ],
)
def test_language(place: Path, locale: dict[str, str], option: list[str], chinese: bool) -> None:
    run = envcheck(place, "small", *option, env=locale)

    assert ("内核版本" in run.stdout) is chinese
    assert ("Kernel version" in run.stdout) is not chinese
    assert run.stdout.endswith(FAIL)


@pytest.mark.parametrize("columns", ["40", "80"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_no_terminal_the_width_is_COLUMNS(place: Path, columns: str, lang: str) -> None:  # noqa: N802
    from wcwidth import wcswidth

    run = envcheck(place, "small", "--lang", lang, "--log-file", "log", env={"COLUMNS": columns})
    wide = [line for line in run.stdout.splitlines() if wcswidth(line) > int(columns)]

    assert [
        line for line in wide if not line.startswith(("The conclusion", "Log: /", "日志：/", "       "))
    ] == []
    assert run.returncode == 1


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    "locale",
    [
        {"LANG": "C"},
        {"LC_ALL": "C"},
        {"LANG": "C", "PYTHONIOENCODING": "ascii"},
        {"LC_ALL": "POSIX", "PYTHONUTF8": "0"},
    ],
)
def test_no_locale_can_break_it(place: Path, locale: dict[str, str], lang: str) -> None:
    run = envcheck(place, "small", "--lang", lang, env=locale)

    assert run.returncode == 1
    assert run.stderr == ""
    assert "\nFAIL kernel" in run.stdout
    assert run.stdout.endswith(FAIL)
    if lang == "en" or locale.get("PYTHONIOENCODING") == "ascii":
        assert run.stdout.isascii()


def test_json_is_the_document_alone_and_says_the_same(place: Path) -> None:
    run = envcheck(place, "small", "--format", "json")
    document = json.loads(run.stdout)
    schema = Path(json_report.__file__).with_name("report.schema.json").read_text("utf-8")
    jsonschema.Draft202012Validator(json.loads(schema)).validate(document)

    assert run.returncode == 1
    assert document["conclusion"] == "fail"
    assert {each["id"]: each["status"] for each in document["results"]} == {
        "kernel": "fail",
        "kernel-new": "fail",
    }
    assert document["log"] == f"{place}/state/envcheck/envcheck.log"
    assert run.stderr == f"envcheck: log: {document['log']}\n"


def test_output_gets_the_report_and_stdout_the_conclusion(place: Path) -> None:
    run = envcheck(place, "small", "--output", "report.txt")

    assert run.returncode == 1
    assert run.stdout == FAIL
    assert (place / "report.txt").read_text("utf-8").endswith("\n" + FAIL)
    assert "✗ kernel" in (place / "report.txt").read_text("utf-8")

    run = envcheck(place, "small", "-o", "report.json", "--format", "json")
    assert run.stdout == FAIL
    assert json.loads((place / "report.json").read_text("utf-8"))["conclusion"] == "fail"


def test_output_to_dev_stdout(place: Path) -> None:
    with (place / "out").open("wb") as out:
        run = envcheck(place, "small", "-o", "/dev/stdout", stdout=out.fileno())
    written = (place / "out").read_text("utf-8")

    assert run.returncode == 1
    assert written.startswith("Log: ")
    assert written.endswith(f"{FAIL}{FAIL}")


def test_output_to_a_hyphen_is_stdout(place: Path) -> None:
    run = envcheck(place, "small", "-o", "-")

    assert run.returncode == 1
    assert run.stdout.startswith("Log: ")
    assert run.stdout.count(FAIL) == 1
    assert not (place / "-").exists()


@pytest.mark.parametrize("path", ["missing/report", "rules", "rules/small.yaml/report"])
def test_an_output_that_cannot_be_written_is_told_before_anything_is_probed(place: Path, path: str) -> None:
    run = envcheck(place, "small", "--output", path)

    assert run.returncode == 2
    assert run.stdout == ""
    assert run.stderr.startswith(f"envcheck: the report cannot be written to {path}: ")
    assert not (place / "state").exists()


def test_an_output_that_fails_at_the_end_goes_to_stdout(place: Path) -> None:
    run = envcheck(place, "small", "--output", "/dev/full")

    assert run.returncode == 2
    assert "✗ kernel" in run.stdout
    assert run.stdout.endswith(FAIL)
    assert "envcheck: the report cannot be written to /dev/full: No space left on device\n" in run.stderr


@pytest.mark.parametrize("arguments", [["small"], ["list"], ["--help"], ["--version"]])
def test_a_full_stdout_is_no_verdict(place: Path, arguments: list[str]) -> None:
    with open("/dev/full", "wb") as full:
        run = envcheck(place, *arguments, host="" if arguments != ["small"] else "good", stdout=full.fileno())

    assert run.returncode == 2
    assert run.stderr == "envcheck: stdout cannot be written: No space left on device\n"


@pytest.mark.parametrize("log", ["missing/log", "rules", "/dev/full"])
def test_a_log_that_cannot_be_written_is_said_and_no_more(place: Path, log: str) -> None:
    run = envcheck(place, "small", "--log-file", log, host="good")

    assert run.returncode == 0
    assert run.stdout.endswith(PASS)
    assert run.stderr.startswith("envcheck: ")
    assert "log" in run.stderr
    assert "Traceback" not in run.stderr
    assert len(run.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["smal"], "'small'"),
        (["--from", "/nowhere/at/all", "small"], "/nowhere/at/all"),
        (["--rules", "/nowhere/at/all", "small"], "/nowhere/at/all"),
        (["--timeout", "0", "small"], "'0' is not a positive number of seconds"),
        (["--timeout", "nan", "small"], "'nan' is not a positive number of seconds"),
        (["--timeout", "inf", "small"], "'inf' is not a positive number of seconds"),
        (["--timeout", "-1", "small"], "is not a positive number of seconds"),
        (["--timeout", "soon", "small"], "'soon' is not a positive number of seconds"),
        (["--lang", "de", "small"], "'de'"),
        (["--format", "xml", "small"], "'xml'"),
        (["--for", "json", "small"], "--for"),
        (["list", "small"], "takes no module"),
        (["fleet", "docker"], "`fleet` is not yet available in this version"),
        (["small", "list"], "`list` is a command, not a module"),
        (["--from", "", "small"], "'' is no path"),
        (["verif", "small"], "or is the command `verify` meant?"),
        (["--brief", "fix"], "`fix` is not yet available in this version"),
    ],
)
def test_a_wrong_request_is_exit_status_2(place: Path, arguments: list[str], told: str) -> None:
    host = "" if arguments[0] in ("list", "--from") else "good"
    extra = ["--rules", str(place / "rules")] if not host else []
    run = envcheck(place, *arguments, *extra, host=host)

    assert run.returncode == 2
    assert run.stdout == ""
    assert told in run.stderr
    assert "Traceback" not in run.stderr


def test_a_wrong_rule_is_told_with_its_file_and_line(place: Path) -> None:
    (place / "rules" / "small.yaml").write_text(RULES.replace("kernel.version", "kernel.versoin", 1))
    run = envcheck(place, "small")

    assert run.returncode == 2
    assert run.stderr.startswith(f"envcheck: {place}/rules/small.yaml:7:")
    assert "did you mean 'version'?" in run.stderr


@pytest.mark.parametrize("option", ["--brief", "--format=json", "--output=x", "--from=.", "--timeout=3"])
def test_list_takes_no_option_of_a_check(place: Path, option: str) -> None:
    run = envcheck(place, "list", option, host="")

    assert run.returncode == 2
    assert run.stderr == f"envcheck: `list` does not take {option.partition('=')[0]}\n"


def test_list_names_the_modules_and_what_each_is_for(place: Path) -> None:
    english = envcheck(place, "list", "--rules", "rules", host="")
    chinese = envcheck(place, "list", "--rules", "rules", "--lang", "zh", host="")
    names = [line.split()[0] for line in english.stdout.splitlines() if not line.startswith(" ")]

    assert english.returncode == 0
    assert {"default", "offline-security-server", "face-server", "small"} <= set(names)
    assert any(
        line.split(None, 1) == ["small", "Small service: What the tests check"]
        for line in english.stdout.splitlines()
    )
    assert "小服务" in chinese.stdout
    assert not (place / "state").exists()


def test_list_in_forty_columns(place: Path) -> None:
    run = envcheck(place, "list", "--rules", "rules", host="", env={"COLUMNS": "40"})

    assert "small\n    Small service: What the tests check\n" in run.stdout
    assert max(map(len, run.stdout.splitlines())) <= 40


def test_help_names_every_option(place: Path) -> None:
    run = envcheck(place, "--help", host="")

    assert run.returncode == 0
    for word in (
        "list", "MODULE", "--format", "--output", "--lang", "--rules", "--log-file", "--timeout", "--brief",
        "--from", "--version", "--help",
    ):  # fmt: skip
        assert word in run.stdout
    assert envcheck(place, "--version", host="").stdout.startswith("envcheck 0.")


def test_options_and_modules_in_any_order(place: Path) -> None:
    run = envcheck(place, "small", "--brief", "small", "--lang", "en", host="good")

    assert run.returncode == 0
    assert run.stdout.count("*kernel-new") == 1


@pytest.mark.parametrize("arguments", [["small"], ["small", "--format", "json"]])
@pytest.mark.parametrize(("host", "status"), [("good", 0), ("bad", 1)])
def test_a_closed_pipe_leaves_the_verdict(place: Path, arguments: list[str], host: str, status: int) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        run = envcheck(place, *arguments, "--log-file", "log", host=host, stdout=writer)
    finally:
        os.close(writer)

    assert run.returncode == status
    assert [line for line in run.stderr.splitlines() if not line.startswith("envcheck: log: ")] == []


def test_streams_that_the_caller_closed(place: Path) -> None:
    words = " ".join(f"'{word}'" for word in command(place, "small"))
    run = subprocess.run(
        ["/bin/sh", "-c", f"exec {words} <&- >&- 2>&-"],
        env=environment(place),
        cwd=place,
        timeout=60,
        check=False,
    )

    assert run.returncode == 1
    log = (place / "state" / "envcheck" / "envcheck.log").read_text("utf-8")
    assert "The conclusion of" not in log


def on_terminal(
    place: Path, *arguments: str, columns: int = 80, env: Optional[Mapping[str, str]] = None
) -> tuple[str, int]:
    """What a terminal of so many columns receives, and the exit status."""
    import fcntl
    import struct
    import termios

    controller, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = subprocess.Popen(
        command(place, *arguments),
        env=environment(place, {"TERM": "xterm", **(env or {})}),
        stdin=subprocess.DEVNULL,
        stdout=terminal,
        stderr=terminal,
        cwd=place,
    )
    os.close(terminal)
    received = b""
    while True:
        try:
            part = os.read(controller, 65536)
        except OSError:
            break
        if not part:
            break
        received += part
    os.close(controller)
    return received.decode("utf-8").replace("\r\n", "\n"), process.wait(60)


def test_a_terminal_gets_colours_and_what_is_being_probed(place: Path) -> None:
    text, status = on_terminal(place, "small")

    assert status == 1
    assert "\x1b[31m✗\x1b[0m kernel" in text
    assert "probing: " in text
    assert text.rpartition("\r\x1b[K")[2].startswith("Log: ")
    assert text.endswith(FAIL)


@pytest.mark.parametrize(
    ("changes", "erased"),
    [({"NO_COLOR": "1"}, True), ({"TERM": "dumb"}, False), ({"TERM": "dumb", "LANG": "zh"}, False)],
)
def test_no_colours_where_they_are_not_wanted(place: Path, changes: dict[str, str], erased: bool) -> None:
    text, _ = on_terminal(place, "small", env=changes)

    assert "\x1b[3" not in text
    assert ("\x1b" in text) is erased


def test_the_terminals_own_width_counts(place: Path) -> None:
    text, _ = on_terminal(place, "small", columns=40, env={"COLUMNS": "150", "NO_COLOR": "1"})

    assert "\nCheck: kernel\n" in text


SLOW = """
import signal, sys, time
from envcheck import api, cli
def ready():
    print("probing", flush=True)
def check(*modules, **options):
    options["progress"]("slow", False)
    {during}
api.check = check
sys.argv[1:] = ["small", "--log-file", "log"]
sys.exit(cli.main())
"""


def start(place: Path, during: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW.format(during=during)],
        env=environment(place),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        cwd=place,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "probing\n"
    return process


@pytest.mark.parametrize(
    ("number", "status", "said"),
    [(signal.SIGINT, 130, "envcheck: interrupted\n"), (signal.SIGTERM, 143, ""), (signal.SIGHUP, 129, "")],
)
def test_a_signal_ends_it_without_a_traceback(place: Path, number: int, status: int, said: str) -> None:
    process = start(place, "ready(); time.sleep(60)")
    process.send_signal(number)
    output, errors = process.communicate(timeout=20)

    assert process.returncode == status
    assert errors == said
    assert output == ""


def test_what_must_be_cleaned_up_is_before_a_signal_ends_it(place: Path) -> None:
    process = start(place, "\n    try: ready(); time.sleep(60)\n    finally: print('cleaned up', flush=True)")
    process.send_signal(signal.SIGTERM)

    assert process.communicate(timeout=20) == ("cleaned up\n", "")


def test_asked_twice_it_ends_at_once(place: Path) -> None:
    process = start(place, "\n    try: ready(); time.sleep(60)\n    finally: ready(); time.sleep(60)")
    process.send_signal(signal.SIGTERM)
    assert process.stdout is not None
    assert process.stdout.readline() == "probing\n"
    process.send_signal(signal.SIGTERM)

    assert process.wait(timeout=20) == -signal.SIGTERM


def test_a_thread_that_is_stuck_cannot_keep_it_from_ending(place: Path) -> None:
    thread = "import threading; threading.Thread(target=time.sleep, args=(60,)).start()"
    begin = time.monotonic()
    process = start(place, f"ready(); {thread}; raise KeyboardInterrupt")
    process.communicate(timeout=20)

    assert process.returncode == 130
    assert time.monotonic() - begin < 10


def test_our_own_fault_is_no_verdict(place: Path) -> None:
    process = start(place, "ready(); raise LookupError('a bug')")
    _, errors = process.communicate(timeout=20)

    assert process.returncode == 2
    assert "envcheck: internal error, please report it" in errors
    assert "LookupError: a bug" in errors


def test_called_as_a_function_it_returns_its_status(
    place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from envcheck.cli import main

    monkeypatch.chdir(place)
    before = signal.getsignal(signal.SIGTERM)

    assert main(["small", "--rules", "rules", "--from", "bad", "--log-file", "log"]) == 1
    assert capsys.readouterr().out.endswith(FAIL)
    assert main(["--help"]) == 0
    assert main(["fleet"]) == 2
    assert signal.getsignal(signal.SIGTERM) == before


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["list"]])
def test_help_and_list_load_no_probe_library(place: Path, arguments: list[str]) -> None:
    run = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "envcheck", *arguments],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY)},
        capture_output=True, encoding="utf-8", check=True, cwd=place,
    )  # fmt: skip
    loaded = {line.rpartition("|")[2].strip() for line in run.stderr.splitlines() if "import time:" in line}

    assert not loaded & {
        "psutil",
        "docker",
        "pynvml",
        "tabulate",
        "distro",
        "subprocess",
        "platformdirs",
        "logging.config",
    }
    if arguments != ["list"]:
        assert not loaded & {"yaml", "dataclasses", "logging"}


@pytest.mark.parametrize(
    ("words", "own"),
    [
        (["list"], "usage: envcheck list [-h] [-v]"),
        (["explain"], "usage: envcheck explain "),
        (["explain", "facts"], "usage: envcheck explain facts "),
        (["explain", "requirements"], "usage: envcheck explain requirements "),
        (["lint"], "usage: envcheck lint "),
        (["test"], "usage: envcheck test "),
        (["new"], "usage: envcheck new "),
        (["bundle"], "usage: envcheck bundle "),
        (["diagnose"], "usage: envcheck diagnose "),
        (["machine"], "usage: envcheck machine "),
    ],
)
def test_each_word_has_its_own_help(words: list[str], own: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([*words, "--help"]) == 0
    assert capsys.readouterr().out.startswith(own)
