"""What a host answered is written down and given again, to the byte."""

from __future__ import annotations

import json
import os
from contextlib import closing
from pathlib import Path

import pytest

from envcheck.host import open_host
from envcheck.host.base import (
    Absent,
    Denied,
    Failed,
    FileStatus,
    Filesystem,
    NotRecorded,
    Nvml,
    NvmlCard,
    Output,
    Question,
    TimedOut,
    Unreadable,
)
from envcheck.host.belongings import Account, Clock, Contents, Member, Page, Process, Reached, Tail
from envcheck.host.live import LiveHost
from envcheck.host.tree import TreeHost
from tests import written
from tests.bundle.records import answering, check, record, replayed, rule_sets, timeless

ANSWERS = "sos_commands/envcheck/answers.json"
HOSTS = written.hosts()


# -- the same report ------------------------------------------------------------------


@pytest.mark.parametrize("folder", HOSTS, ids=[folder.name for folder in HOSTS])
def test_the_record_of_a_written_host_gives_its_report(folder: Path, tmp_path: Path) -> None:
    host = open_host(folder)
    report = check(host)
    again = open_host(record(host, tmp_path))
    assert timeless(check(again)) == timeless(report)
    assert set(again.answers) <= set(host.answers)
    assert again.live is False


def test_the_record_of_this_machine_gives_its_report(tmp_path: Path) -> None:
    with closing(open_host()) as host:
        report = check(host)
        again = open_host(record(host, tmp_path))
    assert timeless(check(again)) == timeless(report)
    assert set(again.answers) <= set(host.answers)
    assert again.live


def test_the_record_of_a_record_gives_its_report(tmp_path: Path) -> None:
    with closing(open_host()) as host:
        report = check(host)
        first = open_host(record(host, tmp_path / "1"))
    check(first)
    assert timeless(check(open_host(record(first, tmp_path / "2")))) == timeless(report)


@pytest.mark.parametrize("asked", range(3))
def test_a_module_that_was_not_checked_passes_nothing_on_a_guess(tmp_path: Path, asked: int) -> None:
    with closing(open_host()) as host:
        true = check(host)
    with closing(open_host()) as host:
        check(host, rule_sets()[asked : asked + 1])
        again = open_host(record(host, tmp_path))
    for said, is_so in zip(check(again).results, true.results):
        assert said.status in (is_so.status, "unknown", "skipped")


@pytest.mark.parametrize("live", [True, False])
def test_where_nothing_was_asked_nothing_is_decided(tmp_path: Path, live: bool) -> None:
    host = answering(tmp_path / "asked", {})
    host.live = live
    report = check(open_host(record(host, tmp_path)))
    assert {result.status for result in report.results if result.module != "*"} <= {"unknown", "skipped"}
    assert any(result.reason and "not in this record" in result.reason.en for result in report.results)


# -- the same answers -----------------------------------------------------------------

VALUES: dict[Question, object] = {
    ("read", "/etc/latin", "4194304"): "Zürich\n".encode("latin-1"),
    ("read", "/bin/sh", "20"): bytes(range(236, 256)),
    ("read", "/etc/empty", "4194304"): b"",
    ("names", "/sys/class/net"): ("br-a1", "eth0", "\udcff"),
    ("names", "/empty"): (),
    ("resolve", "/sys/block/sda"): "/sys/devices/pci/block/sda",
    ("stat", "/var/log"): FileStatus("directory", 0o777, 27, 27, 4096),
    ("filesystem", "/home"): Filesystem("/home", 1 << 40, 5, "xfs", "/dev/mapper/home"),
    ("which", "tar"): "/bin/tar",
    ("run", "gcc", "--version"): Output("gcc (GCC) 4.8.5\nFree\n", "\x1b[31mwarning\n", 1),
    ("run", "false"): Output("", "", None),
    ("run", "lscpu"): Output("\\xff \u4e2d\u6587 \ud800\n"),
    ("recorded", "lspci*"): {"lspci": "00:00.0 x\n", "lspci_-nnvv": "y", "a/lspci": "00:00.0 x\n"},
    ("recorded", "none*"): {},
    ("docker", "/info"): {"Name": "n", "Bad": "\ud800", "Nested": [{"a": None, "b": 1.5, "c": True}]},
    ("docker", "/containers/json"): [],
    ("docker-address",): "unix:///run/user/1000/docker.sock",
    ("nvml",): Nvml("384.66", (NvmlCard(0, "Tesla P4", 7981694976, "0000:3B:00.0", None, "none", None),)),
    ("addresses",): {"eth0": ("10.0.0.5", "fe80::1"), "lo": ()},
    ("socket-owners",): {4711: "nginx (pid 7)"},
    ("is-root",): False,
    ("account", "idl-face"): Account("idl-face", 1001, 1002, "/home/idl-face", "/bin/sh", ("face", "docker")),
    ("user-name", "27"): "mysql",
    ("group-name", "27"): "mysql",
    ("processes",): (Process(7, "mysqld", "mysql", "mysqld --x \u4e2d", None, 1.5, ""),),
    ("symbol-versions", "/lib64/libstdc++.so.6"): ("GLIBCXX_3.4", "GLIBCXX_3.4.19"),
    ("obstacle", "/tmp"): "",
    ("contents", "/home/p.tar.gz", "*/refs.txt"): Contents(
        "archive",
        (Member("refs.txt", "file", 9), Member("\udcff", "other", 0, "is a device")),
        "it is truncated",
        {"refs.txt": "http://a\nhttp://b\n", "x": "short"},
    ),
    ("kubeconfig",): ("/root/.kube/config",),
    ("clock",): Clock(1.5, 28800),
    ("connect", "10.0.0.5", "8887"): Reached("refused", "10.0.0.5", "no"),
    ("page", "10.0.0.5", "8887", "/"): Page(200, "<pre>\n baidu-rpc \udc80\x1b"),
    ("greeting", "10.0.0.5", "5535"): bytes(range(256)),
    ("gpu-processes",): (7, 8),
    ("execute", "face", "/", "sh", "-c", "x"): Output("a\nb", status=7),
    ("log-paths", "/var/log/*.wf"): ("/var/log/a.wf",),
    ("log-tail", "", "/var/log/a.wf"): Tail("FATAL\n" * 100, False, 1.25),
    ("log-tail", "face", "/x"): Tail("", True, None),
}


@pytest.mark.parametrize("question", VALUES, ids=" ".join)
def test_each_kind_of_answer_comes_back(tmp_path: Path, question: Question) -> None:
    host = replayed(VALUES, tmp_path)
    assert host._ask(question, lambda: pytest.fail("it was asked anew")) == VALUES[question]
    assert host.answers[question].seconds == 0.5


@pytest.mark.parametrize(
    "error",
    [
        Absent("/x is not there"),
        Denied("/x: permission denied (not root)"),
        TimedOut("nvidia-smi: no answer in 30 s"),
        Failed("docker answers /info with 500: driver failed\n\tbadly", 500),
        Failed("no code"),
        NotRecorded("it is not in this record"),
    ],
)
def test_an_error_comes_back_as_it_was(tmp_path: Path, error: Unreadable) -> None:
    questions: list[Question] = [("read", "/x", "9"), ("nvml",), ("run", "x"), ("docker", "/info")]
    host = replayed(dict.fromkeys(questions, error), tmp_path)
    for question in questions:
        with pytest.raises(type(error)) as raised:
            host._ask(question, lambda: None)
        assert (str(raised.value), getattr(raised.value, "code", None)) == (
            str(error),
            getattr(error, "code", None),
        )


def test_files_lie_at_their_own_path(tmp_path: Path) -> None:
    host = replayed({("read", "/proc/meminfo", "4194304"): b"MemTotal: 1 kB\n"}, tmp_path)
    assert (tmp_path / "record/host/proc/meminfo").read_bytes() == b"MemTotal: 1 kB\n"
    assert host.read("/proc/meminfo") == "MemTotal: 1 kB\n"


def test_readings_that_do_not_agree_are_all_kept(tmp_path: Path) -> None:
    readings: dict[Question, object] = {
        ("read", "/proc/x", "4"): b"1000",
        ("read", "/proc/x", "9"): b"1000 2000",
        ("read", "/proc/x", "99"): b"3000 4000\n",
        ("read", "/proc//x", "99"): b"another name",
    }
    host = replayed(readings, tmp_path)
    for (_, path, limit), content in readings.items():
        assert host.read_bytes(path, int(limit)) == content


@pytest.mark.parametrize(
    "path",
    [
        *("/a/../../../etc/passwd", "relative", "/", "", "/new\nline", "/esc\x1b[0m", "/" + "n" * 300),
        *("/undecodable\udcff", "/sos_commands/envcheck/answers.json", "//double", "/dir/", "/back\\slash"),
    ],
)
def test_no_path_leads_out_of_the_record(tmp_path: Path, path: str) -> None:
    host = replayed({("read", path, "99"): b"x", ("read", "/fine", "9"): b"y"}, tmp_path)
    files = {str(each.relative_to(tmp_path)) for each in tmp_path.rglob("*") if each.is_file()}
    aside = "record/host/sos_commands/envcheck/answers/0001_file"
    assert files == {"record/host/fine", f"record/host/{ANSWERS}", aside}
    assert host.read(path, 99) == "x"


def test_a_file_that_was_a_folder_too_is_kept_aside(tmp_path: Path) -> None:
    host = replayed({("read", "/x", "9"): b"file", ("read", "/x/y", "9"): b"below"}, tmp_path)
    assert (host.read("/x", 9), host.read("/x/y", 9)) == ("file", "below")


def test_what_is_long_is_stored_once_and_readable(tmp_path: Path) -> None:
    text = "ii  gcc  4:9.3\n" * 100
    replayed({("run", "dpkg", "-l"): Output(text), ("recorded", "dpkg*"): {"dpkg_-l": text}}, tmp_path)
    names = [path.name for path in (tmp_path / "record/host/sos_commands/envcheck/answers").iterdir()]
    assert names == ["0001_dpkg"]


def test_texts_stand_in_the_record_as_on_the_host(tmp_path: Path) -> None:
    """Else redaction would not find in `\\u4e3b\\u673a` or `\\n10.0.0.1` what it has to replace."""
    host = answering(
        tmp_path / "a", {("which", "x"): "/home/主机/x", ("run", "ip"): Output("\t10.0.0.1\n10.0.0.2\n")}
    )
    folder = record(host, tmp_path)
    assert "/home/主机/x".encode() in (folder / ANSWERS).read_bytes()
    assert b"\\t" not in (folder / ANSWERS).read_bytes()
    assert b"\\n" not in (folder / ANSWERS).read_bytes()


# -- what was never asked -------------------------------------------------------------


def test_what_was_never_asked_is_not_in_the_record(tmp_path: Path) -> None:
    host = replayed({("read", "/etc/docker/key.json", "9"): b"{}"}, tmp_path)
    for ask in (
        lambda: host.read("/etc/docker/daemon.json"),  # a folder without it proves nothing here
        lambda: host.names("/etc/docker"),
        lambda: host.stat("/etc/docker"),
        lambda: host.exists("/etc/docker/key.json"),
        lambda: host.resolve("/etc/docker/key.json"),
        lambda: host.filesystem("/"),
        lambda: host.read("/etc"),
        lambda: host.which("tar"),
        lambda: host.run("tar", "--version"),
        lambda: host.docker("/info"),
        host.docker_address,
        host.nvml,
        host.addresses,
        host.socket_owners,
        host.is_root,
    ):
        with pytest.raises(NotRecorded, match="not in this record"):
            ask()
    assert host.recorded("*") == {}


@pytest.mark.parametrize(
    ("kept", "limit", "asked", "answer"),
    [
        (b"12345", 10, 99, b"12345"),
        (b"12345", 10, 3, b"123"),
        (b"12345", 5, 4, b"1234"),
        (b"12345", 5, 6, None),
    ],
)
def test_another_limit_is_served_as_far_as_the_file_is_recorded(
    tmp_path: Path, kept: bytes, limit: int, asked: int, answer: bytes | None
) -> None:
    host = replayed({("read", "/x", str(limit)): kept}, tmp_path)
    if answer is None:
        with pytest.raises(NotRecorded):
            host.read_bytes("/x", asked)
    else:
        assert host.read_bytes("/x", asked) == answer


def test_another_limit_meets_the_same_error(tmp_path: Path) -> None:
    host = replayed({("read", "/x", "9"): Denied("/x: permission denied")}, tmp_path)
    with pytest.raises(Denied):
        host.read_bytes("/x", 99)


# -- records by other hands -----------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[1]", "{}x", '[{"ask": 1}]', '[{"value": 1}]', "[" * 100_000, "null"),
        '[{"ask": ["read", 7]}]',
    ],
)
def test_a_broken_list_of_answers_decides_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / ANSWERS).parent.mkdir(parents=True)
    (tmp_path / ANSWERS).write_text(text)
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/centos-release").write_text("CentOS Linux release 7.2.1511 (Core)\n")
    report = check(open_host(tmp_path))
    assert {result.status for result in report.results if result.module != "*"} <= {"unknown", "skipped"}


WRONG = [
    *({}, {"value": None}, {"value": {"file": "../../../etc/passwd"}}, {"value": {"file": 7}}, {"value": []}),
    *({"error": {"kind": "Exception", "reason": "x"}}, {"error": "x"}, {"error": {"kind": "Absent"}}),
    {"value": "x", "seconds": "soon"},
]


@pytest.mark.parametrize(
    "kind", ["read", "run", "nvml", "stat", "names", "recorded", "socket-owners", "is-root"]
)
@pytest.mark.parametrize("wrong", WRONG, ids=map(str, range(len(WRONG))))
def test_a_wrong_answer_is_no_answer(tmp_path: Path, kind: str, wrong: dict[str, object]) -> None:
    question = [kind, "/x", "9"] if kind == "read" else [kind, "x"]
    (tmp_path / ANSWERS).parent.mkdir(parents=True)
    (tmp_path / ANSWERS).write_text(json.dumps([{"ask": question, **wrong}]))
    host = TreeHost(tmp_path)
    if (kind, wrong.get("value")) in (("names", []), ("recorded", [])):
        return  # which is right for these
    with pytest.raises(Unreadable):
        host._ask(tuple(question), lambda: None)


def test_an_edited_file_is_what_the_host_then_says(tmp_path: Path) -> None:
    host = open_host(written.HOSTS / "centos72-p4")
    check(host)
    folder = record(host, tmp_path)
    (folder / "proc/meminfo").write_text("MemTotal:       24000000 kB\n")
    statuses = {result.id: result.status for result in check(open_host(folder)).results}
    assert statuses["memory"] == "fail"


# -- what must not be in it -----------------------------------------------------------


def test_the_configuration_of_dockers_client_is_in_no_record(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / ".docker").mkdir(parents=True)
    (home / ".docker/config.json").write_text('{"auths": {"r": {"auth": "c2VjcmV0"}}, "currentContext": "x"}')
    with closing(LiveHost(environ={"HOME": str(home)})) as host:
        for ask in (host.docker_address, lambda: host.docker("/info")):
            with pytest.raises(Unreadable):
                ask()
        record(host, tmp_path / "record")
    for path in (tmp_path / "record").rglob("*"):
        assert "config.json" not in path.name
        assert path.is_dir() or b"c2VjcmV0" not in path.read_bytes()


def test_only_files_and_folders_are_written(tmp_path: Path) -> None:
    with closing(open_host()) as host:
        check(host)
        folder = record(host, tmp_path)
    for path in folder.rglob("*"):
        assert not path.is_symlink()
        assert os.path.isfile(path) or os.path.isdir(path)
