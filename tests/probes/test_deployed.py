"""What is deployed, as rules see it: ports, containers, GPU processes, licence service, database, logs."""

from __future__ import annotations

import calendar
from typing import Any, Optional

import pytest

from envcheck.facts import Known, Unknown
from envcheck.host.base import Absent, Denied, Failed, NotRecorded, Output, TimedOut
from envcheck.host.belongings import Clock, Page, Process, Reached, Tail
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
    service_logs,
    web,
)
from envcheck.values import Endpoint
from tests.probes.conftest import Scripted

ID, OTHER = "ab" * 32, "cd" * 32
NOW = float(calendar.timegm((2026, 11, 22, 12, 0, 0)))
CLOCK = Clock(NOW, 0)
TCP = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
LICENSE = Endpoint("10.0.0.5", 8887)
CONF = "LICENSE_SERVER_HOST=10.0.0.5\nLICENSE_SERVER_PORT=8887\n"
GREETING = b"\x0a5.6.24\0rest"
PACKET = len(GREETING).to_bytes(3, "little") + b"\0" + GREETING
ERROR = b"\xff\x69\x04Host is blocked"
BLOCKED = len(ERROR).to_bytes(3, "little") + b"\0" + ERROR


def listening(address: str, port: int, inode: int = 9) -> str:
    return f"{TCP}   0: {address}:{port:04X} 00000000:0000 0A 0:0 00:0 0 0 0 {inode} 1\n"


def open_at(address: str, port: int) -> dict[str, Any]:
    return {f"connect {address}:{port}": Reached("open", address)}


def value(fact: Any) -> Any:  # noqa: ANN401
    assert isinstance(fact, Known), fact
    return fact.value


# -- ports ---------------------------------------------------------------------------------


def test_a_port_that_answers_and_whose_it_is(scripted: Scripted) -> None:
    script = {"read /proc/net/tcp": listening("00000000", 8300), "owners": {9: "nginx (pid 7)"}}
    host = scripted({**script, **open_at("127.0.0.1", 8300)})
    (port,) = value(answering.collect(host, answering.Settings((8300,))).ports)
    assert (port.state, str(port)) == ("open", "8300 answers on 127.0.0.1: nginx (pid 7)")


def test_a_service_on_one_address_only(scripted: Scripted) -> None:
    """Trap: what listens on the network card alone refuses the loopback."""
    script = {"read /proc/net/tcp": listening("0500000A", 8300), "owners": {9: "nginx (pid 7)"}}
    host = scripted({**script, **open_at("10.0.0.5", 8300)})
    (port,) = value(answering.collect(host, answering.Settings((8300,))).ports)
    assert str(port) == "8300 answers on 10.0.0.5: nginx (pid 7)"


def test_a_service_for_this_host_alone_is_said_to_be_so(scripted: Scripted) -> None:
    script = {"read /proc/net/tcp": listening("0100007F", 8300), "owners": {9: "nginx (pid 7)"}}
    host = scripted({**script, **open_at("127.0.0.1", 8300)})
    (port,) = value(answering.collect(host, answering.Settings((8300,))).ports)
    assert (port.loopback, "for this host alone" in str(port)) == (True, True)


def test_without_root_the_owner_is_unknown_and_the_port_answers(scripted: Scripted) -> None:
    host = scripted(
        {"read /proc/net/tcp": listening("00000000", 8300), "root": False, **open_at("127.0.0.1", 8300)}
    )
    (port,) = value(answering.collect(host, answering.Settings((8300,))).ports)
    assert str(port).endswith("owner unknown (not root)")


def test_a_forwarded_port_without_listener(scripted: Scripted) -> None:
    host = scripted(
        {"read /proc/net/tcp": TCP, "addresses": {"eth0": ("10.0.0.5",)}, **open_at("10.0.0.5", 30001)}
    )
    (port,) = value(answering.collect(host, answering.Settings((30001,))).ports)
    assert port.state == "open"


def test_a_listener_in_the_table_is_no_answer(scripted: Scripted) -> None:
    host = scripted({"read /proc/net/tcp": listening("00000000", 8300)})
    (port,) = value(answering.collect(host, answering.Settings((8300,))).ports)
    assert str(port) == "8300: refused: nothing listens there"


def test_endpoints_and_pages(scripted: Scripted) -> None:
    host = scripted({"connect 10.0.0.5:80": Reached("no-route", "10.0.0.5", "No route to host")})
    found = value(endpoint.collect(host, endpoint.Settings(Endpoint("10.0.0.5", 80))).answer)
    assert str(found) == "10.0.0.5:80: no route to it (No route to host)"
    there = {**open_at("127.0.0.1", 8000), "page 127.0.0.1:8000/stat": Page(200, "<rtmp>")}
    assert value(web.collect(scripted(there), web.Settings("8000/stat")).page).state == "there"
    gone = {**open_at("127.0.0.1", 8000), "page 127.0.0.1:8000/stat": Page(404, "")}
    assert value(web.collect(scripted(gone), web.Settings("8000/stat")).page).state == "error"
    assert value(web.collect(scripted({}), web.Settings("8000/stat")).page).state == "refused"


# -- licence service -----------------------------------------------------------------------


def license_answer(host: Any, **settings: Any) -> license_server.Answer:  # noqa: ANN401
    found = license_server.collect(host, license_server.Settings(**settings)).answer
    answer: license_server.Answer = value(found)
    return answer


def test_the_licence_service_by_its_logo(scripted: Scripted) -> None:
    script = open_at("10.0.0.5", 8887)
    right = scripted({**script, "page 10.0.0.5:8887/": Page(200, "... baidu-rpc ...")})
    assert license_answer(right, license_server=LICENSE)[:3] == ("answers", "10.0.0.5", False)
    wrong = scripted({**script, "page 10.0.0.5:8887/": Page(200, "nginx")})
    assert license_answer(wrong, license_server=LICENSE).state == "not-license"
    mute = scripted({**script, "page 10.0.0.5:8887/": TimedOut("no answer in 5 s")})
    assert license_answer(mute, license_server=LICENSE).state == "timed-out"
    other = scripted({**script, "page 10.0.0.5:8887/": Failed("no HTTP")})
    assert license_answer(other, license_server=LICENSE).state == "no-http"


@pytest.mark.parametrize("state", ["refused", "timed-out", "no-route", "no-name"])
def test_ways_not_to_answer_are_told_apart(scripted: Scripted, state: Any) -> None:  # noqa: ANN401
    host = scripted({"connect 10.0.0.5:8887": Reached(state, "10.0.0.5")})
    assert license_answer(host, license_server=LICENSE).state == state
    failed = scripted(
        {
            "greeting 10.0.0.5:8887": TimedOut("late") if state == "timed-out" else Failed("x"),
            "connect 10.0.0.5:8887": Reached(state, "10.0.0.5"),
        }
    )
    assert value(database.collect(failed, database.Settings(LICENSE)).answer).state == state


@pytest.mark.parametrize("place", ["127.0.0.1", "127.9.9.9", "localhost", "::1"])
def test_a_loopback_is_told(scripted: Scripted, place: str) -> None:
    script = {**open_at("127.0.0.1", 8887), "page 127.0.0.1:8887/": Page(200, "baidu-rpc")}
    found = license_answer(scripted(script), license_server=Endpoint(place, 8887))
    assert (found.state, found.loopback) == ("answers", True)


def test_a_name_that_means_a_loopback_is_told(scripted: Scripted) -> None:
    script = {
        "connect auth:8887": Reached("open", "127.0.1.1"),
        "page 127.0.1.1:8887/": Page(200, "baidu-rpc"),
    }
    assert license_answer(scripted(script), license_server=Endpoint("auth", 8887)).loopback


def test_a_name_that_means_another_host_is_no_loopback(scripted: Scripted) -> None:
    script = {"connect auth:8887": Reached("open", "10.0.0.5"), "page 10.0.0.5:8887/": Page(200, "baidu-rpc")}
    found = license_answer(scripted(script), license_server=Endpoint("auth", 8887))
    assert (found.state, found.loopback) == ("answers", False)


def test_places_out_of_service_conf(scripted: Scripted) -> None:
    host = scripted(
        {"read /c": CONF, **open_at("10.0.0.5", 8887), "page 10.0.0.5:8887/": Page(200, "baidu-rpc")}
    )
    assert license_answer(host, service_conf="/c").state == "answers"
    given = license_server.collect(host, license_server.Settings(Endpoint("h", 1), "/c")).place
    assert str(value(given)) == "h:1"


@pytest.mark.parametrize(
    "text", ["", "LICENSE_SERVER_HOST=\n", "LICENSE_SERVER_HOST=a b\nLICENSE_SERVER_PORT=8887\n"]
)
def test_service_conf_that_names_no_place(scripted: Scripted, text: str) -> None:
    found = license_server.collect(scripted({"read /c": text}), license_server.Settings(None, "/c"))
    assert value(found.place).state == "not-set"
    assert isinstance(found.answer, Unknown)


def test_no_place_at_all(scripted: Scripted) -> None:
    found = license_server.collect(scripted({}), license_server.Settings(None, "/c"))
    assert "not set: --set license-server=IP:PORT" in str(value(found.place))


# -- database ------------------------------------------------------------------------------


def test_a_database_that_greets(scripted: Scripted) -> None:
    found = database.collect(
        scripted({"greeting 10.0.0.5:5535": PACKET}), database.Settings(Endpoint("10.0.0.5", 5535))
    )
    assert str(value(found.answer)) == "10.0.0.5:5535 greets as 5.6.24"


@pytest.mark.parametrize(
    ("sent", "state"), [(BLOCKED, "blocked"), (b"SSH-2.0\r\n", "not-mysql"), (b"", "not-mysql")]
)
def test_what_a_database_may_say_instead(scripted: Scripted, sent: bytes, state: str) -> None:
    host = scripted({"greeting 10.0.0.5:5535": sent})
    assert value(database.collect(host, database.Settings(Endpoint("10.0.0.5", 5535))).answer).state == state


def test_a_database_that_is_full_does_not_greet(scripted: Scripted) -> None:
    said = b"\xff\x10\x04Too many connections"
    host = scripted({"greeting 10.0.0.5:5535": bytes([len(said), 0, 0, 0]) + said})
    found = value(database.collect(host, database.Settings(Endpoint("10.0.0.5", 5535))).answer)
    assert (found.state, str(found)) == ("refuses", "10.0.0.5:5535: error 1040: Too many connections")


# -- containers ----------------------------------------------------------------------------


def docker(status: str, started: str = "2026-11-22T09:00:00.5Z", **more: Any) -> dict[str, Any]:  # noqa: ANN401
    listed = [
        {"Id": ID, "Names": ["/face-1"], "Image": "idl:v1"},
        {"Id": OTHER, "Names": ["/customers"], "Image": "db"},
    ]
    state = {"Status": status, "StartedAt": started, "ExitCode": 137 if status == "exited" else 0, **more}
    told = {"State": state, "RestartCount": more.pop("restarts", 0)}
    return {"docker /containers/json?all=1": listed, f"docker /containers/{ID}/json": told, "clock": CLOCK}


def found(script: dict[str, Any], scripted: Scripted) -> tuple[containers.Container, ...]:
    answer: tuple[containers.Container, ...] = value(
        containers.collect(scripted(script), containers.Settings(("*face*",))).found
    )
    return answer


@pytest.mark.parametrize(
    ("script", "state", "said"),
    [
        (docker("running"), "running", "face-1 (idl:v1) running for 3 h"),
        (docker("exited"), "exited", "face-1 (idl:v1) exited with 137"),
        (docker("exited", OOMKilled=True), "exited", "killed for want of memory"),
        (docker("running", Restarting=True), "restarting", "restarting"),
        (docker("running", Health={"Status": "starting"}), "starting", "starting"),
        (docker("running", Health={"Status": "unhealthy"}), "unhealthy", "unhealthy"),
        (docker("running", Health={"Status": "healthy"}), "running", "running for 3 h"),
        (docker("paused"), "paused", "paused"),
        (docker("created", "0001-01-01T00:00:00Z"), "created", "created"),
        (docker("odd\x1b"), "dead", "dead"),
    ],
)
def test_states_of_a_container(scripted: Scripted, script: dict[str, Any], state: str, said: str) -> None:
    (container,) = found(script, scripted)
    assert container.state == state
    assert said in str(container)


def test_one_that_falls_again_and_again_is_not_up_in_between(scripted: Scripted) -> None:
    """Trap: between two falls such a container is `running` for a moment."""
    (container,) = found(docker("running", "2026-11-22T11:59:50Z", restarts=7), scripted)
    assert container.state == "restarting"
    (settled,) = found(docker("running", "2026-11-22T11:00:00Z", restarts=7), scripted)
    assert str(settled) == "face-1 (idl:v1) running for 60 min, restarted 7 times"


def test_one_that_was_restarted_is_not_known_to_be_up_without_a_clock(scripted: Scripted) -> None:
    """Trap: it may be the moment between two falls."""
    script = docker("running", "2026-11-22T11:59:50Z", restarts=7)
    del script["clock"]
    answer = containers.collect(scripted(script), containers.Settings(("*face*",))).found
    assert isinstance(answer, Unknown)
    assert "face-1 was restarted 7 times" in answer.reason
    script = docker("running")
    del script["clock"]
    (container,) = found(script, scripted)
    assert str(container) == "face-1 (idl:v1) running"


def test_without_docker_there_is_none(scripted: Scripted) -> None:
    assert found({}, scripted) == ()


def test_an_engine_elsewhere_is_not_asked(scripted: Scripted) -> None:
    host = scripted({**docker("running"), "address": "tcp://10.0.0.9:2375"})
    assert isinstance(containers.collect(host, containers.Settings(("*",))).found, Unknown)


# -- processes -----------------------------------------------------------------------------


def process(pid: int, name: str, container: Any = "", started: float = NOW - 7200) -> Process:  # noqa: ANN401
    return Process(pid, name, "root", name, None, started, container)


def gpu(scripted: Scripted, script: dict[str, Any]) -> Any:  # noqa: ANN401
    loaded = {"read /proc/modules": "nvidia 1 0 - Live 0x0\n", "read /proc/bus/pci/devices": ""}
    host = scripted({**loaded, **docker("running"), **script})
    return gpu_processes.collect(host, gpu_processes.Settings(("*face*",))).running


def test_a_gpu_process_is_known_by_its_control_group(scripted: Scripted) -> None:
    """Trap: a process of the right name in another container, or in none, is not the service's."""
    listed = [process(7, "face", ID), process(8, "face", OTHER), process(9, "face-server", "")]
    (mine, other, hosts) = value(gpu(scripted, {"gpu-processes": (7, 8, 9), "processes": listed}))
    assert [each.ours for each in (mine, other, hosts)] == [True, False, False]
    assert str(mine) == "face (pid 7) in container face-1"


def test_gpu_processes_by_command(scripted: Scripted) -> None:
    script = {
        "gpu-processes": Absent("no NVML"),
        "run nvidia-smi": "7\n7\n",
        "processes": [process(7, "face", ID)],
    }
    assert [each.ours for each in value(gpu(scripted, script))] == [True]


def test_a_gpu_process_that_cannot_be_seen_is_unknown(scripted: Scripted) -> None:
    (one,) = value(gpu(scripted, {"gpu-processes": (7,), "processes": []}))
    assert (one.ours, str(one)) == (None, "? (pid 7) in ?")


def test_a_driver_that_fails_is_unknown(scripted: Scripted) -> None:
    failed = Output("NVIDIA-SMI has failed", "", 9)
    assert isinstance(gpu(scripted, {"gpu-processes": Failed("x"), "run nvidia-smi": failed}), Unknown)
    half = {"run nvidia-smi": Output("7\n", "", 15), "processes": [process(7, "face", ID)]}
    assert isinstance(gpu(scripted, {"gpu-processes": Failed("x"), **half}), Unknown)


def running(scripted: Scripted, *processes: Process) -> program.Program:
    host = scripted({"processes": list(processes), "clock": CLOCK})
    answer: program.Program = value(program.collect(host, program.Settings(("license_server",))).running)
    return answer


def test_a_process_by_its_name(scripted: Scripted) -> None:
    assert str(running(scripted, process(7, "license_server"))) == "license_server (pid 7), for 2 h"
    grep = Process(8, "grep", "root", "grep license_server", None, NOW, "")
    editor = Process(9, "vi", "root", "vi license_server.log", None, NOW, "")
    assert running(scripted, grep, editor).runs is False  # trap: `ps aux | grep` finds itself
    assert running(scripted, process(7, "license_server", ID)).runs is False
    assert running(scripted, process(7, "license_server", None)).runs is None


# -- logs ----------------------------------------------------------------------------------

LOG = "/l.wf"
START = "2026-11-22T11:00:00Z"


def errors(
    scripted: Scripted,
    text: str,
    *,
    whole: bool = True,
    script: Optional[dict[str, Any]] = None,
) -> Any:  # noqa: ANN401
    answers = {
        f"log-paths {LOG}": (LOG,),
        f"log-tail {LOG}": Tail(text, whole, NOW),
        "processes": [process(7, "license_server", started=NOW - 3600)],
        "clock": CLOCK,
        **(script or {}),
    }
    settings = service_logs.Settings((LOG,), ("license_server",))
    return service_logs.collect(scripted(answers), settings).errors


def test_errors_before_the_last_start_do_not_count(scripted: Scripted) -> None:
    text = "FATAL: 11-22 10:59:59: old\nINFO: 11-22 12:00:00: fine\n"
    assert value(errors(scripted, text)) == ()
    (one,) = value(errors(scripted, text + "FATAL: 11-22 12:00:00: machine auth check failure\n"))
    assert (one.kind, str(one)) == (
        "machine-auth",
        f"{LOG}: FATAL: 11-22 12:00:00: machine auth check failure",
    )


def test_a_service_of_several_processes_began_with_the_first(scripted: Scripted) -> None:
    """Trap: a worker that was started anew a moment ago hides the error that ended the one before."""
    several = [
        process(7, "license_server", started=NOW - 3600),
        process(8, "license_server", started=NOW - 5),
    ]
    text = "FATAL: 11-22 11:30:00: machine auth check failure\nINFO: 11-22 12:00:00: x\n"
    assert len(value(errors(scripted, text, script={"processes": several}))) == 1


def test_an_error_in_the_second_of_the_start_counts(scripted: Scripted) -> None:
    """Trap: the log tells whole seconds, the start fractions of one."""
    started = {"processes": [process(7, "license_server", started=NOW - 3600 + 0.7)]}
    text = "FATAL: 11-22 11:00:00: machine auth check failure\nINFO: 11-22 12:00:00: x\n"
    assert len(value(errors(scripted, text, script=started))) == 1


def test_a_writer_in_another_zone(scripted: Scripted) -> None:
    """Trap: eight hours ahead, the lines before the start look as if they were after it."""
    text = "FATAL: 11-22 18:30:00: old\nINFO: 11-22 20:00:00: fine\n"
    assert value(errors(scripted, text)) == ()
    behind = "FATAL: 11-22 06:30:00: new\nINFO: 11-22 07:00:00: fine\n"
    assert len(value(errors(scripted, behind))) == 1


def test_errors_without_times_are_no_verdict(scripted: Scripted) -> None:
    assert isinstance(errors(scripted, "FATAL: no\n"), Unknown)
    assert value(errors(scripted, "all is well\n")) == ()


def test_a_log_too_long_to_be_read_is_no_pass(scripted: Scripted) -> None:
    """Trap: an error may stand before what was read, and yet after the start."""
    text = "INFO: 11-22 11:30:00: x\nINFO: 11-22 12:00:00: y\n"
    assert isinstance(errors(scripted, text, whole=False), Unknown)
    assert value(errors(scripted, "INFO: 11-22 10:00:00: x\n" + text, whole=False)) == ()


def test_a_service_that_does_not_run_has_no_last_start(scripted: Scripted) -> None:
    assert isinstance(errors(scripted, "", script={"processes": []}), Unknown)


def test_no_log_at_all(scripted: Scripted) -> None:
    found = errors(scripted, "", script={f"log-paths {LOG}": Absent("no")})
    assert isinstance(found, Unknown)
    assert found.reason == "none of the service's logs is there; if they lie elsewhere: --set logs=PATH"
    assert isinstance(errors(scripted, "", script={f"log-tail {LOG}": Denied("no")}), Unknown)


def test_logs_inside_a_container(scripted: Scripted) -> None:
    late = "WARNING: 11-22 12:00:00: authenticate failed: Couldn't connect to server"
    text = f"FATAL: 11-22 10:00:00: old\n{late}\n"
    script = {**docker("running", START), f"log-tail {ID}{LOG}": Tail(text, True, NOW)}
    settings = service_logs.Settings(container_logs=(LOG, "/other"), containers=("*face*",))
    (one,) = value(service_logs.collect(scripted(script), settings).errors)
    assert (one.kind, one.place) == ("unreachable", f"face-1:{LOG}")


@pytest.mark.parametrize(
    ("first", "second", "asked"),
    [
        ("running", "running", ["face-1", "face-2"]),  # trap: of several instances the second fails
        ("exited", "running", ["face-2"]),  # what an old one left behind is over
        ("exited", "exited", ["face-1"]),  # none runs: the latest tells why
    ],
)
def test_logs_of_several_containers(scripted: Scripted, first: str, second: str, asked: list[str]) -> None:
    text = "FATAL: 11-22 12:00:00: authenticate failed\n"
    listed = [{"Id": ID, "Names": ["/face-1"]}, {"Id": OTHER, "Names": ["/face-2"]}]
    script = {
        **docker(first, START),
        "docker /containers/json?all=1": listed,
        f"docker /containers/{OTHER}/json": docker(second, START)[f"docker /containers/{ID}/json"],
        **{f"log-tail {number}{LOG}": Tail(text, True, NOW) for number in (ID, OTHER)},
    }
    settings = service_logs.Settings(container_logs=(LOG,), containers=("*face*",))
    found = value(service_logs.collect(scripted(script), settings).errors)
    assert [each.place.partition(":")[0] for each in found] == asked


def test_a_container_whose_start_is_unknown_is_no_pass(scripted: Scripted) -> None:
    """Beside one that is well: what the other's log says since its start cannot be told."""
    listed = [{"Id": ID, "Names": ["/face-1"]}, {"Id": OTHER, "Names": ["/face-2"]}]
    script = {
        **docker("running", START),
        "docker /containers/json?all=1": listed,
        f"docker /containers/{OTHER}/json": docker("running", "")[f"docker /containers/{ID}/json"],
        f"log-tail {ID}{LOG}": Tail("INFO: 11-22 12:00:00: fine\n", True, NOW),
        f"log-tail {OTHER}{LOG}": Tail("FATAL: 11-22 12:00:00: authenticate failed\n", True, NOW),
    }
    settings = service_logs.Settings(container_logs=(LOG,), containers=("*face*",))
    found = service_logs.collect(scripted(script), settings).errors
    assert isinstance(found, Unknown)
    assert found.reason == f"face-2:{LOG}: when its container was started is not known"


# -- inside a container --------------------------------------------------------------------


def inside(scripted: Scripted, **answers: Any) -> inside_container.InsideContainer:  # noqa: ANN401
    script = {f"execute face {name}": answer for name, answer in answers.items()}
    return inside_container.collect(scripted(script), inside_container.Settings("face", LICENSE))


def test_the_way_to_the_licence_service_from_inside(scripted: Scripted) -> None:
    assert value(inside(scripted, sh=Output("a baidu-rpc b")).license).state == "passed"
    assert value(inside(scripted, sh=Output("nginx")).license).state == "failed"
    refused = inside(scripted, sh=Output("curl: (7) refused", status=7)).license
    assert str(value(refused)) == "status 7: curl: (7) refused"
    assert value(inside(scripted, sh=Output("no curl", status=127)).license).state == "no-command"
    assert value(inside(scripted).license).state == "no-container"


@pytest.mark.parametrize(
    ("output", "state"),
    [
        (Output("detect ok\nsearch ok\n"), "passed"),
        (Output("detect ok\nsearch FAILED: x\n"), "failed"),
        (Output(""), "failed"),
        (Output("x", status=255), "failed"),
        (Output("no php", status=126), "no-command"),
    ],
)
def test_the_self_test(scripted: Scripted, output: Output, state: str) -> None:
    answers = {inside_container._TEST[0]: output}
    assert value(inside(scripted, **answers).self_test).state == state


# -- cluster -------------------------------------------------------------------------------


def test_a_cluster_that_is_not_asked_is_unknown(scripted: Scripted) -> None:
    answers = face_cluster.collect(scripted({}), face_cluster.Settings("baiduface"))
    assert all(isinstance(fact, Unknown) for fact in answers)


def test_a_record_without_answers_is_unknown(scripted: Scripted) -> None:
    host = scripted({"docker /containers/json?all=1": NotRecorded("not in this record")})
    assert isinstance(containers.collect(host, containers.Settings(("*",))).found, Unknown)
