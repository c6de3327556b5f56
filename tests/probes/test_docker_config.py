"""Whether dockerd takes its daemon.json, and where the fault is if not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Union

import pytest

from envcheck.facts import Known, Unknown
from envcheck.host.base import Absent, Denied, Host
from envcheck.host.tree import TreeHost
from envcheck.probes import docker_config

Tree = Callable[[Mapping[str, str]], TreeHost]
Scripted = Callable[[Mapping[str, Any]], Host]
FILE = "read /etc/docker/daemon.json"


def examined(host: Host) -> docker_config.DaemonJson:
    found = docker_config.collect(host).daemon_json
    assert isinstance(found, Known), found
    return found.value


def engine(version: str, content: Union[str, bytes], **more: Any) -> dict[str, Any]:  # noqa: ANN401
    info = {"DockerRootDir": "/var/lib/docker", **more}
    return {"docker /version": {"Version": version}, "docker /info": info, FILE: content}


def test_no_file_is_fine(scripted: Scripted) -> None:
    assert str(examined(scripted({}))) == "no /etc/docker/daemon.json"


def test_record_with_the_folder_but_not_the_file(tree: Tree) -> None:
    assert examined(tree({"etc/docker/key.json": "{}"})).state == "absent"


def test_record_without_the_folder_is_unknown(tree: Tree) -> None:
    assert isinstance(docker_config.collect(tree({"etc/hostname": "x"})).daemon_json, Unknown)


def test_valid_file(scripted: Scripted) -> None:
    twice = '{"data-root": "/a", "debug": true, "data-root": "/b"}'
    assert str(examined(scripted(engine("20.10.9", twice)))) == "/etc/docker/daemon.json is valid"


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ('{\n  "graph": "/d",// path\n  "debug": true\n}', "line 2 column 17: a comment, which JSON has not"),
        ('{"debug": true,}', "line 1 column"),
        ('{"debug": true} {}', "line 1 column 17: Extra data"),
        ("", "the file is empty"),
        (" \n", "the file is empty"),
        ('{"max-concurrent-downloads": NaN}', "NaN is no JSON"),
        ("{'debug': true}", "line 1 column 2"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_fault_is_located(scripted: Scripted, content: str, fault: str) -> None:
    found = examined(scripted({FILE: content}))
    assert found.state == "invalid-json"
    assert fault in str(found)


@pytest.mark.parametrize(
    ("content", "kind"), [("[]", "a list"), ('"x"', "a string"), ("null", "null"), ("7", "a number")]
)
def test_json_that_is_no_object(scripted: Scripted, content: str, kind: str) -> None:
    found = examined(scripted(engine("20.10.9", content)))
    assert (found.state, found.detail) == ("not-an-object", f"holds {kind}, not an object")


@pytest.mark.parametrize(
    ("version", "state"),
    [
        ("17.12.1-ce", "valid"),
        ("20.10.24", "valid"),
        ("23.0.0", "graph-refused"),
        ("28.2.2", "graph-refused"),
    ],
)
def test_graph_by_engine_version(scripted: Scripted, version: str, state: str) -> None:
    assert examined(scripted(engine(version, '{"graph": "/d"}'))).state == state
    assert examined(scripted(engine(version, '{"labels": {"graph": "/d"}}'))).state == "valid"


def test_graph_keeps_the_stopped_engine_from_starting(scripted: Scripted) -> None:
    stopped = {"docker /version": Absent("no docker socket"), "which docker": "", FILE: '{"graph": "/d"}'}
    version = "Docker version 28.2.2, build e6534b4"
    assert examined(scripted({**stopped, "run dockerd --version": version})).state == "graph-refused"
    version = "Docker version 19.03.15, build 99e3ed8"
    assert examined(scripted({**stopped, "run dockerd --version": version})).state == "valid"


def test_graph_of_an_engine_of_unknown_version(scripted: Scripted) -> None:
    found = docker_config.collect(
        scripted({"docker /version": Denied("no"), FILE: '{"graph": "/d"}'})
    ).daemon_json
    assert isinstance(found, Unknown)
    assert "`graph`" in found.reason


def test_package_tells_the_version_of_an_engine_that_does_not(tree: Tree) -> None:
    record = {
        "etc/redhat-release": "CentOS Linux release 7.9.2009",
        "installed-rpms": "docker-ce-24.0.7-1.el7.x86_64\n",
        "etc/docker/daemon.json": '{"graph": "/d"}',
    }
    assert examined(tree(record)).state == "graph-refused"


def test_graph_without_any_engine_is_no_fault(tree: Tree) -> None:
    record = {"etc/docker/daemon.json": '{"graph": "/d"}', "sos_commands/envcheck/absent": "docker\n"}
    assert examined(tree(record)).state == "valid"


def test_byte_order_mark_by_engine_version(scripted: Scripted) -> None:
    content = b'\xef\xbb\xbf{"debug": true}'
    assert examined(scripted(engine("20.10.24", content))).state == "invalid-json"
    assert examined(scripted(engine("24.0.7", content))).state == "valid"
    assert isinstance(
        docker_config.collect(scripted({FILE: content, "which dockerd": ""})).daemon_json, Unknown
    )


def test_denied_file_is_unknown(scripted: Scripted) -> None:
    found = docker_config.collect(scripted({FILE: Denied("permission denied (not root)")})).daemon_json
    assert found == Unknown("permission denied (not root)", denied=True)


def test_engine_elsewhere_has_its_file_elsewhere(scripted: Scripted) -> None:
    remote = docker_config.collect(scripted({"address": "tcp://h:2375", FILE: "{"})).daemon_json
    assert remote == Unknown("the engine is on another host (tcp://h:2375)")
    desktop = docker_config.collect(
        scripted(engine("27.0", "{", OperatingSystem="Docker Desktop"))
    ).daemon_json
    assert isinstance(desktop, Unknown)


def test_rootless_engine_reads_its_users_file(scripted: Scripted) -> None:
    script = engine("26.0.0", "not this one", SecurityOptions=["name=seccomp", "name=rootless"])
    script["address"] = "unix:///run/user/1001/docker.sock"
    script["read /etc/passwd"] = "root:x:0:0::/root:/bin/sh\nana:x:1001:1001::/home/ana:/bin/sh\n"
    script["read /home/ana/.config/docker/daemon.json"] = "{}"
    assert examined(scripted(script)).path == "/home/ana/.config/docker/daemon.json"
    script["read /etc/passwd"] = "root:x:0:0::/root:/bin/sh\n"
    assert isinstance(docker_config.collect(scripted(script)).daemon_json, Unknown)
    script["address"] = "unix:///var/run/docker.sock"
    found = docker_config.collect(scripted(script)).daemon_json
    assert found == Unknown("not known whose rootless engine this is")
