"""`envcheck verify`: what is asked after an installation, and until when."""

from __future__ import annotations

import io
import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import envcheck
from envcheck import cli, waiting
from envcheck.errors import RequestError
from envcheck.progress import Waiting
from envcheck.results import Report, Result
from envcheck.rulebook import open_rulebook
from tests.conftest import write_tree

HEAD = "title: {en: M, zh: 模块}\ndescription: {en: M, zh: 模块}\n"
PARAMS = "params: {service-ports: {title: {en: P, zh: P}, type: [port], default: [PORT]}}\n"
KERNEL = "- {id: kernel, title: {en: Kernel, zh: 内核}, fact: kernel.version, require: '>= 3.10'}\n"
PORTS = """verify:
- {id: ports, title: {en: Ports, zh: 端口}, fact: answering.ports, require: {every: {state: open}}}
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder with the module m: a check before its installation, one after it."""
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "m.yaml").write_text(
        f"module: m\n{HEAD}{PARAMS}checks:\n{KERNEL}{PORTS}".replace("PORT]", "9]")
    )
    return folder


@contextmanager
def listening() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield int(listener.getsockname()[1])


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    status = cli.main(["verify", *words])
    said = capsys.readouterr()
    return status, said.out, said.err


def test_only_the_checks_for_afterwards(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with listening() as port:
        status, out, _ = run(
            capsys, "--rules", str(site), "--set", f"service-ports={port}", "--format", "json", "m"
        )
    report = json.loads(out)
    assert (status, report["conclusion"]) == (0, "pass")
    assert [(each["id"], each["status"]) for each in report["results"]] == [("ports", "pass")]


def test_a_port_without_a_listener_fails(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with listening() as port:
        pass
    status, out, _ = run(capsys, "--rules", str(site), "--set", f"service-ports={port}", "m")
    assert status == 1
    assert out.splitlines()[-1] == "The conclusion of environment checking is :fail"
    assert f"{port}: refused" in out


def test_a_record_tells_nothing_of_what_was_not_asked(
    site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_tree(tmp_path / "host", {"etc/hostname": "h", "proc/net/tcp": "x\n", "proc/net/tcp6": "x\n"})
    status, out, _ = run(
        capsys, "--rules", str(site), "--from", str(tmp_path / "host"), "--format", "json", "m"
    )
    (result,) = json.loads(out)["results"]
    assert (status, result["status"]) == (1, "unknown")
    assert "not in this record" in result["reason"]


def test_a_module_with_nothing_to_verify(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "fingerprint")
    assert (status, out) == (2, "")
    assert "'fingerprint' has no checks for after its installation" in err


def test_an_unknown_module_and_a_foreign_container(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "face-sever")[0] == 2
    status, _, err = run(capsys, "databus", "--from-container", "x")
    assert status == 2
    assert "no such parameter of databus" in err
    status, _, err = run(capsys, "face-server", "--from-container", "x", "--set", "from-container=y")
    assert (status, "leave one out" in err) == (2, True)


def test_waiting_for_a_record_is_senseless(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_tree(tmp_path / "host", {"etc/hostname": "h"})
    status, _, err = run(capsys, "databus", "--wait", "5", "--from", str(tmp_path / "host"))
    assert (status, "a recorded host never changes" in err) == (2, True)


# -- inheritance, overlays, waivers --------------------------------------------------------


def ids(rules: Path, module: str) -> list[str]:
    return [check.id for check in open_rulebook([str(rules)]).rule_set(module, part="verify").checks]


def test_what_another_verifies_is_taken_by_name_only(site: Path) -> None:
    (site / "n.yaml").write_text(f"module: n\nextends: m\n{HEAD}checks: [kernel]\nverify: [ports, kernel]\n")
    (site / "o.yaml").write_text(f"module: o\nextends: m\n{HEAD}checks: [kernel]\n")
    assert ids(site, "n") == ["ports", "kernel"]
    with pytest.raises(RequestError, match="nothing to verify"):
        ids(site, "o")


def test_an_overlay_changes_them(site: Path) -> None:
    over = site.parent / "over"
    over.mkdir()
    (over / "x.yaml").write_text("overlay: m\nverify:\n- {id: ports, level: recommended}\n- " + KERNEL[2:])
    rules = open_rulebook([str(site), str(over)]).rule_set("m", part="verify")
    assert [(check.id, check.level) for check in rules.checks] == [
        ("ports", "recommended"),
        ("kernel", "required"),
    ]
    (over / "x.yaml").write_text("overlay: m\nverify: [{id: kernel, remove: true}]\n")
    with pytest.raises(RequestError, match="no check 'kernel' of 'm' to remove"):
        open_rulebook([str(site), str(over)]).rule_set("m", part="verify")


def test_a_mistake_is_said_by_lint(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["lint", str(site)]) == 0
    path = site / "m.yaml"
    path.write_text(path.read_text().replace("{every: {state: open}}", "{every: {state: opne}}"))
    assert cli.main(["lint", str(site)]) == 1
    assert "m.yaml:8:" in capsys.readouterr().out
    path.write_text(path.read_text().replace("{every: {state: opne}}", "{count: '>= 0'}"))
    assert cli.main(["lint", str(site)]) == 1
    assert "it can never fail" in capsys.readouterr().out


def test_waivers_of_one_part_are_not_those_of_the_other(site: Path, tmp_path: Path) -> None:
    """Trap: who waived that a port is taken did not waive that the service answers on it."""
    report = envcheck.verify("m", rules=[site], waive={"m.ports": "later"})
    assert (report.conclusion, report.results[0].status) == ("pass", "fail")
    with pytest.raises(RequestError, match="no check 'kernel'"):
        envcheck.verify("m", rules=[site], waive={"m.kernel": "old"})
    file = tmp_path / "waivers.yaml"
    file.write_text("- {check: m.ports, reason: later}\n- {check: m.kernel, reason: old}\n")
    assert envcheck.verify("m", rules=[site], waivers=[file]).passed
    assert envcheck.check("m", rules=[site], waivers=[file]).results[0].waived is None


def test_the_sites_waivers_are_not_for_afterwards(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "waivers.yaml"
    file.write_text("- {check: m.ports, reason: a proxy has it}\n")
    monkeypatch.setattr("envcheck.api.SITE_WAIVERS", str(file))
    assert not envcheck.verify("m", rules=[site]).passed


def test_list_tells_what_can_be_verified(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["list", "-v"]) == 0
    out = capsys.readouterr().out
    assert out.count("after the installation: envcheck verify ") == 6


# -- waiting -------------------------------------------------------------------------------


def test_waiting_until_it_answers(site: Path) -> None:
    """Everything is asked anew at each look; the report is the last one's."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        seen: list[Report] = []

        def watch(report: Report, _left: float) -> None:
            seen.append(report)
            listener.listen()

        report = envcheck.verify("m", rules=[site], settings={"service-ports": [port]}, wait=60, watch=watch)
    assert report.passed
    assert [each.conclusion for each in seen] == ["fail"]


def test_waiting_in_vain_ends(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    begin = time.monotonic()
    with socket.socket() as silent:  # held, so that nobody else takes the port meanwhile
        silent.bind(("127.0.0.1", 0))
        port = f"service-ports={silent.getsockname()[1]}"
        status, out, err = run(capsys, "--rules", str(site), "--set", port, "--wait", "1", "m")
    assert (status, out.count("conclusion of environment checking")) == (1, 1)
    assert "waiting" not in err  # no terminal
    assert time.monotonic() - begin >= 1


def test_the_looks_become_rarer(monkeypatch: pytest.MonkeyPatch, site: Path) -> None:
    """Trap: a database shuts out a host that hangs up on it too often."""
    now, pauses = [0.0], []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        now[0] += seconds

    monkeypatch.setattr("envcheck.waiting.time.monotonic", lambda: now[0])
    monkeypatch.setattr("envcheck.waiting.time.sleep", sleep)
    failed = envcheck.verify("m", rules=[site])
    waiting.until_passed(lambda: failed, 180)
    assert pauses[:5] == [1, 2, 4, 8, 10]
    assert len(pauses) < 30
    assert now[0] == 180  # the last pause is cut, so that the time given is not overrun


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_what_is_awaited_is_shown_and_wiped(monkeypatch: pytest.MonkeyPatch, site: Path) -> None:
    monkeypatch.setenv("TERM", "xterm")
    terminal = Terminal()
    line = Waiting(terminal)
    line(envcheck.verify("m", rules=[site]), 61.4)
    assert "waiting, 61 s left: m ports" in terminal.getvalue()
    line.close()
    assert terminal.getvalue().endswith("\r\x1b[K")
    plain = io.StringIO()
    Waiting(plain)(envcheck.verify("m", rules=[site]), 5)
    assert plain.getvalue() == ""


# -- the shipped rules ---------------------------------------------------------------------

OWED = {
    "offline-security-server": "ports process license-answer log-errors",
    "face-server": "container gpu-process ports service-conf license-answer database log-errors "
    "container-license self-test",
    "default": "container ports",
    "databus": "process ports database",
    "face-server-k8s": "facesvc-dir kubectl cluster nodes-ready namespace service controllers service-conf "
    "license-answer database",
    "inference-platform": "ports media-status internet*",
}


@pytest.mark.parametrize("module", OWED)
def test_the_rule_sets_hold_what_the_manuals_verify(module: str) -> None:
    checks = open_rulebook().rule_set(module, part="verify").checks
    assert [check.id + ("*" if check.level == "recommended" else "") for check in checks] == OWED[
        module
    ].split()
    for check in checks:
        assert check.hints, check.id
        assert check.source, check.id


def of(report: Report) -> dict[str, Result]:
    return {result.id: result for result in report.results}


CONF = """MYSQL_SVC_SERVICE_HOST={}
MYSQL_SVC_SERVICE_PORT=5535
LICENSE_SERVER_HOST={}
LICENSE_SERVER_PORT=8887
"""
PATH = "home/baidu/work/face-server/project-conf/sconf/service.conf"


@pytest.mark.parametrize(
    ("module", "mysql", "license_server", "status"),
    [
        ("face-server", "127.0.0.1", "10.0.0.5", "pass"),  # trap: of a single instance that is right
        ("face-server", "127.0.0.1", "127.0.0.1", "fail"),
        ("face-server-k8s", "127.0.0.1", "10.0.0.5", "fail"),
        ("face-server-k8s", "10.0.0.6", "10.0.0.5", "pass"),
    ],
)
def test_whose_loopback_is_wrong(
    tmp_path: Path, module: str, mysql: str, license_server: str, status: str
) -> None:
    write_tree(tmp_path, {PATH: CONF.format(mysql, license_server)})
    found = of(envcheck.verify(module, from_path=tmp_path))["service-conf"]
    assert found.status == status
    if module == "face-server" and status == "fail":
        assert found.hints == ("service-conf-loopback",)


def test_places_of_other_hosts_before_the_installation(tmp_path: Path) -> None:
    report = of(envcheck.check("face-server", from_path=tmp_path))
    assert {report[name].status for name in ("license-answer", "database")} == {"skipped"}
    with listening() as port:
        pass
    places = {"license-server": f"127.0.0.1:{port}", "mysql": f"127.0.0.1:{port}"}
    report = of(envcheck.check("face-server", settings=places))
    assert report["license-answer"].status == report["database"].status == "fail"
    assert report["license-answer"].hints == ("license-address-loopback", "license-unreachable")
    assert report["database"].hints == ("database-unreachable",)


def test_a_foreign_service_on_the_databases_port() -> None:
    with listening() as port:  # it accepts and says nothing, as who waits to be asked
        report = of(
            envcheck.verify("databus", settings={"mysql": f"127.0.0.1:{port}", "databus-ports": [port]})
        )
    assert report["ports"].status == "pass"
    assert (report["database"].status, report["database"].hints) == ("fail", ("database-not-running",))
